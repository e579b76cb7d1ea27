"""Starts and ends of processes: what they follow from, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.causes.runtime.echoes import server_error
from analyzer.causes.runtime.findings import Finding
from analyzer.causes.runtime.profiles import Profile
from analyzer.causes.runtime.together import near_share
from analyzer.model import EventKind

_SECOND = 1_000_000_000
_BEFORE_DEATH = 30 * _SECOND
"""an error this long before the end of its instance may have ended it"""
_JITTER = 5 * _SECOND
"""the platform's clock is not the service's"""
_AFTER_DEATH = 120 * _SECOND
"""restarts follow one another within this; later errors need another reason"""
_MOST = 0.5


def lifecycles(a: Profile, b: Profile, deadly: frozenset[str]) -> Iterator[Finding]:
    """What the ends of instances say of `a` following from `b`. `deadly`: fingerprints after which instances ended."""
    same_service = bool(set(a.cluster.services) & set(b.cluster.services))
    fatal = b.said.fatal or b.fingerprint in deadly
    if same_service and not b.front and _stage(a) > _stage(b) and is_deadly(a, b):
        text = f"the instance ended (“{a.shown}”) within seconds after “{b.shown}”"
        yield Finding("death", text, (*b.entry_ids, *a.entry_ids))
        return
    if not fatal or ends(a) or b.cancelled or (ends(b) and not server_error(a)):
        return
    if same_service and server_error(a):
        share, _ = near_share(a, b, before_ns=_AFTER_DEATH if b.said.memory else _JITTER, after_ns=_JITTER)
        if share >= _MOST:
            text = f"the platform could not reach the instance that failed with “{b.shown}”"
            yield Finding("dead instance", text, (*a.entry_ids, *b.entry_ids))
            return
    if (same_service or b.service in a.named) and _afterwards(a, b):
        text = f"{b.service} failed with “{b.shown}” before, and could not serve"
        yield Finding("dead service", text, (*b.entry_ids, *a.entry_ids))


def deadly_among(profiles: Sequence[Profile]) -> frozenset[str]:
    """Fingerprints of the errors after which instances ended."""
    last_words = [p for p in profiles if ends(p)]
    able = [p for p in profiles if not (ends(p) or p.front or p.cancelled)]
    return frozenset(
        b.fingerprint
        for b in able
        if any(set(a.cluster.services) & set(b.cluster.services) and is_deadly(a, b) for a in last_words)
    )


def ends(a: Profile) -> bool:
    """Whether it tells the end of a process, and so may follow from an error before it."""
    return a.said.exit or (a.said.startup and not a.traced)


def _stage(a: Profile) -> int:
    """0 for an error, 1 for the service's own word that it ends, 2 for the platform's."""
    return 0 if not ends(a) else 2 if a.cluster.kind is EventKind.PLATFORM else 1


def is_deadly(a: Profile, b: Profile) -> bool:
    """Whether instances that print `b` end with `a` within seconds, most of them and most of the times.

    A second of slack: some loggers print the headline before the trace.
    """
    share_a, share_b = near_share(a, b, before_ns=_BEFORE_DEATH, after_ns=_JITTER if b.said.memory else _SECOND)
    return share_a >= _MOST and share_b >= _MOST


def _afterwards(a: Profile, b: Profile) -> bool:
    """Whether most of `a` was printed after the first of `b` and not long after its last."""
    if not a.sights or not b.sights:
        return False
    low = b.sights[0].start_ns - _JITTER
    # a service that could not start is down until it starts; what was killed comes back
    high = b.sights[-1].start_ns + _AFTER_DEATH * (30 if b.said.startup else 1)
    return sum(low <= s.end_ns and s.start_ns <= high for s in a.sights) > _MOST * len(a.sights)
