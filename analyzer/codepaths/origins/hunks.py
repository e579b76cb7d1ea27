"""What a commit changed: both sides of every file, as git has them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from analyzer.codepaths.git import REGULAR_MODES, Git
from analyzer.codepaths.scoring import is_test

MAX_FILES = 60
"""of one kind in a commit; one that touches more rewrites, it does not repair"""
_MAX_BYTES = 1_000_000
_NOTHING = re.compile(r"0+")
_PROSE = (".md", ".rst", ".txt", ".adoc", ".html", ".css", ".svg", ".png")
_REQUIREMENTS = re.compile(r"(?:requirements|constraints)[\w.\-]*\.(?:txt|in)")
_IGNORE_FILE = re.compile(r"\.[a-z]+ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file before and after."""

    path: str
    """after the change; before it where the file is gone"""
    before: str | None
    """None where the file is new"""
    after: str | None
    """None where the file is gone"""

    @property
    def is_python(self) -> bool:
        """Whether it is Python source."""
        return self.path.endswith((".py", ".pyi", ".pyw"))

    @property
    def is_ignore_file(self) -> bool:
        """`.dockerignore`, `.gcloudignore` and kin, also `Name.dockerignore`."""
        return bool(_IGNORE_FILE.search(posixpath.basename(self.path)))

    @property
    def is_prose(self) -> bool:
        """Whether it is text for people, or a picture."""
        return self.path.endswith(_PROSE) and not _REQUIREMENTS.fullmatch(posixpath.basename(self.path))

    @property
    def is_test(self) -> bool:
        """Whether it is test code."""
        return is_test(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A commit against its first parent."""

    commit: str
    parent: str | None
    """None for a commit that begins a history, or where a shallow clone ends"""
    merge: bool
    files: tuple[FileChange, ...]
    """by path; regular files only"""
    left_out: int = 0
    """files that were too many or too large to compare"""


def read_fix(git: Git, commit: str) -> Fix:
    """What a commit changed, both sides. Raises RepositoryError where there is no such commit."""
    commit = git.resolve(commit)
    head = git.run("cat-file", "commit", commit).split(b"\n\n", 1)[0].decode("utf-8", "replace")
    parents = [line.split()[1] for line in head.split("\n") if line.startswith("parent ")]
    known = parents and git.run("cat-file", "-t", parents[0], check=False).strip() == b"commit"
    if not known:
        return Fix(commit=commit, parent=None, merge=False, files=())
    listed = git.run(
        *("diff", "--raw", "-z", "--no-abbrev", "--no-relative", "--no-ext-diff", "--no-textconv", "-M"),
        *(parents[0], commit),
    )
    changed = _parse_raw(listed.decode("utf-8", "surrogateescape"))
    wanted = changed[:MAX_FILES]
    ids = sorted({blob for _, *sides in wanted for blob in sides if blob})
    text_of = {blob: _text(content) for blob, content in git.blobs(ids)}
    files = []
    for path, old, new in wanted:
        before, after = (text_of.get(blob) if blob else None for blob in (old, new))
        if (before is None) == bool(old) or (after is None) == bool(new):
            continue  # one side is no text, or too large
        files.append(FileChange(path=path, before=before, after=after))
    return Fix(
        commit=commit,
        parent=parents[0],
        merge=len(parents) > 1,
        files=tuple(files),
        left_out=len(changed) - len(files),
    )


def _parse_raw(listed: str) -> list[tuple[str, str, str]]:
    """(path, blob before, blob after) of regular files; an id is empty where there is no such side."""
    fields = listed.split("\0")
    found = []
    at = 0
    while at < len(fields) and fields[at].startswith(":"):
        old_mode, new_mode, old, new, status = fields[at].lstrip(":").split(" ")
        renamed = status[:1] in "RC"
        path = fields[at + 2 if renamed else at + 1]
        at += 3 if renamed else 2
        modes = {m for m in (old_mode, new_mode) if not _NOTHING.fullmatch(m)}
        if modes <= REGULAR_MODES and old != new:
            found.append((path, "" if _NOTHING.fullmatch(old) else old, "" if _NOTHING.fullmatch(new) else new))
    return sorted(found)


def _text(content: bytes | None) -> str | None:
    if content is None or len(content) > _MAX_BYTES or b"\0" in content:
        return None
    return content.decode("utf-8", "replace").replace("\r\n", "\n")
