"""analyzer: from staging logs, a repository and test results to the root cause behind the error.

The public names are those of `__all__`; importing this package imports neither pandas nor a cloud client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, analyze, cluster_messages, read_events
    from analyzer.errors import AnalyzerError
    from analyzer.events import parse_stack_traces
    from analyzer.pipeline import where
    from analyzer.signatures import mask
    from analyzer.sources import open_source

_HOMES = {
    "Analysis": "analyzer.analysis",
    "AnalyzerError": "analyzer.errors",
    "analyze": "analyzer.analysis",
    "cluster_messages": "analyzer.analysis",
    "mask": "analyzer.signatures",
    "open_source": "analyzer.sources",
    "parse_stack_traces": "analyzer.events",
    "read_events": "analyzer.analysis",
    "where": "analyzer.pipeline",
}

__all__ = [
    "Analysis",
    "AnalyzerError",
    "analyze",
    "cluster_messages",
    "mask",
    "open_source",
    "parse_stack_traces",
    "read_events",
    "where",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analyzer' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
