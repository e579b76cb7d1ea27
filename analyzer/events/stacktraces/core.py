"""What the readers of all languages share: their registry, what they find, how a chain becomes a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from analyzer.model import Frame, Relation, StackTrace, TraceException

LineState = str
"""where a line-by-line reading stands; each language has its own words for it"""

WEAK, LIKELY, SURE = 1, 2, 3
"""How well a line fits: any line might (it counts only if the stack goes on after it); it fits here but could stand
elsewhere; it can hardly be anything else."""

Move = tuple[LineState, int]
"""the state after a line, and how well the line fits: `WEAK`, `LIKELY` or `SURE`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Lines `[start, end)` of a text that belong to a stack; `trace` is None for a stack that is no error."""

    start: int
    end: int
    trace: StackTrace | None
    prefix: str = ""
    """what stood before the stack on its first line"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One language. To add a language, write a module in this folder that calls `register` once."""

    language: str
    hints: tuple[str, ...]
    """a text without any of these substrings is not read at all"""
    besides: tuple[str, ...] = ()
    """nor one without any of these; for hints that other languages have too"""
    read: Callable[[Sequence[str]], list[Span]]
    """lines → stacks, in order and without overlap; linear time, never raises"""
    begin: Callable[[str], Move | None]
    """the state after a line that opens a stack by itself, else None"""
    step: Callable[[LineState, str], Move | None]
    """the state after a line that goes on with an open stack, None where it does not belong to it"""
    heads: Callable[[str], bool] = lambda _: False
    """whether a line is a header and nothing else: whatever was logged right before it belongs to the stack"""


@dataclass(slots=True, kw_only=True)
class Draft:
    """An exception while it is read."""

    type: str | None = None
    message: str = ""
    frames: list[Frame] = field(default_factory=list)
    """outermost first"""
    relation: Relation | None = None
    """how it hangs under the next newer one (or its group)"""
    members: list[list[Draft]] = field(default_factory=list)
    """chains of the exceptions of a group, each oldest first"""
    suppressed: list[list[Draft]] = field(default_factory=list)
    """chains of the exceptions that were raised while cleaning up after this one, each oldest first"""


_READERS: dict[str, Reader] = {}


def register(reader: Reader) -> None:
    """Make a language known; a module calls it when imported."""
    _READERS[reader.language] = reader


def readers() -> tuple[Reader, ...]:
    """All languages, in the order of their names."""
    return tuple(_READERS[name] for name in sorted(_READERS))


def build(language: str, chain: Sequence[Draft], *, truncated: bool) -> StackTrace:
    """A chain, oldest first, as a tree; its last exception is the title."""
    flat: list[TraceException] = []
    members: dict[int, list[int]] = {}
    below: dict[int, int] = {}
    last = _flatten(chain, None, None, flat, members, below)
    return StackTrace(
        language=language,
        exceptions=tuple(flat),
        root=_root(last, members, below),
        last=last,
        truncated=truncated,
    )


def _flatten(
    chain: Sequence[Draft],
    parent: int | None,
    relation: Relation | None,
    flat: list[TraceException],
    members: dict[int, list[int]],
    below: dict[int, int],
) -> int:
    """Append a chain with its groups; the index of its title."""
    base = len(flat)
    top = base + len(chain) - 1
    for i, draft in enumerate(chain):
        is_title = i == len(chain) - 1
        flat.append(
            TraceException(
                type=draft.type,
                message=draft.message,
                relation=relation if is_title else draft.relation,
                parent=parent if is_title else base + i + 1,
                frames=tuple(draft.frames),
            )
        )
        if not is_title:
            below[base + i + 1] = base + i
    for i, draft in enumerate(chain):
        if draft.members:
            members[base + i] = [
                _flatten(inner, base + i, Relation.MEMBER, flat, members, below) for inner in draft.members if inner
            ]
        for inner in draft.suppressed:
            if inner:
                _flatten(inner, base + i, Relation.SUPPRESSED, flat, members, below)
    return top


def _root(at: int, members: dict[int, list[int]], below: dict[int, int]) -> int | None:
    """Down the causes and contexts; through a group only where it has one member."""
    while True:
        if at in below:
            at = below[at]
        elif at in members:
            if len(members[at]) != 1:
                return None
            at = members[at][0]
        else:
            return at
