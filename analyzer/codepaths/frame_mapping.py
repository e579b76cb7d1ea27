"""Frames of a trace → places in the tree. The repository decides what is ours: by file, function and source line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.codepaths.contents import Contents
from analyzer.codepaths.former import FormerFiles
from analyzer.codepaths.frames import FileMatch, FilePaths, Origin
from analyzer.codepaths.languages import called_in, frame_file
from analyzer.codepaths.provenance import provenance
from analyzer.codepaths.standing import Place, Standing, stand
from analyzer.codepaths.trees import Tree
from analyzer.model import Frame

_MAX_CANDIDATES = 20
_MAX_FRAMES = 200
_OTHER_CODE = "other code was running"
_CONFIDENCE = {
    Standing.EXACT: 0.97,
    Standing.HERE: 0.97,
    Standing.MOVED: 0.9,
    Standing.AROUND: 0.85,
    Standing.FUNCTION: 0.75,
    Standing.RENAMED: 0.35,
    Standing.NOT: 0.3,
}
_SHORT_PATH = 0.9
_NO_OUTLINE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedFrame:
    """A frame as a place in the tree."""

    path: str
    line: int
    function: str | None
    confidence: float
    unique: bool
    certain: bool
    """the frame's function stands around this line here"""
    by_hand: bool
    """neither generated nor vendored"""
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    match: FileMatch
    place: Place
    known: bool = True
    """the function, where one was printed, is one of the file's"""
    votes: int = 0
    """other files of the trace whose folders are mapped the same way"""


class FrameMapper:
    """Maps the frames of traces on the files of one tree."""

    def __init__(self, tree: Tree, contents: Contents, redact: Callable[[str], str]) -> None:
        self._contents = contents
        self._redact = redact
        self._paths = FilePaths(tree.files)
        self._former = FormerFiles(tree, contents, redact)

    @property
    def paths(self) -> FilePaths:
        """The files of the tree, by suffix."""
        return self._paths

    def map(self, frames: Sequence[Frame]) -> list[MappedFrame | None]:
        """The place of each frame, None where it is not the repository's. Frames of one trace explain each other.

        Of more than 200 different frames the innermost are looked at.
        """
        distinct = list(dict.fromkeys(reversed(frames)))[:_MAX_FRAMES]
        candidates = {frame: self._candidates(frame) for frame in distinct}
        files = _files_by_roots(candidates)
        found = {frame: self._choose(frame, _vote(frame, options, files)) for frame, options in candidates.items()}
        return [found.get(frame) for frame in frames]

    def why_not(self, frames: Iterable[Frame]) -> str | None:
        """Why the innermost frame that looks like the service's own is in no file; None where none looks so."""
        for frame in reversed(list(frames)):
            if frame.in_app and frame.file and frame.line:
                file = frame_file(frame.file, frame.function)
                if not self._paths.match(file):
                    return self._former.why_not(file)
        return None

    def _candidates(self, frame: Frame) -> list[_Candidate]:
        if not frame.file or frame.line is None or frame.line < 1:
            return []
        matches = self._paths.match(frame_file(frame.file, frame.function), loose=True)[:_MAX_CANDIDATES]
        self._contents.load([m.path for m in matches])
        return [self._candidate(frame, m) for m in matches]

    def _candidate(self, frame: Frame, match: FileMatch) -> _Candidate:
        outline, lines = self._contents.outline(match.path), self._contents.lines(match.path)
        place = stand(frame, outline, lines, self._redact, path=match.path)
        known = not frame.function or bool(called_in(match.path, outline, frame.function))
        return _Candidate(match=match, place=place, known=known)

    def _choose(self, frame: Frame, candidates: Sequence[_Candidate]) -> MappedFrame | None:
        mine = sorted((c for c in candidates if _is_ours(frame, c)), key=_order)
        best = mine[0] if mine else None
        if best is None or (best.place.standing <= Standing.AROUND and best.match.origin is Origin.APPLICATION):
            former = self._from_history(frame, best)
            if former is not None:
                return former
        if best is None:
            return None
        rivals = [c for c in mine if _order(c)[:-1] == _order(best)[:-1]]
        by_votes = [c for c in mine if _order(c)[:3] == _order(best)[:3]]
        evidence = [f"the frame's path ends like this file's ({best.match.parts} parts)", *_said(frame, best)]
        if len(by_votes) > len(rivals):
            evidence.append("of files that end alike this one lies where other frames of the trace do")
        if len(rivals) > 1:
            others = ", ".join(sorted(c.match.path for c in rivals if c is not best)[:2])
            evidence.append(f"{len(rivals)} files end alike: also {others}")
        return self._mapped(best, evidence, rivals=len(rivals))

    def _mapped(self, best: _Candidate, evidence: Sequence[str], *, rivals: int) -> MappedFrame:
        match, place = best.match, best.place
        confidence = _CONFIDENCE[place.standing]
        if place.standing is Standing.HERE and match.parts < 3 and not (match.whole and match.parts == 2):
            confidence = _SHORT_PATH
        if not self._contents.outline(match.path).parsed:
            confidence = min(confidence, _NO_OUTLINE)
        source = provenance(match.path, self._contents.lines(match.path))
        certain = place.standing >= Standing.AROUND
        return MappedFrame(
            path=match.path,
            line=place.line,
            function=place.function,
            confidence=round(confidence / (rivals * place.alike), 6),
            unique=rivals == 1 and certain,
            certain=certain,
            by_hand=source.by_hand,
            evidence=(*evidence, source.sentence) if source.sentence else tuple(evidence),
        )

    def _from_history(self, frame: Frame, best: _Candidate | None) -> MappedFrame | None:
        """Where the line is now that another version of the file had where the frame says."""
        former = self._former.find(frame, best.match.path if best else None)
        if former is None:
            return None
        candidate = _Candidate(match=former.match, place=former.place)
        return self._mapped(candidate, former.evidence, rivals=1)


def _is_ours(frame: Frame, candidate: _Candidate) -> bool:
    """Whether enough agrees for a frame's path to be believed; least where the path alone says much."""
    match, standing = candidate.match, candidate.place.standing
    named = not (frame.function or "<").startswith("<")
    if standing is Standing.EXACT:
        return not match.loose or named
    if match.origin is Origin.STANDARD:
        return False
    if match.origin is Origin.PACKAGE:
        return match.parts > 1 and candidate.known and standing >= (Standing.FUNCTION if named else Standing.MOVED)
    if not frame.in_app:
        return match.parts > 1 and match.path.endswith(".py") and standing >= Standing.MOVED
    if match.loose:
        return candidate.votes > 0 and standing >= Standing.FUNCTION
    if match.parts == 1:
        return standing >= (Standing.FUNCTION if named else Standing.MOVED)
    return standing > Standing.NOT or match.whole or match.parts > 2 or candidate.votes > 0


def _order(candidate: _Candidate) -> tuple[bool, int, int, int, bool, str]:
    match, standing = candidate.match, candidate.place.standing
    return standing is not Standing.EXACT, -match.parts, -standing, -candidate.votes, not match.whole, match.path


def _files_by_roots(candidates: Mapping[Frame, Sequence[_Candidate]]) -> dict[tuple[str, str], set[str]]:
    """(root of the frames, root in the tree) → the printed files that this explains with more than their name."""
    files: dict[tuple[str, str], set[str]] = {}
    for frame, options in candidates.items():
        for option in options:
            if option.place.standing >= Standing.AROUND and (option.match.parts > 1 or option.match.whole):
                files.setdefault(option.match.roots, set()).add(frame.file or "")
    return files


def _vote(
    frame: Frame, options: Sequence[_Candidate], files: Mapping[tuple[str, str], set[str]]
) -> Sequence[_Candidate]:
    return [replace(o, votes=len(files.get(o.match.roots, set()) - {frame.file})) for o in options]


def _said(frame: Frame, candidate: _Candidate) -> list[str]:
    """What the file says of the frame."""
    place, match = candidate.place, candidate.match
    said = []
    if match.origin is not Origin.APPLICATION or not frame.in_app:
        said.append("installed as a package there, but file and function are this repository's")
    if place.standing is Standing.EXACT:
        said.append(f"line {place.line} reads as the trace printed it")
    elif place.standing is Standing.MOVED:
        said.append(f"the printed line {frame.line} is line {place.line} here: {_OTHER_CODE}")
    elif place.standing is Standing.AROUND:
        said.append(f"line {place.line} reads differently here: {_OTHER_CODE}")
    elif place.standing is Standing.FUNCTION:
        said.append(f"line {frame.line} lies outside {place.function} here: {_OTHER_CODE}")
        if place.alike > 1:
            said.append(f"{place.alike} functions of this file have that name")
    elif place.standing is Standing.RENAMED:
        said.append(f"the printed source stands in {place.function} here, not in {frame.function}: {_OTHER_CODE}")
    elif place.standing is Standing.NOT:
        said.append(f"{frame.function or 'the function'} does not stand around line {frame.line} here: {_OTHER_CODE}")
    return said
