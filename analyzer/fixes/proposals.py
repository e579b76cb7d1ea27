"""What actions are made of: a proposal before it is ranked, and what all proposals are read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from analyzer.fixes.commands import project_of, read_logs
from analyzer.fixes.log_filters import ServiceResource, cluster_filter
from analyzer.model import Cause, Cluster, CodePath, CycleInfo, Deploys, Evidence, Fix, Impact, TestRun

_MAX_TITLE = 160


class Tier(IntEnum):
    """How urgent a kind of action is: what the rest depends on comes first."""

    BLIND = 0
    """without it nothing else can be said"""
    RETURNED = 1
    """an error is back that was gone"""
    ROLLOUT = 2
    """a fix waits for its deploy or its traffic: cheap, and nothing can be said of it before"""
    FIX_FAILED = 3
    """a fix ran and did not do"""
    CAUSE = 4
    ODD = 5
    """passes that are suspicious, failures that no error explains, acceptances that are over"""
    UNSETTLED = 6
    """a fix that cannot be judged"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An action before it is ranked."""

    tier: Tier
    order: tuple[int, str]
    key: str
    other_keys: tuple[str, ...] = ()
    """keys that the same action may have had in an earlier cycle"""
    covers: tuple[str, ...] = ()
    """fingerprints that no other action need be about"""
    text: str
    command: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What this cycle found, and how its services are known to the cloud."""

    cycle: CycleInfo
    causes: Sequence[Cause]
    """by rank"""
    clusters: Mapping[str, Cluster]
    """by fingerprint and by alias"""
    fixes: Sequence[Fix]
    tests: TestRun | None
    impact: Sequence[Impact]
    deploys: Deploys | None
    resources: Mapping[str, ServiceResource] | None
    project: str | None
    repo_given: bool

    def names_of(self, fingerprint: str) -> tuple[str, ...]:
        """The fingerprint of its cluster and all its aliases; the fingerprint alone where no cluster has it."""
        cluster = self.clusters.get(fingerprint)
        return (cluster.fingerprint, *cluster.aliases) if cluster else (fingerprint,)

    def canonical(self, fingerprint: str) -> str:
        """The fingerprint that its cluster carries."""
        return self.names_of(fingerprint)[0]

    def cause_of(self, fingerprints: Iterable[str]) -> Cause | None:
        """The best cause that explains one of these clusters."""
        wanted = {self.canonical(f) for f in fingerprints}
        return next((c for c in self.causes if wanted & {self.canonical(f) for f in c.fingerprints}), None)

    def here(self, fingerprints: Iterable[str]) -> list[Cluster]:
        """Those of these clusters that occurred, by fingerprint."""
        found = {f: self.clusters[f] for f in map(self.canonical, fingerprints) if f in self.clusters}
        return [cluster for _, cluster in sorted(found.items()) if cluster.count]

    def told_by(self, evidence: Iterable[Evidence], but: Iterable[str]) -> list[str]:
        """Clusters that occurred and that evidence speaks of, by name or by an entry; sorted."""
        left_out = {self.canonical(f) for f in but}
        items = list(evidence)
        cited = {i for item in items for i in item.entry_ids}
        found = set()
        for cluster in {c.fingerprint: c for c in self.clusters.values()}.values():
            ids = {i for exemplar in cluster.exemplars for i in exemplar.entry_ids}
            ids |= {i for seen in cluster.seen_on for i in seen.entry_ids}
            named = any(name in item.text for item in items for name in (cluster.fingerprint, *cluster.aliases))
            if cluster.count and cluster.fingerprint not in left_out and (named or ids & cited):
                found.add(cluster.fingerprint)
        return sorted(found)

    def services_of(self, fingerprints: Iterable[str]) -> tuple[str, ...]:
        """Services of these clusters, sorted; those of the cycle where they have none."""
        found = {s for f in fingerprints if (c := self.clusters.get(f)) for s in c.services}
        return tuple(sorted(found or self.cycle.services))

    def title(self, fingerprint: str, otherwise: str = "") -> str:
        """What a cluster is called, in one line of bounded length."""
        cluster = self.clusters.get(fingerprint)
        text = " ".join((cluster.title if cluster else otherwise).split())
        return text if len(text) <= _MAX_TITLE else text[: _MAX_TITLE - 1] + "…"

    def logs_of(self, fingerprint: str) -> str:
        """The command that reads the entries of a cluster; of a saved report where the cloud does not know them."""
        cluster = self.clusters.get(fingerprint)
        if cluster is not None and self._is_in_the_cloud(cluster):
            found = cluster_filter(cluster, self.resources)
            if found is not None:
                return read_logs(found, project=self.project or project_of(cluster.services, self.resources))
        return f"analyzer show REPORT.json {fingerprint}"

    def _is_in_the_cloud(self, cluster: Cluster) -> bool:
        return self.resources is None or any(service in self.resources for service in cluster.services)


def place_of(path: CodePath) -> str:
    """`file:line (function)`."""
    return f"{path.file}:{path.line}" + (f" ({path.function})" if path.function else "")


def short(commit: str) -> str:
    """A commit as texts name it."""
    return commit[:10]
