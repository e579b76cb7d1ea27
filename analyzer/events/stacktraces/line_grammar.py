"""A language's stacks as kinds of lines, and which kind may follow which.

One table serves twice: `runs` cuts a whole text into stacks, `begin` and `step` follow a stack that is delivered line
by line among other lines. Every line is looked at once, and every pattern is anchored, so the time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analyzer.events.stacktraces.core import SURE, WEAK, LineState, Move

MAX_TENTATIVE = 400
"""lines that may stand between two lines of a stack, when only what follows can prove that they belong to it"""
MAX_BLANKS = 3
_ENOUGH_CALLS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LineKind:
    """One kind of line."""

    name: str
    pattern: re.Pattern[str]
    """matched at the start of the line; bounded repeats, so that a long line costs what its beginning costs"""
    opens: int = 0
    """how well it opens a stack by itself, 0 where it cannot"""
    after: Mapping[str, int]
    """kinds it may follow, and how well; `""` stands for every kind"""


def line_kind(
    name: str, pattern: str, after: Mapping[str, int] | None = None, *, opens: int = 0, flags: int = 0
) -> LineKind:
    """A kind from the text of its pattern."""
    return LineKind(name=name, pattern=re.compile(pattern, flags), opens=opens, after=after or {})


def after(*groups: tuple[Iterable[str], int]) -> dict[str, int]:
    """Groups of kinds, each with how well a line fits that follows one of them; of two groups the later holds."""
    return {name: fit for names, fit in groups for name in names}


class Token(NamedTuple):
    """A line of a stack: its number, its kind, and what the pattern found."""

    at: int
    kind: str
    found: re.Match[str]


_Match = Callable[[str], re.Match[str] | None]
_NAME = re.compile(r"\(\?P<\w+>")
_FLAGS = ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"), (re.VERBOSE, "x"), (re.ASCII, "a"))


class _AnyOf:
    """Whether a line matches any of some patterns: most lines match none, and learn it in one step."""

    __slots__ = ("_calls", "_match", "_patterns")

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns
        self._calls = 0
        self._match: _Match | None = None

    def __call__(self, line: str) -> bool:
        """False where no pattern matches."""
        if self._match is not None:
            return self._match(line) is not None
        self._calls += 1
        if self._calls > _ENOUGH_CALLS:  # one pattern of many takes milliseconds to make
            self._match = _any_of(self._patterns)
        return True


def _any_of(patterns: Sequence[re.Pattern[str]]) -> _Match:
    """One pattern that matches where any of them does."""
    if any("(?P=" in p.pattern or re.search(r"\\[1-9]|\(\?\(", p.pattern) for p in patterns):
        return re.compile("").match  # it refers to a group by name or number, which would be another one
    parts = []
    for pattern in patterns:
        letters = "".join(letter for flag, letter in _FLAGS if pattern.flags & flag)
        end = "\n" if "x" in letters else ""  # a comment may end it
        flags = f"?{letters}:" if letters else "?:"
        parts.append(f"({flags}{_NAME.sub('(?:', pattern.pattern)}{end})")
    return re.compile("|".join(parts) or "(?!)").match


class LineGrammar:
    """Kinds of lines in the order in which they are tried; where two fit equally well the earlier holds."""

    def __init__(self, kinds: Sequence[LineKind]) -> None:
        opening = sorted((k for k in kinds if k.opens), key=lambda k: -k.opens)
        self._opening = tuple((k.name, k.opens, k.pattern.match) for k in opening)
        self._opens_at_all = _AnyOf([k.pattern for k in opening])
        self._following: dict[LineState, tuple[tuple[str, int, _Match], ...]] = {}
        self._follows_at_all: dict[LineState, _AnyOf] = {}
        for state in (k.name for k in kinds):
            fits = [(k, fit) for k in kinds if (fit := k.after.get(state, k.after.get("", 0)))]
            fits.sort(key=lambda row: -row[1])
            self._following[state] = tuple((k.name, fit, k.pattern.match) for k, fit in fits)
            self._follows_at_all[state] = _AnyOf([k.pattern for k, _ in fits])

    def begin(self, line: str) -> Move | None:
        """The state after a line that opens a stack by itself."""
        if not self._opens_at_all(line):
            return None
        for name, fit, match in self._opening:
            if match(line):
                return name, fit
        return None

    def step(self, state: LineState, line: str) -> Move | None:
        """The state after a line that goes on with a stack; an empty line changes nothing and proves nothing."""
        if not line or line.isspace():
            return state, WEAK
        if not self._follows_at_all[state](line):
            return None
        for name, fit, match in self._following[state]:
            if match(line):
                return name, fit
        return None

    def runs(self, lines: Iterable[str]) -> list[list[Token]]:
        """The stacks of a text, each as its lines in order; empty lines are left out."""
        found: list[list[Token]] = []
        run: list[Token] = []
        tentative: list[Token] = []
        state = ""
        blanks = 0
        for at, line in enumerate(lines):
            if not line or line.isspace():
                blanks += 1
                if blanks > MAX_BLANKS:
                    run, tentative, state = [], [], ""
                continue
            token, fit = self._follow(state, at, line) if run else (None, 0)
            opened = self._open(at, line, fit) if fit < SURE else None
            if opened is not None:
                run, tentative = [opened], []
                found.append(run)
                state = opened.kind
            elif token is None or (fit <= WEAK and len(tentative) >= MAX_TENTATIVE):
                run, tentative, state = [], [], ""
            else:
                tentative.append(token)
                state = token.kind
                if fit > WEAK:
                    run += tentative
                    tentative = []
            blanks = 0
        return found

    def _follow(self, state: LineState, at: int, line: str) -> tuple[Token | None, int]:
        return self._matched(state, at, line) if self._follows_at_all[state](line) else (None, 0)

    def _matched(self, state: LineState, at: int, line: str) -> tuple[Token | None, int]:
        for name, fit, match in self._following[state]:
            found = match(line)
            if found:
                return Token(at, name, found), fit
        return None, 0

    def _open(self, at: int, line: str, least: int) -> Token | None:
        """The line as the beginning of a new stack, where it fits that better than what is open."""
        if least >= SURE or not self._opens_at_all(line):
            return None
        for name, fit, match in self._opening:
            if fit <= least:
                return None
            found = match(line)
            if found:
                return Token(at, name, found)
        return None
