"""Clusters and code paths to ranked causes with evidence.

Takes clusters (located, compared) and the tests; gives causes. Does not read files, and says `unknown` where nothing
proves more.
"""

from analyzer.causes.rank import rank_causes
from analyzer.causes.suspects import suspect_commits

__all__ = ["rank_causes", "suspect_commits"]
