"""Stacks that Go errors carry: without a goroutine, the calls without arguments.

github.com/pkg/errors `%+v` prints the oldest error first, each with its stack; golang.org/x/xerrors the newest first,
the others behind `- `; zap's `stacktrace` has no message; gin and go-errors print the place before the function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzer.events.stacktraces.core import Draft, Span, build
from analyzer.events.stacktraces.go_lines import LOG_PREFIX, RAISED
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.model import Frame, Relation

_REQUEST = re.compile(r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) \S{1,4000} HTTP/\d")
_TYPED = re.compile(r"(?P<type>\*?[A-Za-z_]\w{0,100}\.[A-Za-z_]\w{0,100}) (?P<message>\S.*)$")
"""go-errors: the type of the error, then what it says"""


def read_error(run: list[Token], lines: Sequence[str], free: int) -> Span | None:
    """The span of a run without a goroutine; `free` is the first line that no earlier span holds."""
    if any(t.kind == "addr" for t in run):
        return _place_first(run, lines, free)
    first = next(i for i, t in enumerate(run) if t.kind == "plain")
    if run[0].kind != "plain" or not any(t.kind == "place" for t in run):
        run = run[first:]
    start, message = _message_before(lines, run[0].at, free)
    chain = list(_chain(run, lines, message))
    newest_first = any(t.kind == "xerr" for t in run)
    if newest_first:
        chain[0].message = chain[0].message.removesuffix(":")
        chain.reverse()
    for draft in chain[:-1]:
        draft.relation = Relation.CAUSE
    return Span(start=start, end=run[-1].at + 1, trace=build("go", chain, truncated=run[-1].kind == "plain"))


def _chain(run: list[Token], lines: Sequence[str], message: str) -> Iterator[Draft]:
    """The errors in printed order, each with its stack."""
    draft = Draft(message=message)
    function: str | None = None
    frames: list[Frame] = []
    said: list[str] = []
    for token in run:
        if token.kind in ("text", "xerr"):
            if frames or token.kind == "xerr":
                draft.frames = frames[::-1]
                yield draft
                draft, frames, said = Draft(), [], []
            text = (
                lines[token.at].strip() if token.kind == "text" else token.found["message"] or token.found["stripped"]
            )
            said.append(text)
            draft.message = "\n".join(said)
        elif token.kind == "plain":
            function = token.found["function"]
        elif token.kind == "place":
            frames.append(Frame(file=token.found["file"], line=int(token.found["line"]), function=function))
            function = None
    if function is not None:
        frames.append(Frame(file=None, line=None, function=function))
    draft.frames = frames[::-1]
    yield draft


def _message_before(lines: Sequence[str], start: int, free: int) -> tuple[int, str]:
    """(first line, message) of a stack whose message stands right above it. A log line stays where it is."""
    if start <= free or not (line := lines[start - 1].strip()):
        return start, ""
    prefix = LOG_PREFIX.match(line)
    if prefix and prefix.end():
        fields = line[prefix.end() :].partition("\t{")
        return start, fields[0].strip()
    return start - 1, line


def _place_first(run: list[Token], lines: Sequence[str], free: int) -> Span | None:
    """gin's recovery, go-errors' `ErrorStack`: `file:line (0x…)`, then `function: source line`."""
    at = next(i for i, t in enumerate(run) if t.kind == "addr")
    frames: list[Frame] = []
    for token in run[at:]:
        if token.kind == "addr":
            frames.append(Frame(file=token.found["file"], line=int(token.found["line"]), function=None))
        elif token.kind == "code":
            was, code = frames[-1], token.found["code"].strip() or None
            frames[-1] = Frame(file=was.file, line=was.line, function=token.found["function"], code=code)
    if not any(t.kind == "code" for t in run) and run[0].kind != "panic":
        return None
    draft = Draft(type="panic")
    start = run[0].at
    if run[0].kind == "panic":
        head = lines[start]
        found = RAISED.search(head[:600])
        rest = [lines[t.at].strip() for t in run[1:at]]
        if rest and _REQUEST.match(rest[0]):
            rest = rest[-1:]
        first = head[found.end() :].strip() if found else head
        draft.message = "\n".join([first, *rest] if first else rest)
    else:
        start, said = _message_before(lines, start, free)
        typed = _TYPED.match(said)
        draft.type, draft.message = (typed["type"], typed["message"]) if typed else (None, said)
    frames.reverse()
    raised = max((i for i, f in enumerate(frames) if f.function in ("gopanic", "panic")), default=None)
    if raised is not None and raised > 0:  # what ran after the panic stands first
        frames = frames[raised:] + frames[:raised]
    draft.frames = frames
    return Span(start=start, end=run[-1].at + 1, trace=build("go", [draft], truncated=False))
