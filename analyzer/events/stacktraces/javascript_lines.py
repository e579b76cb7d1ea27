"""Which line of a JavaScript stack may follow which, for a whole text and for lines that come one by one.

`util.inspect` prints the properties of an error in brackets that nest, causes and the members of an `AggregateError`
among them. So the state counts them, which a table of kinds of lines cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK, LineState, Move
from analyzer.events.stacktraces.javascript_frames import FrameLine, console_frame, frame_line
from analyzer.events.stacktraces.javascript_titles import Title, caused_line, is_log_line, title_line
from analyzer.events.stacktraces.line_grammar import MAX_BLANKS

_SCRIPT_NAME = re.compile(
    r"[/\\<\[]|[A-Za-z]:[\\/]|(?:file|https?|node|webpack|ext|blob|evalmachine)[:.]|(?:repl|undefined)$|\S{1,400}\.[cm]?[jt]sx?$"
)
CARET = re.compile(r"\s{0,2000}\^[\^~]{0,2000}\s{0,20}$")
NUMBERED = re.compile(r"(?:[^\n]{0,200}: )?\s{0,10}\d{1,7} \| ")
ERRORS_KEY = re.compile(r"\s{0,400}\[?errors\]?: {0,4}\[$")
_PROPERTY = re.compile(
    r"""\s{0,400}(?:\[[^\]\n]{1,200}\]|[\w$-]{1,200}|'[^'\n]{1,200}'|"[^"\n]{1,200}"|Symbol\([^)\n]{0,100}\)):(?:\s|$)"""
)
_VALUE = re.compile(r".*: (?:'[^']*'|\"[^\"]*\"|-?\d[\w.+-]{0,40}|true|false|null|undefined)\s{0,9}$")
_CLOSE = re.compile(r"\s{0,400}[}\])][}\])\s]{0,100}[,;]?\s{0,20}$")
_QUOTES = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_ELIDED = re.compile(
    r"\s{0,400}(?:\.\.\. (?:skipping )?\d{1,9} (?:more|lines matching|frames|lines|items)\b"
    r"|\[\.\.\. lines matching original)"
)
_GAP = re.compile(r"\s{0,40}(?:From previous event:|-{4,200}|-{1,10}async-{1,10}|\(async\))\s{0,20}$")
_FOOT = re.compile(r"Node\.js v\d|Bun v\d|\(Use `node --trace-")
ASIDE = re.compile(r"\s{0,400}(?:Thrown at:|Emitted '[^'\n]{1,200}' event (?:on [^\n]{1,200} )?at:)$")


class State(NamedTuple):
    """Where the reading of a stack stands."""

    kind: str
    """of the last line: place, source or throw, caret or thrower, thrown, numbered, mark (a `^` that lost its source),
    title or free, text, frame, gap, aside, property, close, foot"""
    depth: int = 0
    """brackets that are open"""
    lists: tuple[int, ...] = ()
    """depths at which the members of an `AggregateError` stand, outermost first"""
    group: bool = False
    """the members of Deno's `AggregateError` come before its own frames"""
    inner: bool = False
    """the error was printed as a part of something whose brackets close behind it"""

    def at(self, kind: str) -> State:
        """The same at another kind of line."""
        return State(kind, self.depth, self.lists, self.group, self.inner)

    def text(self) -> LineState:
        """The state as the stitcher keeps it."""
        lists = ",".join(map(str, self.lists))
        return f"{self.kind} {self.depth} {lists} {'group' if self.group else ''} {'inner' if self.inner else ''}"


@lru_cache(maxsize=1024)
def parse_state(text: LineState) -> State:
    """A state from its text."""
    kind, depth, lists, group, inner = text.split(" ")
    return State(kind, int(depth), tuple(map(int, lists.split(","))) if lists else (), bool(group), bool(inner))


class Token(NamedTuple):
    """A line of a stack: its number, the state after it, and what it says."""

    at: int
    state: State
    said: Title | FrameLine | None = None


MAX_VALUE = 4000
MAX_WAITING = 120
"""lines of a message: the difference that an assertion found may be long"""
MAX_LISTS = 40
"""members of an `AggregateError` inside those of another"""

_Step = tuple[State, int, Title | FrameLine | None]


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack by itself."""
    step = _begin(line, frame_line(line))
    return (step[0].text(), step[1]) if step else None


def step(state: LineState, line: str) -> Move | None:
    """The state after a line that goes on with a stack; an empty line changes nothing and proves nothing."""
    if not line or line.isspace():
        return state, WEAK
    following = _follow(parse_state(state), line, frame_line(line))
    return (following[0].text(), following[1]) if following else None


def runs(lines: Iterable[str]) -> list[list[Token]]:
    """The stacks of a text, each as its lines in order; empty lines are left out."""
    found: list[list[Token]] = []
    run: list[Token] = []
    waiting: list[Token] = []
    blanks = 0
    for at, line in enumerate(lines):
        if not line or line.isspace():
            blanks += 1
            if blanks > MAX_BLANKS:
                run, waiting = [], []
            continue
        blanks = 0
        last = waiting[-1] if waiting else run[-1] if run else None
        frame = frame_line(line)
        following = _follow(last.state, line, frame) if last else None
        if following is None or following[1] < SURE:
            opened = _begin(line, frame)
            if opened and opened[1] > (following[1] if following else 0):
                run, waiting = [Token(at, opened[0], opened[2])], []
                found.append(run)
                continue
        if following is None or len(waiting) >= MAX_WAITING:
            run, waiting = [], []
            continue
        waiting.append(Token(at, following[0], following[2]))
        if following[1] > WEAK:
            run += waiting
            waiting = []
    return found


def excerpt_place(line: str) -> tuple[str, int] | None:
    """File and line above the source line that Node prints with an error."""
    file, _, number = line.rpartition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 9 or file[:1].isspace():
        return None
    return (file, int(number)) if len(file) < 1000 and _SCRIPT_NAME.match(file) else None


def _begin(line: str, frame: FrameLine | None) -> _Step | None:
    if frame is not None and frame.opens:
        return _frame(State("frame", inner=line[:6].isspace()), frame), frame.opens, frame
    title = title_line(line)
    if title is not None:
        inner = title.key is not None or line[:1].isspace()
        return _titled(State("title", inner=inner), title), title.fit, title
    if line[-1:].isdigit() and excerpt_place(line) is not None and not is_log_line(line):
        return State("place"), LIKELY, None
    if " | " in line[:220] and NUMBERED.match(line):
        return State("numbered"), LIKELY, None
    if "^" in line and CARET.match(line):
        return State("mark"), WEAK, None
    return None


def _follow(state: State, line: str, frame: FrameLine | None) -> _Step | None:
    kind = state.kind
    if frame is not None and kind == "frame" and frame.opens and not frame.tail:
        return state, SURE, frame
    if kind in ("place", "source", "throw", "numbered"):
        return _excerpt(state, line)
    if kind in ("mark", "caret", "thrower", "thrown"):
        return _thrown(state, line, frame)
    if frame is not None and kind != "foot":
        return _next_frame(state, frame)
    if kind in ("title", "text", "free"):
        return _message(state, line)
    if _FOOT.match(line):
        return State("foot"), SURE, None
    if kind == "foot":
        return None
    return _behind(state, line)


def _excerpt(state: State, line: str) -> _Step | None:
    """The source line that Node prints above an error, or the numbered lines of Bun, with the `^` below."""
    if CARET.match(line):
        return State("thrower" if state.kind == "throw" else "caret"), SURE, None
    if state.kind == "numbered" and NUMBERED.match(line):
        return state, SURE, None
    if state.kind == "place" and not is_log_line(line):
        return State("throw" if "throw " in line and "throw new " not in line else "source"), WEAK, None
    return None


def _thrown(state: State, line: str, frame: FrameLine | None) -> _Step | None:
    """Behind the `^`: the title, or whatever a statement threw that is no error."""
    if state.kind != "mark":
        if _FOOT.match(line):
            return State("foot"), SURE, None
        if ASIDE.match(line):
            return State("aside"), SURE, None
    if state.kind != "thrown":
        title = title_line(line)
        if title is not None and (title.fit >= LIKELY or state.kind != "mark"):
            return _titled(State("title"), title).at("title"), SURE, title
        if frame is not None and state.kind != "mark":
            return _next_frame(state, frame)
        return (State("thrown"), LIKELY, None) if state.kind == "thrower" else None
    return None if is_log_line(line) else (state, WEAK, None)


def _next_frame(state: State, frame: FrameLine) -> _Step:
    following = _frame(state, frame)
    if frame.cut or (frame.frame is not None and frame.frame.file is None and not frame.opens):
        return following, LIKELY if state.kind == "frame" else WEAK, frame
    return following, SURE if frame.opens or state.kind == "frame" else LIKELY, frame


def _message(state: State, line: str) -> _Step | None:
    """Below a title: its members in Deno, its properties where it has no frames, more of its message."""
    if state.group:
        title = title_line(line)
        if title is not None and title.fit >= LIKELY and not title.prefix.strip():
            return _titled(state, title), SURE, title
        if CARET.match(line):
            return State("caret", state.depth, state.lists), LIKELY, None
    if state.depth:
        inside = _inside(state, line)
        if inside is not None and inside[1] > WEAK:
            return inside
    if state.kind == "free" or is_log_line(line):
        shown = console_frame(line)
        return (state.at("frame"), LIKELY, FrameLine(shown, LIKELY, browser=True)) if shown else None
    shown = console_frame(line) if line[:1].isspace() or " @ " in line or "❯ " in line else None
    if shown is not None:
        return state.at("frame"), LIKELY, FrameLine(shown, LIKELY, browser=True)
    return state.at("text"), LIKELY if NUMBERED.match(line) else WEAK, None


def _behind(state: State, line: str) -> _Step | None:
    """Below frames or properties."""
    kind = state.kind
    if _ELIDED.match(line):
        return state, SURE, None
    if kind == "frame" and ASIDE.match(line):
        return state.at("aside"), SURE, None
    caused = caused_line(line)
    if caused is not None and kind in ("frame", "gap", "close"):
        return state.at("title"), SURE, caused
    if kind == "frame" and _GAP.match(line):
        return state.at("gap"), LIKELY, None
    shown = console_frame(line) if kind == "frame" else None
    if shown is not None:
        return state, LIKELY, FrameLine(shown, LIKELY, browser=True)
    if state.group:
        return _message(state, line)
    if state.depth:
        return _inside(state, line)
    if state.inner and _CLOSE.match(line):
        return state.at("close"), LIKELY, None
    if state.inner and kind == "frame" and _PROPERTY.match(line) and not is_log_line(line):
        return state, WEAK, None
    return None


def _inside(state: State, line: str) -> _Step | None:
    """Between the brackets behind an error."""
    title = title_line(line)
    if title is not None and title.prefix.endswith(("'", '"', "`")):
        title = None
    if title is not None and (title.key or state.depth in state.lists):
        return _titled(state, title), SURE, title
    if len(state.lists) < MAX_LISTS and ERRORS_KEY.match(line):
        depth = state.depth + 1
        return State("property", depth, (*state.lists, depth), state.group, state.inner), SURE, None
    if title is not None and title.fit >= LIKELY and not title.prefix and not line[:1].isspace():
        return None
    following = _deeper(state.at("property"), _change(line))
    if _CLOSE.match(line):
        return following.at("close"), SURE, None
    if is_log_line(line):
        return None
    if _PROPERTY.match(line):
        if line.rstrip().endswith((",", "{", "[", "(", ":", "}", "]")):
            return following, SURE, None
        if len(line) < MAX_VALUE and _VALUE.match(line):
            return following, LIKELY, None
    return following, WEAK, None


def _titled(state: State, title: Title) -> State:
    """The state after a title."""
    kind = "title" if title.fit >= LIKELY or title.inline else "free"
    group = state.group or (title.uncaught and (title.type or "").endswith("AggregateError"))
    deeper = _deeper(state, title.opens)
    return State(kind, deeper.depth, deeper.lists, group, state.inner)


def _frame(state: State, frame: FrameLine) -> State:
    return _deeper(state, _change(frame.tail) if frame.tail else 0).at("frame")


def _deeper(state: State, change: int) -> State:
    if not change:
        return state
    depth = max(0, state.depth + change)
    lists = tuple(n for n in state.lists if n <= depth) if state.lists else ()
    return State(state.kind, depth, lists, state.group, state.inner)


def _change(text: str) -> int:
    """How many brackets more are open behind a text than before it; those in quotes do not count."""
    text = text[:20_000]
    if "'" in text or '"' in text or "`" in text:
        text = _QUOTES.sub("", text.replace("\\\\", "").replace("\\'", "").replace('\\"', ""))
    return text.count("{") + text.count("[") - text.count("}") - text.count("]")
