"""Text as it was meant: without terminal colours, without a second escaping of line ends."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

_QUOTE_OR_PAIR = re.compile(r"['\"]|\\.", re.DOTALL)
_ANSI = re.compile(r"\x1b(?:\[[0-9;:?]{0,32}[ -/]?[@-~]|\][^\x07\x1b]{0,512}(?:\x07|\x1b\\)|[@-Z\\-_])")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrt"\'/\\]))')
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}
_REPLACED = (("\\n", "\n"), ('\\"', '"'), ("\\'", "'"), ("\\t", "\t"), ("\\r", "\r"), ("\\/", "/"))
_FLAT_STACK = re.compile(
    r'(?:\(most recent call last\):?|File \\*"[^"\n]{1,400}", line \d{1,9}[^\\\n]{0,200}'
    r"|goroutine \d{1,9} \[[a-z ,]{3,40}\]:)(?:\\{1,4}n|#012)"
    r"|(?:\\{1,4}n|#012)(?:\\{1,4}t| {1,8})at [^\\\n]{2,300}[:(]"
)
"""a line of a stack whose line end is written as a backslash and `n`, or in octal as syslog writes it"""
_MARKUP_QUOTE = "File &quot;"
_FRAME_LINE = re.compile(r'[\s|│>]{0,200}File "')
_CLOSING_LINE = re.compile(r"[\w.]{1,200}: ")
_MAX_PASSES = 3
_MAX_DEPTH = 12


def strip_ansi(text: str) -> str:
    """The text without terminal escape sequences."""
    return _ANSI.sub("", text) if "\x1b" in text else text


def is_escaped_stack(text: str) -> bool:
    """True where a stack stands in the text with its line ends, or its quotes, written as something else."""
    if ("\\n" in text or "#012" in text) and _FLAT_STACK.search(text) is not None:
        return True
    return _MARKUP_QUOTE in text


def unescape(text: str) -> str:
    r"""One level of `\n`, `\t`, `\"`, `\\`, `\xXX` and `\uXXXX` undone; anything else after a backslash stays."""
    if "\0" in text or "\\u" in text or "\\x" in text:
        return _ESCAPE.sub(_unescape_one, text)
    text = text.replace("\\\\", "\0")
    for escaped, meant in _REPLACED:
        text = text.replace(escaped, meant)
    return text.replace("\0", "\\")


def _unescape_one(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    if digits:
        code = int(digits, 16)
        return found[0] if 0xD800 <= code < 0xE000 else chr(code)
    return _SIMPLE.get(found[3], found[3])


def unescape_stacks(text: str) -> str:
    r"""Lines that hold an escaped stack become the lines they stand for, once or twice escaped; others stay.

    A stack inside a quoted string ends at the closing quote: what follows it is put on a line of its own.
    """
    if _MARKUP_QUOTE in text:
        text = "\n".join(html.unescape(line) if "&" in line else line for line in text.split("\n"))
    for _ in range(_MAX_PASSES):
        if not is_escaped_stack(text):
            break
        lines = text.split("\n")
        opened = [_open_line(line, before) for before, line in zip(("", *lines), lines, strict=False)]
        if opened == lines:
            break
        text = "\n".join(opened)
    return strip_ansi(text)


def _open_line(line: str, before: str) -> str:
    escaped = "\\n" in line or "#012" in line
    found = _FLAT_STACK.search(line) if escaped and not _is_shown(line, before) else None
    if not found:
        return line
    if "#012" in found[0]:
        return line.replace("#012", "\n").replace("#011", "\t")
    start, end = _quoted(line, found.start())
    if start:
        return f"{line[:start]}\n{unescape(line[start:end])}\n\n{line[end:]}"
    return unescape(line)


def _is_shown(line: str, before: str) -> bool:
    """Whether a line of a stack shows the escaped one: in the source of a frame, a value, or a message."""
    if line.lstrip()[:1] in ("│", "└"):
        return True
    if line[:1].isspace():
        return _FRAME_LINE.match(before) is not None
    return before.startswith("   ") and _CLOSING_LINE.match(line) is not None


def _quoted(line: str, at: int) -> tuple[int, int]:
    """Where the quoted string that holds a place begins and ends; (0, 0) where none does, or its end is missing."""
    start = max(line.rfind('"', 0, at), line.rfind("'", 0, at))
    if start < 0:
        return 0, 0
    quote = line[start]
    ahead = line[max(0, start - 9) : start]
    if quote == "'" and ahead[-1:] in ("b", "u") and not ahead[-2:-1].isalnum():
        ahead = ""
    elif quote == '"':
        ahead = ahead.rstrip()
    if ahead[-1:] not in ("", ":", "=", ",", "[", "(", "{", " " if quote == "'" else ""):
        return 0, 0
    for mark in _QUOTE_OR_PAIR.finditer(line, start + 1):
        if mark[0] == quote:
            return start + 1, mark.start()
    return 0, 0


def strings_of(value: Any, depth: int = 0) -> Iterator[str]:
    """Every string value of a JSON document, in document order; exceptions that came as data as their JSON text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and value and isinstance(value[0], dict) and "exc_type" in value[0]:
        yield json.dumps(value)
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
