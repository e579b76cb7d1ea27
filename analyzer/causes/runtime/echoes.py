"""Texts that speak of other errors: a service that answered with an error, a quoted message, a shared name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from analyzer.causes.runtime.findings import Finding
from analyzer.causes.runtime.profiles import Profile
from analyzer.model import EventKind

_FAILED = re.compile(
    r"(?i)\b(?:fail(?:ed|s|ure|ing)?|errors?|un(?:available|reachable)|down|reject(?:ed|s)|denied|not responding"
    r"|timed out)\b"
)
_SERVER_ERROR = 500


def echoes(
    a: Profile, b: Profile, rarity: Mapping[str, int], calls: Set[tuple[str, str]] = frozenset()
) -> Iterator[Finding]:
    """What the words of `a` say of `b`.

    `rarity`: in how many clusters a name stands. `calls`: services that call another, also by way of a third.
    """
    naming = b.service in a.named and reports_a_call(a)
    if naming:
        yield Finding("names service", f"“{a.shown}” names {b.service}, which printed “{b.shown}”", a.entry_ids)
    elif (a.service, b.service) in calls and (a.said.call or not a.traced):
        yield Finding("below", f"{a.service} calls {b.service}, as other errors show", a.entry_ids)
    if (b.service, a.service) in calls and not naming:
        yield Finding("above")
    answered = a.service != b.service and a.said.call and bool(a.said.statuses & b.said.statuses)
    if answered:
        yield Finding("gives status")
    yield from _quotes(a, b)
    shared = sorted(n for n in a.said.names & b.said.names if rarity.get(n, 0) == 2)
    if shared:
        yield Finding(
            "shares name", f"both speak of {shared[0]}, and no other error does", (*a.entry_ids, *b.entry_ids)
        )
    if a.said.call or a.front:
        yield Finding("speaks of a call")
    elif (a.traced and not naming and not a.cancelled) or (a.said.refused and not naming):
        yield Finding("own exception")
    if (b.front and not answered) or (not b.front and b.said.call and not b.said.fatal):
        yield Finding("root speaks of a call")
    elsewhere = a.said.call or (bool(a.named) and reports_a_call(a))
    if elsewhere and not a.front and a.service == b.service and not (b.said.call or b.named):
        yield Finding("same service")
    if b.said.gone:
        yield Finding("gave up")


def reports_a_call(a: Profile) -> bool:
    """Whether its words say that something failed which it called, or anything at all."""
    return a.said.call or a.said.refused or any(_FAILED.search(t) for t in a.texts)


def _quotes(a: Profile, b: Profile) -> Iterator[Finding]:
    """One text inside another. Around an innermost exception, a quoted text is a later stage of the same failure."""
    if a.inner and a.inner == b.inner:
        if b.traced and not a.traced:
            yield Finding("inner", f"the same text stands in a trace of {b.service}", b.entry_ids)
        elif a.service != b.service:
            yield Finding("same text", f"{a.service} and {b.service} print the same innermost text", a.entry_ids)
        return
    if _holds((a.inner,), b) or (not a.traced and _holds(a.texts, b)):
        yield Finding("quotes", f"“{a.shown}” holds the text “{b.shown}”", (*a.entry_ids, *b.entry_ids))
    elif _holds(a.texts, b) and a.cancelled:
        text = f"{a.cluster.exception_type} only says that work was stopped; its trace goes on to “{b.shown}”"
        yield Finding("cancelled", text, a.entry_ids)
    if b.traced and not b.cancelled and _holds(b.outer, a) and not _holds((b.inner,), a):
        text = f"the trace that ends in “{a.shown}” began with “{b.shown}”"
        yield Finding("inner", text, b.entry_ids)


def _holds(texts: Sequence[str], quoted: Profile) -> bool:
    """Whether one of the texts is more than a text of the other cluster and holds it."""
    return any(inner in text and inner != text for inner in quoted.inners for text in texts)


def server_error(a: Profile) -> bool:
    """Whether it is an entry on a request that ended with 5xx, or the platform's word on one."""
    if a.cluster.kind not in (EventKind.REQUEST, EventKind.PLATFORM) or a.said.fatal:
        return False
    return a.said.platform or any(int(s) >= _SERVER_ERROR for s in a.said.statuses)
