"""The frames of Rust's backtraces, short and full, of sanitizers, and of a panic that has none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.events.stacktraces.line_grammar import Token
from analyzer.model import Frame

_HASH = re.compile(r"::h[\da-f]{16}$")
_CRATE_HASH = re.compile(r"(?<=\w)\[[\da-f]{13,16}\]")
_LIBRARY = re.compile(
    r"<{0,3}&?(?:dyn )?(?:std|core|alloc|test|panic_unwind|panic_abort|backtrace|anyhow|eyre|color_eyre)(?:\[|::)"
    r"|(?:__rustc(?:\[[\da-f]{1,16}\])?::)?_{0,2}rust_|__rust|main$|_start$|__libc_"
)
"""functions of the standard library and of what starts a program"""


def frames_of(run: Sequence[Token]) -> list[Frame]:
    """The frames of a backtrace, outermost first; those of color-eyre's span trace are none."""
    frames: list[Frame] = []
    spans = False
    for token in run:
        if token.kind == "section":
            spans = token.found["title"] != "BACKTRACE"
        elif spans:
            continue
        elif token.kind in ("frame", "inlined"):
            frames.append(Frame(file=None, line=None, function=_name(token.found["function"])))
        elif token.kind == "at":
            frames[-1] = Frame(file=token.found["file"], line=int(token.found["line"]), function=frames[-1].function)
        elif token.kind == "sanitizer frame":
            line = int(token.found["line"]) if token.found["line"] else None
            frames.append(
                Frame(file=token.found["file"], line=line, function=_name(token.found["function"] or "") or None)
            )
    frames.reverse()
    return frames


def _name(printed: str) -> str:
    """A function without the hashes of its symbol."""
    return _CRATE_HASH.sub("", _HASH.sub("", printed.strip()))


def with_place(frames: list[Frame], place: Frame | None) -> list[Frame]:
    """The frames with the place of the panic among them.

    Without debug information no frame has a file: then it is the place of the function that called into the
    library's panic, or a frame of its own where no name is known.
    """
    if place is None or any(_same_place(frame, place) for frame in frames) or any(f.file for f in frames):
        return frames
    at = len(frames)
    while at and _LIBRARY.match(frames[at - 1].function or ""):
        at -= 1
    raising = frames[at - 1] if at else None
    if raising is None or raising.function in (None, "<unknown>"):
        return [*frames[:at], place, *frames[at:]]
    return [*frames[: at - 1], Frame(file=place.file, line=place.line, function=raising.function), *frames[at:]]


def _same_place(frame: Frame, place: Frame) -> bool:
    return frame.line == place.line and bool(frame.file) and _base(frame.file) == _base(place.file)


def _base(path: str | None) -> str:
    return (path or "").replace("\\", "/").rpartition("/")[2]


def place_of(found: re.Match[str]) -> Frame:
    """The place of a panic as a frame: its function is not named."""
    return Frame(file=found["file"], line=int(found["line"]), function=None)
