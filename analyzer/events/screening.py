"""Which of many texts show anything of a stack: asked of a whole column at once, so that ordinary lines cost nothing.

A screen may say yes too often, never no where a reader would find something.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analyzer.events.stacktraces import all_hints, shows_stack
from analyzer.redaction.screens import column_of, places_of

_ENOUGH = 64
"""texts for which the column is worth its set-up"""
_ENOUGH_TO_IMPORT = 20_000
"""texts for which it is worth loading Arrow: three quarters of a second and 90 MB"""
_ACCESS = r'" [45][0-9][0-9](?:\s|$)'
_ACCESS_LINE = re.compile(_ACCESS)


def shows_trouble(text: str) -> bool:
    """Whether a text of a low level may be an error all the same: a stack, or an access line that tells of one."""
    return shows_stack(text) or ('" ' in text and _ACCESS_LINE.search(text) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """Places of texts among many."""

    stacks: set[int]
    """something of a stack shows"""
    starts: set[int]
    """something of a stack shows in the first line, or it begins with white space"""
    trouble: set[int]
    """something of an error shows"""
    untold: set[int]
    """there is no text to look at"""


def screen(texts: Sequence[str | None]) -> Screened:
    """What the texts show."""
    untold = {n for n, text in enumerate(texts) if text is None}
    if len(texts) < (_ENOUGH if "pyarrow.compute" in sys.modules else _ENOUGH_TO_IMPORT):
        known = [(n, text) for n, text in enumerate(texts) if text is not None]
        return Screened(
            stacks={n for n, text in known if shows_stack(text)},
            starts={n for n, text in known if not text or shows_stack(text.partition("\n")[0])},
            trouble={n for n, text in known if shows_trouble(text)},
            untold=untold,
        )
    column, odd = column_of(texts)
    stacks = places_of(column, f"{_WHITE_START}|{_hints()}") | odd
    return Screened(
        stacks=stacks,
        starts=places_of(column, rf"\A\z|{_WHITE_START}|\A[^\n]*(?:{_hints()})") | odd,
        trouble=places_of(column, _ACCESS) | stacks,
        untold=untold,
    )


_WHITE_START = r"\A(?:at |[\s\x{0b}\x{1c}-\x{1f}\x{85}]|\p{Z})"
"""all white space that `str.isspace` knows"""


@lru_cache(maxsize=1)
def _hints() -> str:
    return _any_of(all_hints())


def _any_of(words: Sequence[str]) -> str:
    """RE2 that finds one of the words as they stand."""
    return "|".join("".join(c if c.isalnum() and c.isascii() else rf"\x{{{ord(c):x}}}" for c in word) for word in words)
