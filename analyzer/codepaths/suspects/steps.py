"""A stack trace as steps through the repository, the innermost of the oldest exception first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzer.codepaths.contents import Contents
from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.frame_mapping import MappedFrame
from analyzer.codepaths.scoring import is_test
from analyzer.model import Frame, StackTrace

_SURE = 0.88
"""confidence of a mapped frame from which on its line is the one that ran, not one of the same function"""
_MAX_STEPS = 40

Map = Callable[[Sequence[Frame]], Sequence[MappedFrame | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A frame of the trace that lies in the repository, in code of its own that is no test."""

    path: str
    function: str
    """qualified; `<module>` at the top level of a file"""
    line: int
    end_line: int
    sure: bool
    """the line is the one that ran"""
    confidence: float = 1.0
    """that the frame is this place"""
    code: str | None = None
    """as the trace printed it"""
    raises: bool = False
    """the innermost frame of all stands at a `raise`"""
    depth: int = 0
    """other functions of the repository further in"""
    below: int = 0
    """frames of other code that ran below the innermost of the repository's"""
    later: bool = False
    """of another exception of the chain than the oldest"""
    evidence: tuple[str, ...] = ()


def steps_of(trace: StackTrace, map_frames: Map, contents: Contents) -> list[Step]:
    """The frames of all exceptions of a trace that are the repository's own, at most 40."""
    oldest = trace.root_exception
    found: list[Step] = []
    functions: list[tuple[str, str]] = []
    for exception in [oldest, *(e for e in reversed(trace.exceptions) if e is not oldest)]:
        mapped = map_frames(exception.frames)
        for number, (frame, place) in enumerate(zip(reversed(exception.frames), reversed(mapped), strict=True)):
            if place is None or not place.by_hand or is_test(place.path) or len(found) >= _MAX_STEPS:
                continue
            function = (place.path, place.function or MODULE)
            if function not in functions:
                functions.append(function)
            innermost = exception is oldest and number == 0 and place.certain
            raised = contents.outline(place.path).raise_at(place.line) if innermost else None
            found.append(
                Step(
                    path=place.path,
                    function=function[1],
                    line=raised[0] if raised else place.line,
                    end_line=raised[1] if raised else place.line,
                    sure=place.confidence >= _SURE,
                    confidence=place.confidence,
                    code=frame.code,
                    raises=raised is not None,
                    depth=functions.index(function),
                    below=0 if found else number,
                    later=exception is not oldest,
                    evidence=place.evidence,
                )
            )
    return found
