"""Which commits of a range changed given lines."""

from __future__ import annotations

from pathlib import Path

from analyzer.codepaths.git import open_git
from analyzer.errors import RepositoryError

_MAX_COMMITS = 20


def commits_touching(directory: Path, file: str, first: int, last: int, *, since: str, until: str) -> tuple[str, ...]:
    """Commits after `since` up to `until` that changed lines `first` to `last` of a file (as `until` has it).

    Newest first, at most 20; git follows the lines back through what moved them (`git log -L`,
    https://git-scm.com/docs/git-log#Documentation/git-log.txt--Lltstartgtltendgtltfilegt). Nothing where the repository
    lacks a commit or the file.
    """
    git = open_git(directory) if directory.is_dir() else None
    if git is None:
        return ()
    try:
        span = f"{git.resolve(since)}..{git.resolve(until)}"
    except RepositoryError:
        return ()
    told = git.run(
        *("log", "--no-color", "--no-show-signature", "--no-patch", f"--max-count={_MAX_COMMITS}", "--format=%H"),
        *(f"-L{first},{last}:{file}", "--end-of-options", span),
        check=False,
    )
    return tuple(told.decode("ascii", "replace").split())
