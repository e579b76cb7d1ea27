"""The lines of JVM stacks in a whole text, where the grammar alone would end too early.

Where a message quotes frames, they end at the text that follows: the stack's own frames come after it.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.events.stacktraces.java_lines import GRAMMAR, TITLES, looks_logged
from analyzer.events.stacktraces.line_grammar import Token

_MAX_QUOTED_FRAMES = 10
_MAX_QUOTED_TEXT = 6


def stacks_of(lines: Sequence[str]) -> list[list[Token]]:
    """The stacks of a text, each as its lines; text that belongs to a message is a token `quotation` at its end."""
    joined: list[list[Token]] = []
    for run in GRAMMAR.runs(lines):
        if joined and run[0].kind == "frame":
            before, until = joined[-1], run[0].at
            quotation = Token(until - 1, "quotation", run[0].found)
            if _quotes_frames(before, until, lines):
                joined[-1] = [before[0], quotation, *run]
                continue
        joined.append(run)
    return joined


def _quotes_frames(run: list[Token], until: int, lines: Sequence[str]) -> bool:
    if run[0].kind not in TITLES or len(run) > _MAX_QUOTED_FRAMES or run[-1].kind != "frame":
        return False
    between = lines[run[-1].at + 1 : until]
    return (
        0 < len(between) <= _MAX_QUOTED_TEXT
        and all(token.kind in ("frame", "message") for token in run[1:])
        and any(line.strip() for line in between)
        and not any(looks_logged(line) for line in between)
    )
