"""Stack frames → files of the tree, by path suffix alone. Nothing is ever read from the path a frame names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DRIVE = re.compile(r"^[A-Za-z]:/")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/{0,3}")
_LIBRARY = re.compile(r"(?:^|/)(?:site-packages|dist-packages|node_modules|lib(?:64)?/python\d(?:\.\d+)?)(?=/)")
_MAX_PATH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMatch:
    """A file of the tree that a frame's path may be."""

    path: str
    parts: int
    """how many trailing parts agree"""
    whole: bool
    """the whole of the repository's path, or the whole of the frame's, agrees"""
    library: bool
    """the frame's path is that of an installed package: only a checked function makes it ours"""


class FilePaths:
    """Paths of a tree, found by suffix."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[tuple[str, ...]]] = {}
        for path in sorted(paths):
            parts = tuple(path.split("/"))
            self._by_name.setdefault(parts[-1], []).append(parts)

    def match(self, file: str) -> list[FileMatch]:
        """Files whose path ends like the frame's: longest agreement first; empty where too little agrees."""
        parts = split_path(file)
        if parts is None:
            return []
        library = False
        text = "/".join(parts)
        for found in _LIBRARY.finditer(text):
            library = True
            parts = tuple(text[found.end() + 1 :].split("/"))
        matches = []
        for candidate in self._by_name.get(parts[-1], ()):
            agreed = _agreement(parts, candidate)
            whole = agreed in (len(candidate), len(parts))
            if library and (agreed < 2 or agreed < len(parts)):
                continue
            if agreed < 2 and not whole:
                continue
            matches.append(FileMatch(path="/".join(candidate), parts=agreed, whole=whole, library=library))
        matches.sort(key=lambda m: (-m.parts, not m.whole, m.path))
        return matches


def split_path(file: str) -> tuple[str, ...] | None:
    """Parts of a path as printed on any system; None where it climbs or names no file."""
    path = file[:_MAX_PATH].strip().replace("\\", "/")
    path = _DRIVE.sub("/", path)
    path = _SCHEME.sub("/", path).split("?", 1)[0]
    parts = tuple(p for p in path.split("/") if p not in ("", "."))
    if not parts or ".." in parts or parts[-1].startswith("<") or "\0" in path:
        return None
    return parts


def module_path(module: str) -> str:
    """`a.b.c` as the path a frame would print; a path stays one."""
    if "/" in module or "\\" in module or module.endswith((".py", ".js", ".ts")):
        return module
    return posixpath.join(*module.split(".")) + ".py" if module.strip(".") else module


def _agreement(a: Sequence[str], b: Sequence[str]) -> int:
    count = 0
    for x, y in zip(reversed(a), reversed(b), strict=False):
        if x != y:
            break
        count += 1
    return count
