"""Plain text as entries: one a line, a traceback and other indented lines kept with the line before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import parse_time

MAX_LINE = 1_000_000
"""characters of one line that are read; the rest of a longer line is left out and said so"""
_TIME = re.compile(r"\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?)")
_INSIDE = re.compile(
    r"\s|Traceback \(most recent call last\)|During handling of the above exception|The above exception was the direct"
    r"|Caused by:|\.\.\. \d+ more"
)
_CLOSING = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Group)\b")


def text_rows(lines: list[str]) -> Iterator[dict[str, object]]:
    """LogEntry rows of the lines, each with the time its first line begins with, where there is one."""
    block: list[str] = []
    traced = False
    for line in lines:
        if not line.strip():
            if block and traced:
                block.append("")
            continue
        inside = bool(_INSIDE.match(line)) or (traced and bool(_CLOSING.match(line)))
        if block and inside:
            block.append(line)
            if not line[0].isspace() and _CLOSING.match(line):
                traced = False
        else:
            if block:
                yield _row(block)
            block, traced = [line], False
        traced = traced or "Traceback (most recent call last)" in line
    if block:
        yield _row(block)


def _row(block: list[str]) -> dict[str, object]:
    found = _TIME.match(block[0])
    return {
        "timestamp": found.group(1) if found and parse_time(found.group(1)) is not None else None,
        "textPayload": "\n".join(block).rstrip(),
    }
