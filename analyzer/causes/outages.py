"""Other places that fail on the same outage: what the same instance printed around it about not reaching something."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from analyzer.model import Cause, Cluster, CodePath, Context, Role

_MAX_APART_NS = 60_000_000_000
_MAX_SIBLINGS = 5
_LIKELY = 0.5
_WRITES = (Role.EMIT, Role.AUTHOR)
_UNREACHED = re.compile(
    r"(?i)\b(?:connect|connection|socket|host|server|upstream|database)\w{0,10}\b[^.\n]{0,60}"
    r"\b(?:fail|refus|reset|clos|lost|timed out|unavailable|unreachable)"
    r"|\b(?:fail|unable|could not|cannot)\w{0,6}\b[^.\n]{0,40}\b(?:connect|reach)|\btimed?[ -]?out\b|\bunreachable\b"
)
"""words of a text about something that was not reached, or not in time"""


def speaks_of_outage(cluster: Cluster) -> bool:
    """Whether a cluster's words say that something was not reached, or not in time."""
    return _UNREACHED.search(f"{cluster.title[:500]} {cluster.core[:500]}") is not None


def add_outage_siblings(
    causes: Sequence[Cause], clusters: Sequence[Cluster], contexts: Iterable[Context]
) -> tuple[Cause, ...]:
    """Causes that speak of an outage, with the statements that reported one in the same instance within a minute."""
    by_print = {c.fingerprint: c for c in clusters if c.count and c.noise is None and speaks_of_outage(c)}
    seen: dict[str, list[Context]] = defaultdict(list)
    for context in contexts:
        if context.fingerprint in by_print and context.instance and context.time_ns is not None:
            seen[context.fingerprint].append(context)
    return tuple(_with_others(cause, by_print, seen) for cause in causes)


def _with_others(cause: Cause, clusters: Mapping[str, Cluster], seen: Mapping[str, Sequence[Context]]) -> Cause:
    mine = [c for f in cause.fingerprints[:1] for c in seen.get(f, ())]
    found: list[CodePath] = []
    for fingerprint in sorted(seen):
        cluster = clusters[fingerprint]
        near = [(c.time_ns or 0) - (m.time_ns or 0) for m in mine for c in seen[fingerprint] if _near(m, c)]
        path = next((p for p in cluster.code_paths if p.role in _WRITES and p.confidence >= _LIKELY), None)
        if fingerprint in cause.fingerprints or not near or path is None:
            continue
        apart = min(near, key=lambda ns: (abs(ns), ns)) / 1e9
        when = f"{abs(apart):.1f} s {'earlier' if apart < 0 else 'later'}"
        said = f"the same instance reported an outage here {when}: “{cluster.title[:100]}”"
        found.append(replace(path, role=Role.SIBLING, unique=False, evidence=(said,)))
    known = {(p.file, p.line) for p in (*cause.siblings, *cause.code_paths)}
    new = [p for p in found if (p.file, p.line) not in known][:_MAX_SIBLINGS]
    return replace(cause, siblings=(*cause.siblings, *new)) if new else cause


def _near(one: Context, other: Context) -> bool:
    apart = abs((one.time_ns or 0) - (other.time_ns or 0))
    return (one.service, one.instance) == (other.service, other.instance) and apart <= _MAX_APART_NS
