"""The nouns of the index: a string expression of a file, and all that one file holds."""

from __future__ import annotations

from typing import NamedTuple

EXTRACTOR_VERSION = 3
"""Raise when the rows of a file can change: it is part of the cache's key."""
CONSTANT_MARK = "\x01"
"""In front of a name among the words: this statement emits the constant of that name, which stands in another file."""
CLASS_MARK = "\x02"
"""In front of a class among the words: this statement raises it, and its own words say nothing."""


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
