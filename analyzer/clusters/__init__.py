"""Signatures to clusters: folding, twins, noise.

Takes signed events (an error event with its signature); gives clusters with counts, exemplars and members.
Does not read code, history or the baseline.
"""

from analyzer.clusters.build import cluster_events
from analyzer.clusters.fold import SignedEvent

__all__ = ["SignedEvent", "cluster_events"]
