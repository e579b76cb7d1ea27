"""Dart stacks: the VM, programs compiled ahead of time, Flutter's boxes, and the frames of package:stack_trace.

Formats: https://github.com/dart-lang/sdk/blob/main/runtime/vm/object.cc (StackTrace::ToCString),
https://pub.dev/packages/stack_trace, https://api.flutter.dev/flutter/foundation/FlutterError/dumpErrorToConsole.html.

The text of an error begins with its class only where `toString` prints it: `Bad state: no element` has type None.
Frames are printed innermost first. There are no chains of causes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzer.events.stacktraces.core import Draft, Reader, Span, build, register
from analyzer.events.stacktraces.dart_lines import (
    BOX_END_OF_MESSAGE,
    BOX_TITLE,
    FRONT,
    GRAMMAR,
    STACK_FOLLOWS,
    TITLE,
    WARNING,
)
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.model import Frame

LANGUAGE = "dart"
_MAX_MESSAGE_LINES = 400
_FRAMES = frozenset(("frame", "plain", "virtual"))
_MESSAGE = frozenset(("title", "said", "text"))
_INSTANCE = re.compile(r"Instance of '(?P<type>[^'\n]{1,300})'$")
_NO_CLASS = frozenset(("assertion", "message", "exception", "error"))
"""what a box says instead of the class"""


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    found = []
    for run in GRAMMAR.runs(lines):
        for part in _parts(run):
            span = _span(lines, part)
            if span is not None:
                found.append(span)
    return found


def _parts(run: list[Token]) -> Iterator[list[Token]]:
    """A run in one piece, or in several where the frames are counted from zero again."""
    start, counted = 0, False
    for at, token in enumerate(run):
        if token.kind == "frame":
            if counted and int(token.found["number"]) == 0:
                yield run[start:at]
                start = at
            counted = True
    yield run[start:]


def _span(lines: Sequence[str], run: list[Token]) -> Span | None:
    first = run[0]
    draft = Draft(frames=[_frame(token) for token in reversed(run) if token.kind in _FRAMES])
    if first.kind == "box":
        _box(lines, run, draft)
        waits = draft.frames == [] and any(token.kind == "stack" for token in run)
        truncated = waits or len(run) < 3
    elif draft.frames:
        _message(lines, run, draft)
        truncated = not draft.type and not draft.message
        number = next((int(t.found["number"]) for t in run if t.kind in ("frame", "virtual")), 0)
        truncated |= number > 0 or any(token.kind == "cut" for token in run)
    else:
        return None
    prefix = first.found["prefix"] if first.kind == "title" else ""
    trace = build(LANGUAGE, [draft], truncated=truncated)
    return Span(start=first.at, end=run[-1].at + 1, trace=trace, prefix=prefix)


def _frame(token: Token) -> Frame:
    found = token.found.groupdict()
    line = found.get("line")
    return Frame(file=found.get("file"), line=int(line) if line else None, function=found["function"].rstrip())


# -- the message


def _message(lines: Sequence[str], run: list[Token], draft: Draft) -> None:
    """Type and message from the lines above the frames."""
    first = next((token for token in run if token.kind in _MESSAGE), None)
    head = run[0].found["said"] if run[0].kind == "head" else None
    if head is None and first is None:
        return
    start = run[0].at + 1 if head is not None else first.at if first is not None else 0
    end = next((token.at for token in run if token.kind in _FRAMES or token.kind == "crash"), run[-1].at)
    said = [_plain(line) for line in lines[start : min(end, start + _MAX_MESSAGE_LINES)]]
    if head is not None:
        said.insert(0, head)
    elif first is not None and first.kind == "title":
        said[0] = first.found["said"]
    if run[0].kind == "test":
        said = [line.removeprefix("  ") for line in said]
    _split(draft, "\n".join(line for line in said if not line.startswith(WARNING)).rstrip())


def _split(draft: Draft, text: str) -> None:
    """The class and the message of what `toString` gave."""
    title, instance = TITLE.match(text.partition("\n")[0]), _INSTANCE.match(text)
    if title is not None:
        draft.type, draft.message = title["type"], text[title.end() :].lstrip(" ")
    else:
        draft.type, draft.message = instance["type"] if instance else None, text


def _box(lines: Sequence[str], run: list[Token], draft: Draft) -> None:
    """Type and message from Flutter's box: the class in its first sentence, the message in its first paragraph."""
    titled = next((token for token in run if token.kind == "titled"), None)
    if titled is None:
        return
    said: list[str] = []
    for at in range(titled.at + 1, min(run[-1].at + 1, titled.at + _MAX_MESSAGE_LINES)):
        line = _plain(lines[at]).rstrip()
        if BOX_END_OF_MESSAGE.match(line) or line.startswith(("═", "=" * 20)) or (not line and said):
            break
        if line:
            said.append(line)
    _split(draft, "\n".join(said))
    named = BOX_TITLE.match(_plain(lines[titled.at]).strip())
    if draft.type is None and named is not None and named["type"] not in _NO_CLASS:
        draft.type = named["type"]


def _plain(line: str) -> str:
    """The line without what Android or iOS printed in front."""
    found = FRONT.match(line)
    return line[found.end() :] if found else line


register(
    Reader(
        language=LANGUAGE,
        hints=(
            ".dart",
            "(dart:",
            "dart:async",
            "nhandled exception:",
            "nhandled Exception: ",
            "═╡ ",
            "Exception caught by ",
            "*** *** ***",
            "<asynchronous suspension>",
            "== asynchronous gap =",
            STACK_FOLLOWS,
        ),
        read=read,
        begin=GRAMMAR.begin,
        step=GRAMMAR.step,
    )
)
