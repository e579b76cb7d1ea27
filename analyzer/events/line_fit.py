"""How well a line fits: as the beginning of a stack, and as its next line, in every language at once."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.events.pieces import Piece
from analyzer.events.stacktraces import all_readers, readers_of
from analyzer.events.stacktraces.core import SURE, LineState, Reader

_TAIL_LINES = 16
"""of a text of many lines: enough to see where a stack stands at its end"""

States = dict[str, LineState]
"""where each language's reading stands; languages drop out as lines come that they do not know"""

READERS: dict[str, Reader] = {reader.language: reader for reader in all_readers()}


def begin(piece: Piece) -> tuple[States, int]:
    """The languages in which the text opens a stack, where they stand at its end, and how well its opening fits."""
    lines = piece.lines()
    if len(lines) == 1:
        return begin_line(lines[0], READERS)
    readers = {reader.language: reader for reader in readers_of(piece.text)}
    states: States = {}
    best = 0
    for line in lines[-_TAIL_LINES:] if readers else ():
        states = advance(states, line)
        if not states:
            states, fit = begin_line(line, readers)
            best = max(best, fit)
    return states, best if states else 0


def begin_line(line: str, readers: Mapping[str, Reader]) -> tuple[States, int]:
    """The languages in which the line opens a stack, and how well the best of them fits."""
    states: States = {}
    best = 0
    for language, reader in readers.items():
        move = reader.begin(line)
        if move is not None:
            states[language] = move[0]
            if move[1] > best:
                best = move[1]
    return states, best


def advance(states: States, line: str) -> States:
    """The languages that know the line, however well."""
    following: States = {}
    for language, state in states.items():
        move = READERS[language].step(state, line)
        if move is not None:
            following[language] = move[0]
    return following


def step(states: States, line: str) -> tuple[States, int]:
    """The languages that know the line; where one can hardly be wrong, those that are not as sure drop out."""
    following: States = {}
    best = 0
    for language, state in states.items():
        move = READERS[language].step(state, line)
        if move is None or (best == SURE and move[1] < SURE):
            continue
        if move[1] == SURE and best < SURE:
            following = {}
        best = max(best, move[1])
        following[language] = move[0]
    return following, best


def heads(line: str) -> bool:
    """Whether the line is a mere header in some language: what was logged right before it belongs to the stack."""
    return any(reader.heads(line) for reader in READERS.values())
