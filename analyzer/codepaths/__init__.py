"""The index of a repository; clusters to file, line, function at a commit.

Takes texts and frames; gives code paths; never writes to the repository and never runs its code.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.codepaths.ancestry import Ancestry, open_ancestry
    from analyzer.codepaths.commits import RepositoryHistory, open_history
    from analyzer.codepaths.opening import open_repository, resolve_commit
    from analyzer.codepaths.permalinks import link_commits
    from analyzer.codepaths.repository import RepositoryIndex
    from analyzer.codepaths.touching import commits_touching
    from analyzer.codepaths.trailers import read_trailers

__all__ = [
    "Ancestry",
    "RepositoryHistory",
    "RepositoryIndex",
    "commits_touching",
    "link_commits",
    "open_ancestry",
    "open_history",
    "open_repository",
    "read_trailers",
    "resolve_commit",
]

_HOMES = {
    "Ancestry": "ancestry",
    "RepositoryHistory": "commits",
    "RepositoryIndex": "repository",
    "commits_touching": "touching",
    "link_commits": "permalinks",
    "open_ancestry": "ancestry",
    "open_history": "commits",
    "open_repository": "opening",
    "read_trailers": "trailers",
    "resolve_commit": "opening",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: a process that only extracts starts without the search."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
