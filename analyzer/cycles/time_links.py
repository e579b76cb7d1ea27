"""Tests and clusters that share nothing but the time: how much oftener an error occurs while a test runs.

Errors within BURST_NS of each other are one burst, for a retry repeats what happened once. A burst counts for a
test only where no other test can have been running (`running`). It is compared with the time in which other tests ran;
idle time is left out, for there nothing happens anyway. Two findings count, each with an exact one-sided test whose
p-value is multiplied by the number of clusters looked at (Bonferroni) and must not exceed MAX_CHANCE:

* one test: at least two bursts in it, more than its share of the time allows (binomial test);
* failed tests together: the bursts lie in two or more failed tests, more than their share of the time allows
  (binomial), and failed tests are hit more often than passed ones (hypergeometric test); the larger p-value counts.

One burst in one test is never enough: something always happens in the same minute.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.cycles.chances import binomial_tail, hypergeometric_tail
from analyzer.cycles.id_links import entries_of, occurrence_ids, order
from analyzer.cycles.running import TestTimes
from analyzer.model import Cluster, Occurrence, TestLink, TestResult

BURST_NS = 1_000_000_000
MAX_CHANCE = 0.01
_CLEARLY = 10.0
"""times smaller the p-value of one error must be than that of an unrelated one to be told apart from it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cluster on one service, and one test in whose time it occurs oftener than else."""

    test: str
    fingerprint: str
    service: str
    bursts: int
    """while only this test can have been running"""
    elsewhere: int
    """bursts while other tests ran and this one did not"""
    lift: float
    """rate in it by the rate elsewhere; where nothing occurs elsewhere, by that of one burst"""
    chance: float
    """p-value, corrected"""
    together: int
    """failed tests that are hit alike; 1 where the test is told by itself"""
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """The bursts of one cluster on one service."""

    fingerprint: str
    service: str
    times_ns: tuple[int, ...]
    occurrences: tuple[tuple[Occurrence, ...], ...]


def bursts_of(occurrences: Iterable[Occurrence], clusters: Iterable[Cluster], times: TestTimes) -> list[Bursts]:
    """The bursts of errors while tests ran, by cluster and service; noise and warnings are left out."""
    wanted = {cluster.fingerprint for cluster in clusters if cluster.noise is None}
    by_key: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for one in occurrences:
        if one.fingerprint in wanted and one.event.is_error and one.event.time_ns is not None:
            by_key[one.fingerprint, one.event.service].append(one)
    found = []
    for (fingerprint, service), all_of_it in sorted(by_key.items(), key=lambda item: item[0]):
        starts: list[int] = []
        members: list[list[Occurrence]] = []
        last: int | None = None
        for one in sorted(all_of_it, key=order):
            now = one.event.time_ns or 0
            if last is None or now - last > BURST_NS:
                starts.append(now)
                members.append([])
            members[-1].append(one)
            last = now
        kept = [at for at, start in enumerate(starts) if times.owner(start) is not None]
        if kept:
            found.append(
                Bursts(
                    fingerprint=fingerprint,
                    service=service,
                    times_ns=tuple(starts[at] for at in kept),
                    occurrences=tuple(tuple(members[at]) for at in kept),
                )
            )
    return found


def find_by_time(results: Sequence[TestResult], bursts: Sequence[Bursts], times: TestTimes) -> list[Finding]:
    """Every test and cluster that time alone ties together, by test, then the least likely chance first."""
    failed = {r.test for r in results if r.status.outcome == "failed"} & times.alone_ns.keys()
    known = len({one.fingerprint for one in bursts})
    found: list[Finding] = []
    for one in bursts:
        owners = [times.owner(time_ns) for time_ns in one.times_ns]
        hits = Counter(owner for owner in owners if owner)
        joint = _together(hits, failed, times) * known
        hit_failed = sum(test in failed for test in hits)
        for test, count in sorted(hits.items()):
            start, end = times.spans[test]
            outside_ns = times.total_ns - (end - start)
            elsewhere = len(one.times_ns) - times.inside(test, one.times_ns)
            share = times.alone_ns[test] / (times.alone_ns[test] + outside_ns)
            alone = binomial_tail(count, count + elsewhere, share) * known if count > 1 and outside_ns else 1.0
            grouped = joint if test in failed else 1.0
            if min(alone, grouped) > MAX_CHANCE:
                continue
            rate = count / times.alone_ns[test]
            found.append(
                Finding(
                    test=test,
                    fingerprint=one.fingerprint,
                    service=one.service,
                    bursts=count,
                    elsewhere=elsewhere,
                    lift=rate * outside_ns / max(elsewhere, 1),
                    chance=min(alone, grouped),
                    together=1 if alone <= MAX_CHANCE else hit_failed,
                    occurrences=tuple(
                        o for at, owner in enumerate(owners) if owner == test for o in one.occurrences[at]
                    ),
                )
            )
    return sorted(found, key=lambda f: (f.test, f.chance, f.fingerprint, f.service))


def time_links(findings: Sequence[Finding], clusters: Iterable[Cluster]) -> tuple[TestLink, ...]:
    """The links of one failed test, none where two errors that have nothing to do with each other fit alike."""
    best: dict[str, Finding] = {}
    for one in findings:
        best.setdefault(one.fingerprint, one)
    if not best:
        return ()
    ordered = sorted(best.values(), key=lambda f: (f.chance, f.fingerprint))
    chain = _chain(ordered[0], ordered, {c.fingerprint: c for c in clusters})
    rivals = [f.chance for f in ordered if f.fingerprint not in chain]
    if rivals and min(rivals) < ordered[0].chance * _CLEARLY:
        return ()
    return tuple(
        TestLink(
            fingerprint=f.fingerprint,
            by="time",
            evidence=_sentence(f),
            lift=f.lift,
            entry_ids=entries_of(f.occurrences),
        )
        for f in ordered
        if f.fingerprint in chain
    )


def clocks_agree(results: Sequence[TestResult], occurrences: Iterable[Occurrence], times: TestTimes) -> tuple[int, int]:
    """(tests, of them agreeing): failed tests tied to an error by text or id, and those whose time holds one of it."""
    seen: dict[str, list[int]] = defaultdict(list)
    for one in occurrences:
        if one.event.time_ns is not None:
            seen[one.fingerprint].append(one.event.time_ns)
    for told in seen.values():
        told.sort()
    tied = [
        any(times.inside(r.test, seen[link.fingerprint]) for link in r.links if link.fingerprint in seen)
        for r in results
        if r.test in times.spans and any(link.fingerprint in seen for link in r.links)
    ]
    return len(tied), sum(tied)


def _together(hits: Mapping[str, int], failed: set[str], times: TestTimes) -> float:
    """The p-value that the bursts fall into failed tests by chance; 1 where fewer than two are hit."""
    hit = [test for test in hits if test in failed]
    if len(hit) < 2:
        return 1.0
    in_failed_ns = sum(times.alone_ns[test] for test in sorted(failed))
    by_time = binomial_tail(sum(hits[t] for t in hit), sum(hits.values()), in_failed_ns / sum(times.alone_ns.values()))
    if by_time > MAX_CHANCE:
        return 1.0
    by_test = hypergeometric_tail(len(hit), len(hits), len(failed), len(times.alone_ns))
    return max(by_time, by_test)


def _chain(first: Finding, all_of_them: Sequence[Finding], clusters: Mapping[str, Cluster]) -> set[str]:
    """The clusters that belong to the error of `first`: related to it, or seen in a request of it."""
    chain, ids = {first.fingerprint}, {i for o in first.occurrences for i in occurrence_ids(o)}
    grown = True
    while grown:
        grown = False
        for other in all_of_them:
            if other.fingerprint in chain:
                continue
            own = {i for o in other.occurrences for i in occurrence_ids(o)}
            known = clusters.get(other.fingerprint)
            related = set(known.related) if known else set()
            related |= {f for f in chain if (c := clusters.get(f)) and other.fingerprint in c.related}
            if own & ids or related & chain:
                chain.add(other.fingerprint)
                ids |= own
                grown = True
    return chain


def _sentence(found: Finding) -> str:
    where = f" on {found.service}" if found.service else ""
    bursts = "1 time" if found.bursts == 1 else f"{found.bursts} times"
    rest = f"{found.elsewhere} times" if found.elsewhere != 1 else "1 time"
    at_least = "" if found.elsewhere else "at least "
    told = (
        f"occurs{where} {bursts} while only this test ran and {rest} while others did, "
        f"{at_least}{found.lift:.1f} times as often"
    )
    if found.together > 1:
        told += f"; so it does in {found.together} failed tests"
    return f"{told} (by chance: p = {found.chance:.2g})"
