"""An entry with what was read of it: the piece that stitching puts together."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.events.decorations import Decorated, undecorate
from analyzer.events.fragments import Joined
from analyzer.events.payloads import Payload, read_payload
from analyzer.events.stacktraces import shows_stack
from analyzer.model import Entry, EventKind

MAX_CHARS = 2_000_000
"""of a text that are read; no entry of Cloud Logging holds more, and a file may hold anything"""
_TAIL_CHARS = 500_000


@dataclass(slots=True, kw_only=True)
class Piece:
    """One text as it was printed, with the entries it came in."""

    entry: Entry
    """the first one"""
    payload: Payload
    decorated: Decorated
    entries: tuple[Entry, ...]
    shows_stack: bool | None = None
    """of a text of one line, where it is known: see `screening`"""
    truncated: bool = False
    """the text was cut on its way, and not all parts are here"""
    too_long: bool = False
    """the middle of the text was left out"""

    @property
    def is_plain(self) -> bool:
        """True where it may be a mere line of something longer."""
        return self.payload.plain and self.payload.kind is EventKind.APPLICATION

    @property
    def has_own_prefix(self) -> bool:
        """A logger's prefix was taken off; a level that stayed in the text (`Error: x`) is none."""
        return self.decorated.own_prefix and self.decorated.text != self.payload.text

    @property
    def text(self) -> str:
        """The text without decorations."""
        return self.decorated.text

    def may_go_on(self) -> bool:
        """Whether the first line shows anything of a stack: a source line or a line of a message does not."""
        text = self.decorated.text
        if self.shows_stack is False:  # then the text without its prefix shows nothing either, but for white space
            return text[:1].isspace()
        return shows_stack(text.partition("\n")[0])

    def first_line(self) -> str:
        """The text up to its first line end."""
        return self.decorated.text.partition("\n")[0]

    def lines(self) -> list[str]:
        """The lines of the text; a line end at its end is no line of its own."""
        text = self.decorated.text
        return text.rstrip("\n").split("\n") if "\n" in text else [text]


def read_piece(entry: Entry, *, joined: Joined | None = None, shows_stack: bool | None = None) -> Piece:
    """Payload and decorations of an entry, or of the text that several entries were joined to."""
    if joined is not None:
        entry = joined.entry
    payload = read_payload(entry)
    too_long = len(payload.text) > MAX_CHARS or any(len(stack) > MAX_CHARS for stack in payload.stacks)
    if too_long:
        payload.text = _shortened(payload.text)
        payload.stacks = tuple(map(_shortened, payload.stacks))
    if payload.kind in (EventKind.DEPLOY, EventKind.PLATFORM):
        decorated = Decorated(text=payload.text)
    else:
        decorated = undecorate(payload.text)
    return Piece(
        entry=entry,
        payload=payload,
        decorated=decorated,
        entries=(entry,) if joined is None else joined.parts,
        shows_stack=shows_stack,
        truncated=too_long or (joined is not None and joined.truncated),
        too_long=too_long,
    )


def _shortened(text: str) -> str:
    """A text of at most `MAX_CHARS`: its beginning and its end, where titles, causes and closing lines stand."""
    if len(text) <= MAX_CHARS:
        return text
    return f"{text[: MAX_CHARS - _TAIL_CHARS - 1]}\n{text[-_TAIL_CHARS:]}"
