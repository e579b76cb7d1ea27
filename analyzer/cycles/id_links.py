"""Tests and clusters that share the id of a request."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.model import Cluster, Occurrence, TestLink, TestResult

MAX_ENTRIES = 3
"""entries that a link names as its evidence"""
_TRACE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIds:
    """The occurrences of one cluster that carry ids of one test, in the order of time."""

    fingerprint: str
    ids: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]

    @property
    def errors(self) -> int:
        """How many of them are errors, not warnings."""
        return sum(one.event.is_error for one in self.occurrences)


def occurrence_ids(one: Occurrence) -> set[str]:
    """Every id of the request in which it happened, in small letters."""
    found = {i.lower() for i in one.request_ids}
    if one.event.trace:
        found.add(one.event.trace.rpartition("/")[2].lower())
    return found


def shared_ids(
    results: Iterable[TestResult], occurrences: Sequence[Occurrence], clusters: Iterable[Cluster]
) -> Mapping[str, tuple[SharedIds, ...]]:
    """By test the clusters that share ids with it, most occurrences first.

    An id that stands in several tests belongs to none of them: it is that of a session, or a constant. Noise is
    left out.
    """
    holders: dict[str, list[str]] = defaultdict(list)
    for result in results:
        for one in result.ids:
            holders[one].append(result.test)
    test_of = {one: tests[0] for one, tests in holders.items() if len(tests) == 1}
    if not test_of:
        return {}
    wanted = {cluster.fingerprint for cluster in clusters if cluster.noise is None}
    found: dict[str, dict[str, tuple[set[str], list[Occurrence]]]] = defaultdict(dict)
    for occurrence in sorted((o for o in occurrences if o.fingerprint in wanted), key=order):
        by_test: dict[str, set[str]] = defaultdict(set)
        for one in occurrence_ids(occurrence):
            if one in test_of:
                by_test[test_of[one]].add(one)
        for test, ids in by_test.items():
            known, seen = found[test].setdefault(occurrence.fingerprint, (set(), []))
            known |= ids
            seen.append(occurrence)
    return {
        test: tuple(
            sorted(
                (
                    SharedIds(fingerprint=fingerprint, ids=tuple(sorted(ids)), occurrences=tuple(seen))
                    for fingerprint, (ids, seen) in of_cluster.items()
                ),
                key=lambda shared: (-len(shared.occurrences), shared.fingerprint),
            )
        )
        for test, of_cluster in sorted(found.items())
    }


def id_links(shared: Sequence[SharedIds]) -> tuple[TestLink, ...]:
    """The links of a failed test: to the clusters that hold errors, to those of warnings only where there are none."""
    errors = [one for one in shared if one.errors]
    return tuple(
        TestLink(
            fingerprint=one.fingerprint,
            by="trace" if _TRACE.fullmatch(one.ids[0]) else "request",
            evidence=f"{_count(len(one.occurrences))} of it carries the id {one.ids[0]} of this test"
            if len(one.occurrences) == 1
            else f"{_count(len(one.occurrences))} of it carry the id {one.ids[0]} of this test",
            entry_ids=entries_of(one.occurrences),
        )
        for one in errors or shared
    )


def entries_of(occurrences: Iterable[Occurrence]) -> tuple[str, ...]:
    """The first entries of the first occurrences."""
    found = dict.fromkeys(i for one in occurrences for i in one.event.entry_ids[:1])
    return tuple(found)[:MAX_ENTRIES]


def order(one: Occurrence) -> tuple[bool, int, tuple[str, ...]]:
    """The order of time; whatever the order of arrival."""
    return one.event.time_ns is None, one.event.time_ns or 0, one.event.entry_ids


def _count(number: int) -> str:
    return "1 occurrence" if number == 1 else f"{number} occurrences"
