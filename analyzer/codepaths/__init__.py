"""The index of a repository; clusters to file, line, function at a commit.

Takes texts and frames; gives code paths; never writes to the repository and never runs its code.
"""

from analyzer.codepaths.commits import RepositoryHistory, open_history
from analyzer.codepaths.opening import open_repository, resolve_commit
from analyzer.codepaths.repository import RepositoryIndex

__all__ = ["RepositoryHistory", "RepositoryIndex", "open_history", "open_repository", "resolve_commit"]
