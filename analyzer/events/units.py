"""The lines of one printing while they are put together, and whether a piece may be one of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.events.decorations import closes_markup
from analyzer.events.line_fit import READERS, States, advance, begin_line, step
from analyzer.events.pieces import Piece
from analyzer.events.stacktraces.core import LIKELY, SURE
from analyzer.model import Entry, Severity

SOON_NS = 100_000_000
"""a line that nothing marks as part of a stack must come this soon"""
SAME_PRINTING_NS = 5_000_000
"""the same after a text of many lines: what was printed at once is delivered at once"""
TAIL_GAP_NS = 1_000_000
"""between a message and the tail that a line end cut off"""


@dataclass(slots=True, kw_only=True)
class Unit:
    """What is being put together."""

    opener: Piece
    """what may have opened a stack: the first piece but for a log line in front of it"""
    pieces: list[Piece]
    states: States | None = None
    """None until somebody asks: most units are never followed by a line that could belong to them"""
    before_last: States = field(default_factory=dict)
    """the states before the last piece, which may turn out to be another stack's title"""
    waiting: list[Piece] = field(default_factory=list)
    """part of it only if it goes on"""
    waiting_states: States = field(default_factory=dict)
    last_ns: int | None = None
    between: int = 0
    indents: dict[str, set[int]] = field(default_factory=dict)
    """of its lines, by their first signs"""
    proved: bool = False
    """a line that can hardly be anything else went on with it"""
    before: Unit | None = None
    """the log line right in front of it, which belongs to it if it proves to be a stack"""
    merged: bool = False
    is_block: bool = False
    """it came as one text of many lines"""


def go_on(unit: Unit, piece: Piece) -> tuple[States, int]:
    """Where each language stands after the piece, and how well its first line goes on with the unit."""
    states, fit = step(unit.waiting_states, piece.first_line())
    if not states:
        return {}, 0
    last = unit.pieces[-1]
    if piece.has_own_prefix and not (fit >= SURE and last.has_own_prefix):
        return {}, 0
    given = piece.entry.severity
    if fit < SURE and given is not None and last.entry.severity is not None and given != last.entry.severity:
        return {}, 0
    if fit < LIKELY and piece.decorated.own_prefix:
        return {}, 0
    for line in piece.lines()[1:]:
        states = advance(states, line) or begin_line(line, READERS)[0]
    return states, fit


def shape(text: str) -> tuple[int, str]:
    """Indentation of a line, and what its first sign is: frames of one stack are indented alike."""
    bare = text.lstrip()
    sign = bare[:1]
    return (len(text) - len(bare) if sign.isalnum() else 0), "a" if sign.isalpha() else "0" if sign.isdigit() else sign


def is_blank_line(entry: Entry) -> bool:
    """A line that was printed empty, not an entry whose payload got lost."""
    return entry.severity is None or entry.text_payload is not None or entry.json_payload is not None


def is_log_line_before(previous: Unit, piece: Piece) -> bool:
    """A logger's line of an error right before a stack in an entry of its own: one record, split at its line ends."""
    head = previous.pieces[-1]
    return (
        len(previous.pieces) == 1
        and head.is_plain
        and not previous.proved
        and not piece.decorated.own_prefix
        and "\n" not in piece.text
        and piece.entry.severity == head.entry.severity
        and head.decorated.own_prefix
        and (head.decorated.level or Severity.DEFAULT) >= Severity.ERROR
        and soon(head.entry, piece.entry, SOON_NS)
    )


def gap_of(unit: Unit, time_ns: int | None) -> int:
    """Nanoseconds since the unit was continued last; 0 where a time is not known."""
    return 0 if unit.last_ns is None or time_ns is None else time_ns - unit.last_ns


def soon(earlier: Entry, later: Entry, max_ns: int) -> bool:
    """Whether one entry came at most `max_ns` after another, or nobody knows."""
    return earlier.time_ns is None or later.time_ns is None or later.time_ns - earlier.time_ns <= max_ns


def is_tail(unit: Unit, piece: Piece) -> bool:
    """The rest of a message that was cut at a line end: without level, without prefix, right behind its head."""
    head, last = unit.pieces[0], unit.pieces[-1]
    if piece.entry.severity is not None or piece.decorated.own_prefix or not head.is_plain:
        return False
    if head.entry.severity is not None or unit.proved or not soon(last.entry, piece.entry, TAIL_GAP_NS):
        return False
    text = piece.text
    if head.decorated.open_markup:
        return not closes_markup(last.payload.text) and len(unit.pieces) < 50
    if head.decorated.location is not None and "Warning: " in head.decorated.text[:120]:  # python's warnings.warn
        return (last is head and text[:1].isspace()) or text.startswith("RuntimeWarning: Enable tracemalloc")
    return head.decorated.own_prefix and _is_open(head.decorated.text) and len(unit.pieces) == 1


def _is_open(text: str) -> bool:
    """A text that cannot have ended: an odd quotation mark or an open bracket at its end."""
    return text.count('"') % 2 == 1 or text.rstrip()[-1:] in tuple("([{,")
