"""Entries to error events, and how the entries divide by level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analyzer.events.decorations import undecorate
from analyzer.events.documents import nested_texts
from analyzer.events.fragments import join_fragments
from analyzer.events.levels import level_of_status
from analyzer.events.origins import read_origin
from analyzer.events.payloads import Payload
from analyzer.events.pieces import Piece, read_piece
from analyzer.events.plaintext import is_escaped_stack, unescape_stacks
from analyzer.events.requests import describe_request, read_access_line
from analyzer.events.stacktraces import judge_frames, read_stacks
from analyzer.events.stitching import Stitcher
from analyzer.events.streams import printed_order
from analyzer.model import (
    NO_MESSAGE,
    Entry,
    EntryCounts,
    ErrorEvent,
    EventKind,
    HttpRequest,
    Severity,
    StackTrace,
)
from analyzer.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsResult:
    """Error events sorted by (time, entry ids), and counts of all entries.

    An entry counts by the event it became part of: the separator line between two chained tracebacks is a piece of
    an error although it has no level of its own.
    """

    events: tuple[ErrorEvent, ...]
    counts: EntryCounts


def _unchanged(text: str) -> str:
    return text


def read_events(
    entries: Sequence[Entry], *, redact: Callable[[str], str] = _unchanged, frame_rules: Sequence[Rule] = ()
) -> EventsResult:
    """One event for each printed error or warning; two printings of one error are two events.

    Entries may come in any order. `redact` is applied to every text of an event once more, since joining and
    unescaping can bring secrets to light. Without `frame_rules` the shipped ones judge what is in-app.
    """
    events: list[ErrorEvent] = []
    error = warning = other = 0
    for unit in _units(sorted(entries, key=printed_order)):
        event = _event(unit, redact, frame_rules)
        if event is None:
            other += sum(len(piece.entries) for piece in unit)
            continue
        events.append(event)
        if event.is_error:
            error += len(event.entry_ids)
        else:
            warning += len(event.entry_ids)
    events.sort(key=lambda e: (e.time_ns is None, e.time_ns or 0, e.entry_ids))
    times = [e.time_ns for e in entries if e.time_ns is not None]
    counts = EntryCounts(
        error=error,
        warning=warning,
        other=other,
        without_severity=sum(e.severity is None for e in entries),
        without_payload=sum(not e.has_payload for e in entries),
        from_ns=min(times, default=None),
        to_ns=max(times, default=None),
    )
    return EventsResult(events=tuple(events), counts=counts)


def _units(entries: Sequence[Entry]) -> list[list[Piece]]:
    """Entries in printed order → the pieces of each printing."""
    joined = join_fragments(entries)
    stitcher = Stitcher()
    for at, entry in enumerate(entries):
        fragment = joined.get(at)
        if fragment is not None:
            stitcher.add(read_piece(entry, fragment))
        elif at not in joined:
            stitcher.add(read_piece(entry))
    return stitcher.finish()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """The texts of a unit, taken apart."""

    message: str
    traces: tuple[StackTrace, ...]
    request: HttpRequest | None
    is_access_line: bool


def _event(unit: list[Piece], redact: Callable[[str], str], frame_rules: Sequence[Rule]) -> ErrorEvent | None:
    head = unit[0]
    level = _level(unit)
    if level < Severity.WARNING and not _may_matter(unit):
        return None
    content = _content(unit, redact, frame_rules)
    severity = max(level, _level_of_content(content, head.payload))
    if severity < Severity.WARNING:
        return None
    entry, payload, decorated = head.entry, head.payload, head.decorated
    origin = read_origin(entry, payload)
    nested = (*origin.nested, *nested_texts(content.message))
    return ErrorEvent(
        entry_ids=tuple(e.entry_id for p in unit for e in p.entries),
        time_ns=entry.time_ns,
        severity=severity,
        service=entry.service,
        revision=entry.revision,
        instance=entry.instance,
        message=content.message,
        stack_traces=content.traces,
        truncated=any(p.truncated for p in unit) or any(t.truncated for t in content.traces),
        trace=entry.trace,
        kind=EventKind.REQUEST if content.is_access_line else payload.kind,
        logger=origin.logger or decorated.logger,
        location=origin.location or decorated.location,
        nested=tuple(replace(n, text=redact(n.text)) for n in nested),
        request=content.request,
        log_name=entry.log_name,
    )


def _level(unit: list[Piece]) -> Severity:
    """The gravest level given; only where none is given, the payload's own, then the one in the text."""
    given = [p.entry.severity for p in unit if p.entry.severity is not None]
    stated = [p.payload.level for p in unit if p.payload.level is not None]
    printed = [p.decorated.level for p in unit[:1] if p.decorated.level is not None]
    return next((max(levels) for levels in (given, stated, printed) if levels), Severity.DEFAULT)


def _may_matter(unit: list[Piece]) -> bool:
    """A cheap test: whether a unit without a grave level may still be an error."""
    if len(unit) > 1:
        return True
    payload, decorated = unit[0].payload, unit[0].decorated
    text = decorated.text
    return bool(
        payload.stacks
        or payload.traces
        or payload.request is not None
        or "(most recent call last)" in text
        or 'File "' in text
        or 'File \\"' in text
        or ('" ' in text[:9000] and read_access_line(text) is not None)
        or "\n" in text
    )


def _level_of_content(content: _Content, payload: Payload) -> Severity:
    """What the request's status and the traces say: a 5xx or a trace is an error whatever its level."""
    levels = [level_of_status(content.request.status) if content.request else None]
    levels.append(Severity.ERROR if content.traces and not _is_mere_data(content, payload) else None)
    return max((x for x in levels if x is not None), default=Severity.DEFAULT)


def _is_mere_data(content: _Content, payload: Payload) -> bool:
    """An exception's type and value beside an entry of a lower level are no stack trace."""
    return content.traces == payload.traces and not any(e.frames for t in content.traces for e in t.exceptions)


def _content(unit: list[Piece], redact: Callable[[str], str], frame_rules: Sequence[Rule]) -> _Content:
    payload = unit[0].payload
    if len(unit) > 1 and unit[0].decorated.open_markup:
        text = undecorate("\n".join(p.payload.text for p in unit)).text
    else:
        text = "\n".join(p.decorated.text for p in unit)
    if is_escaped_stack(text):
        text = unescape_stacks(text)
    text = redact(text)
    request = payload.request
    access = read_access_line(text) if len(unit) == 1 and payload.kind is EventKind.APPLICATION else None
    if access is not None:
        return _Content(message=access[0], traces=(), request=request or access[1], is_access_line=True)
    found = read_stacks(text, frame_rules=frame_rules)
    traces = list(found.traces)
    for stack in payload.stacks:
        for trace in read_stacks(redact(stack), frame_rules=frame_rules).traces:
            if trace not in traces:
                traces.append(trace)
    if not traces:
        traces = [judge_frames(_redacted(t, redact), frame_rules) for t in payload.traces]
    message = _message(found.rest, unit, traces, request)
    return _Content(message=message, traces=tuple(traces), request=request, is_access_line=False)


def _redacted(trace: StackTrace, redact: Callable[[str], str]) -> StackTrace:
    return replace(trace, exceptions=tuple(replace(e, message=redact(e.message)) for e in trace.exceptions))


def _message(rest: str, unit: list[Piece], traces: list[StackTrace], request: HttpRequest | None) -> str:
    """What is left of the text; of a bare traceback its closing line; of a request its method, status and URL."""
    place = unit[0].decorated.location
    if len(unit) > 1 and place is not None and not traces and "Warning: " in rest[:120]:
        rest = rest.split("\n", 1)[0]  # python prints the source line after a warning
    message = rest.strip()
    if message:
        return message
    if traces:
        title = traces[-1].exceptions[traces[-1].last]
        said = ": ".join(p for p in (title.type, title.message) if p)
        if said:
            return said
    if request is not None and (described := describe_request(request)) != "HTTP":
        return described
    return NO_MESSAGE
