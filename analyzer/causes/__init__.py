"""Clusters and code paths to ranked causes with evidence.

Takes clusters (located, compared) and the tests; gives causes. Does not read files, and says `unknown` where nothing
proves more.
"""

from analyzer.causes.knowledge import Advice, Knowledge
from analyzer.causes.rank import rank_causes

__all__ = ["Advice", "Knowledge", "rank_causes"]
