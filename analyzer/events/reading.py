"""Entries to error events, and how the entries divide by level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from analyzer.events.decorations import undecorate
from analyzer.events.documents import nested_texts
from analyzer.events.fragments import join_fragments
from analyzer.events.levels import level_of_status
from analyzer.events.neighbours import linked
from analyzer.events.origins import read_origin
from analyzer.events.payloads import Payload, plain_text
from analyzer.events.pieces import MAX_CHARS, Piece, read_piece
from analyzer.events.plaintext import is_escaped_stack, strip_ansi, unescape_stacks
from analyzer.events.requests import describe_request, read_access_line
from analyzer.events.screening import screen, shows_trouble
from analyzer.events.stacktraces import read_stacks
from analyzer.events.stacktraces.in_app import judge_by
from analyzer.events.stitching import Stitcher
from analyzer.events.streams import in_printed_order
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
from analyzer.model.collecting import collector_paused
from analyzer.rules import Rule

Redact = Callable[[str], str]
RedactAll = Callable[[Sequence[str]], Sequence[str | None]]
_CLIENT_ERROR = 400
_ACCESS_CHARS = 9_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsResult:
    """Error events sorted by (time, entry ids), and counts of all entries.

    An entry counts by the event it became part of: the separator line between two chained tracebacks is a piece of
    an error although it has no level of its own.
    """

    events: tuple[ErrorEvent, ...]
    counts: EntryCounts
    warnings: tuple[str, ...] = ()
    """sentences for stderr and the report: what was not read, and why"""


def _unchanged(text: str) -> str:
    return text


def read_events(
    entries: Sequence[Entry],
    *,
    redact: Redact = _unchanged,
    redact_all: RedactAll | None = None,
    frame_rules: Sequence[Rule] = (),
) -> EventsResult:
    """One event for each printed error or warning; two printings of one error are two events.

    Entries may come in any order, and are redacted. `redact` is applied to every text that is not a part of its entry
    as it stands, since joining and unescaping can bring secrets to light; `redact_all` does the same to many texts at
    once. Without `frame_rules` the shipped ones judge what is in-app.
    """
    with collector_paused():
        return _read_events(entries, redact, redact_all or (lambda texts: [redact(t) for t in texts]), frame_rules)


def _read_events(
    entries: Sequence[Entry], redact: Redact, redact_all: RedactAll, frame_rules: Sequence[Rule]
) -> EventsResult:
    units, other = _units(in_printed_order(entries))
    drafts = [draft for unit in units if (draft := _draft(unit)) is not None]
    other += sum(len(p.entries) for unit in units for p in unit) - sum(d.entries for d in drafts)
    _redact(drafts, redact_all)
    events: list[ErrorEvent] = []
    error = warning = 0
    for draft in drafts:
        event = _event(draft, redact, frame_rules)
        if event is None:
            other += draft.entries
            continue
        events.append(event)
        if event.is_error:
            error += draft.entries
        else:
            warning += draft.entries
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
    too_long = sum(piece.too_long for unit in units for piece in unit)
    shortened = f"{too_long:,} texts are longer than {MAX_CHARS:,} characters: their middle was not read"
    return EventsResult(events=tuple(events), counts=counts, warnings=(shortened,) if too_long else ())


def _units(entries: Sequence[Entry]) -> tuple[list[list[Piece]], int]:
    """Entries in printed order → the pieces of each printing, and how many entries are no event for sure."""
    texts = [plain_text(entry) for entry in entries]
    shown = screen(texts)
    joined = join_fragments(entries, texts)
    near = linked(entries, shown)
    stitcher = Stitcher()
    alone: list[list[Piece]] = []
    quiet = 0
    for at, entry in enumerate(entries):
        if at in joined:
            fragment = joined[at]
            if fragment is not None:
                stitcher.add(read_piece(entry, joined=fragment))
            continue
        known = at not in shown.untold
        if known and not near[at] and at not in shown.trouble and _is_low(entry):
            quiet += 1
            continue
        piece = read_piece(entry, shows_stack=at in shown.stacks if known else None)
        if near[at]:
            stitcher.add(piece)
        else:
            alone.append([piece])
    return alone + stitcher.finish(), quiet


def _is_low(entry: Entry) -> bool:
    """Whether an entry is of a given low level, and no request that went wrong."""
    severity, request = entry.severity, entry.http_request
    if severity is None or severity >= Severity.WARNING:
        return False
    return request is None or (request.status or 0) < _CLIENT_ERROR


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A unit that may be an event, with its text as it was meant."""

    unit: list[Piece]
    level: Severity
    entries: int
    text: str
    stacks: list[str]
    """texts with stack traces beside the message"""
    changed: bool
    """the text is not a part of its entry as it stands"""


def _draft(unit: list[Piece]) -> _Draft | None:
    head = unit[0]
    level = _level(unit)
    count = len(head.entries) if len(unit) == 1 else sum(len(p.entries) for p in unit)
    if level < Severity.WARNING and count == 1 and not _may_matter(head):
        return None
    if len(unit) == 1:
        text = head.decorated.text
        changed = head.too_long or (head.payload.text is not text and not head.payload.text.endswith(text))
    else:
        changed = True
        if head.decorated.open_markup:
            text = undecorate("\n".join(p.payload.text for p in unit)).text
        else:
            text = "\n".join(p.decorated.text for p in unit)
    if "\\n" in text and is_escaped_stack(text):
        text, changed = unescape_stacks(text), True
    stacks = [_meant(stack) for stack in head.payload.stacks]
    return _Draft(unit=unit, level=level, entries=count, text=text, stacks=stacks, changed=changed or count > 1)


def _meant(stack: str) -> str:
    text = strip_ansi(stack)
    return unescape_stacks(text) if is_escaped_stack(text) else text


def _redact(drafts: Sequence[_Draft], redact_all: RedactAll) -> None:
    """Once more what is new text, all at once: a call costs much, a text among many little."""
    changed = [d for d in drafts if d.changed or d.stacks]
    texts = [t for d in changed for t in (d.text, *d.stacks)]
    shown = iter(redact_all(texts) if texts else ())
    for draft in changed:
        draft.text = next(shown) or ""
        draft.stacks = [next(shown) or "" for _ in draft.stacks]


def _level(unit: list[Piece]) -> Severity:
    """The gravest level given; only where none is given, the payload's own, then the one in the text."""
    if len(unit) == 1:
        head = unit[0]
        given = head.entry.severity
        if given is None:
            given = head.payload.level if head.payload.level is not None else head.decorated.level
        return Severity.DEFAULT if given is None else given
    levels = [p.entry.severity for p in unit if p.entry.severity is not None]
    levels = levels or [p.payload.level for p in unit if p.payload.level is not None]
    levels = levels or [p.decorated.level for p in unit[:1] if p.decorated.level is not None]
    return max(levels, default=Severity.DEFAULT)


def _may_matter(piece: Piece) -> bool:
    """A cheap test: whether a piece without a grave level may still be an error."""
    payload, text = piece.payload, piece.decorated.text
    return bool(payload.stacks or payload.traces or payload.request is not None or shows_trouble(text))


def _event(draft: _Draft, redact: Redact, frame_rules: Sequence[Rule]) -> ErrorEvent | None:
    unit, head = draft.unit, draft.unit[0]
    entry, payload, decorated = head.entry, head.payload, head.decorated
    request, access = payload.request, None
    traces: list[StackTrace] = []
    if len(unit) == 1 and payload.kind is EventKind.APPLICATION and '" ' in draft.text[:_ACCESS_CHARS]:
        access = read_access_line(draft.text)
    if access is not None:
        message, request = access[0], request or access[1]
    else:
        message, traces = _read(draft, redact, frame_rules)
    severity = draft.level
    if severity < Severity.ERROR:
        severity = max(severity, _level_of_content(request, traces, payload))
        if severity < Severity.WARNING:
            return None
    origin = read_origin(entry, payload)
    nested = (*origin.nested, *nested_texts(message)) if "{" in message else origin.nested
    if nested:
        nested = tuple(replace(n, text=redact(n.text)) for n in nested)
    return ErrorEvent(
        entry_ids=(entry.entry_id,)
        if draft.entries == 1
        else tuple(part.entry_id for piece in unit for part in piece.entries),
        time_ns=entry.time_ns,
        severity=severity,
        service=entry.service,
        revision=entry.revision,
        instance=entry.instance,
        message=message,
        stack_traces=tuple(traces),
        truncated=any(p.truncated for p in unit) or any(t.truncated for t in traces),
        trace=entry.trace,
        kind=EventKind.REQUEST if access is not None else payload.kind,
        logger=origin.logger or decorated.logger,
        location=origin.location or decorated.location,
        nested=nested,
        request=request,
        log_name=entry.log_name,
    )


def _level_of_content(request: HttpRequest | None, traces: Sequence[StackTrace], payload: Payload) -> Severity:
    """What the request's status and the traces say: a 5xx or a trace is an error whatever its level."""
    levels = [level_of_status(request.status) if request else None]
    levels.append(Severity.ERROR if traces and not _is_mere_data(traces, payload) else None)
    return max((x for x in levels if x is not None), default=Severity.DEFAULT)


def _is_mere_data(traces: Sequence[StackTrace], payload: Payload) -> bool:
    """An exception's type and value beside an entry of a lower level are no stack trace."""
    return tuple(traces) == payload.traces and not any(e.frames for t in traces for e in t.exceptions)


def _read(draft: _Draft, redact: Redact, frame_rules: Sequence[Rule]) -> tuple[str, list[StackTrace]]:
    """The message and the traces of a text that is no access line."""
    payload = draft.unit[0].payload
    rest = draft.text
    traces: list[StackTrace] = []
    if len(draft.unit) > 1 or draft.unit[0].shows_stack is not False:
        found = read_stacks(draft.text, frame_rules=frame_rules)
        rest, traces = found.rest, list(found.traces)
    for stack in draft.stacks:
        for trace in read_stacks(stack, frame_rules=frame_rules).traces:
            if trace not in traces:
                traces.append(trace)
    if not traces and payload.traces:
        traces = [judge_by(frame_rules).judge(_redacted(t, redact)) for t in payload.traces]
    return _message(rest, draft.unit, traces), traces


def _redacted(trace: StackTrace, redact: Redact) -> StackTrace:
    exceptions = tuple(structs.replace(e, message=redact(e.message)) for e in trace.exceptions)
    return structs.replace(trace, exceptions=exceptions)


def _message(rest: str, unit: list[Piece], traces: list[StackTrace]) -> str:
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
    request = unit[0].payload.request
    if request is not None and (described := describe_request(request)) != "HTTP":
        return described
    return NO_MESSAGE
