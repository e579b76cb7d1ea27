"""What the interpreter writes when it dies: `Fatal Python error`, and the threads, each innermost frame first.

Written by https://github.com/python/cpython/blob/main/Python/traceback.c (`_Py_DumpTracebackThreads`). The type is
`Fatal Python error` and the message what follows it; the frames are those of the current thread. A dump without an
error (`faulthandler.dump_traceback`, `Timeout (…)!`) is none.
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, Draft
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind
from analyzer.events.stacktraces.python_chains import Chain
from analyzer.model import Frame

MARKS = ("(most recent call first)",)
_FATAL = re.compile(r"(?P<type>Fatal Python error|Windows fatal exception): (?P<message>.{1,4000})$")
_STATE = re.compile(r"Python runtime state: \w|Timeout \(\d{1,3}:\d\d:\d\d(?:\.\d{1,9})?\)!$|Garbage-collecting$")
_THREAD = re.compile(
    r"(?P<current>Current t|T)hread (?:0x)?[0-9a-fA-F]{1,20}(?: \[.{1,100}\])? \(most recent call first\):"
)
_FRAME = re.compile(r'\s{0,20}File "(?P<file>[^"\n]{1,4096})", line (?P<line>\d{1,9}|\?{3}) in (?P<function>.{1,500})$')
_LOOSE = re.compile(r"\s{0,20}(?:<no Python frame>|<tstate is freed>|<invalid frame>|Garbage-collecting|\.\.\.)$")
_MORE = re.compile(
    r"Current thread's C stack trace \(most recent call first\):|  Binary file \"|  <cannot get C stack"
    r"|Extension modules: "
)
_MAX_BETWEEN = 8
"""lines between the error and the first thread"""

_DUMP = {"thread": SURE, "frame": SURE, "loose": SURE, "more": SURE}
GRAMMAR = LineGrammar(
    (
        LineKind(name="fatal", pattern=_FATAL, opens=SURE, after={}),
        LineKind(name="state", pattern=_STATE, opens=LIKELY, after={"fatal": SURE}),
        LineKind(name="thread", pattern=_THREAD, opens=SURE, after={"fatal": SURE, "state": SURE, **_DUMP}),
        LineKind(name="frame", pattern=_FRAME, opens=LIKELY, after=_DUMP),
        LineKind(name="loose", pattern=_LOOSE, after=_DUMP),
        LineKind(name="more", pattern=_MORE, after=_DUMP),
    )
)


def read_faulthandler(lines: list[str]) -> list[Chain]:
    """The deaths of a text, one chain of one exception each; a dump without an error has no drafts."""
    found = []
    fatal: tuple[int, re.Match[str]] | None = None
    at = 0
    while at < len(lines):
        text = lines[at]
        if text.startswith(("Fatal Python", "Windows fatal")) and (error := _FATAL.match(text)):
            fatal = at, error
        elif "(most recent call first)" in text and _THREAD.match(text):
            if fatal is not None and at - fatal[0] > _MAX_BETWEEN:
                fatal = None
            chain = _dump(lines, at, fatal)
            fatal = None
            found.append(chain)
            at = chain.end
            continue
        at += 1
    return found


def _dump(lines: list[str], at: int, fatal: tuple[int, re.Match[str]] | None) -> Chain:
    """The threads that begin at a line."""
    chain = Chain(at if fatal is None else fatal[0], at + 1)
    draft = Draft()
    current: list[Frame] | None = None
    frames: list[Frame] = draft.frames
    while at < len(lines):
        text = lines[at]
        if thread := _THREAD.match(text):
            frames = []
            if thread["current"] == "Current t" or current is None:
                current = frames
        elif frame := _FRAME.match(text):
            line = int(frame["line"]) if frame["line"].isdigit() else None
            frames.append(Frame(file=frame["file"], line=line, function=frame["function"].rstrip()))
        elif not (_LOOSE.match(text) or _MORE.match(text) or (not text.strip() and _goes_on(lines, at + 1))):
            break
        at += 1
        if text.strip():
            chain.end = at
    if fatal is not None:
        draft.type, draft.message = fatal[1]["type"], fatal[1]["message"].rstrip()
        draft.frames = (current or [])[::-1]
        chain.drafts.append(draft)
        chain.truncated = not draft.frames and "<no Python frame>" not in lines[chain.end - 1]
    return chain


def _goes_on(lines: list[str], at: int) -> bool:
    return at < len(lines) and (_THREAD.match(lines[at]) is not None or _MORE.match(lines[at]) is not None)
