"""Whether what was built from a commit has a change in it: ancestry, the same patch under another id, reverts."""

from __future__ import annotations

import re
from pathlib import Path

from analyzer.codepaths.git import Git, open_git
from analyzer.errors import RepositoryError
from analyzer.model import Containment

_SECOND = 1_000_000_000
_ID = re.compile(r"[0-9a-fA-F]{4,64}", re.ASCII)
_REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,64})", re.ASCII)
_MAX_COMMITS = 2_000
_LOOKS_LONG = 8
"""characters from which a line of code is hardly there by chance"""


class Ancestry:
    """Asks one repository. Answers are kept: the same commit is asked for by many revisions."""

    def __init__(self, git: Git) -> None:
        """Reads nothing yet."""
        self._git = git
        self._known: dict[tuple[str, str], Containment] = {}
        self._patches: dict[tuple[str, bool], str] = {}

    def times(self, fix: str) -> tuple[int, int]:
        """(when it was first written, when it was committed) of a commit, ns; a rebased one was written earlier.

        Raises RepositoryError where there is no such commit.
        """
        commit = self._git.resolve(fix)
        told = self._log("-n", "1", "--format=%at %ct", "--end-of-options", commit).split()
        return min(int(told[0]), int(told[1])) * _SECOND, int(told[1]) * _SECOND

    def contains(self, fix: str, commit: str) -> Containment:
        """Whether a commit's tree has the change of `fix` in it and no later commit took it back."""
        key = fix, commit
        if key not in self._known:
            self._known[key] = self._contains(fix, commit)
        return self._known[key]

    def _contains(self, fix: str, commit: str) -> Containment:
        if not _ID.fullmatch(commit):
            return Containment(contains=None, why=f"{commit[:40]!r} is no id of a commit")
        try:
            full, target = self._git.resolve(fix), self._git.resolve(commit)
        except RepositoryError:
            return Containment(contains=None, why="the repository does not have that commit")
        if self._is_ancestor(full, target):
            since = self._since(full, target)
            if since is None:
                return Containment(contains=None, why="too many commits since to look for a revert")
            reverted = self._taken_back(full, since)
            if reverted:
                return Containment(contains=False, why=f"it has the fix, and {reverted[:10]}, which takes it back")
            return Containment(contains=True, why="the fix is an ancestor of it" if full != target else "it is the fix")
        if self._is_ancestor(target, full):
            return Containment(contains=False, why="it is an ancestor of the fix")
        if self._is_shallow():
            return Containment(contains=None, why="the clone is shallow, so its ancestors are not known")
        return self._on_another_line(full, target)

    def _on_another_line(self, fix: str, target: str) -> Containment:
        since = self._since(fix, target)
        if since is None:
            return Containment(contains=None, why="too many commits on its line to look for the same change")
        patch = self._patch(fix)
        same = [c for c in since if patch and self._patch(c) == patch]
        if same:
            reverted = self._taken_back(same[-1], since[since.index(same[-1]) + 1 :])
            if reverted:
                return Containment(contains=False, why=f"it has the same change, and {reverted[:10]} takes it back")
            return Containment(contains=True, why=f"{same[-1][:10]}, an ancestor of it, makes the same change")
        if self._same_files(fix, target):
            return Containment(contains=True, why="the files that the fix changed are in it as the fix left them")
        if self._lines_are_there(fix, target):
            return Containment(
                contains=None, why="the fix is no ancestor of it, yet its lines are there: it may have been squashed"
            )
        return Containment(contains=False, why="neither the fix nor a commit with the same change is an ancestor of it")

    def _taken_back(self, fix: str, since: list[str]) -> str | None:
        """The commit that reverted a change for good; `since` are the commits after it, oldest first."""
        forth, back = self._patch(fix), self._patch(fix, reverse=True)
        on, off = {fix}, set[str]()
        by = None
        for commit in since:
            patch = self._patch(commit)
            found = _REVERTED.search(self._log("-n", "1", "--format=%B", "--end-of-options", commit))
            undone = self._resolve(found[1]) if found else None
            if (back and patch == back) or (undone and (undone in on or self._brought(undone, fix))):
                off.add(commit)
                by = commit
            elif (forth and patch == forth) or (undone and undone in off):
                on.add(commit)
                by = None
        return by

    def _brought(self, merge: str, fix: str) -> bool:
        """Whether a merge brought the fix in."""
        first = self._resolve(merge + "^1")
        second = self._resolve(merge + "^2")
        return bool(first and second and self._is_ancestor(fix, second) and not self._is_ancestor(fix, first))

    def _resolve(self, name: str) -> str | None:
        try:
            return self._git.resolve(name)
        except RepositoryError:
            return None

    def _since(self, fix: str, target: str) -> list[str] | None:
        """Commits of `target` that `fix` does not have, oldest first; None where they are too many."""
        found = self._git.run(
            *("rev-list", "--topo-order", "--reverse", f"--max-count={_MAX_COMMITS + 1}"),
            *("--end-of-options", f"{fix}..{target}"),
        )
        commits = found.decode().split()
        return commits if len(commits) <= _MAX_COMMITS else None

    def _is_ancestor(self, older: str, newer: str) -> bool:
        found = self._git.run("rev-list", "--count", "--end-of-options", f"{newer}..{older}")
        return found.strip() == b"0"

    def _is_shallow(self) -> bool:
        return self._git.run("rev-parse", "--is-shallow-repository", check=False).strip() == b"true"

    def _patch(self, commit: str, *, reverse: bool = False) -> str:
        """The id of what a commit changes, whatever its place; empty for merges and commits that change nothing."""
        key = commit, reverse
        if key not in self._patches:
            parents = self._git.run("rev-list", "--parents", "-n", "1", "--end-of-options", commit).split()
            patch = b""
            if len(parents) == 2:
                patch = self._diff("-p", *(("-R",) if reverse else ()), "--end-of-options", commit)
            told = self._git.run("patch-id", "--stable", stdin=patch).split() if patch.strip() else []
            self._patches[key] = told[0].decode() if told else ""
        return self._patches[key]

    def _same_files(self, fix: str, target: str) -> bool:
        paths = self._paths(fix)
        if not paths:
            return False
        there, wanted = self._git.tree(target), self._git.tree(fix)
        return all(there.get(path) == wanted.get(path) for path in paths)

    def _lines_are_there(self, fix: str, target: str) -> bool:
        """Whether every telling line that the fix added stands in the same file of another tree."""
        shown = self._diff("-p", "-U0", "--end-of-options", fix).decode("utf-8", "replace")
        tree = self._git.tree(target)
        texts = {path: tree[path] for path in self._paths(fix) if path in tree}
        code = b"\n".join(c or b"" for _, c in self._git.blobs(sorted(set(texts.values())))).decode("utf-8", "replace")
        lines = {line.strip() for line in code.split("\n")}
        added = [line[1:].strip() for line in shown.split("\n") if line.startswith("+") and not line.startswith("+++")]
        telling = [line for line in added if len(line) >= _LOOKS_LONG]
        return bool(telling) and all(line in lines for line in telling)

    def _paths(self, commit: str) -> list[str]:
        listed = self._diff("--name-only", "-z", "--end-of-options", commit)
        return [p for p in listed.decode("utf-8", "surrogateescape").split("\0") if p]

    def _diff(self, *args: str) -> bytes:
        return self._git.run(
            *("diff-tree", "--root", "--no-commit-id", "-r", "--no-renames", "--no-ext-diff", "--no-textconv"), *args
        )

    def _log(self, *args: str) -> str:
        return self._git.run("log", "--no-color", "--no-notes", "--no-show-signature", *args).decode("utf-8", "replace")


def open_ancestry(directory: Path) -> Ancestry | None:
    """The ancestry of a checkout or bare repository; None where there is none. Raises RepositoryError without git."""
    git = open_git(directory) if directory.is_dir() else None
    return Ancestry(git) if git is not None else None
