"""Exceptions that came as data: structlog's `dict_tracebacks`, also as JSON inside a line of text.

Written by https://github.com/hynek/structlog/blob/main/src/structlog/tracebacks.py: a list with the title first, each
below it the cause or context of the one above. Values of variables may hold secrets and are not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.events.stacktraces.core import Draft, build
from analyzer.events.stacktraces.python_chains import Chain
from analyzer.events.stacktraces.python_lines import SUB_COUNT
from analyzer.model import Frame, Relation, StackTrace

MARKS = ('"exc_type"',)
_MAX_DEPTH = 40
_MAX_CHAIN = 1_000
_MAX_FRAMES = 100_000
_START = re.compile(r'\[\s{0,20}\{\s{0,20}"exc_type"')
_SKIPPED = re.compile(r"Skipped frames: \d{1,9}$")
_DECODER = json.JSONDecoder(strict=False)


def read_dicts(lines: list[str]) -> list[Chain]:
    """The exceptions that stand as JSON in lines of a text, one chain for each list."""
    found = []
    for at, line in enumerate(lines):
        start = _START.search(line) if '"exc_type"' in line else None
        prefix = line[: start.start()] if start else ""
        while start is not None:
            try:
                value, end = _DECODER.raw_decode(line, start.start())
            except (ValueError, RecursionError):
                break
            drafts = drafts_of(value)
            if drafts:
                found.append(Chain(at, at + 1, prefix=prefix, drafts=drafts))
                break  # a line is one stack's
            start = _START.search(line, end)
    return found


def trace_of_dicts(stacks: Sequence[Any]) -> StackTrace | None:
    """The trace of a list of exceptions as data, None where it is something else."""
    drafts = drafts_of(stacks)
    return build("python", drafts, truncated=False) if drafts else None


def drafts_of(stacks: Sequence[Any], depth: int = 0) -> list[Draft]:
    """A list of exceptions as data as a chain, oldest first; empty where it is something else."""
    chain: list[Draft] = []
    for stack in stacks[:_MAX_CHAIN]:
        if not isinstance(stack, Mapping) or not isinstance(stack.get("exc_type"), str):
            return []
        draft = Draft(type=stack["exc_type"], message=_message(stack), frames=_frames(stack.get("frames")))
        members = stack.get("exceptions")
        if isinstance(members, list) and depth < _MAX_DEPTH:
            inner = (drafts_of(member, depth + 1) for member in members if isinstance(member, list))
            draft.members = [drafts for drafts in inner if drafts]
        if chain:
            draft.relation = Relation.CAUSE if stack.get("is_cause") else Relation.CONTEXT
        chain.append(draft)
    return chain[::-1]


def _message(stack: Mapping[str, Any]) -> str:
    said = str(stack.get("exc_value") or "")
    if stack.get("is_group"):
        said = SUB_COUNT.sub("", said, count=1)
    notes = stack.get("exc_notes")
    return "\n".join([said, *map(str, notes)]) if isinstance(notes, list) else said


def _frames(frames: object) -> list[Frame]:
    return [
        frame
        for given in (frames[:_MAX_FRAMES] if isinstance(frames, list) else ())
        if isinstance(given, Mapping) and (frame := _frame(given)) is not None
    ]


def _frame(given: Mapping[str, Any]) -> Frame | None:
    file, line, name, code = (given.get(key) for key in ("filename", "lineno", "name", "line"))
    if not file and isinstance(name, str) and _SKIPPED.match(name):
        return None
    return Frame(
        file=str(file) if file else None,
        line=line if isinstance(line, int) and line >= 0 else None,
        function=name if isinstance(name, str) else None,
        code=code[:500] if isinstance(code, str) and code else None,
    )
