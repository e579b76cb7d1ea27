"""A line of history: which blob stood at which path, commit by commit, from one question to git."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.codepaths.git import REGULAR_MODES, Git
from analyzer.model import DatedCommit

_SECOND = 1_000_000_000
_LOG = (
    "log", "--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
    "--no-show-signature", "--no-notes", "--no-color", "--no-relative", "-z", "--format=%H",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Neighbouring commits of a line, newest first, with every version of every file."""

    count: int
    versions: dict[str, tuple[tuple[int, str], ...]]
    """path → (index of the newest commit that has it, blob id or '' where it is absent), newest first"""

    def blobs(self, path: str) -> Iterator[tuple[range, str]]:
        """The commits (by index) that share a version of a file, and its blob; absent versions are left out."""
        versions = self.versions[path]
        ends = [start for start, _ in versions[1:]] + [self.count]
        for (start, blob), end in zip(versions, ends, strict=True):
            if blob and end > start:
                yield range(start, end), blob

    def part(self, newest: int, count: int) -> Stretch:
        """Some neighbouring commits of these, by index."""
        versions = {}
        for path, found in self.versions.items():
            before = [blob for start, blob in found if start <= newest][-1]
            later = ((start - newest, blob) for start, blob in found if newest < start < newest + count)
            versions[path] = ((0, before), *later)
        return Stretch(count=count, versions=versions)


def read_line(git: Git, head: str) -> tuple[DatedCommit, ...]:
    """First-parent history of a commit, newest first."""
    listed = git.run("rev-list", "--first-parent", "--timestamp", "--end-of-options", head).decode().split()
    line = []
    latest = None
    for seconds, commit in zip(listed[::2], listed[1::2], strict=True):
        time_ns = int(seconds) * _SECOND
        latest = time_ns if latest is None else min(latest, time_ns)
        line.append(DatedCommit(commit=commit, time_ns=latest))
    return tuple(line)


def read_stretch(git: Git, commits: Iterable[str], *, below: str = "") -> Stretch:
    """Versions of all regular files (under a folder) at these neighbouring commits, newest first."""
    wanted = list(commits)
    versions = {path: [(0, blob)] for path, blob in git.tree(wanted[0]).items() if path.startswith(below)}
    if len(wanted) > 1:
        raw = git.run(*_LOG, "-n", str(len(wanted) - 1), "--end-of-options", wanted[0], "--")
        for index, path, before in _changes(raw.decode("utf-8", "surrogateescape")):
            if path.startswith(below):
                # what a commit replaced is what its parent, the next in the line, has
                versions.setdefault(path, [(0, "")]).append((index + 1, before))
    return Stretch(count=len(wanted), versions={path: tuple(found) for path, found in versions.items()})


def _changes(raw: str) -> Iterator[tuple[int, str, str]]:
    """(index of the commit, path, blob before it or ''), from `git log --raw -z`. A path may hold anything but NUL."""
    index, head = -1, ""
    for field in raw.split("\0"):
        if head:
            mode, _, before, _, _ = head[1:].split(" ")
            yield index, field, before if mode in REGULAR_MODES else ""
            head = ""
        elif (text := field.lstrip("\n")).startswith(":"):
            head = text
        elif text:
            index += 1
