"""The files of a tree as text, lines and outlines, each read once."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.codepaths.functions import Outline
from analyzer.codepaths.languages import language_of_path, outline_as
from analyzer.codepaths.trees import Tree


class Contents:
    """What the files of a tree hold. A path that the tree does not have is a KeyError: nothing else is ever opened."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._bytes: dict[str, bytes] = {}
        self._lines: dict[str, list[str]] = {}
        self._outlines: dict[tuple[str, str], Outline] = {}

    def load(self, paths: Sequence[str]) -> None:
        """Brings the contents of files in, all in one question to git."""
        self.load_blobs([self._tree.files[p] for p in paths if p in self._tree.files])

    def load_blobs(self, blobs: Sequence[str]) -> None:
        """The same by blob id, which may be of another commit."""
        wanted = sorted(set(blobs) - self._bytes.keys())
        if wanted:
            self._bytes.update((blob, content or b"") for blob, content in self._tree.read(wanted))

    def raw(self, path: str) -> bytes:
        """A file of the tree as it is; empty where its content cannot be had."""
        blob = self._tree.files[path]
        if blob not in self._bytes:
            self.load_blobs([blob])
        return self._bytes[blob]

    def lines(self, path: str) -> list[str]:
        """The lines of a file of the tree."""
        return self.lines_of(self._tree.files[path])

    def lines_of(self, blob: str) -> list[str]:
        """The lines of a blob; one empty line where it is not there."""
        if blob not in self._lines:
            self.load_blobs([blob])
            self._lines[blob] = self._bytes[blob].decode("utf-8", "replace").split("\n")
        return self._lines[blob]

    def outline(self, path: str) -> Outline:
        """Functions of a file of the tree; not parsed where its language is not known, or its syntax."""
        return self.outline_of(self._tree.files[path], path)

    def outline_of(self, blob: str, path: str) -> Outline:
        """The same of a blob that stood, or stands, at `path`."""
        key = (blob, language_of_path(path))
        if key not in self._outlines:
            self.load_blobs([blob])
            self._outlines[key] = outline_as(key[1], self._bytes[blob])
        return self._outlines[key]
