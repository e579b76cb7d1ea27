"""How often clusters occur here and in the baseline, for equal exposure, and what the numbers allow to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.cycles.exposure import Traffic
from analyzer.cycles.rates import compare_rates, discoveries, rule_of_three
from analyzer.model import Change, ChangeRate, Cluster, SeenOn

_FLOOR = 5
"""occurrences on the side that has more, below which no rate is called changed"""
_FLOOR_SPELLS = 3
"""requests or minutes in which these must have been: a burst is one event, whatever it printed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    per: str
    count: int
    exposure: float
    baseline_count: int
    baseline_exposure: float
    p_value: float
    small: bool
    """too few, or in too few requests or minutes, to be called changed"""


def rate_clusters(
    clusters: Sequence[Cluster], olds: Mapping[str, Sequence[Cluster]], here: Traffic, before: Traffic
) -> dict[str, ChangeRate]:
    """fingerprint → its rate; none where either window's exposure was not measured.

    `olds` are the baseline's clusters of the same error. Requests count where both windows have some on the routes of
    the cluster (on all routes of its services, where no request is known), else minutes. "More often" and "less often"
    are said of the ongoing ones together, with a false discovery rate of 5 %.
    """
    if not here.rows or not before.rows:
        return {}
    measured = {c.fingerprint: _measure(c, olds.get(c.fingerprint, ()), here, before) for c in clusters}
    ongoing = {c.fingerprint for c in clusters if c.change is Change.ONGOING and olds.get(c.fingerprint)}
    changed = discoveries({f: m.p_value for f, m in measured.items() if f in ongoing})
    return {
        c.fingerprint: _rate(
            measured[c.fingerprint], ongoing=c.fingerprint in ongoing, changed=c.fingerprint in changed
        )
        for c in clusters
    }


def _measure(cluster: Cluster, olds: Sequence[Cluster], here: Traffic, before: Traffic) -> _Measured:
    old_seen = [row for old in olds for row in old.seen_on]
    rows = [*cluster.seen_on, *old_seen]
    services = sorted({row.service for row in rows}) or sorted(cluster.services)
    pairs = []
    for service in services:
        mine = [row for row in rows if row.service == service]
        known = mine and all(row.requests and row.routes for row in mine)
        routes = sorted({route for row in mine for route in row.routes}) if known else []
        pairs.append((here.requests(service, routes), before.requests(service, routes)))
    asked_before = bool(pairs) and all(then for _, then in pairs)
    per_request = asked_before and (not cluster.count or all(now for now, _ in pairs))
    if per_request:
        exposure, baseline_exposure = float(sum(n for n, _ in pairs)), float(sum(n for _, n in pairs))
    else:
        exposure = round(sum(here.minutes(service) for service in services), 6)
        baseline_exposure = round(sum(before.minutes(service) for service in services), 6)
    baseline_count = sum(old.count for old in olds)
    more = cluster.seen_on if cluster.count >= baseline_count else old_seen
    return _Measured(
        per="request" if per_request else "minute",
        count=cluster.count,
        exposure=exposure,
        baseline_count=baseline_count,
        baseline_exposure=baseline_exposure,
        p_value=compare_rates(cluster.count, exposure, baseline_count, baseline_exposure),
        small=max(cluster.count, baseline_count) < _FLOOR or _spells(more) < _FLOOR_SPELLS,
    )


def _spells(rows: Sequence[SeenOn]) -> int:
    """Requests in which it was, where they are known, else minutes; runs of tests take few minutes, so either does."""
    return sum(max(row.requests, row.minutes) for row in rows)


def _rate(measured: _Measured, *, ongoing: bool, changed: bool) -> ChangeRate:
    bound = rule_of_three(measured.exposure) if measured.count == 0 else None
    if bound is not None and measured.per == "request":
        bound = min(1.0, bound)
    return ChangeRate(
        per=measured.per,
        count=measured.count,
        exposure=measured.exposure,
        baseline_count=measured.baseline_count,
        baseline_exposure=measured.baseline_exposure,
        p_value=measured.p_value,
        bound=bound,
        note=_note(measured, bound, ongoing=ongoing, changed=changed),
    )


def _note(measured: _Measured, bound: float | None, *, ongoing: bool, changed: bool) -> str:
    here = f"{measured.count} in {_amount(measured.exposure, measured.per)}"
    before = f"{measured.baseline_count} in {_amount(measured.baseline_exposure, measured.per)} of the baseline"
    if not measured.count:
        shown = f"; with 95 % confidence at most {bound:.2g} per {measured.per} now" if bound is not None else ""
        return f"{here}, {before}{shown}"
    if not ongoing or not measured.exposure or not measured.baseline_exposure:
        return f"{here}, {before}"
    if measured.small:
        return f"{here}, {before}: too few, or too much at once, to call the rate changed"
    if not changed:
        return f"{here}, {before}: no more different than chance makes it (p = {measured.p_value:.2g})"
    more = measured.count * measured.baseline_exposure > measured.baseline_count * measured.exposure
    return f"{'more' if more else 'less'} often: {here}, {before} (p = {measured.p_value:.2g})"


def _amount(exposure: float, per: str) -> str:
    number = f"{exposure:,.0f}" if per == "request" or exposure >= 10 else f"{exposure:.2g}"
    return f"{number} {per}" + ("" if number == "1" else "s")
