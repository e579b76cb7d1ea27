"""What a drawing is made of: rows of lines, bars, marks and words. Places are parts of 100, heights are pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analyzer.reports.hostile import shorten

LINE, HEAD = 16, 26
"""pixels that a line of words takes; the foot of the words of a heading"""
_LETTER = 6.3
"""mean width of a letter in pixels, a bit too wide"""
WIDE, NARROW = 620, 290
"""pixels that a drawing is wide at least, on a screen and on a phone; what stands side by side must fit there"""
_SCALE = 10
"""parts of a bar's own grid in one part of 100"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A level stroke, as thick as its class says."""

    left: float
    right: float
    y: float
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Bars on a common ground: a path in a grid of 1,000 by `height`, stretched to the width of the drawing."""

    path: str
    y: int
    height: int
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A sign at a moment; `shape` names it."""

    place: float
    y: float
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words for a screen, and what of them a phone has room for; empty where it has none."""

    full: str = ""
    brief: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text at a place; `anchor` is start or end."""

    place: float
    y: int
    text: Text
    look: str = ""
    anchor: str = "start"
    shift: int = 0
    """pixels to the right"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; shapes count their y from its top."""

    height: int
    words: tuple[Words, ...] = ()
    anchor: str | None = None
    """id in the page that the first words lead to"""
    hint: str = ""
    """all of it in words: what a pointer shows, and what is read aloud"""
    lines: tuple[Line, ...] = ()
    bars: tuple[Bars, ...] = ()
    marks: tuple[Mark, ...] = ()
    top: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """What a row shows, for the table beside the drawing. Times are RFC 3339."""

    kind: str
    name: str
    start: str | None
    end: str | None
    says: str
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Rows of one kind, what they show in words, and the signs that need a legend."""

    rows: tuple[Row, ...] = ()
    table: tuple[TableRow, ...] = ()
    signs: frozenset[tuple[str, str]] = frozenset()
    """(mark, band or bar; its name)"""


def heading(text: str, note: str = "") -> Row:
    """The line above rows of one kind; a phone has no room for the note."""
    words = (label(text, look="head", y=HEAD), note_of(note, y=HEAD))
    return Row(height=HEAD + 6, words=words if note else words[:1])


def remark(text: str) -> Row:
    """A line of words alone."""
    return Row(height=LINE, words=(Words(place=0, y=12, text=cut(text, WIDE, NARROW), look="soft"),))


def label(text: str, *, room: int = 0, look: str = "", y: int = 12) -> Words:
    """Words at the left end; `room` is what stands at the other end, in pixels."""
    return Words(place=0, y=y, text=cut(text, WIDE - room, NARROW), look=look)


def note_of(full: str, brief: str = "", *, y: int = 12) -> Words:
    """Words at the right end."""
    return Words(place=100, y=y, text=Text(full=full, brief=brief), look="soft", anchor="end")


def cut(text: str, wide: float, narrow: float) -> Text:
    """The text on one line, shortened to so many pixels."""
    return Text(full=shorten(text, _letters(wide)), brief=shorten(text, _letters(narrow)))


def stacked(rows: Iterable[Row], top: int) -> tuple[tuple[Row, ...], int]:
    """The rows one below the other, and where the last one ends."""
    placed = []
    for row in rows:
        placed.append(replace(row, top=top))
        top += row.height
    return tuple(placed), top


def bar_path(bars: Sequence[tuple[float, float, float]], height: int, *, least: float = 0.25) -> str:
    """The path of bars (left, right, share of the height); each is seen, however short, low or late it is."""
    parts = []
    for left, right, share in bars:
        wide = max(right - left - 0.1, least)
        begin = min(left, 100 - wide)
        high = max(round(height * share, 1), 1.5) if share > 0 else 0
        x, across, up = (f"{round(value, 1):g}" for value in (begin * _SCALE, wide * _SCALE, high))
        parts.append(f"M{x} {height}v-{up}h{across}v{up}z")
    return "".join(parts)


def text_width(text: str) -> int:
    """About how many pixels a text takes."""
    return round(len(text) * _LETTER)


def _letters(pixels: float) -> int:
    return max(int(pixels / _LETTER), 8)
