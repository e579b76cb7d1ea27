"""What follows from a judged cycle: impact, next actions, trend, and where the loop is heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.fixes import (
    Area,
    ServiceResource,
    Suggestion,
    impact_totals,
    judge_loop,
    next_actions,
    trend_points,
    weigh_impact,
)
from analyzer.model import Action, Past, PastCycle, Report

_MOST = 8
"""actions; more are not done"""


def conclude(
    report: Report,
    past: Past,
    *,
    areas: Sequence[Area] = (),
    suggestions: Sequence[Suggestion] = (),
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
    actions = (*actions, *_claimable(suggestions, actions))
    concluded = replace(
        report, impact=impact, impact_totals=impact_totals(impact), actions=actions, trend=trend_points(past.cycles)
    )
    loop = judge_loop((*past.cycles, PastCycle.of_report(concluded.to_dict())))
    return replace(concluded, loop=loop.word, loop_reason=loop.reason)


def _claimable(suggestions: Sequence[Suggestion], actions: Sequence[Action]) -> list[Action]:
    """The first suggested claims that still find room below what must be done."""
    return [
        Action(
            priority=len(actions) + number,
            text=s.text,
            command=s.command,
            file=s.file,
            line=s.line,
            key=f"claim:{s.commit}:{s.fingerprint}",
        )
        for number, s in enumerate(suggestions[: max(0, _MOST - len(actions))], 1)
    ]
