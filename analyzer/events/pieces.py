"""An entry with what was read of it: the piece that stitching puts together."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.events.decorations import Decorated, undecorate
from analyzer.events.fragments import Joined
from analyzer.events.payloads import Payload, read_payload
from analyzer.events.stacktraces import shows_stack
from analyzer.model import Entry, EventKind


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
    if payload.kind in (EventKind.DEPLOY, EventKind.PLATFORM):
        decorated = Decorated(text=payload.text)
    else:
        decorated = undecorate(payload.text)
    if joined is None:
        return Piece(entry=entry, payload=payload, decorated=decorated, entries=(entry,), shows_stack=shows_stack)
    return Piece(entry=entry, payload=payload, decorated=decorated, entries=joined.parts, truncated=joined.truncated)
