"""Repair: a line of an ignore file kept something out of what is deployed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.hunks import FileChange
from analyzer.codepaths.origins.repairs.lifting import LIKELY, Lifted, Place
from analyzer.model import QueryKind, Shape

_IGNORE_FILE = re.compile(r"\.([a-z]+)ignore")
_DEPLOYING = frozenset({"docker", "gcloud", "eb", "vercel", "slug", "cf", "func", "gae", "railway"})
_MAX_LENGTH = 200


def recognise(change: FileChange) -> list[Lifted]:
    """The patterns that a fix took out of an ignore file, or that it made exceptions of."""
    if not change.is_ignore_file or change.before is None:
        return []
    old, new = patterns(change.before), patterns(change.after or "")
    kept = {p for _, p in new}
    before = {p for _, p in old}
    found = []
    for line, pattern in old:
        if pattern not in kept and not pattern.startswith("!"):
            found.append(_lift(change.path, line, pattern, "", f"`{pattern}` no longer stands in {change.path}"))
    for line, pattern in new:
        if not pattern.startswith("!") or pattern in before:
            continue
        hiding = next((p for _, p in old if not p.startswith("!") and matches(p, pattern[1:].strip("/"))), None)
        if hiding is not None:
            found.append(_lift(change.path, line, hiding, pattern, f"`{hiding}` of {change.path} got an exception"))
    return found


def patterns(source: str) -> list[tuple[int, str]]:
    """(line, pattern) of an ignore file, in its order."""
    found = []
    for number, line in enumerate(source.split("\n"), 1):
        pattern = line.strip()
        if pattern and not pattern.startswith("#") and len(pattern) <= _MAX_LENGTH:
            found.append((number, pattern))
    return found


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern keeps out a path below the ignore file: itself, or a folder it lies in."""
    bare = _bare(pattern)
    if not bare or bare.count("*") > 4:
        return False
    parts = path.split("/")
    heads = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    if any(fnmatchcase(head, bare) for head in heads):
        return True
    return "/" not in bare and not pattern.startswith("/") and any(fnmatchcase(part, bare) for part in parts)


def _bare(pattern: str) -> str:
    bare = pattern.strip("/")
    while bare.startswith("**/"):
        bare = bare[3:]
    return bare.removesuffix("/**").removesuffix("/*")


def _lift(path: str, line: int, pattern: str, exception: str, said: str) -> Lifted:
    def search(code: Code) -> Iterator[Place]:
        return _search(code, path, pattern)

    shape = Shape(kind=QueryKind.FILE, text=said, file=path, line=line, before=pattern, after=exception)
    return Lifted(shape=shape, search=search)


def _search(code: Code, repaired: str, pattern: str) -> Iterator[Place]:
    for path in sorted(code.tree.files):
        kind = _IGNORE_FILE.search(posixpath.basename(path))
        if kind is None or path == repaired:
            continue
        listed = patterns("\n".join(code.lines(path)))
        for position, (line, other) in enumerate(listed):
            if _bare(other) != _bare(pattern) or other.startswith("!"):
                continue
            why = _harmless(code, path, kind[1], other, [p for _, p in listed[position + 1 :]])
            said = why or f"`{other}` still keeps out of what is deployed what the fix let in"
            yield Place(path=path, line=line, end_line=line, why=said, harmless=bool(why), confidence=LIKELY)


def _harmless(code: Code, path: str, kind: str, pattern: str, later: list[str]) -> str:
    folder = posixpath.dirname(path)
    below = folder + "/" if folder else ""
    exception = next((p for p in later if p.startswith("!") and matches(pattern, p[1:].strip("/"))), None)
    if exception is not None:
        return f"`{exception}` below it makes an exception"
    if kind == "git":
        return "git alone reads this file, and gcloud where no .gcloudignore stands beside it"
    if kind not in _DEPLOYING:
        return "this file is not read when something is deployed"
    inside = (f[len(below) :] for f in code.tree.files if f.startswith(below))
    if not any(matches(pattern, f) for f in inside):
        return f"no file of the tree matches `{pattern}` here"
    return ""
