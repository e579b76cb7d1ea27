"""String literals to parts: escapes undone, placeholders opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.codepaths.languages.grammar import Part

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u+([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "a": "", "0": "", "s": " "}


def unescape(text: str) -> str:
    """What a literal's source stands for; an unknown escape is its character."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    braced, four, two, newline, other = found.groups()
    digits = braced or four or two
    if digits:
        number = int(digits, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return "" if newline else _NAMED.get(other, other)


def open_placeholders(text: str, placeholder: re.Pattern[str]) -> list[Part]:
    """A literal with its placeholders taken for holes; group `literal` is text that a placeholder stands for itself."""
    parts: list[Part] = []
    end = 0
    for found in placeholder.finditer(text):
        parts.append(text[end : found.start()])
        literal = found.groupdict().get("literal")
        parts.append(None if literal is None else {"%%": "%"}.get(literal, " "))
        end = found.end()
    parts.append(text[end:])
    return [p for p in parts if p != ""] or [""]
