"""The files of a repository at one commit, of a work tree as it is, or of a plain directory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.codepaths.git import Git, open_git
from analyzer.codepaths.languages import is_source
from analyzer.errors import RepositoryError

_SKIPPED_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
    }
)
_MAX_FILE_BYTES = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Paths (relative to the root, with `/`) → blob ids, and a way to their contents."""

    files: Mapping[str, str]
    commit: str | None
    """None for a directory without git, or where the work tree differs from HEAD"""
    head: str | None = None
    """the commit of every file that is not in `dirty`"""
    dirty: frozenset[str] = frozenset()
    git: Git | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """blob id → content, for what no object database holds"""
    disk: Mapping[str, Path] = field(default_factory=dict)
    """blob id → file, for plain directories"""

    def commit_of(self, path: str) -> str | None:
        """The commit whose content this path shows; None where it is not committed."""
        return None if path in self.dirty else self.head

    def read(self, blobs: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        """Content of each blob, None where it cannot be had. The order may differ from the one asked for."""
        stored = []
        for blob in blobs:
            if blob in self.contents:
                yield blob, self.contents[blob]
            elif blob in self.disk:
                yield blob, _read(self.disk[blob])
            else:
                stored.append(blob)
        if stored and self.git is not None:
            yield from self.git.blobs(stored)
        elif stored:
            yield from ((blob, None) for blob in stored)


def open_tree(path: Path, revision: str | None, subdir: str = "") -> Tree:
    """The tree to read: at `revision`, else the work tree where it differs from HEAD, else HEAD.

    Raises RepositoryError for a missing directory, missing git, an unknown commit.
    """
    if not path.is_dir():
        raise RepositoryError(
            f"no such directory: {path}", "give the path of a checkout or of a bare repository: --repo DIR"
        )
    git = _git(path, need=revision is not None)
    if git is None:
        if revision is not None:
            raise RepositoryError(f"{path} is no git repository", "leave out --revision to read the directory as it is")
        return _below(_plain(path), subdir)
    if revision is not None:
        commit = git.resolve(revision)
        return _below(Tree(files=git.tree(commit), commit=commit, head=commit, git=git), git.prefix + subdir)
    head = git.head()
    files = git.tree(head) if head is not None else {}
    if git.prefix and not any(p.startswith(git.prefix) for p in files):
        return _below(_plain(path), subdir)  # a folder that the repository around it does not know
    if head is None:
        return _below(_plain(path), subdir)
    tree = Tree(files=files, commit=head, head=head, git=git)
    if not git.bare:
        tree = _overlay(tree, git)
    return _below(tree, git.prefix + subdir)


def _git(path: Path, need: bool) -> Git | None:
    try:
        return open_git(path)
    except RepositoryError:
        if need or (path / ".git").exists():
            raise
        return None


def _overlay(tree: Tree, git: Git) -> Tree:
    changed, gone = git.changed()
    if not changed and not gone:
        return tree
    root = git.root()
    files = {p: b for p, b in tree.files.items() if p not in gone}
    contents = {}
    for name in sorted(changed):
        content = _read(root / name)
        if content is not None:
            files[name] = blob_id(content)
            contents[files[name]] = content
    return Tree(files=files, commit=None, head=tree.head, dirty=frozenset(changed), git=git, contents=contents)


def _plain(path: Path) -> Tree:
    files, disk = {}, {}
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            file = Path(folder) / name
            if file.is_symlink() or not file.is_file():
                continue
            relative = file.relative_to(path).as_posix()
            if is_source(name):
                content = _read(file)
                if content is None:
                    continue
                blob = blob_id(content)
            else:
                blob = f"file:{relative}"
            files[relative] = blob
            disk[blob] = file
    return Tree(files=files, commit=None, disk=disk)


def _below(tree: Tree, prefix: str) -> Tree:
    """Only the files under a folder; their paths stay those from the root."""
    folder = prefix.strip("/")
    if not folder:
        return tree
    files = {p: b for p, b in tree.files.items() if p.startswith(folder + "/")}
    if not files:
        raise RepositoryError(
            f"no files under {folder!r}", "DIR:SUBDIR names a folder of the repository, from its root"
        )
    return Tree(
        files=files,
        commit=tree.commit,
        head=tree.head,
        dirty=tree.dirty,
        git=tree.git,
        contents=tree.contents,
        disk=tree.disk,
    )


def blob_id(content: bytes) -> str:
    """The id git gives this content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _read(file: Path) -> bytes | None:
    try:
        if file.stat().st_size > _MAX_FILE_BYTES or file.is_symlink():
            return None
        return file.read_bytes()
    except OSError:
        return None
