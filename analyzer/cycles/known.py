"""Accepted errors: which clusters are known, and which acceptances have run out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from analyzer.model import Cluster, KnownError, format_time, parse_time

_DAY_NS = 86_400_000_000_000


def apply_known(
    clusters: Sequence[Cluster], known: Iterable[KnownError], *, at_ns: int | None
) -> tuple[tuple[Cluster, ...], tuple[str, ...]]:
    """The clusters, in their order, with `known` set to the reason where they are accepted; and warnings, sorted.

    An error is accepted through the last moment (UTC) of the day `until`, as seen from `at_ns`, the end of the
    cycle's window: the same cycle analysed again says the same. It is found by fingerprint or alias; of several that
    fit the one that lasts longest counts. An acceptance that ran out is warned about where its error occurs, and the
    cluster counts again. Without a time nothing is accepted, and that is warned about too.
    """
    by_id: dict[str, list[KnownError]] = defaultdict(list)
    for error in known:
        by_id[error.fingerprint].append(error)
    out, warnings = [], set[str]()
    for cluster in clusters:
        fitting = [e for i in sorted({cluster.fingerprint, *cluster.aliases}) for e in by_id.get(i, ())]
        if not fitting or not cluster.count:
            out.append(cluster)
            continue
        last = max(fitting, key=lambda e: (e.until, e.fingerprint))
        if at_ns is not None and at_ns <= _end_of(last.until):
            out.append(replace(cluster, known=last.reason))
            continue
        out.append(cluster)
        warnings.add(_warning(cluster, last, at_ns))
    return tuple(out), tuple(sorted(warnings))


def _end_of(day: str) -> int:
    """The first moment after a day; a window that ends there lies within it, for its end is not part of it."""
    begin = parse_time(f"{day}T00:00:00Z")
    if begin is None:
        raise ValueError(f"{day!r} is not a day")
    return begin + _DAY_NS


def _warning(cluster: Cluster, error: KnownError, at_ns: int | None) -> str:
    what = f"{cluster.fingerprint} ({cluster.title[:120]})"
    if at_ns is None:
        return f"{what} is an accepted error until {error.until}, but the entries have no times: it counts"
    return (
        f"EXPIRED: {what} was accepted until {error.until} ({error.reason}) and occurs in this cycle, which ends "
        f"{format_time(at_ns)}: it counts again. Mend it, or accept it anew with "
        f"analyzer known add {error.fingerprint} --reason TEXT --until DATE"
    )
