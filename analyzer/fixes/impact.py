"""Impact: which configured areas are at risk, protected or unknown, and what that sums up to.

| status | when |
|---|---|
| at_risk | a test of the area fails, or an ERROR occurs that comes from its paths |
| unknown | no test of it passed (a skip is no pass), one passed suspiciously, or an ERROR may come from its paths |
| protected | its tests ran, all that ran passed, and none is suspicious |

Totals count each value once: an area its value up to its cap; a pool the largest value of its areas, or, where it has a
cap, the sum of their values up to the cap. A pool is as its worst area is: at_risk, then unknown, then protected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from fnmatch import translate

from analyzer.fixes.impact_file import Area
from analyzer.model import Cluster, Impact, ImpactTotal, PastCycle, Severity, TestResult, TestRun, TestStatus

AT_RISK, UNKNOWN, PROTECTED = "at_risk", "unknown", "protected"
_WORST_FIRST = (AT_RISK, UNKNOWN, PROTECTED)
_SURE = 0.5
"""from this confidence on an error comes from a place; below it may"""


def weigh_impact(
    areas: Sequence[Area],
    tests: TestRun | None,
    clusters: Sequence[Cluster] = (),
    past: Sequence[PastCycle] = (),
) -> tuple[Impact, ...]:
    """One `Impact` an area, in their order. `past` are earlier cycles, oldest first.

    Noise and accepted errors put nothing at risk.
    """
    errors = [c for c in clusters if c.count and c.severity >= Severity.ERROR and not c.noise and not c.known]
    errors.sort(key=lambda c: c.fingerprint)
    results = sorted(tests.results, key=lambda r: r.test) if tests else []
    return tuple(_weigh(area, results, errors, past) for area in areas)


def impact_totals(impacts: Iterable[Impact]) -> tuple[ImpactTotal, ...]:
    """What is protected, at risk and unknown in each unit, by unit; every value counts once."""
    shared: dict[tuple[str, str], list[Impact]] = {}
    amounts: dict[str, dict[str, list[float]]] = {}
    for impact in impacts:
        amounts.setdefault(impact.unit, {status: [] for status in _WORST_FIRST})
        if impact.pool is not None:
            shared.setdefault((impact.unit, impact.pool), []).append(impact)
        else:
            value = impact.value if impact.cap is None else min(impact.value, impact.cap)
            amounts[impact.unit][impact.status].append(value)
    for (unit, _), members in shared.items():
        worst = min((m.status for m in members), key=_WORST_FIRST.index)
        amounts[unit][worst].append(_pool_value(members))
    return tuple(
        ImpactTotal(
            unit=unit,
            protected=math.fsum(found[PROTECTED]),
            at_risk=math.fsum(found[AT_RISK]),
            unknown=math.fsum(found[UNKNOWN]),
        )
        for unit, found in sorted(amounts.items())
    )


def _pool_value(members: Sequence[Impact]) -> float:
    caps = [m.cap for m in members if m.cap is not None]
    if not caps:
        return max(m.value for m in members)
    return min(*caps, math.fsum(m.value for m in members))


def _weigh(area: Area, results: Sequence[TestResult], errors: Sequence[Cluster], past: Sequence[PastCycle]) -> Impact:
    named, placed, labelled = _matcher(area.tests), _matcher(area.paths), _matcher(area.labels)
    mine = [
        r
        for r in results
        if named.fullmatch(r.test)
        or (r.file is not None and placed.fullmatch(r.file))
        or any(labelled.fullmatch(label) for label in r.labels)
    ]
    sure = [c for c in errors if _comes_from(c, placed) >= _SURE]
    doubtful = [c for c in errors if 0 < _comes_from(c, placed) < _SURE]
    status, named_tests, reason = _status(mine, sure, doubtful)
    return Impact(
        area=area.name,
        value=area.value,
        unit=area.unit,
        status=status,
        tests=tuple(r.test for r in named_tests),
        delta=_delta(area, status, past),
        reason=reason,
        clusters=tuple(c.fingerprint for c in (*sure, *doubtful)),
        pool=area.pool,
        cap=area.cap,
    )


def _status(
    mine: Sequence[TestResult], sure: Sequence[Cluster], doubtful: Sequence[Cluster]
) -> tuple[str, Sequence[TestResult], str]:
    """The status, the tests it rests on, and why."""
    failing = [r for r in mine if r.status.outcome == "failed"]
    passing = [r for r in mine if r.status is TestStatus.PASSED]
    odd = [r for r in passing if r.suspicious]
    if failing or sure:
        why = [f"{len(failing)} of {_count(len(failing) + len(passing), 'test')} failed"] if failing else []
        why += [f"{_count(len(sure), 'error')} came from its code"] if sure else []
        return AT_RISK, failing, " and ".join(why)
    if odd:
        return UNKNOWN, odd, f"{len(odd)} of {_count(len(passing), 'passed test')} passed in a suspicious way"
    if doubtful:
        return UNKNOWN, passing, f"{_count(len(doubtful), 'error')} may have come from its code"
    if not passing:
        skipped = f"all of {_count(len(mine), 'test')} skipped" if mine else "no test of it ran"
        return UNKNOWN, mine, skipped
    return PROTECTED, passing, f"{_count(len(passing), 'test')} passed, none failed"


def _comes_from(cluster: Cluster, pattern: re.Pattern[str]) -> float:
    return max((p.confidence for p in cluster.code_paths if pattern.fullmatch(p.file)), default=0.0)


def _matcher(patterns: Sequence[str]) -> re.Pattern[str]:
    """Shell patterns, or the very text: the brackets of `test_it[a]` need no escape."""
    parts = [part for text in patterns for part in (translate(text), re.escape(text))]
    return re.compile("|".join(parts) or r"(?!)")  # without patterns nothing matches


def _delta(area: Area, status: str, past: Sequence[PastCycle]) -> str | None:
    known = [(cycle.name, impact) for cycle in past for impact in cycle.impact if impact.area == area.name]
    if not known:
        return None
    name, last = known[-1]
    same = 0
    while same < len(known) and known[-1 - same][1].status == status:
        same += 1
    if same:
        text = f"{_words(status)} since cycle {known[-same][0]}"
    else:
        text = f"was {_words(last.status)} in cycle {name}"
    if (last.value, last.unit) != (area.value, area.unit):
        text += f"; counted {last.value:,.15g} {last.unit} then"
    return text


def _words(status: str) -> str:
    return status.replace("_", " ")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
