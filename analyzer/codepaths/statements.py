"""The nouns of the index: a string expression of a file, and all that one file holds."""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.codepaths.wording import count_letters, plain, words

EXTRACTOR_VERSION = 3
"""Raise when the rows of a file can change: it is part of the cache's key."""
CONSTANT_MARK = "\x01"
"""In front of a name among the words: this statement emits the constant of that name, which stands in another file."""
CLASS_MARK = "\x02"
"""In front of a class among the words: this statement raises it, and its own words say nothing."""
EMITTING = frozenset({"log", "print", "raise", "exception"})
"""Kinds of statements that log, print or raise their text: there it is a message whatever it looks like."""
MESSAGE_NAME = re.compile(r"messag|msg|error|detail|reason|descr|text|title|warn|hint|help|fail", re.IGNORECASE)
"""A name under which a text of one word is still a message."""

_MAX_TEXT = 2_000
_MAX_WORDS = 80
_MIN_LETTERS = 3


class Statement(NamedTuple):
    """One string expression of a file."""

    line: int
    end_line: int
    function: str
    kind: str
    """log, print, raise, exception, return, kwarg, dict, assign, call, item, default or text"""
    level: str
    """of a logger call, else empty"""
    name: str
    """keyword, dict key, assigned name, exception class or called function"""
    text: str
    """the template, with `HOLE`"""
    holes: str
    """source of the hole expressions, joined by the unit separator"""
    source_line: int = 0
    """where the text is written, when it reaches the statement by a name; else 0"""


class Extract(NamedTuple):
    """What one file holds; `words` stand beside the statements, index by index."""

    statements: list[Statement]
    words: list[list[str]]
    problem: str
    """why the file could not be parsed; then the statements come from its text alone"""
    facts: bytes = b""
    """packed, see `fact_rows`; empty where there is no syntax tree"""
    mentions: tuple[str, ...] = ()
    """the names by which the facts are found"""


def readable(text: str) -> tuple[str, list[str]]:
    """A template as a row keeps it, and its distinct words in order; none where it says too little to be found."""
    text = plain(text)[:_MAX_TEXT]
    found = words(text)
    if not found or count_letters(text) < _MIN_LETTERS:
        return text, []
    return text, list(dict.fromkeys(found))[:_MAX_WORDS]


def inside(function: str, name: str) -> str:
    """The qualified name of what is defined in a function or class; `<module>` is no part of it."""
    return name if function == "<module>" else f"{function}.{name}"
