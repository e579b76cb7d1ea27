"""All that a commit changed, both sides of every file; a file that moved is one that went and one that came."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzer.codepaths.git import REGULAR_MODES, Git

_MAX_FILES = 400
_MAX_BYTES = 1_000_000
_NOTHING = re.compile(r"0+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One path before and after."""

    path: str
    before: str | None
    """None where the file is new, or could not be read"""
    after: str | None
    """None where the file is gone, or could not be read"""
    added: bool = False
    removed: bool = False
    unread: str = ""
    """why its content says nothing: a link, a submodule, no text, too large; empty where it was read"""

    @property
    def same_text(self) -> bool:
        """Whether only the mode of the file changed."""
        return not self.unread and self.before == self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A commit against its first parent."""

    commit: str
    parent: str | None
    """None for a commit that begins a history, or where a shallow clone ends"""
    shallow: bool = False
    """its parent is not in this clone"""
    merge: bool = False
    files: tuple[ChangedFile, ...] = ()
    """by path"""
    left_out: int = 0
    """files beyond the first 400"""


def read_changes(git: Git, commit: str) -> Changes:
    """What a commit changed. Raises RepositoryError where there is no such commit."""
    commit = git.resolve(commit)
    head = git.run("cat-file", "commit", commit).split(b"\n\n", 1)[0].decode("utf-8", "replace")
    parents = [line.split()[1] for line in head.split("\n") if line.startswith("parent ")]
    if not parents:
        # git hides the parent of a commit that a shallow clone was cut at in `log`, but not in the object
        return Changes(commit=commit, parent=None)
    if git.run("cat-file", "-t", parents[0], check=False).strip() != b"commit":
        return Changes(commit=commit, parent=None, shallow=True, merge=len(parents) > 1)
    listed = git.run("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", parents[0], commit)
    rows = sorted(_rows(listed.decode("utf-8", "surrogateescape")))
    wanted = rows[:_MAX_FILES]
    regular = sorted({b for _, modes, blobs in wanted if modes <= REGULAR_MODES for b in blobs if b})
    content_of = dict(git.blobs(regular))
    return Changes(
        commit=commit,
        parent=parents[0],
        merge=len(parents) > 1,
        files=tuple(_file(path, modes, blobs, content_of) for path, modes, blobs in wanted),
        left_out=len(rows) - len(wanted),
    )


def _rows(listed: str) -> list[tuple[str, frozenset[str], tuple[str, str]]]:
    """(path, modes of the sides that exist, blob before and after) of `git diff-tree --raw -z`."""
    fields = listed.split("\0")
    rows = []
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old, new, _ = head.lstrip(":").split(" ")
        modes = frozenset(m for m in (old_mode, new_mode) if not _NOTHING.fullmatch(m))
        rows.append((path, modes, ("" if _NOTHING.fullmatch(old) else old, "" if _NOTHING.fullmatch(new) else new)))
    return rows


def _file(path: str, modes: frozenset[str], blobs: tuple[str, str], content_of: dict[str, bytes | None]) -> ChangedFile:
    added, removed = not blobs[0], not blobs[1]
    if not modes <= REGULAR_MODES:
        return ChangedFile(
            path=path, before=None, after=None, added=added, removed=removed, unread="a link or submodule"
        )
    sides = [_text(content_of.get(blob)) if blob else None for blob in blobs]
    lost = any(blob and text is None for blob, text in zip(blobs, sides, strict=True))
    return ChangedFile(
        path=path,
        before=sides[0],
        after=sides[1],
        added=added,
        removed=removed,
        unread="no text of moderate size" if lost else "",
    )


def _text(content: bytes | None) -> str | None:
    if content is None or len(content) > _MAX_BYTES or b"\0" in content:
        return None
    return content.decode("utf-8", "replace").replace("\r\n", "\n")
