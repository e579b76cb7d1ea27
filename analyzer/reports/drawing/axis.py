"""A time axis that keeps one scale, leaves out long stretches without anything, and says how long they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

SECOND_NS = 1_000_000_000
_DAY_NS = 86_400 * SECOND_NS
MOST_BREAKS = 4
_BREAK_WIDTH = 4.0
_IDLE_SHARE = 1 / 3
"""an idle stretch this long, as a part of the time drawn so far, is left out"""
_LEAST_IDLE_NS = 20 * SECOND_NS
_PADDING = 0.03
"""kept of a stretch on both its sides, as a part of the time drawn"""
_APART = 12.0
"""between two ticks at least: room for a time of day on a narrow screen"""
_STEPS_NS = tuple(
    int(seconds * SECOND_NS)
    for seconds in (
        *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
        *(3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 1_209_600),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of time and where it lies. Places are parts of 100 of the width."""

    from_ns: int
    to_ns: int
    left: float
    right: float

    def place(self, time_ns: int) -> float:
        """Where a time of this piece lies."""
        share = (time_ns - self.from_ns) / (self.to_ns - self.from_ns)
        return round(self.left + share * (self.right - self.left), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A time written at the axis."""

    place: float
    text: str

    @property
    def anchor(self) -> str:
        """How the text stands to its place, so that it stays inside."""
        return "start" if self.place < 4 else "end" if self.place > 96 else "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Times → places from 0 to 100. One second is equally wide everywhere but in the breaks."""

    pieces: tuple[Piece, ...]
    breaks: tuple[Piece, ...] = ()

    @property
    def from_ns(self) -> int:
        """The first time."""
        return self.pieces[0].from_ns

    @property
    def to_ns(self) -> int:
        """The last time."""
        return self.pieces[-1].to_ns

    def place(self, time_ns: int) -> float:
        """Where a time lies; times outside lie at the nearer end."""
        time = min(max(time_ns, self.from_ns), self.to_ns)
        return next(p for p in sorted((*self.pieces, *self.breaks), key=_begin) if time <= p.to_ns).place(time)

    def width(self, span_ns: int) -> float:
        """How wide so much time is outside the breaks."""
        piece = max(self.pieces, key=lambda p: p.to_ns - p.from_ns)
        return span_ns * (piece.right - piece.left) / (piece.to_ns - piece.from_ns)

    def is_left_out(self, from_ns: int, to_ns: int) -> bool:
        """Whether a range lies wholly in a break."""
        return any(b.from_ns <= from_ns and to_ns <= b.to_ns for b in self.breaks)

    def say(self, time_ns: int) -> str:
        """`09:24:05`, with the day where the axis crosses midnight."""
        moment = _moment(time_ns)
        crosses = _moment(self.from_ns).date() != _moment(self.to_ns).date()
        return f"{moment.day} {moment:%b %H:%M:%S}" if crosses else f"{moment:%H:%M:%S}"

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Round times, far enough apart to be read; a piece without one shows the time in its middle."""
        step = next(step for step in _steps() if self.width(step) >= _APART)
        found: list[Tick] = []
        day = _moment(self.from_ns).date()
        for piece in self.pieces:
            rounded = range(-(-piece.from_ns // step) * step, piece.to_ns + 1, step)
            middle = (piece.from_ns + piece.to_ns) // 2 // SECOND_NS * SECOND_NS
            for time in rounded or [max(middle, piece.from_ns)]:
                moment, place = _moment(time), piece.place(time)
                if found and place - found[-1].place < _APART - 1:
                    continue
                dated = moment.date() != day
                found.append(Tick(place=place, text=_text(time, step if rounded else SECOND_NS, dated=dated)))
                day = moment.date()
        return tuple(found)


def time_axis(ranges: Iterable[tuple[int, int]]) -> Axis | None:
    """The axis from the first to the last of these times (begin and end of whatever happened), None without any.

    Stretches in which nothing happened are left out, longest first, while each is long against what would be drawn.
    """
    busy = _merged(ranges)
    if not busy:
        return None
    first, last = busy[0][0], busy[-1][1]
    if last - first < SECOND_NS:
        first, last = (first + last - SECOND_NS) // 2, (first + last + SECOND_NS) // 2
    idle = sorted(((b, a) for (_, b), (a, _) in pairwise(busy)), key=lambda i: (i[0] - i[1], i[0]))
    drawn, chosen = last - first, list[tuple[int, int]]()
    for begin, end in idle[:MOST_BREAKS]:
        if end - begin <= max(drawn * _IDLE_SHARE, _LEAST_IDLE_NS):
            break
        chosen.append((begin, end))
        drawn -= end - begin
    padding = max(int(drawn * _PADDING), SECOND_NS // 2)
    cuts = sorted((a + min(padding, (b - a) // 4), b - min(padding, (b - a) // 4)) for a, b in chosen)
    edges = [first, *(time for cut in cuts for time in cut), last]
    total = sum(b - a for a, b in zip(edges[::2], edges[1::2], strict=True))
    width = 100 - _BREAK_WIDTH * len(cuts)
    spans, left = [], 0.0
    for number, (begin, end) in enumerate(pairwise(edges)):
        right = left + (_BREAK_WIDTH if number % 2 else (end - begin) / total * width)
        spans.append(Piece(from_ns=begin, to_ns=end, left=left, right=min(right, 100.0)))
        left = right
    return Axis(pieces=tuple(spans[::2]), breaks=tuple(spans[1::2]))


def duration(span_ns: int) -> str:
    """`45 s`, `31 min`, `5 h`, `3 days`: the two nearest words would say no more on a drawing."""
    seconds = round(span_ns / SECOND_NS)
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 100 * 60:
        return f"{round(seconds / 60)} min"
    if seconds < 48 * 3600:
        return f"{round(seconds / 3600)} h"
    return f"{round(seconds / 86_400)} days"


def width_of_bins(step_s: int) -> str:
    """`1 s`, `5 min`, `2 h`, `1 day`: exactly."""
    for seconds, unit in ((86_400, "day"), (3600, "h"), (60, "min")):
        if step_s % seconds == 0:
            count = step_s // seconds
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
    return f"{step_s} s"


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, max(begin, end)))
    return found


def _steps() -> Iterator[int]:
    yield from _STEPS_NS
    step = _STEPS_NS[-1]
    while True:
        step *= 2
        yield step


def _begin(piece: Piece) -> int:
    return piece.from_ns


def _moment(time_ns: int) -> datetime:
    return datetime.fromtimestamp(time_ns // SECOND_NS, UTC)


def _text(time_ns: int, step_ns: int, *, dated: bool) -> str:
    moment = _moment(time_ns)
    day = f"{moment.day} {moment:%b}"
    if step_ns >= _DAY_NS:
        return day
    time = f"{moment:%H:%M}" if step_ns % (60 * SECOND_NS) == 0 else f"{moment:%H:%M:%S}"
    if step_ns < SECOND_NS:
        time = f"{time}.{time_ns % SECOND_NS // (SECOND_NS // 10)}"
    return f"{day} {time}" if dated else time
