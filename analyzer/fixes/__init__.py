"""Claimed fixes, next actions, impact, and where the loop of cycles is heading.

Takes clusters, causes, tests and earlier cycles; gives `Fix`, `Action`, `Impact` and `TrendPoint` values. A verdict
needs deploy evidence and a history; until those are read every claim is `inconclusive`, with the reason.
"""

from analyzer.fixes.actions import next_actions
from analyzer.fixes.claims import judge_claims, parse_claim
from analyzer.fixes.impact import impact_totals, weigh_impact
from analyzer.fixes.impact_file import Area, read_impact
from analyzer.fixes.log_filters import ServiceResource, service_resources
from analyzer.fixes.loop import Loop, judge_loop, trend_points

__all__ = [
    "Area",
    "Loop",
    "ServiceResource",
    "impact_totals",
    "judge_claims",
    "judge_loop",
    "next_actions",
    "parse_claim",
    "read_impact",
    "service_resources",
    "trend_points",
    "weigh_impact",
]
