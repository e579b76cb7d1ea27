"""What changed between two saved cycles: errors, tests, pass rates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from analyzer.cycles import baseline_of, compare_clusters, compare_tests
from analyzer.model import Change, Cluster, Severity, TestRun
from analyzer.signatures import similarity


def diff_reports(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    names: tuple[str, str] = ("A", "B"),
    resolved_before: Collection[str] = (),
) -> dict[str, Any]:
    """How the report `after` differs from `before`, as `analyzer diff --json` prints it.

    `clusters`: by change a list of `{"fingerprint", "title", "severity", "noise", "before", "after", "alias_reason"}`,
    counts before and after. `tests`: both pass rates, and the delta and transitions of the contract; null where one
    side has no tests. `names` say in errors where the reports come from; `resolved_before` are fingerprints that a
    still earlier cycle found resolved. Raises `ReportError`.
    """
    old, new = baseline_of(before, name=names[0]), baseline_of(after, name=names[1])
    compared = compare_clusters(
        [c for c in new.clusters if c.count],
        old,
        similarity=similarity,
        services_seen=new.services,
        resolved_before=resolved_before,
        exposure=new.exposure,
        deploys=new.deploys,
    )
    counts = {i: c.count for c in old.clusters for i in (c.fingerprint, *c.aliases)}
    by_change: dict[str, list[dict[str, Any]]] = {change.value: [] for change in Change}
    for cluster in compared:
        if cluster.change is not None:
            by_change[cluster.change.value].append(_line(cluster, counts))
    run = compare_tests(new.tests, old.tests) if new.tests and old.tests else None
    return {
        "a": _side(before, old.clusters, old.tests),
        "b": _side(after, new.clusters, new.tests),
        "clusters": by_change,
        "tests": {
            "delta": run.delta.to_dict() if run.delta else None,
            "transitions": [t.to_dict() for t in run.transitions],
            "warnings": list(run.warnings),
        }
        if run
        else None,
    }


def _line(cluster: Cluster, counts: Mapping[str, int]) -> dict[str, Any]:
    ids = (cluster.fingerprint, *cluster.aliases)
    return {
        "fingerprint": cluster.fingerprint,
        "title": cluster.title,
        "severity": cluster.severity.name,
        "noise": cluster.noise,
        "before": next((counts[i] for i in ids if i in counts), 0),
        "after": cluster.count,
        "alias_reason": cluster.alias_reason,
    }


def _side(report: Mapping[str, Any], clusters: Collection[Cluster], tests: TestRun | None) -> dict[str, Any]:
    cycle = report["cycle"]
    return {
        "name": cycle["name"],
        "window": cycle["window"],
        "services": cycle["services"],
        "pass_rate": tests.pass_rate if tests else None,
        "errors": sum(c.count > 0 and c.severity >= Severity.ERROR and not c.noise for c in clusters),
    }
