"""Rivals told apart by what was printed around a text: who wrote the line before it did run, a twin may not have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from analyzer.model import CodePath

_RIVAL = 0.3
"""of the first one's confidence: what is above that is a rival"""
_BY_FUNCTION, _BY_FILE = 0.9, 0.75
_SHOWN = 80
_MAX_NEIGHBOURS = 25


def settle(
    paths: Sequence[CodePath], neighbours: Sequence[str], ask: Callable[[str], Sequence[CodePath]]
) -> list[CodePath]:
    """The paths, the one rival first in whose function, else in whose file, a neighbouring line was surely written.

    `neighbours`: lines of the same request or instance, the nearest first; `ask` gives the statements of a line.
    Where they point to several rivals, or to none, the paths stay as they are.
    """
    rivals = [p for p in paths if p.confidence >= _RIVAL * paths[0].confidence] if paths else []
    if len(rivals) < 2 or paths[0].unique:
        return list(paths)
    sure = [(text, found[0]) for text in neighbours[:_MAX_NEIGHBOURS] if (found := ask(text)) and found[0].unique]
    for confidence, fits in ((_BY_FUNCTION, _same_function), (_BY_FILE, _same_file)):
        pointed = [(r, text, p) for r in rivals for text, p in sure if fits(r, p)]
        if len({(r.file, r.function) for r, _, _ in pointed}) == 1:
            chosen, text, witness = pointed[0]
            sentence = f"a line next to it, `{text[:_SHOWN]}`, was written by {witness.file}:{witness.line}"
            left = (1 - confidence) / (len(rivals) - 1)
            first = replace(
                chosen,
                confidence=confidence,
                unique=confidence >= _BY_FUNCTION,
                evidence=(*chosen.evidence, sentence),
            )
            rest = [replace(p, confidence=min(p.confidence, round(left, 6))) for p in paths if p is not chosen]
            return [first, *rest]
    return list(paths)


def _same_function(a: CodePath, b: CodePath) -> bool:
    return (a.file, a.function) == (b.file, b.function)


def _same_file(a: CodePath, b: CodePath) -> bool:
    return a.file == b.file
