"""Clusters and code paths to ranked causes with evidence.

Takes clusters (located, compared) and the tests; gives causes. Does not read files, and says `unknown` where nothing
proves more.
"""

from analyzer.causes.explaining import Explained, explain
from analyzer.causes.joining import explain_links
from analyzer.causes.knowledge import Advice, Knowledge
from analyzer.causes.outages import add_outage_siblings
from analyzer.causes.rank import deserve_cause, rank_causes
from analyzer.causes.runtime import breadcrumb, contradictions, was_harmless
from analyzer.causes.suspects import suspect_commits

__all__ = [
    "Advice",
    "Explained",
    "Knowledge",
    "add_outage_siblings",
    "breadcrumb",
    "contradictions",
    "deserve_cause",
    "explain",
    "explain_links",
    "rank_causes",
    "suspect_commits",
    "was_harmless",
]
