"""Where the message of an exception ends. It may have many lines, hold blank ones, and quote other tracebacks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Sequence

from analyzer.events.stacktraces.python_groups import MEMBERS, Block
from analyzer.events.stacktraces.python_lines import (
    CONTINUED,
    FRAME,
    SUB_COUNT,
    ends_message,
    is_group_start,
    is_log_line,
    is_stack_header,
    separator,
)

_MAX_LINES = 400
_MAX_QUOTED_FRAMES = 20
_TEST_RULE = re.compile(r"[=-]{70}\s*$")
"""what unittest prints around a test's report"""


class Messages:
    """Reads the messages of a text. `marks` are the lines that may belong to a stack."""

    def __init__(
        self, block: Block, marks: Sequence[int], headers: Container[int], *, inside: bool, prefixed: bool
    ) -> None:
        self._lines = block.lines
        self._marks = marks
        self._headers = headers
        self._groups = block.members
        """where the members of a group stand"""
        self._inside = inside
        """nothing else stands in these lines: they are a member of a group, or quoted"""
        self._prefixed = prefixed
        """every line had a logger's prefix: another line of the log is not the rest of a message"""

    def read(self, at: int, first: str, *, spaced: bool, above: int) -> tuple[str, int]:
        """The message that begins with `first` on line `at`, and the line after it.

        `spaced`: blank lines stood between the frames. `above` is the line before the exception.
        """
        end = self._end(at, spaced, above)
        said = first if end == at + 1 else "\n".join([first, *self._lines[at + 1 : end]])
        if "sub-exception" in said:
            said = SUB_COUNT.sub("", said, count=1)
        return said.rstrip(), end

    def _end(self, at: int, spaced: bool, above: int) -> int:
        lines = self._lines
        link, limit = self._next_link(at, spaced)
        if link:
            limit = next((n for n in range(at + 1, link) if is_log_line(lines[n])), link)
            if limit == link:
                return self._last(at, link) + 1
        if above >= 0 and _TEST_RULE.match(lines[above]):
            rule = next((n for n in range(at + 1, limit) if _TEST_RULE.match(lines[n])), 0)
            if rule:
                return self._last(at, rule) + 1
        last = at
        for n in range(at + 1, limit):
            text = lines[n]
            if not text or text.isspace():
                if self._inside or (n + 1 < limit and CONTINUED.match(lines[n + 1])):
                    continue
                break
            if text == MEMBERS or (not self._inside and ends_message(text)):
                break
            if self._prefixed and not (text[0].isspace() or CONTINUED.match(text)):
                break
            last = n
        return last + 1

    def _last(self, at: int, end: int) -> int:
        """The last line before `end` that is not blank."""
        end -= 1
        while end > at and not self._lines[end].strip():
            end -= 1
        return end

    def _next_link(self, at: int, spaced: bool) -> tuple[int, int]:
        """The sentence that ends a message for sure (0: none), and the line that the message cannot go beyond."""
        lines, marks = self._lines, self._marks
        limit = min(len(lines), at + _MAX_LINES)
        if self._groups:
            limit = next((n for n in self._groups if n > at), limit)
        quoted = False
        frames = 0
        for n in range(bisect_left(marks, at + 1), len(marks)):
            mark = marks[n]
            if mark >= limit:
                break
            text = lines[mark]
            if separator(lines, mark) is not None:
                return mark, limit
            if mark in self._headers or is_stack_header(text):
                if not (quoted or _quotes(lines[at], text)):
                    return 0, mark
                quoted = True
            elif (is_group_start(text) and not self._inside) or (spaced and FRAME.match(text)):
                return 0, mark
            else:
                frames += 1
                if frames > _MAX_QUOTED_FRAMES:
                    break
        return 0, limit


def _quotes(closing: str, header: str) -> bool:
    """Whether a header stands inside a message: the closing line announces it, or it is set off from the text."""
    if closing.rstrip().endswith(":") or header.startswith("Original "):
        return True
    return header[0].isspace() and not is_group_start(header)
