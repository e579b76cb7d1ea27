"""Messages of several lines without what is printed among them and is none of them: source code, properties."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.events.stacktraces.javascript_lines import CARET

_CODE_FRAME = re.compile(r"\s{0,20}>?\s{0,20}(?:\d{1,7} )?\|")
_BUN_PROPERTY = re.compile(r"\s{1,40}[\w$]{1,100}: ")


def rest_of_message(lines: Sequence[str], *, by_two: bool) -> list[str]:
    """The lines below the title, without the indentation that the title itself has (and two blanks more in Jest)."""
    indent = len(lines[0]) - len(lines[0].lstrip(" ")) + (2 if by_two else 0)
    return [line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines[1:]]


def without_code(message: list[str], *, deno: bool, bun: bool) -> list[str]:
    """The lines of a message without the source that Deno prints below it, Bun's properties, a code frame of Jest."""
    if deno and len(message) > 1 and CARET.match(message[-1]):
        return message[:-2]
    if bun:
        return message[: _bun_properties(message)]
    if len(message) > 2 and not message[-1].strip() and _CODE_FRAME.match(message[-2]):
        at = len(message) - 2
        while at and _CODE_FRAME.match(message[at - 1]):
            at -= 1
        if not at or not message[at - 1].strip():
            return message[:at]
    return message


def _bun_properties(message: Sequence[str]) -> int:
    """Where the properties begin that Bun prints between message and frames: nothing but indented lines follow."""
    start = len(message)
    for at in range(len(message) - 1, -1, -1):
        line = message[at]
        if line.strip() and not line.startswith((" ", "}", "]")):
            break
        if _BUN_PROPERTY.match(line):
            start = at
    return start
