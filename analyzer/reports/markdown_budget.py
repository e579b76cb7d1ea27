"""What fits a ticket: whole sections, the important ones first, the rest named at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.reports import wording

SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much a text may hold: bytes of UTF-8, and characters counted in UTF-16 code units.

    Trackers say "characters" and mean bytes, code points or code units. Code units are never fewer than code points
    and never more than bytes of UTF-8, so a text within both limits is within them however they are counted.
    """

    max_bytes: int
    max_chars: int

    def holds(self, text: str) -> bool:
        """Whether the text is within both."""
        return self.less(text) is not None

    def less(self, text: str) -> Budget | None:
        """What is left after the text; None where it does not fit."""
        left = Budget(max_bytes=self.max_bytes - len(text.encode()), max_chars=self.max_chars - code_units(text))
        return left if left.max_bytes >= 0 and left.max_chars >= 0 else None


def code_units(text: str) -> int:
    """The length as Java and JavaScript count it: two for a character beyond U+FFFF."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the ticket, well formed by itself. Where room is short, the lowest `rank` is put in first."""

    name: str
    """as the note names it; a plural noun where several sections have it"""
    rank: int
    text: str
    brief: str = ""
    """what takes its place where the whole does not fit"""


def fitted(sections: Sequence[Section], budget: Budget, *, least: Iterable[str]) -> str:
    """The sections in the order given, as many as the budget holds, with a note that names the others.

    `least` are texts of falling length for budgets that cannot even hold the section of rank 0 and the note.
    """
    whole = _joined([section.text for section in sections])
    if budget.holds(whole):
        return whole
    note = ""
    while (room := budget.less(note + "\n")) is not None:
        kept = _kept(sections, room)
        if not any(sections[index].rank == 0 for index in kept):
            break
        missing = [section for index, section in enumerate(sections) if index not in kept]
        shorter = [section for index, section in enumerate(sections) if kept.get(index, section.text) != section.text]
        said = _note(missing, shorter)
        text = _joined([*(kept[index] for index in sorted(kept)), said])
        if budget.holds(text):
            return text
        note = said  # longer than the one that room was left for: once more, with room for it
    return _first(least, budget)


def _kept(sections: Sequence[Section], room: Budget) -> dict[int, str]:
    """What fits, by place in the reading order: each section whole, else in short, the most important first."""
    kept: dict[int, str] = {}
    for index in sorted(range(len(sections)), key=lambda i: sections[i].rank):
        for text in filter(None, (sections[index].text, sections[index].brief)):
            left = room.less(text + SEPARATOR)
            if left is not None:
                kept[index], room = text, left
                break
    return kept


def _joined(texts: Sequence[str]) -> str:
    return SEPARATOR.join(texts) + "\n"


def _first(texts: Iterable[str], budget: Budget) -> str:
    return next((text for text in texts if budget.holds(text)), "")


def _note(missing: Sequence[Section], shorter: Sequence[Section]) -> str:
    parts = [f"left out: {wording.listed(_counted(missing))}"] if missing else []
    if shorter:
        parts.append(f"shortened: {wording.listed(_counted(shorter))}")
    return f"*To fit, {'; '.join(parts)}. The HTML and JSON reports have all of it.*"


def _counted(sections: Sequence[Section]) -> list[str]:
    """Each name once, in reading order, with a number where several sections share it."""
    names = [section.name for section in sections]
    return [name if names.count(name) == 1 else f"{names.count(name)} {name}" for name in dict.fromkeys(names)]
