"""The index of a repository; clusters to file, line, function at a commit.

Takes texts and frames; gives code paths; never writes to the repository and never runs its code.
"""

from analyzer.codepaths.opening import open_repository, resolve_commit
from analyzer.codepaths.repository import RepositoryIndex

__all__ = ["RepositoryIndex", "open_repository", "resolve_commit"]
