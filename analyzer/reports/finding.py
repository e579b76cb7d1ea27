"""The cluster or cause of a report that a user names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from analyzer.errors import ReportError
from analyzer.reports import wording
from analyzer.reports.hostile import shorten
from analyzer.reports.view import following_schema

_CAUSE = re.compile(r"(?:cause[ -]?)?(\d{1,6})", re.ASCII | re.IGNORECASE)


def find(report: Mapping[str, Any], id: str) -> Mapping[str, Any]:  # noqa: A002
    """The cluster (`s1:9f2c…`, an alias, or a prefix only one has, `s1:` left out if liked) or cause (`cause 1`, `1`).

    A cause has a `rank`, a cluster has none. Raises `ReportError` naming the ids that come close where none or
    several fit.
    """
    wanted = id.strip()
    with following_schema():
        return _cause(report, wanted) or _cluster(report, wanted)


def _cause(report: Mapping[str, Any], wanted: str) -> Mapping[str, Any] | None:
    found = _CAUSE.fullmatch(wanted)
    if not found:
        return None
    for cause in report["causes"]:
        if cause["rank"] == int(found[1]):
            found_cause: Mapping[str, Any] = cause
            return found_cause
    if wanted == found[1] and any(_hit(cluster, wanted) for cluster in report["clusters"]):
        return None  # the digits of a fingerprint
    ranks = [f"cause {cause['rank']}" for cause in report["causes"]]
    raise ReportError(f"the report has no cause {found[1]}", f"it has {wording.listed(ranks, 'no cause at all')}")


def _cluster(report: Mapping[str, Any], wanted: str) -> Mapping[str, Any]:
    hits = [c for c in report["clusters"] if _hit(c, wanted)] if wanted else []
    exact = [c for c in hits if wanted in (c["fingerprint"], *c["aliases"])]
    if len(exact or hits) == 1:
        hit: Mapping[str, Any] = (exact or hits)[0]
        return hit
    known = [c["fingerprint"] for c in report["clusters"]]
    if hits:
        close = [c["fingerprint"] for c in hits]
        raise ReportError(
            f"{len(hits)} clusters begin with {shorten(wanted, 80)!r}", f"say which: {wording.listed(close[:8])}"
        )
    close = difflib.get_close_matches(wanted, known, n=5, cutoff=0.5) or known[:5]
    raise ReportError(
        f"the report has no cluster {shorten(wanted, 80)!r}",
        f"close ids: {wording.listed(close)}" if close else "it has no cluster at all",
    )


def _hit(cluster: Mapping[str, Any], wanted: str) -> bool:
    """Whether the id begins like this, with or without its `s1:`."""
    ids = (cluster["fingerprint"], *cluster["aliases"])
    return any(one.startswith(wanted) or one.partition(":")[2].startswith(wanted) for one in ids)
