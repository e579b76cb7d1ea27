"""What the facts of one file are, row by row, and how they are packed for the store.

Rows hold what the syntax says and nothing that can be worked out from it: which `try` body a call stands in follows
from lines and functions, which module a relative import means from the file's path. Lines are 1-based and inclusive.
Texts of receivers and values are shortened: names and attributes as written, `()` for a call, `[]` for an index;
empty where the expression is something else.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

MODULE = "<module>"


class Function(NamedTuple):
    """A function; the first of a file stands for the module itself. Class bodies run as part of what is around them."""

    name: str
    """qualified: `Class.method`, `outer.inner`, `<module>`"""
    owner: str
    """qualified name of the class around it, empty outside classes"""
    line: int
    """decorators included"""
    end_line: int
    decorators: list[str]
    params: list[str]
    """names in the order of the signature, with `*` and `**` in front where the signature has them"""
    types: list[str]
    """annotated class of each parameter, empty where there is none or it is not one name"""
    defaults: int
    """how many parameters have one"""
    is_async: bool
    is_generator: bool


class Class(NamedTuple):
    """A class with the names that its body assigns: members of an enum, fields, class attributes."""

    name: str
    line: int
    end_line: int
    bases: list[str]
    decorators: list[str]
    members: list[str]

    @property
    def is_enum(self) -> bool:
        """Whether a base is called like one of an enumeration."""
        return any(base.endswith(("Enum", "Flag", "Choices")) for base in self.bases)


class Handler(NamedTuple):
    """One `except` clause."""

    function: int
    """index into the functions of the file, here and in all rows below"""
    try_line: int
    try_end_line: int
    """last line of the body that is guarded: handlers, `else` and `finally` come after it"""
    line: int
    end_line: int
    types: list[str]
    """what it catches, as written; empty for a bare `except`"""
    variable: str
    logs_trace: bool
    """`logger.exception`, `exc_info`, `traceback.format_exc` and kin"""
    reraise: str
    """bare, same (`raise e`), new (`raise X`), from, "from None", or empty where nothing is raised"""
    always: bool
    """the raise stands in the clause itself, not under a condition"""
    use: str
    """of the variable: object (handed on, so that the trace may live), text (only `str(e)` and kin) or empty"""

    @property
    def keeps_trace(self) -> bool:
        """Whether the stack trace may still be met after this handler."""
        return self.logs_trace or self.use == "object" or self.reraise not in ("", "from None")


class Call(NamedTuple):
    """A call; `args` counts the positional ones, `keywords` holds `*` and `**` too."""

    function: int
    name: str
    """last part of the callee; empty where it has no name"""
    receiver: str
    line: int
    args: int
    keywords: list[str]
    awaited: bool


class Import(NamedTuple):
    """One imported name. `import a.b` has module `a.b` and no name; `from ..a import b` has level 2."""

    function: int
    """0: when the module is loaded"""
    module: str
    name: str
    alias: str
    """what it is called here, where `as` says so"""
    level: int
    line: int
    guard: str
    """fallback: inside a `try` that catches its failure; typing: under `if TYPE_CHECKING`"""


class Raise(NamedTuple):
    """A raise statement."""

    function: int
    name: str
    """the exception as written; empty for a bare `raise`"""
    line: int
    end_line: int
    how: str
    """bare, new, from or "from None" """


class Sink(NamedTuple):
    """A call, or a read of the environment, that hands values to something that may refuse them: see `sinks`."""

    function: int
    family: str
    name: str
    """as called: `json.dumps`"""
    line: int
    end_line: int
    arguments: list[str]
    """positional arguments, then values of keywords; a literal text with its quotes, a dict literal as `{}`"""


class Access(NamedTuple):
    """An attribute that is read or assigned, also through `getattr(x, "name")`; callees are in the calls."""

    function: int
    receiver: str
    name: str
    line: int
    writes: bool


class Carrier(NamedTuple):
    """A name that holds members of a class: assigned from, compared with or annotated as it."""

    function: int
    receiver: str
    """`self` of `self.state`; empty for a plain name"""
    name: str
    type: str
    member: str
    """empty for an annotation"""
    line: int
    how: str
    """assign, compare, keyword or annotation"""


class Flow(NamedTuple):
    """A raw value (a name, an attribute, `getattr`) that is put somewhere unchanged."""

    function: int
    into: str
    """the variable it ends in; the callee as written, with `()`, where a literal is an argument; `return`"""
    key: str
    """of the dict literal or the item assigned; empty for a plain assignment"""
    value: str
    line: int


class Facts(NamedTuple):
    """Everything of one file, each list in the order of the source."""

    functions: list[Function]
    classes: list[Class]
    handlers: list[Handler]
    calls: list[Call]
    imports: list[Import]
    raises: list[Raise]
    sinks: list[Sink]
    accesses: list[Access]
    carriers: list[Carrier]
    flows: list[Flow]


_DECODER = msgspec.msgpack.Decoder(Facts)
_NOTHING = Facts([], [], [], [], [], [], [], [], [], [])


def pack(facts: Facts) -> bytes:
    """Facts for the store: a tenth of their size in memory."""
    return zlib.compress(msgspec.msgpack.encode(facts), 1)


def unpack(packed: bytes) -> Facts:
    """The inverse of `pack`; no facts for no bytes."""
    return _DECODER.decode(zlib.decompress(packed)) if packed else _NOTHING


def merge(parts: Iterable[Facts]) -> Facts:
    """Facts of the parts of one file as those of the file; each part begins with its own `<module>`."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    end = max((p.functions[0].end_line for p in parts), default=0)
    whole = Facts([], [], [], [], [], [], [], [], [], [])
    whole.functions.append(module_function(end))
    for part in parts:
        moved = len(whole.functions) - 1  # the part's own module is left out, its rows go to the one module
        whole.functions.extend(part.functions[1:])
        whole.classes.extend(part.classes)
        for field in Facts._fields[2:]:
            rows: list[Any] = getattr(part, field)
            moved_rows = (r._replace(function=r.function + moved) if r.function else r for r in rows)
            getattr(whole, field).extend(moved_rows)
    return whole


def module_function(end_line: int) -> Function:
    """The row that stands for the module."""
    return Function(MODULE, "", 1, end_line, [], [], [], 0, False, False)


def mentions(facts: Facts) -> tuple[str, ...]:
    """The names by which a file is found again, and `sink:family`, sorted."""
    found = {f.name.rpartition(".")[2] for f in facts.functions}
    for c in facts.classes:
        found.add(c.name.rpartition(".")[2])
        found.update(base.rpartition(".")[2] for base in c.bases)
    found.update([c.name for c in facts.calls])
    found.update([a.name for a in facts.accesses])
    for i in facts.imports:
        found.update(i.module.split("."))
        found.add(i.name)
    for h in facts.handlers:
        found.update(t.rpartition(".")[2] for t in h.types)
    found.update([r.name.rpartition(".")[2] for r in facts.raises])
    found.update(["sink:" + s.family for s in facts.sinks])
    for k in facts.carriers:
        found.update((k.type, k.name))
    found.discard("")
    return tuple(sorted(found))
