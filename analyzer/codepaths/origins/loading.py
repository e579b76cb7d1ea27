"""Which import statements run: modules of the tree by name, and the chains of imports that load them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.codepaths.code_facts import Found, imported_modules
from analyzer.codepaths.fact_rows import MODULE, Import
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach

_MAX_LOADED = 3_000
_SOURCES = (".py", ".pyi", ".pyx", ".pyw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an import statement comes to run."""

    hops: int
    """calls and imports between the handler and it"""
    via: tuple[tuple[str, int], ...]
    """(path, line) of the calls and imports on the way, outermost first"""


class Modules:
    """The modules of a tree by dotted name, as an import of one of its files would find them."""

    def __init__(self, code: Code) -> None:
        self._files = code.tree.files
        self._of_last: dict[str, list[str]] = {}
        self._resolved: dict[tuple[str, str], str | None] = {}
        for file in sorted(self._files):
            if file.endswith(_SOURCES):
                folder, _, name = file.rpartition("/")
                stem = name.rpartition(".")[0]
                last = folder.rpartition("/")[2] if stem == "__init__" else stem
                self._of_last.setdefault(last, []).append(file)
        self._folders_of_last: dict[str, list[str]] = {}
        folders = {f.rpartition("/")[0] for f in self._files if f.endswith(_SOURCES)}
        for folder in sorted(folders):
            while folder := folder.rpartition("/")[0]:
                folders.add(folder)
        for folder in sorted(folders - {""}):
            self._folders_of_last.setdefault(folder.rpartition("/")[2], []).append(folder)

    def places(self, module: str, near: str = "") -> list[str]:
        """The files that this name can mean in the file `near`, those that share most folders with it first.

        A module search path begins at the root, at a folder around the importing file, or at a `src` in one of these;
        without `near` anywhere. Of a package it is its `__init__.py`; of a folder without one, the first file in it.
        """
        ends = module.replace(".", "/")
        last = ends.rpartition("/")[2]
        found = [f for f in self._of_last.get(last, ()) if _is_at(f, ends) and self._root_fits(f, ends, near)]
        if not found:
            alike = self._folders_of_last.get(last, ())
            folders = [f for f in alike if f == ends or f.endswith(f"/{ends}")]
            folders = [f for f in folders if self._root_fits(f, ends, near)]
            below = (
                [f for f in sorted(self._files) if f.startswith(f"{x}/") and f.endswith(_SOURCES)] for x in folders
            )
            found = [files[0] for files in below if files]
        return sorted(found, key=lambda f: (Code.is_test(f), -_shared(f, near), f.count("/"), f))

    def resolve(self, module: str, importer: str) -> str | None:
        """The file that an import in another file loads; None where it is none of the tree."""
        key = (module, importer.rpartition("/")[0])
        if key not in self._resolved:
            found = self.places(module, importer)
            self._resolved[key] = found[0] if found else None
        return self._resolved[key]

    def has_top(self, module: str, near: str = "") -> bool:
        """Whether the first part of a dotted name is a module or package of the tree, outside of tests."""
        return any(not Code.is_test(f) for f in self.places(module.partition(".")[0], near))

    def names_in(self, package: str, near: str = "") -> list[str]:
        """The modules directly in a package of the tree."""
        found = self.places(package, near) if package else []
        folder = found[0].rpartition("/")[0] if found else ""
        if not found or not found[0].endswith("/__init__.py"):
            return []
        inside = {f[len(folder) + 1 :].partition("/")[0] for f in self._files if f.startswith(f"{folder}/")}
        return sorted(name.partition(".")[0] for name in inside if name.partition(".")[0] != "__init__")

    def _root_fits(self, file: str, ends: str, near: str) -> bool:
        """Whether what is in front of the name may be a root: no package itself, and in reach of the importing file."""
        at = f"/{file}".rfind(f"/{ends}")
        root = file[: max(at, 0)].rstrip("/")
        if root and f"{root}/__init__.py" in self._files:
            return False
        base = root.removesuffix("src").rstrip("/") if root == "src" or root.endswith("/src") else root
        return not near or not base or near.startswith(f"{base}/")


def run_imports(code: Code, modules: Modules, reach: Reach) -> dict[tuple[str, int], Way]:
    """(path, line) → way, of the import statements that run on the way from the handler, and those they load."""
    ways: dict[tuple[str, int], Way] = {}
    waiting: deque[tuple[Found[Import], Way]] = deque()
    for reached in sorted(reach, key=lambda r: (r.hops, r.path, r.function)):
        for found in _imports_in(code, reached.path, reached.function):
            if reached.holds(found.row.line) and reached.line in (None, found.row.line):
                waiting.append((found, Way(hops=reached.hops, via=reached.via)))
    loaded: set[str] = set()
    while waiting:
        found, way = waiting.popleft()
        key = (found.path, found.row.line)
        if key not in ways or ways[key].hops > way.hops:
            ways[key] = way
        after = Way(hops=way.hops + 1, via=(*way.via, key))
        for file in _loads(modules, found):
            if file not in loaded and len(loaded) < _MAX_LOADED:
                loaded.add(file)
                waiting.extend((inner, after) for inner in _imports_in(code, file, MODULE))
    return ways


def module_imports(code: Code, path: str) -> list[Found[Import]]:
    """The imports that run when a file is loaded, in the order of the source."""
    return list(_imports_in(code, path, MODULE))


def loaded_by(modules: Modules, found: Found[Import]) -> list[str]:
    """The files of the tree that an import statement loads."""
    return list(_loads(modules, found))


def _imports_in(code: Code, path: str, function: str) -> Iterator[Found[Import]]:
    facts = code.facts.of(path)
    for row in facts.imports:
        if facts.functions[row.function].name == function and row.guard != "typing":
            yield Found(path, function, row)


def _loads(modules: Modules, found: Found[Import]) -> Iterator[str]:
    """The packages on the way, the module, and the module inside it that a name may be."""
    for name in imported_modules(found.row, found.path):
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            file = modules.resolve(".".join(parts[:depth]), found.path)
            if file is not None and (depth == len(parts) or file.endswith("/__init__.py")):
                yield file


def _is_at(file: str, ends: str) -> bool:
    stem = file.rpartition(".")[0].removesuffix("/__init__")
    return stem == ends or stem.endswith(f"/{ends}")


def _shared(file: str, near: str) -> int:
    count = 0
    for one, other in zip(file.split("/")[:-1], near.split("/")[:-1], strict=False):
        if one != other:
            break
        count += 1
    return count
