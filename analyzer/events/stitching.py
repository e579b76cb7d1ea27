"""Pieces back to what was printed: the lines of one error in one unit, and nothing else in it.

A stream may hold several open stacks at once, since threads write to one output in turns. Every line is scored as a
continuation of each of them and as the beginning of another one; the best fit has it, among equals the one that was
continued last, unless its lines are indented otherwise. A line that fits only weakly, and an empty one, waits until a
better one proves that the stack goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.events.decorations import closes_markup
from analyzer.events.pieces import Piece
from analyzer.events.stacktraces import all_readers, readers_of, shows_stack
from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK, LineState, Reader
from analyzer.events.streams import Stream, stream_of
from analyzer.model import Entry, Severity

MIN_GAP_NS = 2_000_000_000
"""between two lines of one stack, in a stream that shows nothing else"""
MAX_GAP_NS = 30_000_000_000
"""the longest pause that a slow stream may teach"""
SOON_NS = 100_000_000
"""a line that nothing marks as part of a stack must come this soon"""
SAME_PRINTING_NS = 5_000_000
"""the same after a text of many lines: what was printed at once is delivered at once"""
TAIL_GAP_NS = 1_000_000
"""between a message and the tail that a line end cut off"""
_MAX_WAITING = 40
_MAX_BLANKS = 3
_MAX_BETWEEN = 50
"""lines of others between two lines of one stack"""
_MAX_OPEN = 16
_FAR_IN = ("    ", "\t")
_TAIL_LINES = 16
"""of a text of many lines: enough to see where a stack stands at its end"""

_States = dict[str, LineState]
"""where each language's reading stands; languages drop out as lines come that they do not know"""


@dataclass(slots=True, kw_only=True)
class _Unit:
    """What is being put together."""

    opener: Piece
    """what may have opened a stack: the first piece but for a log line in front of it"""
    pieces: list[Piece]
    states: _States | None = None
    """None until somebody asks: most units are never followed by a line that could belong to them"""
    before_last: _States = field(default_factory=dict)
    """the states before the last piece, which may turn out to be another stack's title"""
    waiting: list[Piece] = field(default_factory=list)
    """part of it only if it goes on"""
    waiting_states: _States = field(default_factory=dict)
    last_ns: int | None = None
    between: int = 0
    indents: dict[str, set[int]] = field(default_factory=dict)
    """of its lines, by their first signs"""
    proved: bool = False
    """a line that can hardly be anything else went on with it"""
    before: _Unit | None = None
    """the log line right in front of it, which belongs to it if it proves to be a stack"""
    merged: bool = False
    is_block: bool = False
    """it came as one text of many lines"""


class Stitcher:
    """Takes pieces in printed order; `finish` gives the units."""

    def __init__(self) -> None:
        self._streams: dict[Stream, _StreamStitcher] = {}

    def add(self, piece: Piece) -> None:
        """The next piece; one of another stream than those before is welcome."""
        key = stream_of(piece.entry)
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = _StreamStitcher(MIN_GAP_NS)
        stream.add(piece)

    def finish(self) -> list[list[Piece]]:
        """All units, stream by stream."""
        return [unit for stream in self._streams.values() for unit in stream.finish()]


class _StreamStitcher:
    """One stream."""

    def __init__(self, max_gap_ns: int) -> None:
        self.max_gap_ns = max_gap_ns
        self.open: list[_Unit] = []
        """the one continued last stands last"""
        self.units: list[_Unit] = []
        self.previous: _Unit | None = None
        """of the piece right before"""
        self.indented: list[_Unit] = []
        """lines right before, far in, of which nobody knows what they belong to"""
        self.pieces: list[Piece] = []
        self.gaps: list[int] = []
        """between lines that surely belong together"""
        self.late: int = 0
        """lines that would surely have gone on with a stack, had they come in time"""

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self._place(piece)

    def finish(self) -> list[list[Piece]]:
        gap = self._learnt_gap()
        if gap > self.max_gap_ns:
            slower = _StreamStitcher(gap)
            for piece in self.pieces:
                slower._place(piece)
            return slower._units()
        return self._units()

    def _learnt_gap(self) -> int:
        """Three times the pause that nine of ten lines keep; more than the least only where lines came too late."""
        if self.late * 10 < len(self.gaps) or not self.late:
            return self.max_gap_ns
        gaps = sorted(self.gaps)
        return min(MAX_GAP_NS, max(self.max_gap_ns, 3 * gaps[len(gaps) * 9 // 10]))

    def _units(self) -> list[list[Piece]]:
        for unit in self.open:
            self._release(unit)
        self.open = []
        return [unit.pieces for unit in self.units if not unit.merged]

    # -- one piece

    def _place(self, piece: Piece) -> None:
        previous, self.previous = self.previous, None
        if not piece.is_plain:
            self._alone(piece)
            return
        if self.open:
            self._expire(piece.entry.time_ns)
        text = piece.decorated.text
        if not text or text.isspace():
            self._blank(piece)
            self.previous = previous
            return
        began: _States | None = None
        unit, states, fit = self._best(piece) if self.open else (None, {}, 0)
        if fit <= WEAK and previous is not None and _is_tail(previous, piece):
            previous.pieces.append(piece)
            self.previous = previous
            return
        if unit is not None:
            began_fit = 0
            if fit < SURE:
                began, began_fit = _begin(piece)
            if fit >= began_fit:
                self.indented = []
                self._take(unit, piece, states, fit)
                self.previous = previous if fit == WEAK else None
                return
        for other in self.open:
            other.between += 1
        fresh = self._titled(piece) or self._alone(piece)
        if len(fresh.pieces) > 1:
            self.open.append(fresh)
            return
        self._lost_head(fresh)
        if began is not None:
            fresh.states = fresh.waiting_states = began
        if previous is not None and _is_log_line_before(previous, piece):
            fresh.before = previous
            if any(reader.heads(piece.text) for reader in _READERS.values()):
                self._join_before(fresh)
        if began is None or began:
            self.open.append(fresh)
            if len(self.open) > _MAX_OPEN:
                self._close(self.open[0])

    def _titled(self, piece: Piece) -> _Unit | None:
        """A new unit of a stack's first frame and its title, where the open stack took that for its own closing line:
        `TypeError: x` closes a Python stack and opens a JavaScript one, and only the line after it tells."""
        unit = self.open[-1] if self.open else None
        if unit is None or not unit.before_last or len(unit.pieces) < 2 or unit.waiting:
            return None
        title = unit.pieces[-1]
        if "\n" in title.text or not _soon(title.entry, piece.entry, SOON_NS):
            return None
        opened = {n: s for n, s in _begin(title)[0].items() if n not in unit.before_last}
        states, fit = _step(opened, piece.first_line())
        if fit < SURE:
            return None
        unit.pieces.pop()
        unit.states = unit.waiting_states = unit.before_last
        unit.before_last = {}
        unit.last_ns = unit.pieces[-1].entry.time_ns
        fresh = self._alone(title)
        fresh.pieces.append(piece)
        fresh.states = fresh.waiting_states = states
        fresh.last_ns = piece.entry.time_ns
        fresh.proved = True
        return fresh

    def _lost_head(self, fresh: _Unit) -> None:
        """Where the head of a stack was lost in the middle of a frame, what is left of the frame stands far in."""
        piece = fresh.opener
        if self.indented and not _soon(self.indented[-1].opener.entry, piece.entry, SOON_NS):
            self.indented = []
        if piece.text.startswith(_FAR_IN) and not shows_stack(piece.text.lstrip()):
            self.indented = [*self.indented[-_MAX_WAITING:], fresh]
            return
        lost, self.indented = self.indented, []
        if lost and piece.text[:1].isspace() and shows_stack(piece.text.lstrip()) and _begin(piece)[0]:
            fresh.pieces = [p for unit in lost for p in unit.pieces] + fresh.pieces
            for unit in lost:
                unit.merged = True

    def _alone(self, piece: Piece) -> _Unit:
        unit = _Unit(opener=piece, pieces=[piece], last_ns=piece.entry.time_ns, is_block="\n" in piece.decorated.text)
        self.units.append(unit)
        self.previous = unit
        return unit

    def _best(self, piece: Piece) -> tuple[_Unit | None, _States, int]:
        """The open unit that the piece fits best, the states after it, and how well it fits."""
        best: tuple[_Unit | None, _States, int] = (None, {}, 0)
        is_unlike = False
        indent, sign = _shape(piece.text)
        time_ns = piece.entry.time_ns
        marked: bool | None = None
        for unit in reversed(self.open.copy()):
            gap = _gap(unit, time_ns)
            if not unit.proved and gap > (SAME_PRINTING_NS if unit.is_block else SOON_NS):
                if marked is None:
                    marked = piece.may_go_on()
                if not marked:
                    continue
            if unit.states is None:
                unit.states = unit.waiting_states = _begin(unit.opener)[0]
                if not unit.states:
                    self._close(unit)
                    continue
            states, fit = _go_on(unit, piece)
            if gap > self.max_gap_ns:
                if fit >= SURE and piece.may_go_on():
                    self.late += 1
                    self.gaps.append(gap)
            elif fit > best[2] or (fit and fit == best[2] and is_unlike and unit.indents.get(sign) == {indent}):
                best = unit, states, fit
                seen = unit.indents.get(sign, ())
                is_unlike = len(seen) == 1 and indent not in seen
        return best

    def _take(self, unit: _Unit, piece: Piece, states: _States, fit: int) -> None:
        unit.waiting.append(piece)
        unit.waiting_states = states
        if fit == WEAK:
            if len(unit.waiting) > _MAX_WAITING:
                self._close(unit)
            return
        if fit >= SURE:
            self.gaps.append(_gap(unit, piece.entry.time_ns))
            unit.proved = True
            if unit.before is not None:
                self._join_before(unit)
        indent, sign = _shape(piece.text)
        unit.indents.setdefault(sign, set()).add(indent)
        unit.pieces += unit.waiting
        unit.waiting = []
        unit.before_last, unit.states = unit.states or {}, states
        unit.last_ns = piece.entry.time_ns
        unit.between = 0
        self.open.remove(unit)
        self.open.append(unit)
        if not states:
            self._close(unit)

    def _blank(self, piece: Piece) -> None:
        """An empty line waits with the stack that was continued last; without one it stands alone."""
        unit = self.open[-1] if self.open else None
        blanks = sum(not p.text.strip() for p in unit.waiting) if unit is not None else 0
        if unit is None or blanks >= _MAX_BLANKS or not _is_blank_line(piece.entry):
            self.units.append(_Unit(opener=piece, pieces=[piece], last_ns=piece.entry.time_ns))
            return
        unit.waiting.append(piece)
        unit.waiting_states = _advance(unit.waiting_states, "") or unit.waiting_states

    def _join_before(self, unit: _Unit) -> None:
        before, unit.before = unit.before, None
        if before is not None and not before.merged and before.pieces:
            unit.pieces = before.pieces + unit.pieces
            before.merged = True

    # -- the end of units

    def _expire(self, time_ns: int | None) -> None:
        """Close what cannot go on any more. Units stand in the order of their last pieces."""
        while self.open:
            unit = self.open[0]
            limit = MAX_GAP_NS if unit.proved else self.max_gap_ns
            if unit.between <= _MAX_BETWEEN and _gap(unit, time_ns) <= limit:
                break
            self._close(unit)

    def _close(self, unit: _Unit) -> None:
        self.open.remove(unit)
        self._release(unit)

    def _release(self, unit: _Unit) -> None:
        """Lines that waited in vain stand alone, but for empty ones with a level right after the stack."""
        waiting, unit.waiting = unit.waiting, []
        ends = True
        for piece in waiting:
            ends = ends and not piece.text.strip() and piece.entry.severity is not None
            if ends:
                unit.pieces.append(piece)
            else:
                self.units.append(_Unit(opener=piece, pieces=[piece], last_ns=piece.entry.time_ns))


_READERS: dict[str, Reader] = {reader.language: reader for reader in all_readers()}


def _begin(piece: Piece) -> tuple[_States, int]:
    """The languages in which the text opens a stack, where they stand at its end, and how well its opening fits."""
    lines = piece.lines()
    if len(lines) == 1:
        return _begin_line(lines[0], _READERS)
    readers = {reader.language: reader for reader in readers_of(piece.text)}
    states: _States = {}
    best = 0
    for line in lines[-_TAIL_LINES:] if readers else ():
        states = _advance(states, line)
        if not states:
            states, fit = _begin_line(line, readers)
            best = max(best, fit)
    return states, best if states else 0


def _begin_line(line: str, readers: Mapping[str, Reader]) -> tuple[_States, int]:
    states: _States = {}
    best = 0
    for language, reader in readers.items():
        move = reader.begin(line)
        if move is not None:
            states[language] = move[0]
            if move[1] > best:
                best = move[1]
    return states, best


def _advance(states: _States, line: str) -> _States:
    following: _States = {}
    for language, state in states.items():
        move = _READERS[language].step(state, line)
        if move is not None:
            following[language] = move[0]
    return following


def _go_on(unit: _Unit, piece: Piece) -> tuple[_States, int]:
    """Where each language stands after the piece, and how well its first line goes on with the unit."""
    states, fit = _step(unit.waiting_states, piece.first_line())
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
        states = _advance(states, line) or _begin_line(line, _READERS)[0]
    return states, fit


def _step(states: _States, line: str) -> tuple[_States, int]:
    """The languages that know the line; where one can hardly be wrong, those that are not as sure drop out."""
    following: _States = {}
    best = 0
    for language, state in states.items():
        move = _READERS[language].step(state, line)
        if move is None or (best == SURE and move[1] < SURE):
            continue
        if move[1] == SURE and best < SURE:
            following = {}
        best = max(best, move[1])
        following[language] = move[0]
    return following, best


# -- log lines in front of a stack, tails of messages


def _shape(text: str) -> tuple[int, str]:
    """Indentation of a line, and what its first sign is: frames of one stack are indented alike."""
    bare = text.lstrip()
    sign = bare[:1]
    return (len(text) - len(bare) if sign.isalnum() else 0), "a" if sign.isalpha() else "0" if sign.isdigit() else sign


def _is_blank_line(entry: Entry) -> bool:
    """A line that was printed empty, not an entry whose payload got lost."""
    return entry.severity is None or entry.text_payload is not None or entry.json_payload is not None


def _is_log_line_before(previous: _Unit, piece: Piece) -> bool:
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
        and _soon(head.entry, piece.entry, SOON_NS)
    )


def _gap(unit: _Unit, time_ns: int | None) -> int:
    return 0 if unit.last_ns is None or time_ns is None else time_ns - unit.last_ns


def _soon(earlier: Entry, later: Entry, max_ns: int) -> bool:
    return earlier.time_ns is None or later.time_ns is None or later.time_ns - earlier.time_ns <= max_ns


def _is_tail(unit: _Unit, piece: Piece) -> bool:
    """The rest of a message that was cut at a line end: without level, without prefix, right behind its head."""
    head, last = unit.pieces[0], unit.pieces[-1]
    if piece.entry.severity is not None or piece.decorated.own_prefix or not head.is_plain:
        return False
    if head.entry.severity is not None or unit.proved or not _soon(last.entry, piece.entry, TAIL_GAP_NS):
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
