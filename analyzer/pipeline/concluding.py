"""What follows from a judged cycle: impact, next actions, trend, and where the loop is heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.fixes import Area, ServiceResource, impact_totals, judge_loop, next_actions, trend_points, weigh_impact
from analyzer.model import Past, PastCycle, Report


def conclude(
    report: Report,
    past: Past,
    *,
    areas: Sequence[Area] = (),
    resources: Mapping[str, ServiceResource] | None = None,
    repo_given: bool = True,
) -> Report:
    """The report with its conclusions; `past` is what came before its cycle."""
    impact = weigh_impact(areas, report.tests, report.clusters, past.cycles)
    actions = next_actions(
        report.causes,
        report.clusters,
        report.fixes,
        report.tests,
        report.ledger,
        cycle=report.cycle,
        past=past.cycles,
        impact=impact,
        known=past.known,
        deploys=report.deploys,
        resources=resources,
        repo_given=repo_given,
    )
    concluded = replace(
        report, impact=impact, impact_totals=impact_totals(impact), actions=actions, trend=trend_points(past.cycles)
    )
    loop = judge_loop((*past.cycles, PastCycle.of_report(concluded.to_dict())))
    return replace(concluded, loop=loop.word, loop_reason=loop.reason)
