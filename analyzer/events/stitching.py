"""Pieces back to what was printed: the lines of one error in one unit, and nothing else in it.

A stream may hold several open stacks at once, since threads write to one output in turns. Every line is scored as a
continuation of each of them and as the beginning of another one; the best fit has it, among equals the one that was
continued last, unless its lines are indented otherwise. A line that fits only weakly, and an empty one, waits until a
better one proves that the stack goes on.
"""

from __future__ import annotations

from analyzer.events.line_fit import States, advance, begin, heads, step
from analyzer.events.pieces import Piece
from analyzer.events.stacktraces import shows_stack
from analyzer.events.stacktraces.core import SURE, WEAK
from analyzer.events.streams import Stream, stream_of
from analyzer.events.units import (
    SAME_PRINTING_NS,
    SOON_NS,
    Unit,
    gap_of,
    go_on,
    is_blank_line,
    is_log_line_before,
    is_tail,
    shape,
    soon,
)

MIN_GAP_NS = 2_000_000_000
"""between two lines of one stack, in a stream that shows nothing else"""
MAX_GAP_NS = 30_000_000_000
"""the longest pause that a slow stream may teach"""
_MAX_WAITING = 40
_MAX_BLANKS = 3
_MAX_BETWEEN = 50
"""lines of others between two lines of one stack"""
_MAX_OPEN = 16
_FAR_IN = ("    ", "\t")


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
        self.open: list[Unit] = []
        """the one continued last stands last"""
        self.units: list[Unit] = []
        self.previous: Unit | None = None
        """of the piece right before"""
        self.indented: list[Unit] = []
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
        began: States | None = None
        unit, states, fit = self._best(piece) if self.open else (None, {}, 0)
        if fit <= WEAK and previous is not None and is_tail(previous, piece):
            previous.pieces.append(piece)
            self.previous = previous
            return
        if unit is not None:
            began_fit = 0
            if fit < SURE:
                began, began_fit = begin(piece)
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
        if previous is not None and is_log_line_before(previous, piece):
            fresh.before = previous
            if heads(piece.text):
                self._join_before(fresh)
        if began is None or began:
            self.open.append(fresh)
            if len(self.open) > _MAX_OPEN:
                self._close(self.open[0])

    def _titled(self, piece: Piece) -> Unit | None:
        """A new unit of a stack's first frame and its title, where the open stack took that for its own closing line:
        `TypeError: x` closes a Python stack and opens a JavaScript one, and only the line after it tells."""
        unit = self.open[-1] if self.open else None
        if unit is None or not unit.before_last or len(unit.pieces) < 2 or unit.waiting:
            return None
        title = unit.pieces[-1]
        if "\n" in title.text or not soon(title.entry, piece.entry, SOON_NS):
            return None
        opened = {n: s for n, s in begin(title)[0].items() if n not in unit.before_last}
        states, fit = step(opened, piece.first_line())
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

    def _lost_head(self, fresh: Unit) -> None:
        """Where the head of a stack was lost in the middle of a frame, what is left of the frame stands far in."""
        piece = fresh.opener
        if self.indented and not soon(self.indented[-1].opener.entry, piece.entry, SOON_NS):
            self.indented = []
        if piece.text.startswith(_FAR_IN) and not shows_stack(piece.text.lstrip()):
            self.indented = [*self.indented[-_MAX_WAITING:], fresh]
            return
        lost, self.indented = self.indented, []
        if lost and piece.text[:1].isspace() and shows_stack(piece.text.lstrip()) and begin(piece)[0]:
            fresh.pieces = [p for unit in lost for p in unit.pieces] + fresh.pieces
            for unit in lost:
                unit.merged = True

    def _alone(self, piece: Piece) -> Unit:
        unit = Unit(opener=piece, pieces=[piece], last_ns=piece.entry.time_ns, is_block="\n" in piece.decorated.text)
        self.units.append(unit)
        self.previous = unit
        return unit

    def _best(self, piece: Piece) -> tuple[Unit | None, States, int]:
        """The open unit that the piece fits best, the states after it, and how well it fits."""
        best: tuple[Unit | None, States, int] = (None, {}, 0)
        is_unlike = False
        indent, sign = shape(piece.text)
        time_ns = piece.entry.time_ns
        marked: bool | None = None
        for unit in reversed(self.open.copy()):
            gap = gap_of(unit, time_ns)
            if not unit.proved and gap > (SAME_PRINTING_NS if unit.is_block else SOON_NS):
                if marked is None:
                    marked = piece.may_go_on()
                if not marked:
                    continue
            if unit.states is None:
                unit.states = unit.waiting_states = begin(unit.opener)[0]
                if not unit.states:
                    self._close(unit)
                    continue
            states, fit = go_on(unit, piece)
            if gap > self.max_gap_ns:
                if fit >= SURE and piece.may_go_on():
                    self.late += 1
                    self.gaps.append(gap)
            elif fit > best[2] or (fit and fit == best[2] and is_unlike and unit.indents.get(sign) == {indent}):
                best = unit, states, fit
                seen = unit.indents.get(sign, ())
                is_unlike = len(seen) == 1 and indent not in seen
        return best

    def _take(self, unit: Unit, piece: Piece, states: States, fit: int) -> None:
        unit.waiting.append(piece)
        unit.waiting_states = states
        if fit == WEAK:
            if len(unit.waiting) > _MAX_WAITING:
                self._close(unit)
            return
        if fit >= SURE:
            self.gaps.append(gap_of(unit, piece.entry.time_ns))
            unit.proved = True
            if unit.before is not None:
                self._join_before(unit)
        indent, sign = shape(piece.text)
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
        if unit is None or blanks >= _MAX_BLANKS or not is_blank_line(piece.entry):
            self.units.append(Unit(opener=piece, pieces=[piece], last_ns=piece.entry.time_ns))
            return
        unit.waiting.append(piece)
        unit.waiting_states = advance(unit.waiting_states, "") or unit.waiting_states

    def _join_before(self, unit: Unit) -> None:
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
            if unit.between <= _MAX_BETWEEN and gap_of(unit, time_ns) <= limit:
                break
            self._close(unit)

    def _close(self, unit: Unit) -> None:
        self.open.remove(unit)
        self._release(unit)

    def _release(self, unit: Unit) -> None:
        """Lines that waited in vain stand alone, but for empty ones with a level right after the stack."""
        waiting, unit.waiting = unit.waiting, []
        ends = True
        for piece in waiting:
            ends = ends and not piece.text.strip() and piece.entry.severity is not None
            if ends:
                unit.pieces.append(piece)
            else:
                self.units.append(Unit(opener=piece, pieces=[piece], last_ns=piece.entry.time_ns))
