"""An error that the baseline did not have: new, back after it was cured, or merely not seen for a while."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analyzer.cycles.baseline import Baseline
from analyzer.cycles.matching import ids_of
from analyzer.model import Change, Cluster, Deploys, Past, PastCycle, RevisionDeploy, Verdict

_NUMBERED = re.compile(r"(.{1,200})-(\d{5})-[a-z0-9]{3}", re.ASCII)
"""how Cloud Run names revisions that were given no name: `service-00042-abc`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What to call a cluster that the baseline did not have, and why where the name does not say it."""

    change: Change
    reason: str | None = None


class Returns:
    """The earlier cycles, asked for one cluster after the other."""

    def __init__(self, past: Past, baseline: Baseline, deploys: Deploys, resolved_before: Collection[str] = ()) -> None:
        """`deploys` are those of this cycle; `resolved_before` are fingerprints cured in a cycle not told of."""
        self._cycles = _in_order(past.cycles, baseline)
        self._unseen = {
            one for cluster in baseline.clusters if _is(cluster, Change.NOT_SEEN) for one in ids_of(cluster)
        }
        self._baseline = baseline.name
        self._resolved_before = {*resolved_before}
        self._order = _Order(self._cycles, (*baseline.deploys.revisions, *deploys.revisions), deploys)

    def judge(self, cluster: Cluster) -> Return:
        """New where no earlier cycle knows it; regressed where the last one that says something found it cured.

        Never regressed by revisions that are older than the one on which it was found cured, or that cannot be put in
        order with it: those are draining or were rolled back to, and still have what was cured.
        """
        ids = ids_of(cluster)
        seen: PastCycle | None = None
        cured: PastCycle | None = None
        for cycle in self._cycles:
            if not ids.isdisjoint(cycle.seen):
                seen, cured = cycle, None
            elif not ids.isdisjoint(cycle.resolved) or _verified(cycle, ids):
                cured = cycle
        if cured is not None:
            return self._back(cluster, cured)
        if ids & self._resolved_before:
            return Return(change=Change.REGRESSED, reason="an earlier cycle found it resolved")
        if seen is not None:
            return Return(
                change=Change.ONGOING,
                reason=f"not in the baseline, but cycle {seen.name} had it and none since found it resolved",
            )
        if ids & self._unseen:
            return Return(
                change=Change.ONGOING,
                reason=f"cycle {self._baseline} did not see it, for want of exposure, and nothing found it resolved",
            )
        return Return(change=Change.NEW)

    def _back(self, cluster: Cluster, cured: PastCycle) -> Return:
        where = [(row.service, row.revision) for row in cluster.seen_on]
        where = where or [(s, r) for s in cluster.services for r in cluster.revisions if len(cluster.services) == 1]
        newest = {service: self._order.newest(service, cured) for service, _ in where}
        found = [(service, revision, self._order.is_older(service, revision, cured)) for service, revision in where]
        if not found or any(older is False for _, _, older in found):
            on = sorted({revision for _, revision, older in found if older is False and revision})
            return Return(
                change=Change.REGRESSED,
                reason=f"cycle {cured.name} found it resolved; back on {', '.join(on) or 'what runs now'}",
            )
        shown = ", ".join(sorted({revision or f"unnamed revisions of {service}" for service, revision, _ in found}))
        latest = ", ".join(sorted({name for name in newest.values() if name})) or "revisions that are not known"
        if all(older for _, _, older in found):
            why = f"only on {shown}, older than {latest}: it drains, or was rolled back to"
        else:
            why = f"only on {shown}, and whether that is older than {latest} is not known"
        return Return(change=Change.ONGOING, reason=f"cycle {cured.name} found it resolved on {latest}; here {why}")


def _is(cluster: Cluster, change: Change) -> bool:
    return cluster.count == 0 and cluster.change is change


def _verified(cycle: PastCycle, ids: Collection[str]) -> bool:
    return any(fix.verdict == Verdict.VERIFIED and not {*fix.claims}.isdisjoint(ids) for fix in cycle.fixes)


def _in_order(cycles: Sequence[PastCycle], baseline: Baseline) -> tuple[PastCycle, ...]:
    """The cycles oldest first, the baseline among them also where it is only a file."""
    span = baseline.from_ns, baseline.to_ns
    if any((cycle.from_ns, cycle.to_ns) == span and cycle.name == baseline.name for cycle in cycles):
        return tuple(cycles)
    own = PastCycle(
        key="",
        name=baseline.name,
        from_ns=baseline.from_ns,
        to_ns=baseline.to_ns,
        seen=tuple(sorted({one for c in baseline.clusters if c.count > 0 for one in ids_of(c)})),
        resolved=tuple(sorted({one for c in baseline.clusters if _is(c, Change.RESOLVED) for one in ids_of(c)})),
        revisions=tuple((service, revision, None) for service, revision in baseline.served),
    )
    end = baseline.to_ns
    after = [at for at, c in enumerate(cycles) if end is not None and c.to_ns is not None and c.to_ns > end]
    at = after[0] if after else len(cycles)
    return (*cycles[:at], own, *cycles[at:])


class _Order:
    """Which of two revisions of a service is older, as far as names, deploys and earlier cycles tell."""

    def __init__(self, cycles: Sequence[PastCycle], known: Sequence[RevisionDeploy], deploys: Deploys) -> None:
        self._first: dict[tuple[str, str], int] = {}
        for at, cycle in enumerate(cycles):
            for service, revision, _ in cycle.revisions:
                self._first.setdefault((service, revision), at)
        self._place = {(row.service, row.revision): at for at, row in enumerate(deploys.revisions)}
        self._made = {
            (row.service, row.revision): min(times)
            for row in known
            if (times := [t for t in (row.deployed_ns, row.ready_ns) if t is not None])
        }

    def newest(self, service: str, cycle: PastCycle) -> str | None:
        """The newest revision of a service in a cycle; None where none is known, or several are that have no order."""
        mine = [revision for name, revision, _ in cycle.revisions if name == service and revision]
        for one in sorted(mine):
            if all(one == other or self._older(service, other, one) for other in mine):
                return one
        return None

    def is_older(self, service: str, revision: str, cured: PastCycle) -> bool | None:
        """Whether a revision is older than the newest one of the cycle that cured; None where that is not decidable.

        Where that cycle knows no revisions at all, what runs now is not older: nothing speaks of an older one.
        """
        mine = {name for s, name, _ in cured.revisions if s == service and name}
        if not mine:
            return False
        if not revision:
            return None
        newest = self.newest(service, cured)
        if newest is None:
            return None
        if revision == newest:
            return False
        return self._older(service, revision, newest, cured)

    def _older(self, service: str, one: str, other: str, cured: PastCycle | None = None) -> bool | None:
        numbers = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
        if numbers[0] and numbers[1] and numbers[0][1] == numbers[1][1]:
            return int(numbers[0][2]) < int(numbers[1][2])
        keys = (service, one), (service, other)
        made = [self._made.get(key) for key in keys]
        if made[0] is not None and made[1] is not None and made[0] != made[1]:
            return made[0] < made[1]
        if made[0] is not None and cured is not None and cured.from_ns is not None and made[0] < cured.from_ns:
            return None  # there, but not asked, while the other served: older, or a newer one without traffic
        places = [self._place.get(key) for key in keys]
        if places[0] is not None and places[1] is not None:
            return places[0] < places[1]
        firsts = [self._first.get(key) for key in keys]
        if firsts[0] is None:
            return False if firsts[1] is not None else None
        if firsts[1] is None or firsts[0] == firsts[1]:
            return None
        return firsts[0] < firsts[1]
