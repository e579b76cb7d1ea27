"""Template files → sections → program texts with their marks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
_HOLE = re.compile(r"<<(\w+)>>")
_MARK = re.compile(r" *# (defect|raised|sibling|harmless)$")
_CHOICE = re.compile(r"^#\?([a-z])\|")


@dataclass(frozen=True)
class Template:
    """A titled piece of a template file: `=== name options`, then sections `--- kind name`."""

    name: str
    options: dict[str, str] = field(default_factory=dict)
    sections: tuple[tuple[str, str, str], ...] = ()
    """(kind, name, text)"""

    def all(self, kind: str) -> list[tuple[str, str]]:
        """(name, text) of the sections of a kind."""
        return [(name, text) for k, name, text in self.sections if k == kind]

    def one(self, kind: str) -> str:
        """The text of the only section of a kind; empty where there is none."""
        return next((text for _, text in self.all(kind)), "")

    def label(self, kind: str) -> str:
        """The name of the only section of a kind; empty where there is none."""
        return next((name for name, _ in self.all(kind)), "")


@cache
def read_templates(file: str) -> tuple[Template, ...]:
    """All pieces of a template file."""
    found = []
    for block in re.split(r"^=== ", (HERE / file).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = block.partition("\n")
        name, *options = title.split()
        sections = []
        first, *others = re.split(r"^--- ", rest, flags=re.MULTILINE)
        if first.strip():
            sections.append(("text", "", first.rstrip("\n")))
        for other in others:
            head, _, text = other.partition("\n")
            kind, _, label = head.strip().partition(" ")
            sections.append((kind, label, text.rstrip("\n")))
        found.append(Template(name, dict(o.split("=") for o in options), tuple(sections)))
    return tuple(found)


def choices(text: str) -> list[str]:
    """The letters of the lines that a text has in several forms."""
    return sorted({m.group(1) for line in text.splitlines() if (m := _CHOICE.match(line))})


def choose(text: str, letter: str) -> str:
    """The text in one of its forms."""
    kept = []
    for line in text.splitlines():
        match = _CHOICE.match(line)
        if match is None or match.group(1) == letter:
            kept.append(line[match.end() :] if match else line)
    return "\n".join(kept)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every `<<name>>` replaced; a line that holds nothing but an empty one goes."""
    lines = []
    for line in text.splitlines():
        filled = _HOLE.sub(lambda m: values[m.group(1)], line)
        if filled.strip() or not line.strip():
            indent = line[: len(line) - len(line.lstrip())]
            lines += textwrap.indent(filled.lstrip(), indent).splitlines() if "\n" in filled else [filled]
    return "\n".join(lines)


def unmark(text: str) -> tuple[str, list[tuple[str, int]]]:
    """The text without its marks, and (mark, line); no line moves."""
    marks, lines = [], []
    for number, line in enumerate(text.splitlines(), 1):
        match = _MARK.search(line)
        if match:
            marks.append((match.group(1), number))
            line = line[: match.start()]
        lines.append(line)
    return "\n".join(lines) + ("\n" if lines else ""), marks
