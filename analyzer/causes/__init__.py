"""Clusters and code paths to ranked causes with evidence.

Takes clusters (located, compared) and the tests; gives causes. Does not read files, and says `unknown` where nothing
proves more.
"""

from analyzer.causes.explaining import Explained, explain
from analyzer.causes.knowledge import Knowledge
from analyzer.causes.rank import deserve_cause, rank_causes

__all__ = ["Explained", "Knowledge", "deserve_cause", "explain", "rank_causes"]
