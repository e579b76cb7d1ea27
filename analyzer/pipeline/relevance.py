"""Whether a commit can have cured a cluster's error: asked of a cycle, or of a saved report before a deploy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from msgspec.structs import replace as replace_fields

from analyzer.causes import Knowledge, explain
from analyzer.codepaths import RepositoryIndex
from analyzer.codepaths.relevance import Places, carried, carried_frames, judge, read_changes, same_calls
from analyzer.errors import RepositoryError
from analyzer.model import (
    Cluster,
    CodePath,
    Context,
    Effect,
    ErrorEvent,
    Evidence,
    Frame,
    Ground,
    Proof,
    Query,
    QueryKind,
    Relevance,
    Role,
    Severity,
    StackTrace,
    TraceException,
    Unlocated,
)
from analyzer.pipeline.locate import NOT_IN_CODE
from analyzer.pipeline.repositories import Repositories

_LIKELY = 0.5
_WORDED = (Role.WRAP, Role.AUTHOR, Role.EMIT)
_FAILING = (Role.FRAME, Role.RAISE)


def judge_relevance(
    commit: str,
    cluster: Cluster,
    *,
    repositories: Repositories,
    service: str | None = None,
    deployed: str | None = None,
    events: Sequence[ErrorEvent] = (),
    contexts: Sequence[Context] = (),
    rules: Sequence[Path] = (),
    knowledge: Knowledge | None = None,
) -> Relevance:
    """What the changed lines of a commit (a full id) can do about the error of a cluster.

    `service`: whose repository is asked, else the cluster's first. `deployed`: the commit that lines of the cluster's
    frames are of. `events`: printings of one occurrence, those with a trace first (`locate.events_of`); without
    them what a saved report holds is enough. Trees are opened through `repositories`, each once. Raises
    `RepositoryError` where there is no such commit.
    """
    if cluster.kind in NOT_IN_CODE:
        said = f"{NOT_IN_CODE[cluster.kind]}: what a commit does about it is not followed"
        return Relevance(effect=Effect.UNKNOWN, evidence=(Evidence(text=said, rule=Ground.EFFECT),))
    service = service if service is not None else cluster.services[0] if cluster.services else ""
    new = repositories.at(service, commit)
    if new is None or new.git is None:
        raise RepositoryError("no git history here, so no commit to read", "give the git checkout that holds it")
    changes = read_changes(new.git, commit)
    if changes.parent is None:
        return judge(changes, Places(query=None), Places(query=None), new.code, new.code)
    old = repositories.at(service, changes.parent)
    ran = repositories.at(service, deployed) if deployed is not None else None
    assert old is not None
    known = knowledge or Knowledge.load(tuple(rules))
    before = _before(events or _occurrence(cluster), contexts, old, ran, known)
    return judge(changes, before, _after(before, old, new), old.code, new.code)


def _before(
    events: Sequence[ErrorEvent],
    contexts: Sequence[Context],
    index: RepositoryIndex,
    ran: RepositoryIndex | None,
    knowledge: Knowledge,
) -> Places:
    """The places of the error in the tree before the commit."""
    events = [_at(event, index, ran) for event in events]
    frames = tuple(
        p for e in events for t in e.stack_traces[-1:] for p in index.frames(t.root_exception.frames, limit=5)
    )
    printed = [p for e in events for p in _printed(e, index)]
    found = explain(events, index, knowledge, contexts, printed)
    if found is None:
        return Places(query=None, printed=tuple(printed), frames=frames, reason="the error has no text")
    words = [w.path for layer in found.decomposed.layers for w in layer]
    query = found.query
    return Places(
        query=query,
        origins=found.search.origins,
        siblings=found.search.siblings,
        printed=tuple(dict.fromkeys([*words, *(p for p in printed if p.role in _WORDED)])),
        frames=frames,
        written=_is_written(query, index),
        reason=found.search.reason,
    )


def _printed(event: ErrorEvent, index: RepositoryIndex) -> list[CodePath]:
    located = index.locate(event)
    return [] if isinstance(located, Unlocated) else [p for p in located if p.confidence >= _LIKELY]


def _is_written(query: Query, index: RepositoryIndex) -> bool:
    """Whether the text is one that a `raise` of the repository gives, and no runtime."""
    return query.kind is QueryKind.TEXT and query.rule is None and bool(index.code.said(query.text))


def _after(before: Places, old: RepositoryIndex, new: RepositoryIndex) -> Places:
    """The same question to the tree after the commit, from the same statements and frames."""
    if before.query is None:
        return replace(before, printed=tuple(carried(before.printed, old.code, new.code)))
    printed = carried(before.printed, old.code, new.code)
    frames = carried_frames(before.frames, old.code, new.code)
    search = new.origins(before.query, wrappers=printed, frames=frames)
    if not search.siblings:  # what stood beside a repaired place is not on its way any more
        anywhere = new.origins(before.query)
        beside = [replace(o.path, role=Role.SIBLING) for o in anywhere.origins if o.proof >= Proof.CAN_RAISE]
        search = replace(search, siblings=(*beside, *anywhere.siblings))
    alike = search.siblings or tuple(same_calls(before, old.code, new.code))
    return Places(
        query=before.query,
        origins=search.origins,
        siblings=alike,
        printed=tuple(printed),
        frames=tuple(new.frames(frames, limit=5)) if frames else (),
        written=before.written,
        reason=search.reason,
    )


def _at(event: ErrorEvent, index: RepositoryIndex, ran: RepositoryIndex | None) -> ErrorEvent:
    """An event with the frames of its trace at their lines in another tree."""
    if ran is None or not event.stack_traces or ran.commit == index.commit:
        return event
    trace = event.stack_traces[-1]
    paths = ran.frames(trace.root_exception.frames, limit=20)
    frames = tuple(carried_frames(paths, ran.code, index.code))
    if not frames:
        return event
    at = trace.root if trace.root is not None else trace.last
    exceptions = list(trace.exceptions)
    exceptions[at] = replace_fields(exceptions[at], frames=frames)
    moved = replace_fields(trace, exceptions=tuple(exceptions))
    return replace_fields(event, stack_traces=(*event.stack_traces[:-1], moved))


def _occurrence(cluster: Cluster) -> list[ErrorEvent]:
    """What a saved report knows of one occurrence, as if it had been read: its texts, and frames from its places."""
    frames = tuple(
        Frame(file=p.file, line=p.line, function=p.function)
        for p in reversed(cluster.code_paths)
        if p.role in _FAILING and cluster.exception_type
    )
    texts = [*(e.message for e in cluster.exemplars[:1]), cluster.title, cluster.core]
    events = []
    for number, text in enumerate(dict.fromkeys(t for t in texts if t)):
        traces: tuple[StackTrace, ...] = ()
        if frames and number == 0:
            raised = TraceException(type=cluster.exception_type, message=cluster.core, frames=frames)
            traces = (StackTrace(language="python", exceptions=(raised,), root=0, last=0),)
        events.append(
            ErrorEvent(
                entry_ids=cluster.first_entry_ids,
                time_ns=None,
                severity=Severity.ERROR,
                service=cluster.services[0] if cluster.services else "",
                message=text,
                stack_traces=traces,
            )
        )
    return events
