"""Claimed fixes, next actions, impact, and where the loop of cycles is heading.

Takes clusters, causes, tests, revisions and the past; gives `Fix`, `Action`, `Impact` and `TrendPoint` values.
`fix_facts` gathers what is known of a claim, `judge_fix` decides by a written table (docs/fixes.md).
"""

from analyzer.fixes.actions import next_actions
from analyzer.fixes.claims import Suggestion, is_about, parse_claim, suggest_claims
from analyzer.fixes.decision import CELLS
from analyzer.fixes.facts import Earlier, combine_relevance, fix_facts
from analyzer.fixes.impact import impact_totals, weigh_impact
from analyzer.fixes.impact_file import Area, read_impact
from analyzer.fixes.log_filters import ServiceResource, service_resources
from analyzer.fixes.loop import Loop, judge_loop, trend_points
from analyzer.fixes.rollout import rollouts
from analyzer.fixes.verdict import answers_of, judge_fix

__all__ = [
    "CELLS",
    "Area",
    "Earlier",
    "Loop",
    "ServiceResource",
    "Suggestion",
    "answers_of",
    "combine_relevance",
    "fix_facts",
    "impact_totals",
    "is_about",
    "judge_fix",
    "judge_loop",
    "next_actions",
    "parse_claim",
    "read_impact",
    "rollouts",
    "service_resources",
    "suggest_claims",
    "trend_points",
    "weigh_impact",
]
