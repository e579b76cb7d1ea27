"""Rust: panics of every version with and without backtrace, aborts of the runtime, reports of anyhow and eyre.

A panic names the place of the failing line; a backtrace below it holds the same place again, unless it was built
without debug information. Panics in destructors while another panic unwinds hang together; others are traces of
their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.events.decorations import undecorate
from analyzer.events.stacktraces.core import Draft, Reader, Span, build, register
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.rust_frames import frames_of, place_of, with_place
from analyzer.events.stacktraces.rust_lines import AT_PLACE, GRAMMAR, PANICKED, QUOTED
from analyzer.events.stacktraces.rust_reports import read_report
from analyzer.model import Frame, Relation

_MAX_HEADER = 1000
_PANICS = frozenset(("located", "panic", "opened", "crashed"))
_SAID = frozenset(("message", "text", "operand", "closing"))
_ABORTS = ("panic in a destructor during cleanup", "panic in a function that cannot unwind")
_RUNTIME_ERRORS = (
    "stack overflow",
    "Rust panics must be rethrown",
    "Rust cannot catch foreign exceptions",
    "failed to initiate panic",
    "thread result panicked on drop",
    "thread local panicked on drop",
    "drop of the panic payload panicked",
    "initialization or cleanup bug",
)


@dataclass(slots=True, kw_only=True)
class _Panic:
    """A panic, or how the runtime itself died."""

    start: int
    end: int
    draft: Draft
    truncated: bool
    prefix: str = ""
    thread: str | None = None
    aborts: bool = False
    """it was raised because another one was not done yet"""


def read(lines: Sequence[str]) -> list[Span]:
    """Every panic and report of a text."""
    spans: list[Span] = []
    pending: list[_Panic] = []
    for run in GRAMMAR.runs(lines):
        one = _panic(run, lines)
        if one is not None:
            if pending and not _follows(pending[-1], one, lines):
                spans += _closed(pending)
                pending = []
            pending.append(one)
            continue
        spans += _closed(pending)
        pending = []
        span = read_report(run, lines, spans[-1].end if spans else 0)
        if span is not None:
            spans.append(span)
    return spans + list(_closed(pending))


def _follows(earlier: _Panic, one: _Panic, lines: Sequence[str]) -> bool:
    same = earlier.thread == one.thread and one.thread is not None
    return same and not any(line.strip() for line in lines[earlier.end : one.start])


def _closed(panics: list[_Panic]) -> list[Span]:
    """Panics of a thread in a row: those before one that aborts are its context, oldest first."""
    last_abort = max([i for i, one in enumerate(panics) if one.aborts], default=0)
    for one in panics[:last_abort]:
        one.draft.relation = Relation.CONTEXT
    return [_span(chain) for chain in (panics[: last_abort + 1], *([one] for one in panics[last_abort + 1 :])) if chain]


def _span(chain: list[_Panic]) -> Span:
    truncated = any(one.truncated for one in chain)
    trace = build("rust", [one.draft for one in chain], truncated=truncated)
    return Span(start=chain[0].start, end=chain[-1].end, prefix=chain[0].prefix, trace=trace)


def _panic(run: list[Token], lines: Sequence[str]) -> _Panic | None:
    """The panic or abort that a run is, None for a report, for a lone backtrace, and for what only looked like one."""
    head, last = run[0], run[-1]
    start, end = head.at, last.at + 1
    if head.kind not in _PANICS:
        draft, truncated = _death(run)
        return _Panic(start=start, end=end, draft=draft, truncated=truncated) if draft is not None else None
    found = PANICKED.search(lines[start][:_MAX_HEADER])
    said, place = _said(run, lines, found)
    if said is None:
        return None
    kinds = {token.kind for token in run}
    cut = place is None or last.kind == "backtrace" or (head.kind == "located" and "message" not in kinds)
    return _Panic(
        start=start,
        end=end,
        draft=Draft(type="panic", message=said, frames=with_place(frames_of(run), place)),
        truncated=cut,
        prefix=_prefix(lines[start], found),
        thread=found["thread"] if found else None,
        aborts="aborting" in kinds or said.startswith(_ABORTS),
    )


def _death(run: list[Token]) -> tuple[Draft | None, bool]:
    """(what the runtime said before it aborted without a panic, whether its end was lost)."""
    head = run[0]
    if head.kind == "oom":
        return Draft(message=head.found["message"], frames=frames_of(run)), False
    if head.kind not in ("overflow", "fatal"):
        return None, False
    fatal = next((t.found for t in run if t.kind == "fatal"), None)
    said = fatal["message"] if fatal else "stack overflow"
    if head.kind == "fatal" and fatal and not fatal["aborting"] and not said.startswith(_RUNTIME_ERRORS):
        return None, False
    return Draft(type="fatal runtime error", message=said, frames=frames_of(run)), fatal is None


def _prefix(line: str, found: re.Match[str] | None) -> str:
    """What stood before the panic, without what loggers print."""
    before = line[: found.start()] if found else ""
    return undecorate(before).text if before.strip() else ""


# -- what was said


def _said(run: list[Token], lines: Sequence[str], found: re.Match[str] | None) -> tuple[str | None, Frame | None]:
    """(message, place); no message for a quoted one whose end never came."""
    head = run[0]
    if head.kind == "crashed":
        said = next((t for t in run if t.kind == "crash message"), None)
        place = next((t for t in run if t.kind == "crash place"), None)
        if said is None:
            return None, None
        more = [lines[t.at].rstrip() for t in run if t.kind == "crash text"]
        return "\n".join([said.found["message"].rstrip(), *more]), place_of(place.found) if place else None
    rest = lines[head.at][found.end() :] if found else ""
    if head.kind == "opened":
        closed = next((t for t in run if t.kind == "closed"), None)
        if closed is None:
            return None, None
        quoted = QUOTED.match("\n".join([rest, *lines[head.at + 1 : closed.at + 1]]))
        return (quoted["message"], place_of(quoted)) if quoted else (None, None)
    if head.kind == "panic":
        quoted = QUOTED.match(rest) or AT_PLACE.match(rest)
        if quoted is None:
            return None, None
        more = [lines[t.at].rstrip() for t in run if t.kind in _SAID]
        return "\n".join([quoted["message"] or "", *more]), place_of(quoted)
    last = head.at
    for token in run[1:]:
        if token.kind in _SAID:
            last = token.at
    said_lines = [line.rstrip() for line in lines[head.at + 1 : last + 1]]
    return "\n".join(said_lines).strip("\n"), place_of(head.found)


def _heads(line: str) -> bool:
    """True for what has a log line right above it that it belongs to."""
    return line.strip() == "Caused by:"


register(
    Reader(
        language="rust",
        hints=(
            "panicked",
            ".rs:",
            "Caused by:\n",
            "Caused by:\r",
            "tack backtrace:",
            "fatal runtime error: ",
            "memory allocation of ",
        ),
        read=read,
        begin=GRAMMAR.begin,
        step=GRAMMAR.step,
        heads=_heads,
    )
)
