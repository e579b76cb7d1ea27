"""Questions to the facts of a tree: who defines, calls, imports, catches, raises or reads what, and where.

Nothing is read before the first question. A question names what it is about; only the files that mention the name are
unpacked. Answers are sorted by path and stand in the order of the source.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from analyzer.codepaths.fact_rows import (
    MODULE,
    Access,
    Call,
    Carrier,
    Class,
    Facts,
    Flow,
    Function,
    Handler,
    Import,
    Raise,
    Sink,
    unpack,
)
from analyzer.codepaths.store import Store, StoredBlob

_MAX_KEPT = 3_000
"""unpacked files that are kept; beyond that they are unpacked again"""


class _InFunction(Protocol):
    @property
    def function(self) -> int: ...


_R = TypeVar("_R")
_I = TypeVar("_I", bound=_InFunction)


@dataclass(frozen=True, slots=True)
class Found(Generic[_R]):
    """A row with the file and the function it stands in."""

    path: str
    function: str
    """qualified; of a definition, the one it makes"""
    row: _R


class CodeFacts:
    """The facts of one tree. Not to be shared between threads."""

    def __init__(
        self,
        source: Callable[[], tuple[Store, Mapping[str, StoredBlob]]],
        repair: Callable[[], None],
        paths_by_blob: Mapping[str, Sequence[str]],
    ) -> None:
        self._source = source
        self._repair = repair
        self._paths_by_blob = paths_by_blob
        self._blob_of_path: dict[str, str] = {}
        self._kept: dict[str, Facts] = {}
        self._blob_of_number: dict[int, str] = {}

    def of(self, path: str) -> Facts:
        """All facts of a file; empty where it has none or is not in the tree."""
        if not self._blob_of_path:
            self._blob_of_path = {p: blob for blob, paths in self._paths_by_blob.items() for p in paths}
        blob = self._blob_of_path.get(path)
        return self._read([blob])[blob] if blob is not None else unpack(b"")

    def functions(self, name: str) -> list[Found[Function]]:
        """Functions of this name; a qualified name, or its last parts."""
        return [
            Found(path, f.name, f)
            for path, facts in self._mentioning([_last(name)])
            for f in facts.functions
            if _is_called(f.name, name)
        ]

    def mentioned(self, name: str) -> int:
        """How many different files mention a name; nothing is unpacked for it."""
        return len(self._safely(lambda: self._blobs([_last(name)])))

    def classes(self, name: str) -> list[Found[Class]]:
        """Classes of this name."""
        return [
            Found(path, c.name, c)
            for path, facts in self._mentioning([_last(name)])
            for c in facts.classes
            if _is_called(c.name, name)
        ]

    def subclasses(self, name: str) -> list[Found[Class]]:
        """Classes that name this one as a base."""
        return [
            Found(path, c.name, c)
            for path, facts in self._mentioning([_last(name)])
            for c in facts.classes
            if any(_is_called(base, name) for base in c.bases)
        ]

    def callers(self, name: str) -> list[Found[Call]]:
        """Calls of anything of this name, whatever it is called on; with dots the receiver has to end alike."""
        return self._where([_last(name)], lambda f: f.calls, lambda c: _is_called(_dotted(c.receiver, c.name), name))

    def importers(self, module: str) -> list[Found[Import]]:
        """Imports that load this module: itself, a name of it, or a module inside it; relative ones are resolved."""
        found = []
        for path, facts in self._mentioning([_last(module)]):
            for row in facts.imports:
                if any(_is_module(name, module, bool(row.level)) for name in imported_modules(row, path)):
                    found.append(_found(path, facts, row))
        return found

    def raises(self, exception: str) -> list[Found[Raise]]:
        """Raise statements of this exception class."""
        return self._where([_last(exception)], lambda f: f.raises, lambda r: _is_called(r.name, exception))

    def catchers(self, exception: str) -> list[Found[Handler]]:
        """Handlers that name this exception class."""
        wanted = [_last(exception)]
        return self._where(wanted, lambda f: f.handlers, lambda h: any(_is_called(t, exception) for t in h.types))

    def sinks(self, family: str, *, path: str | None = None, function: str | None = None) -> list[Found[Sink]]:
        """Sinks of a family (see `sinks.FAMILIES`) in the tree, in a file, in one of its functions."""
        files = [(path, self.of(path))] if path is not None else self._mentioning([f"sink:{family}"])
        return [
            _found(file, facts, row)
            for file, facts in files
            for row in facts.sinks
            if row.family == family and (function is None or facts.functions[row.function].name == function)
        ]

    def accesses(self, name: str, *, of: str | None = None) -> list[Found[Access]]:
        """Where an attribute is read or assigned; with `of`, only where the receiver is known to be of that class.

        Known means: `self` in a method of the class, a parameter annotated with it, the class itself.
        """
        found = self._where([name], lambda f: f.accesses, lambda a: a.name == name)
        return [f for f in found if of is None or self._class_of(f) == of]

    def carriers(self, type_: str) -> list[Found[Carrier]]:
        """Names that are assigned from, compared with or annotated as members of a class."""
        return self._where([_last(type_)], lambda f: f.carriers, lambda c: c.type == _last(type_))

    def holders(self, name: str) -> list[Found[Carrier]]:
        """Where an attribute of this name is assigned from, or compared with, a member of any class."""
        return self._where([name], lambda f: f.carriers, lambda c: c.name == name and c.how != "annotation")

    def files_mentioning(self, names: Sequence[str]) -> list[str]:
        """Files that mention one of the names, sorted."""
        return sorted(path for blob in self._safely(lambda: self._blobs(names)) for path in self._paths_by_blob[blob])

    def files_with(self, family: str, names: Sequence[str]) -> list[str]:
        """Files that have a sink of a family and mention one of the names, if any are given; sorted."""
        found = set(self._safely(lambda: self._blobs([f"sink:{family}"])))
        if names:
            found &= set(self._safely(lambda: self._blobs(names)))
        return sorted(path for blob in found for path in self._paths_by_blob[blob])

    def calls_in(self, path: str, function: str) -> list[Found[Call]]:
        """Calls that a function makes itself, not those of the functions defined in it."""
        facts = self.of(path)
        return [_found(path, facts, c) for c in facts.calls if facts.functions[c.function].name == function]

    def flows_in(self, path: str, function: str) -> list[Found[Flow]]:
        """Raw values that a function puts into variables, dicts and calls."""
        facts = self.of(path)
        return [_found(path, facts, f) for f in facts.flows if facts.functions[f.function].name == function]

    def function_at(self, path: str, line: int) -> Function | None:
        """The innermost function around a line, the module where there is none; None where there are no facts."""
        around = [f for f in self.of(path).functions if f.line <= line <= f.end_line or f.name == MODULE]
        return max(around, key=lambda f: (f.name != MODULE, f.line), default=None)

    def handlers_around(self, path: str, line: int) -> list[Found[Handler]]:
        """The handlers of the function around a line, in the order of the source."""
        function = self.function_at(path, line)
        facts = self.of(path)
        return [_found(path, facts, h) for h in facts.handlers if facts.functions[h.function] == function]

    def handler_of(self, path: str, line: int) -> Found[Handler] | None:
        """The innermost `except` clause that a line stands in."""
        inside = [h for h in self.handlers_around(path, line) if h.row.line <= line <= h.row.end_line]
        return max(inside, key=lambda h: h.row.line, default=None)

    def guarded(self, handler: Found[Handler]) -> list[Found[Call]]:
        """The calls in the `try` body of a handler: where the error that it caught can come from."""
        row, facts = handler.row, self.of(handler.path)
        return [
            _found(handler.path, facts, c)
            for c in facts.calls
            if c.function == row.function and row.try_line <= c.line <= row.try_end_line
        ]

    def guards(self, path: str, line: int) -> list[Found[Handler]]:
        """The handlers whose `try` body holds a line, innermost first, of its own function only."""
        around = [h for h in self.handlers_around(path, line) if h.row.try_line <= line <= h.row.try_end_line]
        return sorted(around, key=lambda h: (-h.row.try_line, h.row.line))

    def _class_of(self, found: Found[Access]) -> str | None:
        receiver = found.row.receiver
        function = self.of(found.path).functions[found.row.function]
        if receiver in ("self", "cls"):
            return _last(function.owner)
        if receiver in function.params:
            return function.types[function.params.index(receiver)]
        return receiver if receiver[:1].isupper() else None

    def _where(
        self, names: Sequence[str], rows: Callable[[Facts], list[_I]], fits: Callable[[_I], bool]
    ) -> list[Found[_I]]:
        return [_found(path, facts, row) for path, facts in self._mentioning(names) for row in rows(facts) if fits(row)]

    def _mentioning(self, names: Sequence[str]) -> Iterator[tuple[str, Facts]]:
        """Files that mention a name, with their facts, sorted by path."""
        facts = self._read(self._safely(lambda: self._blobs(names)))
        paths = sorted((path, blob) for blob in facts for path in self._paths_by_blob[blob])
        return ((path, facts[blob]) for path, blob in paths)

    def _blobs(self, names: Sequence[str]) -> list[str]:
        store, blobs = self._source()
        if not self._blob_of_number:
            self._blob_of_number = {stored.number: blob for blob, stored in blobs.items()}
        numbers = store.mentions(names)
        return [self._blob_of_number[n] for n in sorted(numbers & self._blob_of_number.keys())]

    def _read(self, wanted: Iterable[str]) -> dict[str, Facts]:
        wanted = list(wanted)
        missing = [b for b in wanted if b not in self._kept]
        if not missing:
            return {b: self._kept[b] for b in wanted}
        if len(self._kept) + len(missing) > _MAX_KEPT:
            self._kept = {b: self._kept[b] for b in wanted if b in self._kept}
        self._kept.update(self._safely(lambda: self._unpacked(missing)))
        return {b: self._kept[b] for b in wanted}

    def _unpacked(self, wanted: Sequence[str]) -> dict[str, Facts]:
        store, blobs = self._source()
        number_of = {b: blobs[b].number for b in wanted if b in blobs}
        packed = store.facts(number_of.values())
        return {b: unpack(packed.get(number_of.get(b, 0), b"")) for b in wanted}

    def _safely(self, ask: Callable[[], _R]) -> _R:
        try:
            return ask()
        except sqlite3.Error:  # the cache broke under us
            self._repair()
            self._blob_of_number = {}
            return ask()


def imported_modules(row: Import, path: str) -> list[str]:
    """The modules that an import in this file may load, as dotted names; a relative one begins at the tree's root."""
    module = row.module
    if row.level:
        package = path.split("/")[: -row.level]
        module = ".".join([*package, *([module] if module else [])])
    return [module, f"{module}.{row.name}" if module else row.name] if row.name and row.name != "*" else [module]


def _is_module(name: str, wanted: str, resolved: bool) -> bool:
    """Whether `name` is the wanted module or lies in it; a resolved name may have folders in front."""
    return f"{name}.".startswith(f"{wanted}.") or (resolved and f".{wanted}." in f".{name}.")


def _is_called(name: str, wanted: str) -> bool:
    return name == wanted or name.endswith("." + wanted)


def _dotted(receiver: str, name: str) -> str:
    return f"{receiver}.{name}" if receiver else name


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _found(path: str, facts: Facts, row: _I) -> Found[_I]:
    return Found(path, facts.functions[row.function].name, row)
