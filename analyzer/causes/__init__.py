"""Clusters and code paths to ranked causes with evidence.

Takes clusters (located, compared) and the tests; gives causes. Does not read files, and says `unknown` where nothing
proves more.
"""

from analyzer.causes.joining import explain_links
from analyzer.causes.rank import rank_causes
from analyzer.causes.runtime import breadcrumb, contradictions, was_harmless

__all__ = ["breadcrumb", "contradictions", "explain_links", "rank_causes", "was_harmless"]
