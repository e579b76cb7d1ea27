"""Frames of another version of a file: which version, and where its line is in the tree that is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzer.codepaths.carrying import carry_line
from analyzer.codepaths.contents import Contents
from analyzer.codepaths.frames import FileMatch, FilePaths, Origin
from analyzer.codepaths.languages import frame_file
from analyzer.codepaths.standing import Place, Standing, stand
from analyzer.codepaths.trees import Tree
from analyzer.codepaths.versions import Move, Version, Versions, read_versions
from analyzer.model import Frame

_MAX_LOOKUPS = 60
_MAX_CANDIDATES = 3
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A frame of another version, in the tree that is read."""

    match: FileMatch
    place: Place
    evidence: tuple[str, ...]


class FormerFiles:
    """The history around the commit that is read, asked only for frames that its files do not explain."""

    def __init__(self, tree: Tree, contents: Contents, redact: Callable[[str], str]) -> None:
        self._tree = tree
        self._contents = contents
        self._redact = redact
        self._versions: Versions | None = None
        self._moved: FilePaths | None = None
        self._known: dict[tuple[Frame, str | None], Former | None] = {}

    def find(self, frame: Frame, path: str | None) -> Former | None:
        """The frame carried over from the nearest version in which it stands: of the file `path`, else of one moved.

        None also after 60 different questions: history is for the few frames that need it.
        """
        if not frame.file or frame.line is None or not frame.in_app or self._tree.git is None:
            return None
        key = (frame, path)
        if key not in self._known:
            if len(self._known) >= _MAX_LOOKUPS:
                return None
            self._known[key] = self._find(frame, path)
        return self._known[key]

    def why_not(self, file: str) -> str:
        """Why no file of the tree is the one that a frame names."""
        shown = self._redact(file[-_SHOWN:])
        if self._tree.git is not None:
            versions = self._history()
            for commits, words in (
                (versions.deleted, "was deleted in"),
                (versions.added, "is not there before commit"),
            ):
                gone = [m for m in FilePaths(commits).match(file) if m.parts > 1 or "/" not in m.path]
                if gone:
                    return (
                        f"{gone[0].path} {words} {commits[gone[0].path][:7]}, the tree that was read does not have it"
                    )
        return f"no file of the repository ends like {shown}, the innermost frame that looks like its own"

    def _find(self, frame: Frame, path: str | None) -> Former | None:
        file = frame_file(frame.file or "", frame.function)
        versions = self._history()
        if path is not None:
            match = next(iter(FilePaths([path]).match(file, loose=True)), None)
            found = self._carry(frame, match, path, None, versions.contents.get(path, ())) if match else None
            if found is not None:
                return found
        if self._moved is None:
            self._moved = FilePaths(versions.moves)
        matches = self._moved.match(file)
        for match in [m for m in matches if m.parts > 1 and m.origin is Origin.APPLICATION][:_MAX_CANDIDATES]:
            move = versions.moves[match.path]
            if move.path != path and move.path in self._tree.files:
                found = self._carry(frame, match, move.path, move, versions.contents.get(match.path, ()))
                if found is not None:
                    return found
        return None

    def _carry(
        self, frame: Frame, match: FileMatch, path: str, move: Move | None, versions: Sequence[Version]
    ) -> Former | None:
        """From the first of the versions in which the frame stands at its very line, to the file `path`."""
        assert frame.line is not None
        self._contents.load_blobs([v.blob for v in versions])
        for version in versions:
            outline = self._contents.outline_of(version.blob, match.path)
            old = self._contents.lines_of(version.blob)
            stood = stand(frame, outline, old, self._redact, path=match.path)
            if stood.standing < Standing.HERE:
                continue
            moved = f"moved from {match.path} (commit {move.commit[:7]})" if move and not move.later else ""
            if move and move.later:
                moved = f"moved to {match.path} later (commit {move.commit[:7]})"
            when = f"{'as of' if version.later else 'before'} commit {version.commit[:7]}"
            evidence = [moved] if moved else [f"the frame stands in this file {when}"]
            line = carry_line(old, self._contents.lines(path), frame.line)
            if line is not None:
                function = self._contents.outline(path).function_at(line) if outline.parsed else stood.function
                evidence.append(f"line {frame.line} {'there' if moved else 'of that version'} is line {line} here")
                return self._former(match, path, Place(standing=Standing.MOVED, line=line, function=function), evidence)
            here = stand(frame, self._contents.outline(path), self._contents.lines(path), self._redact, path=path)
            evidence.append(f"line {frame.line} was deleted or rewritten since")
            if here.standing > Standing.RENAMED:
                return self._former(match, path, here, evidence)
            gone = Place(standing=Standing.NOT, line=min(frame.line, len(self._contents.lines(path))), function=None)
            return self._former(match, path, gone, evidence)
        return None

    def _former(self, match: FileMatch, path: str, place: Place, evidence: Sequence[str]) -> Former:
        as_here = FileMatch(path=path, parts=match.parts, whole=match.whole, origin=match.origin, roots=match.roots)
        return Former(match=as_here, place=place, evidence=tuple(evidence))

    def _history(self) -> Versions:
        if self._versions is None:
            git, head = self._tree.git, self._tree.head
            empty = Versions(moves={}, deleted={}, added={}, contents={})
            self._versions = read_versions(git, head, self._tree.files) if git is not None and head else empty
        return self._versions
