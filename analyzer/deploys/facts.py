"""Printed lines and error events to facts about the code, for each revision."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from analyzer.model import NO_MESSAGE, CodeFact, ErrorEvent, EventKind, FactKind, Frame, PrintedLine, SourceLocation

_MAX_LABELS = 400
_MAX_FRAMES = 400
_MAX_TEXTS = 150
_MIN_TEXT = 8
_VALUE = re.compile(r"(?<!\S)[^\s\d]*+\d\S*+")
"""a word with a digit: two messages that differ in one are one fact"""

_Key = TypeVar("_Key")
_MAX_CHARS = 2_000

Revision = tuple[str, str]
"""(service, revision)"""


def gather_facts(printed: Iterable[PrintedLine], events: Iterable[ErrorEvent]) -> dict[Revision, tuple[CodeFact, ...]]:
    """Revision → its distinct facts, sorted: places with a message, frames, and messages without a place.

    Of a place's messages the shortest one stands for all. Limits are counts; what is beyond them is left out by order
    of the alphabet, so the same window gives the same facts.
    """
    labels: dict[Revision, dict[tuple[str, int, str], str]] = defaultdict(dict)
    texts: dict[Revision, dict[str, str]] = defaultdict(dict)
    frames: dict[Revision, set[CodeFact]] = defaultdict(set)

    def said(key: Revision, message: str, location: SourceLocation | None) -> None:
        message = message[:_MAX_CHARS]
        if not message or message == NO_MESSAGE:
            return
        if location is not None and location.file and location.line and location.line > 0:
            place = location.file, location.line, location.function or ""
            _keep(labels[key], place, message)
        elif len(message) >= _MIN_TEXT:
            _keep(texts[key], _VALUE.sub("0", message), message)

    for line in printed:
        said((line.service, line.revision), line.message, line.location)
    for event in events:
        key = event.service, event.revision
        if event.kind is EventKind.APPLICATION:
            said(key, event.message, event.location)
        for trace in event.stack_traces:
            for exception in trace.exceptions:
                frames[key].update(fact for frame in exception.frames if (fact := _frame(frame)) is not None)
    return {
        key: (
            *sorted(
                CodeFact(kind=FactKind.LABELS, file=file, line=line, function=function, text=text)
                for (file, line, function), text in labels[key].items()
            )[:_MAX_LABELS],
            *sorted(frames[key])[:_MAX_FRAMES],
            *as_texts(texts[key].values()),
        )
        for key in sorted({*labels, *texts, *frames})
    }


def as_texts(messages: Iterable[str]) -> list[CodeFact]:
    """Messages alone as facts, one for those that differ only in words with digits."""
    shortest: dict[str, str] = {}
    for message in messages:
        _keep(shortest, _VALUE.sub("0", message), message)
    return sorted(CodeFact(kind=FactKind.TEXTS, text=text) for text in shortest.values())[:_MAX_TEXTS]


def without_place(facts: Sequence[CodeFact], fits: Sequence[object | None]) -> list[CodeFact]:
    """What is left to look for by its text: texts, and the messages of labels whose file is in none of the commits."""
    messages = [
        fact.text
        for fact, fit in zip(facts, fits, strict=True)
        if fact.kind is FactKind.TEXTS or (fact.kind is FactKind.LABELS and fit is None)
    ]
    return as_texts(message for message in messages if len(message) >= _MIN_TEXT)


def _frame(frame: Frame) -> CodeFact | None:
    if not frame.file or not frame.line or frame.line < 1 or frame.file.startswith("<"):
        return None
    text = (frame.code or "").strip()
    return CodeFact(kind=FactKind.FRAMES, file=frame.file, line=frame.line, function=frame.function or "", text=text)


def _keep(best: dict[_Key, str], key: _Key, message: str) -> None:
    known = best.get(key)
    if known is None or (len(message), message) < (len(known), known):
        best[key] = message
