"""Who changed which lines last: blame at a commit, and what it says to a reader."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer.codepaths.contents import Contents
from analyzer.codepaths.git import Git
from analyzer.codepaths.trees import Tree
from analyzer.model import Blame, BlamedCommit, CodePath, format_time

IGNORED_REVISIONS = ".git-blame-ignore-revs"
"""At the root of the tree that is read; what the repository's own configuration names is not followed."""
_AT_ONCE = 4
MAX_LINES = 30
_RECENT = 20
_MAX_CHARS = 120
_LATEST = 253_402_300_799
"""seconds: the end of the year 9999; a commit may claim any time"""
_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_HEADER = re.compile(r"(?P<commit>[0-9a-f]{40}|[0-9a-f]{64}) \d+ (?P<line>\d+)(?: \d+)?")


def read_ignored(text: str) -> tuple[str, ...]:
    """Full commit ids of an ignore-revs file; git would refuse a file with anything else in it."""
    words = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return tuple(word for word in words if _FULL_ID.fullmatch(word))


def read_blame(
    git: Git, commit: str, path: str, line: int, end_line: int, *, ignored: Sequence[str], clean: Callable[[str], str]
) -> Blame:
    """The commits that lines of a file come from, at `commit`; at most 30 lines. `clean` redacts names and summaries.

    Changes of blanks alone and lines moved within the file are looked through, as are the commits of `ignored`.
    """
    end_line = min(end_line, line + MAX_LINES - 1)
    here = "../" * git.prefix.count("/") + path
    with tempfile.TemporaryDirectory(prefix="analyzer-") as folder:
        skipped = Path(folder) / "ignored"
        skipped.write_text("".join(f"{c}\n" for c in ignored), encoding="ascii")
        printed = git.run(
            *("blame", "--porcelain", "--no-textconv", "--encoding=UTF-8", "-w", "-M", f"-L{line},{end_line}"),
            # the first forgets the files that an untrusted configuration names: git would read any of this machine
            *("--no-ignore-revs-file", f"--ignore-revs-file={skipped}", commit, "--", here),
            check=False,
        )
    found = _parse(printed.decode("utf-8", "replace"))
    if not found:
        return Blame(file=path, line=line, end_line=end_line, reason="git blame has no such lines")
    commits = [
        BlamedCommit(
            commit=c.commit,
            author=clean(_plain(c.author)),
            author_time=format_time(c.time * 1_000_000_000) or "",
            summary=clean(_plain(c.summary)),
            lines=tuple(sorted(c.lines)),
            cut=c.boundary and b"\nparent " in git.run("cat-file", "commit", c.commit, check=False),
        )
        for c in sorted(found, key=lambda c: (-c.time, c.commit))
    ]
    cut = any(c.cut for c in commits)
    return Blame(
        file=path,
        line=line,
        end_line=end_line,
        commits=tuple(commits),
        reason="a shallow clone: its history ends here, the lines may be older" if cut else None,
    )


def recent_author(git: Git, commit: str, path: str, *, clean: Callable[[str], str]) -> str | None:
    """Who wrote most of the last 20 changes of a file; of equals the later one."""
    names = git.run(
        *("log", f"-n{_RECENT}", "--format=%aN", "--encoding=UTF-8", commit, "--", f":(top,literal){path}"), check=False
    ).decode("utf-8", "replace")
    counts: dict[str, int] = {}
    for name in names.splitlines():
        counts[name] = counts.get(name, 0) + 1
    return clean(_plain(max(counts, key=lambda n: counts[n]))) if counts else None


def with_history(path: CodePath, blame: Blame) -> CodePath:
    """The code path with a sentence on its last change, and with that author as owner where it has none."""
    if not blame.commits:
        return path
    last = blame.commits[0]
    lines = f"line {path.line}" if blame.line == blame.end_line else f"lines {blame.line}-{blame.end_line}"
    change = f"{last.commit[:7]} ({last.author_time[:10]})"
    if last.cut:
        text = f"{lines} not changed since {change}, where the history of this shallow clone ends"
        return replace(path, evidence=(*path.evidence, text))
    text = f"{lines} last changed in {change} by {last.author}: {last.summary}"
    if path.owner is not None:
        return replace(path, evidence=(*path.evidence, text))
    named = "no CODEOWNERS entry: the owner shown is who changed it last"
    return replace(path, evidence=(*path.evidence, text, named), owner=last.author or None)


class LastChanges:
    """Who changed the code paths of a tree last."""

    def __init__(self, tree: Tree, contents: Contents, clean: Callable[[str], str]) -> None:
        self._tree = tree
        self._contents = contents
        self._clean = clean
        self._ignored: tuple[str, ...] | None = None

    def blame(self, path: CodePath) -> Blame:
        """The commits of its lines; none, with the reason, where git cannot know them."""
        git, commit = self._tree.git, self._tree.commit_of(path.file)
        reason = None
        if git is None or self._tree.head is None:
            reason = "no git history here"
        elif path.file not in self._tree.files:
            reason = "no such file at the commit that is read"
        elif commit is None:
            reason = "the file differs from the commit: its lines are not blamed"
        if git is None or commit is None or reason is not None:
            return Blame(file=path.file, line=path.line, end_line=path.end_line, reason=reason)
        lines = (path.line, path.end_line)
        return read_blame(git, commit, path.file, *lines, ignored=self._skipped(), clean=self._clean)

    def told(self, paths: Sequence[CodePath]) -> list[CodePath]:
        """Code paths, each with its last change among the evidence, and with an owner where it has none."""
        self._skipped()
        with ThreadPoolExecutor(max_workers=max(1, min(_AT_ONCE, len(paths)))) as pool:
            return list(pool.map(self._told, paths))

    def _told(self, path: CodePath) -> CodePath:
        blame = self.blame(path)
        git, head = self._tree.git, self._tree.head
        if path.owner is None and not blame.commits and git is not None and head is not None:
            return replace(path, owner=recent_author(git, head, path.file, clean=self._clean))
        return with_history(path, blame)

    def _skipped(self) -> tuple[str, ...]:
        """The commits that the tree asks to look through."""
        if self._ignored is None:
            there = IGNORED_REVISIONS in self._tree.files
            self._ignored = read_ignored("\n".join(self._contents.lines(IGNORED_REVISIONS))) if there else ()
        return self._ignored


@dataclass(slots=True)
class _Found:
    commit: str
    lines: list[int] = field(default_factory=list)
    author: str = ""
    time: int = 0
    summary: str = ""
    boundary: bool = False


def _parse(porcelain: str) -> list[_Found]:
    """https://git-scm.com/docs/git-blame#_the_porcelain_format"""
    found: dict[str, _Found] = {}
    current: _Found | None = None
    for text in porcelain.split("\n"):
        header = None if text.startswith("\t") else _HEADER.fullmatch(text)
        if header:
            current = found.setdefault(header["commit"], _Found(commit=header["commit"]))
            current.lines.append(int(header["line"]))
            continue
        if current is None:
            continue
        key, _, value = text.partition(" ")
        if key == "author":
            current.author = value
        elif key == "author-time" and value.lstrip("-").isdecimal():
            current.time = max(0, min(int(value), _LATEST))
        elif key == "summary":
            current.summary = value
        elif key == "boundary":
            current.boundary = True
    return list(found.values())


def _plain(text: str) -> str:
    """One short line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _MAX_CHARS]).split())[:_MAX_CHARS]
