"""Exception groups: a drawing with a margin of `|`, two blanks deeper for each level, to nested blocks of lines.

Drawn by https://github.com/python/cpython/blob/main/Lib/traceback.py (`_ExceptionPrintContext`). The interpreter's own
printer (3.11, 3.12) does not draw the margin in front of the further lines of a message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.python_lines import TAKEN, header_at, is_group_start, is_log_line, separator

MEMBERS = "\0members"
"""stands in a block for the members of the group above it"""
MAX_DEPTH = 40
_MAX_GAP = 40
_RULE = re.compile(r"\+-(?P<first>\+)?-{8,60}(?: (?P<label>\d{1,9}|\.\.\.) -{8,60}|-{0,60})\s*$")


@dataclass(slots=True, kw_only=True)
class Block:
    """Lines that are read as one text: those of a whole text, or of one member of a group without its margin."""

    lines: list[str]
    numbers: Sequence[int]
    """of the lines in the whole text"""
    members: dict[int, list[Block]] = field(default_factory=dict)
    """the members of the group whose place in `lines` is held by `MEMBERS`"""


@dataclass(slots=True)
class _Section(Block):
    """A block that is being filled."""

    numbers: list[int]
    label: int = 0
    """of the member that was opened last"""


def is_margin(text: str) -> bool:
    """True for a line that stands in the drawing of a group."""
    return _margin(text) is not None


def _margin(text: str) -> tuple[int, str, str] | None:
    """(indentation, sign, what stands behind the sign) of a line in a drawing."""
    bare = text.lstrip(" ")
    sign = bare[:1]
    if sign == "|":
        if bare.startswith("| "):
            return len(text) - len(bare), sign, bare[2:]
        return None if bare[1:].strip() else (len(text) - len(bare), sign, "")
    return (len(text) - len(bare), sign, bare[1:].lstrip(" ")) if sign == "+" else None


def is_closing_rule(text: str) -> bool:
    """True for the line that ends the drawing of a group, or of one in it."""
    found = _RULE.match(text.lstrip(" ")) if "+-" in text else None
    return found is not None and not found["label"]


def begins_group(lines: Sequence[str], at: int) -> bool:
    """True where a group's drawing begins, also behind a logger's prefix on its first line."""
    if is_group_start(lines[at]):
        return True
    header = header_at(lines[at]) if at + 1 < len(lines) else -1
    return header > 1 and lines[at].startswith("+ Exc", header - 2) and is_margin(lines[at + 1])


def open_group(lines: Sequence[str], start: int) -> tuple[Block, int, bool]:
    """The drawing that begins at a line: its block, the line after it, and whether its end is missing."""
    base = len(lines[start]) - len(lines[start].lstrip(" "))
    below = _margin(lines[start + 1]) if start + 1 < len(lines) else None
    if below is not None and (base == 0 or not is_group_start(lines[start])):
        base = below[0]  # the first line has lost its blanks, or stands behind a prefix
    drawing = _Drawing(base)
    at = start
    if header_at(lines[start]) >= 0:
        drawing.add_line(base, lines[start][header_at(lines[start]) :], at)
        at += 1
    while at < len(lines):
        found = _margin(lines[at])
        if found is None:
            end = _end_of_gap(lines, at) if not drawing.closed else 0
            if not end:
                break
            drawing.add_text(lines[at:end], at)
            at = end
            continue
        indent, sign, text = found
        rule = _RULE.match(lines[at], indent) if sign == "+" else None
        if at > start and indent <= base and (drawing.ends_here or (sign == "+" and rule is None)):
            break  # of another group
        if rule is not None:
            drawing.add_rule(indent, rule, at)
        else:
            drawing.add_line(indent, text, at)
        at += 1
    return drawing.top, at, not drawing.closed


def _end_of_gap(lines: Sequence[str], at: int) -> int:
    """The next line with a margin, where what lies between can be nothing but the rest of a message, else 0."""
    for end in range(at, min(at + _MAX_GAP, len(lines))):
        text = lines[end]
        if _margin(text) is not None:
            return 0 if is_group_start(text) else end
        if text == TAKEN or is_log_line(text) or header_at(text) >= 0 or separator((text,), 0):
            return 0
    return 0


class _Drawing:
    """Puts each line where its margin says. Where a collector took the blanks off, the members' numbers say it."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.stripped = base == 0
        self.top = _Section(lines=[], numbers=[])
        self.levels = [self.top]
        self.closed = False

    @property
    def ends_here(self) -> bool:
        return self.closed and not self.stripped

    def add_line(self, indent: int, text: str, at: int) -> None:
        if not self.stripped:
            del self.levels[self._depth(indent) + 1 :]
        self.closed = False
        self.levels[-1].lines.append(text)
        self.levels[-1].numbers.append(at)

    def add_text(self, texts: Sequence[str], at: int) -> None:
        self.levels[-1].lines += texts
        self.levels[-1].numbers += range(at, at + len(texts))

    def add_rule(self, indent: int, rule: re.Match[str], at: int) -> None:
        label = rule["label"]
        self.closed = label is None
        if self.stripped:
            depth = self._depth_by_label(rule)
        else:
            depth = self._depth(indent) + (rule["first"] is not None)
        del self.levels[max(1, depth) :]
        if label is None:
            return
        owner = self.levels[-1]
        if not owner.lines or owner.lines[-1] != MEMBERS:
            owner.members[len(owner.lines)] = []
            owner.lines.append(MEMBERS)
            owner.numbers.append(at)
        owner.label = int(label) if label != "..." else owner.label + 1
        section = _Section(lines=[], numbers=[])
        owner.members.setdefault(len(owner.lines) - 1, []).append(section)
        if len(self.levels) <= MAX_DEPTH:
            self.levels.append(section)

    def _depth(self, indent: int) -> int:
        return min(max(0, (indent - self.base) // 2), MAX_DEPTH)

    def _depth_by_label(self, rule: re.Match[str]) -> int:
        top = len(self.levels)
        if rule["first"] or rule["label"] is None:
            return top if rule["first"] else top - 1
        if rule["label"] != "...":
            wanted = int(rule["label"]) - 1
            for depth in range(top - 1, 0, -1):
                if self.levels[depth - 1].label == wanted:
                    return depth
        return top - 1
