"""Whether a frame can have been printed by a file: its function, its line and its printed source, looked up there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from analyzer.codepaths.functions import FunctionSpan, Outline
from analyzer.codepaths.languages import called_in
from analyzer.model import Frame

_SAYS_LITTLE = re.compile(r"(?:\W*|else:|try:|finally:|pass|return|raise|break|continue|yield|end|\}?\s*else\s*\{?)$")
_NAME = re.compile(r"[^\W\d]\w*")
_MIN_CODE = 6


class Standing(IntEnum):
    """How well a frame stands in a file, worst first."""

    NOT = 0
    """neither its function nor its source line is there"""
    RENAMED = 1
    """the source line is there, once, in a function of another name"""
    FUNCTION = 2
    """the function is there, the line lies outside it"""
    AROUND = 3
    """the function is around the line, the line reads differently"""
    MOVED = 4
    """the source line is there, once, in that function, at another line"""
    HERE = 5
    """the function is around the line; no source line was printed"""
    EXACT = 6
    """and the line reads as printed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file a frame stands."""

    standing: Standing
    line: int
    function: str | None
    """qualified as the file says, `<module>` at top level; as printed where there is no outline; None where unknown"""
    alike: int = 1
    """functions of that name, of which this is the nearest"""


def stand(frame: Frame, outline: Outline, lines: Sequence[str], redact: Callable[[str], str], *, path: str) -> Place:
    """The place of a frame in a file of these lines, which lies at `path`.

    `redact` does to a line what was done to the printed one.
    """
    line = frame.line or 0
    frame = msgspec.structs.replace(frame, function=called_in(path, outline, frame.function))
    if not outline.parsed:
        return _stand_in_text(frame, lines, redact)
    spans, around = _spans(frame, outline, lines)
    function = outline.function_at(line)
    if around and _reads(frame.code, lines, line, redact):
        return Place(standing=Standing.EXACT, line=line, function=function)
    if around and not _told(frame.code):
        return Place(standing=Standing.HERE, line=line, function=function)
    same = [n for n in _same_lines(frame.code, lines) if any(s.line <= n <= s.end_line for s in spans)]
    if len(same) == 1:
        return Place(standing=Standing.MOVED, line=same[0], function=outline.function_at(same[0]))
    if around:
        return Place(standing=Standing.AROUND, line=line, function=function)
    if spans and _is_named(frame.function):
        near = min(spans, key=lambda s: (min(abs(s.line - line), abs(s.end_line - line)), s.line))
        return Place(standing=Standing.FUNCTION, line=near.line, function=near.name, alike=len(spans))
    anywhere = _same_lines(frame.code, lines)
    if len(anywhere) == 1:
        return Place(standing=Standing.RENAMED, line=anywhere[0], function=outline.function_at(anywhere[0]))
    return Place(standing=Standing.NOT, line=line, function=None)


def _spans(frame: Frame, outline: Outline, lines: Sequence[str]) -> tuple[Sequence[FunctionSpan], bool]:
    """Where the frame's function is, and whether the frame's line lies inside."""
    line, name = frame.line or 0, frame.function or ""
    whole = FunctionSpan(name="<module>", line=1, end_line=len(lines))
    if name == "<module>":
        at = outline.function_at(line)
        return (whole,), line <= len(lines) and (at == "<module>" or at[0].isupper())
    if not _is_named(name):  # of <lambda> and <listcomp> the function around is not printed
        return (whole,), line <= len(lines)
    spans = outline.named(name)
    return spans, any(s.line <= line <= s.end_line for s in spans)


def _stand_in_text(frame: Frame, lines: Sequence[str], redact: Callable[[str], str]) -> Place:
    """Without a syntax tree the function is a word that must be in the file, where it is one."""
    line, function = frame.line or 0, frame.function
    names = _NAME.findall(function or "")
    known = not names or any(names[-1] in text for text in lines)
    if _reads(frame.code, lines, line, redact):
        return Place(standing=Standing.EXACT, line=line, function=function)
    same = _same_lines(frame.code, lines)
    if len(same) == 1:
        return Place(standing=Standing.MOVED if known else Standing.RENAMED, line=same[0], function=function)
    if line > len(lines):
        return Place(standing=Standing.FUNCTION if known and names else Standing.NOT, line=line, function=function)
    if _told(frame.code):
        return Place(standing=Standing.AROUND if known else Standing.NOT, line=line, function=function)
    return Place(standing=Standing.HERE if known else Standing.AROUND, line=line, function=function)


def _is_named(function: str | None) -> bool:
    return bool(function) and not str(function).startswith("<")


def _told(code: str | None) -> bool:
    """Whether the printed source line says enough to be looked for."""
    text = (code or "").strip()
    return len(text) >= _MIN_CODE and not _SAYS_LITTLE.match(text)


def _reads(code: str | None, lines: Sequence[str], line: int, redact: Callable[[str], str]) -> bool:
    if not _told(code) or not 1 <= line <= len(lines):
        return False
    wanted, there = _squeezed(str(code).split("\n", 1)[0]), lines[line - 1]
    return _squeezed(there) == wanted or _squeezed(redact(there.strip())) == wanted


def _same_lines(code: str | None, lines: Sequence[str]) -> list[int]:
    if not _told(code):
        return []
    wanted = _squeezed(str(code).split("\n", 1)[0])
    longest = max(wanted.split(" "), key=len)
    return [n for n, text in enumerate(lines, 1) if longest in text and _squeezed(text) == wanted]


def _squeezed(text: str) -> str:
    return " ".join(text.split())
