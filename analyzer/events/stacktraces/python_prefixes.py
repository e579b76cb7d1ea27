"""Tracebacks of which a logger or a collector prefixed every line, or which stand indented in a longer text."""

from __future__ import annotations

import re

from analyzer.events.stacktraces.python_groups import Block, is_margin
from analyzer.events.stacktraces.python_lines import FRAME

_MAX_PREFIX = 300
_DIGITS = re.compile(r"\d{1,20}")
_SPLIT = re.compile(r"\d{1,20}")


def without_prefix(lines: list[str], at: int, header: int) -> tuple[Block, int, bool] | None:
    """The lines from a header on without what stands before the header on each of them.

    Gives the block (its numbers count from the first line of `lines`), the line after it, and whether the prefix is
    mere white space; None where the next line has no such prefix. Digits may differ: they are times.
    """
    prefix = lines[at][:header]
    if len(prefix) > _MAX_PREFIX or at + 1 >= len(lines):
        return None
    if prefix.isspace():
        below = lines[at + 1]
        indent = len(below) - len(below.lstrip())
        if indent != header + 2 or not below.startswith(prefix):
            return None
        return _block(lines, at, [prefix], is_blank=True)
    if prefix.endswith("+ "):
        prefix = prefix.removesuffix("+ ").removesuffix("  ")
    parts = _SPLIT.split(prefix)
    end = _end_of_prefix(parts, lines[at + 1])
    rest = lines[at + 1][end:] if end else ""
    if not (rest and (FRAME.match(rest) or is_margin(rest) or not rest.strip())):
        return None
    return _block(lines, at, parts, is_blank=False)


def _block(lines: list[str], start: int, parts: list[str], *, is_blank: bool) -> tuple[Block, int, bool]:
    block = Block(lines=[], numbers=[])
    numbers: list[int] = []
    end = start
    for at in range(start, len(lines)):
        text = lines[at]
        cut = _end_of_prefix(parts, text)
        if not cut and text and not text.isspace():
            break
        block.lines.append(text[cut:])
        numbers.append(at)
        if cut:
            end = at + 1
    block.numbers = numbers
    return block, end, is_blank


def _end_of_prefix(parts: list[str], text: str) -> int:
    """Where the prefix ends in a line, 0 where it has none. An empty line may have lost the blanks at its end."""
    at = 0
    for n, part in enumerate(parts):
        if n:
            digits = _DIGITS.match(text, at)
            if digits is None:
                return 0
            at = digits.end()
        if not text.startswith(part, at):
            return len(text) if n and n == len(parts) - 1 and text[at:] == part.rstrip() else 0
        at += len(part)
    return at
