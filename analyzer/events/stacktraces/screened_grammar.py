"""A grammar whose lines are looked at twice: first for what any line of the language begins with, which is cheap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from analyzer.events.stacktraces.core import SURE, LineState, Move
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind, Token


class ScreenedGrammar(LineGrammar):
    """Most lines of a log open nothing, and most lines of a message are nothing but text: neither is tried against
    every kind."""

    def __init__(
        self,
        kinds: Sequence[LineKind],
        *,
        may_open: Callable[[str], bool],
        may_go_on: Callable[[str], bool],
        unmarked: Collection[str],
    ) -> None:
        """`may_open` is true for every line that opens a stack; `may_go_on` for every line that goes on with one, but
        for those of the kinds `unmarked`."""
        super().__init__(kinds)
        self._may_open = may_open
        self._may_go_on = may_go_on
        self._text = LineGrammar([k if k.name in unmarked else replace(k, after={}) for k in kinds])

    def begin(self, line: str) -> Move | None:
        """The state after a line that opens a stack by itself."""
        return super().begin(line) if self._may_open(line) else None

    def step(self, state: LineState, line: str) -> Move | None:
        """The state after a line that goes on with a stack."""
        return super().step(state, line) if self._may_go_on(line) else self._text.step(state, line)

    def _follow(self, state: LineState, at: int, line: str) -> tuple[Token | None, int]:
        return self._matched(state, at, line) if self._may_go_on(line) else self._text._follow(state, at, line)

    def _open(self, at: int, line: str, least: int) -> Token | None:
        return super()._open(at, line, least) if least < SURE and self._may_open(line) else None
