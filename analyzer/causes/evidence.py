"""The sentences of a cause: what is known, from which entries or lines, and what would settle the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.model import ChainLink, Change, Cluster, CodePath, EventKind, Evidence, Ground, Role, format_time

_MAX_TESTS_NAMED = 3
_CLAIMED = 0.5
_SUSPECTED = "what has to change may be"
"""of a place of role `cause` that is less likely than not"""
_ROLE_WORDS = {
    Role.RAISE: "the exception is raised at",
    Role.FRAME: "the stack trace passes",
    Role.AUTHOR: "the text is built at",
    Role.EMIT: "the text is logged at",
    Role.WRAP: "the text is wrapped at",
    Role.CAUSE: "the cause is at",
}


def summary(cluster: Cluster, paths: Sequence[CodePath], kind: str, core: str = "") -> str:
    """One sentence that can stand alone. `core`: the innermost text, where more is known than the cluster's own."""
    error = core or cluster.core or cluster.title
    if cluster.exception_type and cluster.exception_type not in error:
        error = f"{cluster.exception_type}: {error}"
    if len(error) > 240:
        error = error[:239] + "…"
    if not paths:
        if cluster.kind in (EventKind.PLATFORM, EventKind.REQUEST):
            return f"{error} (said by the {cluster.kind.value} log; what is behind it is not visible here)"
        return f"{error} (where it comes from is not visible here: {cluster.unlocated or 'no repository was given'})"
    place = f"{paths[0].file}:{paths[0].line}" + (f" in {paths[0].function}" if paths[0].function else "")
    if kind == "unknown":
        return f"{error}, written by {place}; the statement that fails is not proved"
    return f"{error}, from {place}"


def evidence(
    cluster: Cluster, paths: Sequence[CodePath], tests: Sequence[str], *, located: bool = False
) -> tuple[Evidence, ...]:
    """Facts in the order in which a reader needs them; each cites entries or a line.

    `located`: others name the place.
    """
    ids = cluster.first_entry_ids
    first, last = format_time(cluster.first_seen_ns), format_time(cluster.last_seen_ns)
    when = f", from {first} to {last}" if first else ""
    found = [
        Evidence(text=f"{_many(cluster.count, 'occurrence')} in {_many(cluster.entries, 'entry')}{when}", entry_ids=ids)
    ]
    if cluster.exception_type:
        raising = tuple(
            i for x in cluster.exemplars[:1] for i in x.entry_ids if x.roles.get(i) == "raise"
        )  # the entry that holds the trace
        text = f"the innermost exception is {cluster.exception_type}"
        found.append(Evidence(text=text, entry_ids=raising or ids))
    else:
        found.append(
            Evidence(text=f"none of {_many(cluster.printings, 'printing')} holds a stack trace", entry_ids=ids)
        )
    if cluster.wrappers:
        inside = " around ".join(f"“{w}”" for w in cluster.wrappers)
        found.append(Evidence(text=f"the text is wrapped: {inside} around “{cluster.core[:200]}”", entry_ids=ids))
    for path in paths:
        doubtful = path.role is Role.CAUSE and path.confidence < _CLAIMED
        words = f"{_SUSPECTED if doubtful else _ROLE_WORDS.get(path.role, 'see')} {path.file}:{path.line}"
        why = f" ({'; '.join(path.evidence[:3])})" if path.evidence else ""
        found.append(Evidence(text=words + why, file=path.file, line=path.line))
    if not paths and cluster.unlocated and not located:
        found.append(Evidence(text=f"no code path: {cluster.unlocated}", rule=Ground.NO_PATH))
    if tests:
        more = f" and {len(tests) - _MAX_TESTS_NAMED} more" if len(tests) > _MAX_TESTS_NAMED else ""
        named = ", ".join(sorted(tests)[:_MAX_TESTS_NAMED])
        found.append(Evidence(text=f"the text stands in the failure of {named}{more}", entry_ids=ids))
    if cluster.change in (Change.NEW, Change.REGRESSED, Change.ONGOING):
        found.append(Evidence(text=f"against the baseline it is {cluster.change.value}", entry_ids=ids))
    return tuple(found)


def chain(cluster: Cluster, others: Mapping[str, Cluster]) -> tuple[ChainLink, ...]:
    """Clusters that print the same innermost text elsewhere, then this one as the root."""
    links = [
        ChainLink(fingerprint=f, role="wrapper", evidence="prints the same innermost text")
        for f in cluster.related
        if f in others and others[f].core == cluster.core
    ]
    return (*links, ChainLink(fingerprint=cluster.fingerprint, role="root", evidence="innermost text that is visible"))


def would_confirm(cluster: Cluster, paths: Sequence[CodePath]) -> str:
    """What to look at or to add, so that the next cycle decides."""
    if cluster.kind is EventKind.REQUEST:
        return "an application log line of the same request; log the trace id with every line"
    if cluster.kind is EventKind.PLATFORM:
        return "the last lines of the same instance before this entry"
    if cluster.kind is EventKind.DEPLOY:
        return "the audit entry's full status, and who deployed"
    if cluster.exception_type and paths:
        return f"a test that calls {paths[0].function or paths[0].file} with the values of the failing request"
    if paths:
        return f"the stack trace: log it with exc_info where {paths[0].file}:{paths[0].line} handles the exception"
    if cluster.exception_type:
        return "the repository of the service (--repo), so that the frames can be read"
    return "the stack trace of this error, or the repository of the service (--repo)"


def _many(count: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count:,} {noun if count == 1 else plural}"
