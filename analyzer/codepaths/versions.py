"""Other versions of the files of a tree: earlier and later contents, and the names files had or will have.

One walk over at most 2,000 commits on either side of the commit that is read; a CPU second in a large repository.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.codepaths.git import REGULAR_MODES, Git

_MAX_COMMITS = 2_000
_MAX_VERSIONS = 20
_RENAME_LIMIT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file changed by one commit. Letters are git's: A, D, M, R (moved, at least half alike), T."""

    commit: str
    letter: str
    old: str
    new: str
    """path before and after; the same unless the file moved"""
    old_blob: str | None
    new_blob: str | None
    """None where there was, or is, no regular file"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One content of a file."""

    blob: str
    commit: str
    later: bool
    """as of `commit`, which the tree that is read does not have yet; else as it was before `commit`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A name that a file of the tree had, or has later."""

    path: str
    """the file in the tree that is read"""
    commit: str
    later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What the history around a commit says of its files."""

    moves: Mapping[str, Move]
    """former or later path → the file it is in the tree; the nearest commit decides"""
    deleted: Mapping[str, str]
    added: Mapping[str, str]
    """path that the tree does not have → the commit that removed it, or that brings it later"""
    contents: Mapping[str, Sequence[Version]]
    """path → its other versions, later ones first, the nearest of each first; at most 20 of each"""


def read_versions(git: Git, commit: str, files: Mapping[str, str]) -> Versions:
    """The history before and after `commit`, whose tree has these `files`."""
    before = git.run("rev-list", f"-n{_MAX_COMMITS}", commit, "--", check=False).decode().split()
    refs = ("--branches", "--tags", "--remotes", "--not", commit, "--")
    after = git.run("rev-list", *refs, check=False).decode().split()[-_MAX_COMMITS:][::-1]
    moves: dict[str, Move] = {}
    deleted: dict[str, str] = {}
    added: dict[str, str] = {}
    contents: dict[str, list[Version]] = {}
    now: dict[str, str | None] = {}
    for change in read_changes(git, after):
        if change.letter == "R":
            origin = now.get(change.old, change.old if change.old in files else None)
            now.setdefault(change.new, origin)
            if origin is not None:
                moves.setdefault(change.new, Move(path=origin, commit=change.commit, later=True))
        elif change.letter == "A" and change.new not in files:
            added.setdefault(change.new, change.commit)
        _keep(contents, change.new, change.new_blob, change.commit, later=True)
    now = {}
    earlier: dict[str, list[Version]] = {}
    for change in read_changes(git, before):
        if change.letter == "R":
            target = now.get(change.new, change.new if change.new in files else None)
            now.setdefault(change.old, target)
            if target is not None:
                moves.setdefault(change.old, Move(path=target, commit=change.commit, later=False))
        if change.letter in "RD" and change.old not in files:
            deleted.setdefault(change.old, change.commit)
        _keep(earlier, change.old, change.old_blob, change.commit, later=False)
    for path, versions in earlier.items():
        contents.setdefault(path, []).extend(versions)
    return Versions(moves=moves, deleted=deleted, added=added, contents=contents)


def read_changes(git: Git, commits: Sequence[str]) -> list[Change]:
    """What each commit changed, in the order given; merges are left out."""
    if not commits:
        return []
    ids = "".join(f"{c}\n" for c in commits).encode()
    options = ("--stdin", "-r", "-z", "--raw", "--no-abbrev", "--root", f"-l{_RENAME_LIMIT}", "--no-ext-diff")
    printed = git.run("diff-tree", *options, "-M50%", check=False, stdin=ids)
    if not printed:  # a partial clone has not the contents that likeness is measured on
        printed = git.run("diff-tree", *options, "-M100%", check=False, stdin=ids)
    fields = iter(printed.decode("utf-8", "surrogateescape").split("\0"))
    changes = []
    commit = ""
    for field in fields:
        if not field.startswith(":"):
            commit = field.strip()
            continue
        old_mode, new_mode, old_blob, new_blob, letter = field[1:].split(" ")
        old = next(fields, "")
        new = next(fields, "") if letter[0] in "RC" else old
        changes.append(
            Change(
                commit=commit,
                letter=letter[0],
                old=old,
                new=new,
                old_blob=old_blob if old_mode in REGULAR_MODES else None,
                new_blob=new_blob if new_mode in REGULAR_MODES else None,
            )
        )
    return changes


def _keep(contents: dict[str, list[Version]], path: str, blob: str | None, commit: str, *, later: bool) -> None:
    if blob is None:
        return
    versions = contents.setdefault(path, [])
    if len(versions) < _MAX_VERSIONS and all(v.blob != blob for v in versions):
        versions.append(Version(blob=blob, commit=commit, later=later))
