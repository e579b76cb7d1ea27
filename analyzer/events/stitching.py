"""Entries back to what was printed: the pieces of one error in one unit, and nothing else in it.

A stream is one log of one instance. Pieces are joined by grammar (a line that can only follow the line before it),
inside a stream and a small gap of time, never through a line with a logger's prefix of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.decorations import Decorated, closes_markup
from analyzer.events.payloads import Payload
from analyzer.events.stacktraces import all_readers
from analyzer.events.stacktraces.core import LineState
from analyzer.model import Entry, EventKind, Severity

MAX_GAP_NS = 2_000_000_000
"""between two pieces of one printed stack"""
_TAIL_GAP_NS = 1_000_000
"""between a message and the tail that a line end cut off"""
_MAX_BLANKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One entry with what was read of it."""

    entry: Entry
    payload: Payload
    decorated: Decorated

    @property
    def is_plain(self) -> bool:
        """True where it may be a mere line of something longer."""
        return self.payload.plain and self.payload.kind is EventKind.APPLICATION


@dataclass(slots=True, kw_only=True)
class _Unit:
    """What is being put together in a stream."""

    pieces: list[Piece]
    language: str | None = None
    state: LineState | None = None
    blanks: list[Piece] = field(default_factory=list)
    """empty lines after it: part of it only if it goes on"""


def stitch(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Units in the order of their first pieces; every piece is in exactly one."""
    open_units: dict[tuple[object, ...], _Unit] = {}
    units: list[_Unit] = []
    for piece in sorted(pieces, key=_order):
        stream = _stream(piece.entry)
        unit = open_units.get(stream)
        if unit is not None and piece.is_plain and _take(unit, piece):
            continue
        if unit is not None:
            units += _left_over(unit)
        fresh = _open(piece)
        open_units[stream] = fresh
        units.append(fresh)
    for unit in open_units.values():
        units += _left_over(unit)
    return sorted((u.pieces for u in units), key=lambda p: _order(p[0]))


def _left_over(unit: _Unit) -> list[_Unit]:
    """Empty lines after a closed unit: those with a level were printed with it, the others stand alone."""
    alone = [b for b in unit.blanks if b.entry.severity is None]
    unit.pieces += [b for b in unit.blanks if b.entry.severity is not None]
    unit.blanks = []
    return [_Unit(pieces=[blank]) for blank in alone]


def _is_blank_line(entry: Entry) -> bool:
    """A line that was printed empty, not an entry whose payload got lost."""
    return entry.severity is None or entry.text_payload is not None or entry.json_payload is not None


def _order(piece: Piece) -> tuple[bool, int, str, int]:
    entry = piece.entry
    return (
        entry.time_ns is None,
        entry.time_ns or 0,
        "" if entry.time_ns is None else entry.entry_id,
        entry.position,
    )


def _stream(entry: Entry) -> tuple[object, ...]:
    return (
        entry.log_name,
        entry.resource_type,
        entry.service,
        entry.instance,
        entry.labels.get("instanceId"),
        tuple(sorted((k, str(v)) for k, v in entry.resource_labels.items())),
    )


def _open(piece: Piece) -> _Unit:
    unit = _Unit(pieces=[piece])
    if piece.is_plain:
        for line in _lines(piece):
            _advance(unit, line)
    return unit


def _lines(piece: Piece) -> list[str]:
    """The lines of a piece; a line with a logger's prefix is taken as printed."""
    text = piece.decorated.text
    return text.split("\n") if "\n" in text else [text]


def _advance(unit: _Unit, line: str) -> bool:
    """Feed a line to the open language, else see whether it opens one; True where it went on."""
    for reader in all_readers():
        if unit.state is not None and unit.language not in (None, reader.language):
            continue
        if unit.state is not None:
            following = reader.step(unit.state, line)
            if following is not None:
                unit.state = following[0]
                return True
        began = reader.begin(line)
        if began is not None:
            unit.language, unit.state = reader.language, began[0]
            return False
    return False


def _take(unit: _Unit, piece: Piece) -> bool:
    """Join a piece to an open unit where it can only be its continuation."""
    before, entry = (unit.blanks or unit.pieces)[-1].entry, piece.entry
    gap = 0 if before.time_ns is None or entry.time_ns is None else entry.time_ns - before.time_ns
    if gap > MAX_GAP_NS:
        return False
    text = piece.decorated.text
    if not text.strip():
        if unit.state is None or len(unit.blanks) >= _MAX_BLANKS or not _is_blank_line(entry):
            return False
        unit.blanks.append(piece)
        return True
    if unit.state is not None and not _has_own_prefix(piece) and _continue_stack(unit, piece):
        return True
    if not unit.blanks and (_heads_stack(unit, piece) or (gap <= _TAIL_GAP_NS and _is_tail(unit, piece))):
        unit.pieces.append(piece)
        for line in _lines(piece):
            _advance(unit, line)
        return True
    return False


def _heads_stack(unit: _Unit, piece: Piece) -> bool:
    """A logger's error line before a bare header line: a header alone in its entry was split from what it heads."""
    head, text = unit.pieces[-1], piece.decorated.text
    return (
        len(unit.pieces) == 1
        and head.is_plain
        and unit.state is None
        and "\n" not in text
        and text == text.lstrip()
        and piece.entry.severity == head.entry.severity
        and head.decorated.own_prefix
        and (head.decorated.level or Severity.DEFAULT) >= Severity.ERROR
        and any(reader.heads(text) for reader in all_readers())
    )


def _has_own_prefix(piece: Piece) -> bool:
    """A closing line such as `Error: x` looks like a level: only real prefixes count, which were taken off."""
    return piece.decorated.own_prefix and piece.decorated.text != piece.payload.text


def _continue_stack(unit: _Unit, piece: Piece) -> bool:
    lines = _lines(piece)
    if unit.state is None or not _steps(unit, "" if unit.blanks else None, lines[0]):
        return False
    unit.pieces += [*unit.blanks, piece]
    unit.blanks = []
    for line in lines[1:]:
        _advance(unit, line)
    return True


def _steps(unit: _Unit, blank: str | None, line: str) -> bool:
    reader = next((r for r in all_readers() if r.language == unit.language), None)
    state = unit.state
    if reader is None or state is None:
        return False
    for each in (line,) if blank is None else (blank, line):
        following = reader.step(state, each)
        if following is None:
            return False
        state = following[0]
    unit.state = state
    return True


def _is_tail(unit: _Unit, piece: Piece) -> bool:
    """The rest of a message that was cut at a line end: without level, without prefix, right behind its head."""
    head = unit.pieces[0]
    if piece.entry.severity is not None or piece.decorated.own_prefix or not head.is_plain:
        return False
    if head.entry.severity is not None or unit.state is not None:
        return False
    text = piece.decorated.text
    if head.decorated.open_markup:
        return not closes_markup(unit.pieces[-1].payload.text) and len(unit.pieces) < 50
    if head.decorated.location is not None and "Warning: " in head.decorated.text[:120]:  # python's warnings.warn
        last = unit.pieces[-1]
        return (last is head and text[:1].isspace()) or text.startswith("RuntimeWarning: Enable tracemalloc")
    return head.decorated.own_prefix and _is_open(head.decorated.text) and len(unit.pieces) == 1


def _is_open(text: str) -> bool:
    """A text that cannot have ended: an odd quotation mark or an open bracket at its end."""
    return text.count('"') % 2 == 1 or text.rstrip()[-1:] in tuple("([{,")
