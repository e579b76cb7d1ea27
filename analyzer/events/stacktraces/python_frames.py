"""The frames of one traceback, and the lines that the interpreter and the loggers print between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import SURE
from analyzer.events.stacktraces.python_lines import (
    CARETS,
    ELIDED,
    FRAME,
    REPEATED,
    final_line,
    header_at,
    is_log_line,
    separator,
)
from analyzer.model import Frame

_MAX_CODE_CHARS = 500
_NEAR = 6
"""lines that are looked at to see whether frames go on, where indentation says nothing"""
_BELOW_FRAME = ("   ", "\t", "│", "└", "  [Previous line")
"""what the lines under a frame begin with: source, carets, and the values that loguru and better_exceptions draw"""
_NUMBERED = re.compile(r"(?:-->|    ) {0,6}\d{1,9}(?: |$)")
"""a source line as stackprinter prints it"""


@dataclass(slots=True)
class FrameLines:
    """What was read of a run of frames."""

    end: int
    """the line after them"""
    frames: list[Frame] = field(default_factory=list)
    spaced: bool = False
    """blank lines stand between them, as loguru prints them"""
    numbered: bool = False
    """source lines have numbers: stackprinter, which prints no header"""


def read_frames(lines: list[str], at: int) -> FrameLines:
    """The frames from a line on; what is no frame before the first one ends them."""
    found = FrameLines(at)
    frames = found.frames
    match = FRAME.match
    n = len(lines)
    file = number = function = code = None
    wanted = bare = False
    while at < n:
        text = lines[at]
        if 'File "' in text and (frame := match(text)) is not None:
            if file is not None:
                frames.append(_frame(file, number, function, code))
            file, number, function = frame.groups()
            code = None
            wanted = True
            bare = text[0] == "F"
        elif not text or text.isspace():
            if not _go_on(lines, at, found.spaced or file is None):
                break
            found.spaced = True
        elif text.startswith(_BELOW_FRAME):
            if wanted:
                code = text.strip()
                wanted = False
                if bare and _NUMBERED.match(text):
                    found.numbered = True
            if found.numbered and text.startswith("-->"):
                code = text[4:].strip()
        elif found.numbered and text.startswith("-->"):
            code = text[4:].lstrip(" 0123456789")
        elif bare and file is not None and _is_bare_code(lines, at, wanted, file):
            if wanted:
                code = text.strip()
                wanted = False
        else:
            break
        at += 1
    if file is not None:
        frames.append(_frame(file, number, function, code))
    found.end = at
    return found


def _frame(file: str, number: str | None, function: str | None, code: str | None) -> Frame:
    line = int(number) if number is not None and number.isdigit() else None
    return Frame(
        file=file,
        line=line,
        function=function.rstrip() or None if function else None,
        code=code[:_MAX_CODE_CHARS] if code else None,
    )


def _go_on(lines: list[str], at: int, spaced: bool) -> bool:
    """Whether a blank line lies between frames or before the closing line."""
    for following in lines[at + 1 : at + 4]:
        if following and not following.isspace():
            if FRAME.match(following):
                return True
            final = final_line(following)
            return final is not None and (spaced or final[2] == SURE)
    return False


def _is_bare_code(lines: list[str], at: int, wanted: bool, file: str) -> bool:
    """Whether a line belongs to a frame although a collector took its indentation off."""
    text = lines[at]
    if REPEATED.match(text) or CARETS.match(text) or ELIDED.match(text):
        return True
    if header_at(text) >= 0 or separator((text,), 0) is not None or is_log_line(text):
        return False
    final = final_line(text)
    if final is None:
        if wanted or text[0] in ")]}" or lines[at - 1].rstrip()[-1:] in ("(", "[", "{", ",", "\\"):
            return True
        return any(FRAME.match(t) or CARETS.match(t) for t in lines[at + 1 : at + _NEAR])
    if final[2] == SURE:
        return False
    following = lines[at + 1 : at + 2]
    if any(FRAME.match(t) or CARETS.match(t) for t in following):
        return True
    return wanted and not file.startswith("<") and any(final_line(t) for t in following)
