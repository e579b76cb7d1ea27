"""A repository opened at a commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analyzer.codepaths.git import open_git
from analyzer.codepaths.indexing import index
from analyzer.codepaths.languages import choose
from analyzer.codepaths.repository import RepositoryIndex
from analyzer.codepaths.trees import open_tree
from analyzer.errors import RepositoryError


def open_repository(
    path: Path,
    revision: str | None = None,
    *,
    subdir: str = "",
    cache_dir: Path | None = None,
    redact: Callable[[str], str],
    jobs: int = 0,
    progress: Callable[[str], None] | None = None,
) -> RepositoryIndex:
    """The index of a checkout, a bare repository or a plain directory; the first time parses every file it can.

    Without `revision` the work tree is read as it is. Paths are relative to the repository's root, also where
    `subdir` or `path` itself narrows the view to a folder. Raises RepositoryError where there is no such directory
    or commit, or git is missing.
    """
    tree = open_tree(path, revision, subdir)
    chosen = choose(tree.files)
    store, blobs = index(tree, sorted(chosen.paths_by_key), cache_dir, jobs, progress)
    return RepositoryIndex(
        tree=tree, store=store, blobs=blobs, paths_by_blob=chosen.paths_by_key, redact=redact, unread=chosen.unread
    )


def resolve_commit(path: Path, revision: str) -> str:
    """The full id of a commit; raises RepositoryError where there is no such repository or commit."""
    git = open_git(path) if path.is_dir() else None
    if git is None:
        raise RepositoryError(f"{path} is no git repository, so it has no commit {revision}", "give its git checkout")
    return git.resolve(revision)
