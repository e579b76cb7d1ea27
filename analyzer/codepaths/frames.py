"""Stack frames → files of the tree, by path suffix alone. Nothing is ever read from the path a frame names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

_DRIVE = re.compile(r"^(?://[?.]/)?[A-Za-z]:/")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/{0,3}")
_ARCHIVE = r"(?:/[^/]+\.(?:egg|whl))?"
_PACKAGES = re.compile(
    rf"(?:^|/)(?:(?:site-packages|dist-packages){_ARCHIVE}|[^/]+\.(?:egg|whl)|node_modules|go/pkg/mod"
    r"|(?:[^/]+\.runfiles|execroot)/[^/]+/external|registry/src/[^/]+|git/checkouts/[^/]+|gems/[^/]+)(?=/)"
)
_STANDARD = re.compile(r"(?:^|/)lib(?:64)?/python\d(?:\.\d+)?t?(?=/)")
_RUNFILES = re.compile(r"(?:^|/)(?:[^/]+\.runfiles/(?:_main|__main__|[^/]+)|bazel-out/[^/]+/bin|execroot/[^/]+)(?=/)")
_MAX_PATH = 4_096
_MAX_LOOSE = 8


class Origin(Enum):
    """What a frame's path says of where its file was installed."""

    APPLICATION = "application"
    PACKAGE = "package"
    """among installed packages, an egg, a module cache: ours only where the file's function proves it"""
    STANDARD = "standard library"


_PLACES = ((Origin.PACKAGE, _PACKAGES), (Origin.STANDARD, _STANDARD), (Origin.APPLICATION, _RUNFILES))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMatch:
    """A file of the tree that a frame's path may be."""

    path: str
    parts: int
    """how many trailing parts agree"""
    whole: bool
    """the whole of the repository's path, or the whole of the frame's, agrees"""
    origin: Origin
    roots: tuple[str, str]
    """what stands before the agreement, in the frame's path and in the repository's"""

    @property
    def loose(self) -> bool:
        """No more than the name of the file agrees."""
        return self.parts < 2 and not self.whole


class FilePaths:
    """Paths of a tree, found by suffix."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[tuple[str, ...]]] = {}
        for path in sorted(paths):
            parts = tuple(path.split("/"))
            self._by_name.setdefault(parts[-1], []).append(parts)

    def match(self, file: str, *, loose: bool = False) -> list[FileMatch]:
        """Files whose path ends like the frame's: longest agreement first; empty where too little agrees.

        With `loose`, also files of which the name alone agrees, unless there are many.
        """
        parts = split_path(file)
        if parts is None:
            return []
        text = "/".join(parts)
        origin, rest = _origin(text)
        parts = tuple(rest.split("/"))
        matches = []
        for candidate in self._by_name.get(parts[-1], ()):
            agreed = _agreement(parts, candidate)
            whole = agreed in (len(candidate), len(parts))
            if origin is not Origin.APPLICATION and agreed < len(parts):
                continue
            matches.append(
                FileMatch(
                    path="/".join(candidate),
                    parts=agreed,
                    whole=whole,
                    origin=origin,
                    roots=("/".join(parts[: len(parts) - agreed]), "/".join(candidate[: len(candidate) - agreed])),
                )
            )
        few = loose and len(matches) <= _MAX_LOOSE
        matches = [m for m in matches if few or not m.loose]
        matches.sort(key=lambda m: (-m.parts, not m.whole, m.path))
        return matches

    def labelled(self, file: str) -> list[FileMatch]:
        """Files that an entry's label means, a path or a module: of a package, what prints stands in one of two."""
        printed = module_path(file)
        matches = self.match(printed)
        if not matches and printed != file:
            package = printed.removesuffix(".py")
            found = [self.match(f"{package}/{name}.py") for name in ("__init__", "__main__")]
            matches = sorted((m for some in found for m in some), key=lambda m: -m.parts)
        return matches


def split_path(file: str) -> tuple[str, ...] | None:
    """Parts of a path as printed on any system; None where it climbs above its root or names no file."""
    path = file.strip()
    if len(path) > _MAX_PATH or not path.isprintable():
        return None
    path = _DRIVE.sub("/", path.replace("\\", "/"))
    path = _SCHEME.sub("/", path).split("?", 1)[0]
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if not parts or parts[-1].startswith("<") or path.endswith(("/", "/..", "/.")):
        return None
    return tuple(parts)


def module_path(module: str) -> str:
    """`a.b.c` as the path a frame would print; a path stays one."""
    if "/" in module or "\\" in module or module.endswith((".py", ".js", ".ts")):
        return module
    return posixpath.join(*module.split(".")) + ".py" if module.strip(".") else module


def _origin(path: str) -> tuple[Origin, str]:
    """Where a file was installed, and its path below that place."""
    for origin, pattern in _PLACES:
        end = max((found.end() for found in pattern.finditer(path)), default=None)
        if end is not None:
            return origin, path[end + 1 :]
    return Origin.APPLICATION, path


def _agreement(a: Sequence[str], b: Sequence[str]) -> int:
    count = 0
    for x, y in zip(reversed(a), reversed(b), strict=False):
        if x != y:
            break
        count += 1
    return count
