"""Repositories as they are asked when a report is verified: objects of git at the cited commits, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.codepaths.contents import Contents
from analyzer.codepaths.git import Git, open_git
from analyzer.codepaths.presentation import code_host, commit_link, excerpt, link
from analyzer.codepaths.trees import Tree
from analyzer.errors import RepositoryError
from analyzer.model import format_time
from analyzer.redaction import Redactor

_SECOND_NS = 1_000_000_000


@dataclass(slots=True)
class GitSource:
    """Answers for all repositories that were given; a commit is looked for in each. Answers are kept."""

    folders: Sequence[Path]
    redactor: Redactor
    _gits: list[Git] = field(default_factory=list)
    _holders: dict[str, Git | None] = field(default_factory=dict)
    _contents: dict[str, tuple[Tree, Contents]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Opens them. Raises `RepositoryError` where one is no git repository."""
        for folder in dict.fromkeys(self.folders):
            if not folder.is_dir():
                raise RepositoryError(f"no such directory: {folder}", "give the path of a checkout: --repo DIR")
            git = open_git(folder)
            if git is None:
                raise RepositoryError(
                    f"{folder} is no git repository", "excerpts are checked at their commits: give the git checkout"
                )
            self._gits.append(git)

    def has(self, commit: str) -> bool:
        """Whether one of them has this commit."""
        return self._holder(commit) is not None

    def is_whole(self) -> bool:
        """Whether none of them is a shallow clone."""
        return all(git.run("rev-parse", "--is-shallow-repository").strip() == b"false" for git in self._gits)

    def parent(self, commit: str) -> str | None:
        """The first parent; None where there is none."""
        git = self._need(commit)
        return git.run("rev-parse", "--verify", "--quiet", f"{commit}^", check=False).decode().strip() or None

    def length(self, commit: str, file: str) -> int | None:
        """Number of lines of a file; None where the commit has no such file."""
        tree, contents = self._tree(commit)
        return len(contents.lines(file)) if file in tree.files else None

    def excerpt(self, commit: str, file: str, line: int, end_line: int) -> list[dict[str, Any]]:
        """The lines that a report shows of a statement, redacted as it redacts them."""
        lines = self._tree(commit)[1].lines(file)
        return [row.to_dict() for row in excerpt(lines, line, end_line, self.redactor.text)]

    def encloses(self, commit: str, file: str, line: int, function: str) -> bool | None:
        """Whether the function is there and holds the line; None where the language does not tell."""
        outline = self._tree(commit)[1].outline(file)
        if not outline.parsed:
            return None
        if function == "<module>":
            return outline.function_at(line) == function
        spans = outline.named(function)
        if not spans:
            return False if file.endswith(".py") and "<" not in function.rpartition(".")[2] else None
        return any(span.line <= line <= span.end_line for span in spans)

    def link(self, commit: str, file: str, line: int, end_line: int) -> str | None:
        """The page of these lines at the code host; None where the remote is of a host whose links are not known."""
        return link(code_host(self._need(commit).remote()), commit, file, line, end_line)

    def page(self, commit: str) -> str | None:
        """The page of a commit at the code host; None where the host is not known."""
        host = code_host(self._need(commit).remote())
        return commit_link(host, self._need(commit).resolve(commit)) if host is not None else None

    def times(self, commit: str) -> tuple[str, str]:
        """(author time, commit time) as a report writes times."""
        told = self._need(commit).run("log", "-n", "1", "--format=%at %ct", "--end-of-options", commit).split()
        author, committed = (format_time(int(seconds) * _SECOND_NS) or "" for seconds in told)
        return author, committed

    def _tree(self, commit: str) -> tuple[Tree, Contents]:
        if commit not in self._contents:
            git = self._need(commit)
            full = git.resolve(commit)
            tree = Tree(files=git.tree(full), commit=full, head=full, git=git)
            self._contents[commit] = tree, Contents(tree)
        return self._contents[commit]

    def _need(self, commit: str) -> Git:
        git = self._holder(commit)
        if git is None:
            raise RepositoryError(f"no repository that was given has {commit}", "give the one that has it: --repo DIR")
        return git

    def _holder(self, commit: str) -> Git | None:
        if commit not in self._holders:
            self._holders[commit] = next((git for git in self._gits if _resolves(git, commit)), None)
        return self._holders[commit]


def _resolves(git: Git, commit: str) -> bool:
    """Whether it is an id of a commit there; a branch or a tag of that name is none."""
    try:
        return git.resolve(commit).startswith(commit.lower())
    except (RepositoryError, ValueError):
        return False
