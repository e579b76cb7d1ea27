"""Commits at their code host."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analyzer.codepaths.git import open_git
from analyzer.codepaths.presentation import code_host, commit_link


def link_commits(folder: Path, commits: Iterable[str]) -> dict[str, str]:
    """Full commit id → its https page, for those that the repository has; empty where its host's pages are not known.

    One call of git for all of them.
    """
    git = open_git(folder) if folder.is_dir() else None
    host = code_host(git.remote()) if git is not None else None
    asked = sorted(set(commits))
    if git is None or host is None or not asked:
        return {}
    answers = git.run("cat-file", "--batch-check", stdin="".join(f"{commit}\n" for commit in asked).encode())
    kinds = (line.split() for line in answers.decode("utf-8", "replace").splitlines())
    known = {kind[0] for kind in kinds if len(kind) == 3 and kind[1] == "commit"}
    return {commit: commit_link(host, commit) for commit in asked if commit in known}
