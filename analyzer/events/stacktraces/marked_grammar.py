"""A grammar that tries a kind of line only where the line holds a mark of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from analyzer.events.stacktraces.core import SURE, WEAK, LineState, Move
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind, Token


class _Try(NamedTuple):
    marks: tuple[str, ...]
    name: str
    fit: int
    match: Callable[[str], re.Match[str] | None]


_Found = tuple[str, int, re.Match[str]]


class MarkedGrammar(LineGrammar):
    """Most lines of a log and of messages hold no mark of any kind, most others those of one or two."""

    def __init__(
        self,
        kinds: Sequence[LineKind],
        *,
        marks: Mapping[str, tuple[str, ...]],
        may_open: Callable[[str], bool],
    ) -> None:
        """`marks`: by the names of kinds, substrings of which one stands in every line of the kind; a kind without any
        is always tried. `may_open` is true for every line that opens a stack, and cheap."""
        super().__init__(kinds)
        self._may_open = may_open
        self._openers = tuple(_Try(marks.get(name, ("",)), name, fit, match) for name, fit, match in self._opening)
        self._followers = {
            state: tuple(_Try(marks.get(name, ("",)), name, fit, match) for name, fit, match in following)
            for state, following in self._following.items()
        }

    def begin(self, line: str) -> Move | None:
        """The state after a line that opens a stack by itself."""
        opened = _first(self._openers, line, 0) if self._may_open(line) else None
        return None if opened is None else (opened[0], opened[1])

    def step(self, state: LineState, line: str) -> Move | None:
        """The state after a line that goes on with a stack; an empty line changes nothing and proves nothing."""
        if not line or line.isspace():
            return state, WEAK
        found = _first(self._followers[state], line, 0)
        return None if found is None else (found[0], found[1])

    def _follow(self, state: LineState, at: int, line: str) -> tuple[Token | None, int]:
        found = _first(self._followers[state], line, 0)
        return (None, 0) if found is None else (Token(at, found[0], found[2]), found[1])

    def _open(self, at: int, line: str, least: int) -> Token | None:
        if least >= SURE or not self._may_open(line):
            return None
        opened = _first(self._openers, line, least)
        return None if opened is None else Token(at, opened[0], opened[2])


def _first(tries: Sequence[_Try], line: str, least: int) -> _Found | None:
    """The first kind, and so the best one, that the line is of."""
    for marks, name, fit, match in tries:
        if fit <= least:
            return None
        for mark in marks:
            if mark in line:
                found = match(line)
                if found:
                    return name, fit, found
                break
    return None
