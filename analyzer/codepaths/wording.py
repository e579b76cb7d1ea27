"""What of a text counts when texts are compared: no symbols, single spaces, words in lower case."""

from __future__ import annotations

import re

_SYMBOLS = re.compile(
    "[\u00a0-\u00bf\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\ud800-\udfff\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U000e01ef\x00-\x08\x0e-\x1f]"
)
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """Single spaces, no emoji, arrows or typographic signs: they change between source, log and terminal."""
    if not text.isascii():
        text = _SYMBOLS.sub("", text)
    return " ".join(text.split())


def words(text: str) -> list[str]:
    """Words in order, lower case, without pure numbers."""
    return [w for w in _WORD.findall(text.lower()) if not w.isdigit()]


def count_letters(text: str) -> int:
    """How many letters a text holds (digits and the underscore count not)."""
    return sum(map(str.isalpha, text))
