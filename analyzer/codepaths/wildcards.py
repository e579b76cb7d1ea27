"""Wildcards as patterns of ignore files use them, matched in time that grows with pattern times text and no faster.

A pattern is read once into tokens; all ways through it are followed at once, so that no text of a repository, however
it is made, costs more than another of its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

MAX_PATTERN = 1_000
"""characters; a longer pattern is no file's name"""
MAX_RULES = 3_000
"""lines of an ignore file that are read"""


class Wild(Enum):
    """What stands for more than one text."""

    ONE = auto()
    """any character but `/`"""
    NAME = auto()
    """any number of characters but `/`"""
    ANYTHING = auto()
    """any number of characters"""
    FOLDERS = auto()
    """nothing, or anything that ends with `/`"""


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """One character of a set."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False
    crosses: bool = False
    """a negated set holds `/` too"""

    def holds(self, character: str) -> bool:
        """Whether the set has this character."""
        if character == "/" and not self.crosses:
            return False
        return any(low <= character <= high for low, high in self.ranges) != self.negated


Token = str | Wild | CharacterSet


def matches(tokens: tuple[Token, ...], text: str) -> bool:
    """Whether the tokens cover a whole text."""
    return _machine(tokens).accepts(text)


def literal(tokens: Sequence[Token]) -> str:
    """The longest text that has to stand in whatever the tokens cover: a quick way to what cannot match."""
    runs, run = [""], ""
    for token in tokens:
        run = run + token if isinstance(token, str) else ""
        runs.append(run)
    return max(runs, key=len)


class _Machine:
    """All ways through a pattern at once: bit n is set where token n comes next."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._name = self._bits(Wild.NAME)
        self._anything = self._bits(Wild.ANYTHING)
        self._folders = self._bits(Wild.FOLDERS)
        self._skips = self._name | self._anything | self._folders
        self._takes: dict[str, int] = {}

    def accepts(self, text: str) -> bool:
        at, inside = self._open(1), 0
        for character in text:
            inside |= at & self._folders
            ahead = (at & self._taking(character)) << 1 | at & self._anything
            ahead |= inside << 1 if character == "/" else at & self._name
            at = self._open(ahead)
            if not at | inside:
                return False
        return bool(at >> len(self._tokens) & 1)

    def _open(self, at: int) -> int:
        """The places with those that are reached by reading nothing."""
        while (wider := at | (at & self._skips) << 1) != at:
            at = wider
        return at

    def _taking(self, character: str) -> int:
        if character not in self._takes:
            self._takes[character] = sum(1 << n for n, t in enumerate(self._tokens) if _takes(t, character))
        return self._takes[character]

    def _bits(self, wild: Wild) -> int:
        return sum(1 << n for n, token in enumerate(self._tokens) if token is wild)


def _takes(token: Token, character: str) -> bool:
    if isinstance(token, CharacterSet):
        return token.holds(character)
    return token == character or (token is Wild.ONE and character != "/")


@lru_cache(maxsize=2_000)
def _machine(tokens: tuple[Token, ...]) -> _Machine:
    return _Machine(tokens)
