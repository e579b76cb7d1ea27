"""Text as it was meant: without terminal colours, without a second escaping of line ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_ANSI = re.compile(r"\x1b(?:\[[0-9;:?]{0,32}[ -/]?[@-~]|\][^\x07\x1b]{0,512}(?:\x07|\x1b\\)|[@-Z\\-_])")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(\r?[nrt"\'/\\]))')
_QUOTE_OR_PAIR = re.compile(r'"|\\.', re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}
_STACK_MARK = "(most recent call last)"
_FLAT_STACK = re.compile(r'(?:\(most recent call last\):?|File \\*"[^"\n]{1,400}", line \d{1,9}[^\\\n]{0,200})\\{1,4}n')
_MAX_PASSES = 3
_MAX_DEPTH = 12


def strip_ansi(text: str) -> str:
    """The text without terminal escape sequences."""
    return _ANSI.sub("", text) if "\x1b" in text else text


def is_escaped_stack(text: str) -> bool:
    """True where a Python stack stands in the text with its line ends written as a backslash and `n`."""
    return "\\n" in text and _FLAT_STACK.search(text) is not None


def unescape(text: str) -> str:
    r"""One level of `\n`, `\t`, `\"`, `\\` and `\uXXXX` undone; anything else after a backslash stays."""
    return _ESCAPE.sub(_unescape_one, text)


def _unescape_one(found: re.Match[str]) -> str:
    if found[1]:
        code = int(found[1], 16)
        return found[0] if 0xD800 <= code < 0xE000 else chr(code)
    return _SIMPLE.get(found[2], found[2])


def unescape_stacks(text: str) -> str:
    r"""Lines that hold an escaped stack become the lines they stand for, once or twice escaped; others stay.

    A stack inside a quoted JSON string ends at the closing quote: what follows it is put on a line of its own.
    """
    for _ in range(_MAX_PASSES):
        if not is_escaped_stack(text):
            return text
        text = "\n".join(_open_line(line) if "\\n" in line else line for line in text.split("\n"))
    return text


def _open_line(line: str) -> str:
    found = _FLAT_STACK.search(line)
    if not found:
        return line
    quote = line.rfind('"', 0, found.start())
    if quote >= 0 and line[max(0, quote - 9) : quote].rstrip()[-1:] in ("", ":", "=", ",", "[", "(", "{"):
        marks = _QUOTE_OR_PAIR.finditer(line, quote + 1)
        closing = next((mark.start() for mark in marks if mark[0] == '"'), None)
        if closing is not None:
            return f"{line[: quote + 1]}\n{unescape(line[quote + 1 : closing])}\n\n{line[closing:]}"
    return unescape(line)


def strings_of(value: Any, depth: int = 0) -> Iterator[str]:
    """Every string value of a JSON document, in document order."""
    if isinstance(value, str):
        yield value
    elif depth < _MAX_DEPTH:
        if isinstance(value, dict):
            for item in value.values():
                yield from strings_of(item, depth + 1)
        elif isinstance(value, list):
            for item in value:
                yield from strings_of(item, depth + 1)


def parse_object(text: str) -> dict[str, Any] | None:
    """The JSON object a text consists of, or None."""
    stripped = text.strip()
    if not stripped.startswith("{") or not stripped.endswith("}"):
        return None
    try:
        found = json.loads(stripped, strict=False)  # a collector may leave a line end in a string as it is
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
