"""Claimed fixes, next actions, impact.

Takes clusters, causes and tests; gives `Fix`, `Action` and `Impact` values. A verdict needs deploy evidence and a
history; until those are read every claim is `inconclusive`, with the reason.
"""

from analyzer.fixes.actions import next_actions
from analyzer.fixes.claims import judge_claims, parse_claim
from analyzer.fixes.impact import read_impact, weigh_impact

__all__ = ["judge_claims", "next_actions", "parse_claim", "read_impact", "weigh_impact"]
