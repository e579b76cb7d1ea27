"""Who calls whom: named in error texts, or seen by one service's lines enclosing another's in the same request."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from analyzer.causes.runtime.echoes import reports_a_call
from analyzer.causes.runtime.profiles import Profile
from analyzer.model import Context

Calls = frozenset[tuple[str, str]]
"""(caller, called), also by way of others"""


def calls_between(profiles: Sequence[Profile], contexts: Sequence[Context]) -> Calls:
    """Pairs of services of which the first calls the second. A pair that would stand both ways is left out.

    What texts name counts before what times show: clocks that differ by more than a request lasts can show anything,
    though mostly nothing, since intervals that are shifted enclose no other.
    """
    direct: dict[str, set[str]] = defaultdict(set)
    for profile in profiles:
        if reports_a_call(profile):
            for caller in profile.cluster.services:
                direct[caller] |= profile.named
    named = _closed(direct)
    for outer, inner in sorted(_enclosing(contexts)):
        if (inner, outer) not in named:
            direct[outer].add(inner)
    found = _closed(direct)
    return frozenset(pair for pair in found if pair[::-1] not in found or (pair in named and pair[::-1] not in named))


def _enclosing(contexts: Sequence[Context]) -> set[tuple[str, str]]:
    """Pairs of services where the lines of the first begin before and end after those of the second."""
    seen: Counter[tuple[str, str]] = Counter()
    for context in contexts:
        spans: dict[str, tuple[int, int]] = {}
        own = [(context.service, context.time_ns)]
        lines = [(x.service, x.time_ns) for x in (*context.before, *context.after) if x.same_request]
        for service, time_ns in (*own, *lines):
            if service and time_ns is not None:
                low, high = spans.get(service, (time_ns, time_ns))
                spans[service] = min(low, time_ns), max(high, time_ns)
        for outer, (start, end) in spans.items():
            for inner, (low, high) in spans.items():
                if outer != inner and start < low and high < end:
                    seen[outer, inner] += 1
    return {pair for pair, times in seen.items() if times > seen[pair[::-1]]}


def _closed(direct: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Every service that is reached from another, in any number of steps."""
    found: set[tuple[str, str]] = set()
    for caller in sorted(direct):
        reached, waiting = set[str](), sorted(direct[caller])
        while waiting:
            service = waiting.pop()
            if service not in reached:
                reached.add(service)
                waiting.extend(sorted(direct.get(service, ())))
        found.update((caller, service) for service in reached if service != caller)
    return found
