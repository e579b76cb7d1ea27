"""`MANIFEST.in`: which files besides modules come into a source distribution. The last command that matches decides.

https://setuptools.pypa.io/en/latest/userguide/miscellaneous.html
"""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.codepaths.packaging.docker_ignore import read_docker_ignore

_ANYWHERE = ("global-include", "global-exclude")
_RECURSIVE = ("recursive-include", "recursive-exclude")


@dataclass(frozen=True, slots=True)
class ManifestVerdict:
    """What the file says of a path, and in which line."""

    included: bool
    line: int


def manifest_verdict(text: str, path: str) -> ManifestVerdict | None:
    """What decides on a path; None where no line speaks of it."""
    verdict = None
    for number, line in enumerate(text.split("\n"), 1):
        words = line.partition("#")[0].split()
        if len(words) > 1 and _speaks_of(words, path):
            verdict = ManifestVerdict(included=words[0].endswith("include") or words[0] == "graft", line=number)
    return verdict


def _speaks_of(words: list[str], path: str) -> bool:
    command, *patterns = words
    name = path.rpartition("/")[2]
    if command in ("include", "exclude"):
        return any(glob(p, path) for p in patterns)
    if command in ("graft", "prune"):
        return any(_in_folder(p, path) for p in patterns)
    if command in _RECURSIVE:
        return _in_folder(patterns[0], path) and any(glob(p, name) for p in patterns[1:])
    return command in _ANYWHERE and any(glob(p, name) for p in patterns)


def _in_folder(pattern: str, path: str) -> bool:
    parts = path.split("/")[:-1]
    return pattern in (".", "./") or any(
        glob(pattern.strip("/"), "/".join(parts[:n])) for n in range(1, len(parts) + 1)
    )


def glob(pattern: str, path: str) -> bool:
    """Whether a pattern with `*`, `?`, `**` and sets names exactly this path."""
    rules = read_docker_ignore(pattern.lstrip("!# ") or " ", "")
    return bool(rules) and rules[0].names(path)
