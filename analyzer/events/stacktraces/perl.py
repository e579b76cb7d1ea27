"""Perl's stacks: `die` with its place, Carp's `called at` lines, `Trace begun at` lists, Mojolicious, compilations.

`message at FILE line N.`, then for every call `\\tmain::f("x") called at FILE line N`: the place where f was called,
which lies in the function of the next line. A Frame holds the place inside its function, so the places move by one
line: the innermost is the title's, the outermost function has no name. Perl's errors have no types; the message is the
text before ` at FILE line N`. A title without calls is read only where it can hardly be anything else.
https://perldoc.perl.org/Carp, https://metacpan.org/pod/Devel::StackTrace, https://metacpan.org/pod/Mojo::Exception
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import Draft, Move, Reader, Span, build, register
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.perl_lines import (
    BARE_PLACE,
    CALLS,
    GRAMMAR,
    LOG_PREFIX,
    MARKS,
    PLACE_IN_HANDLE,
    WARNINGS,
)
from analyzer.model import Frame

LANGUAGE = "perl"
_SCRIPT = re.compile(r"(?:^-e|\.(?:pl|pm|t|cgi|fcgi|psgi|plx|PL))$")
_CAUGHT = re.compile(r'Caught exception in \S{1,300} "')
_LOWER_LEVEL = re.compile(r"\b(?:trace|debug|info|notice|warn|warning)\b", re.IGNORECASE)

_Place = tuple[str | None, int | None]


@dataclass(slots=True, kw_only=True)
class _Title:
    """What was said, and where."""

    start: int
    """the line it begins on"""
    message: str
    prefix: str = ""
    place: _Place = (None, None)
    certain: bool = False
    """it needs no calls to be an error's"""


@dataclass(slots=True, kw_only=True)
class _Calls:
    """Functions, innermost first, and where each was called."""

    functions: list[str | None] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)

    def frames(self, inside: _Place) -> list[Frame]:
        """Outermost first, each with the place inside its function; `inside` is the innermost one's."""
        places = [inside, *self.places]
        frames = [
            Frame(file=file, line=line, function=function)
            for (file, line), function in zip(places, [*self.functions, None], strict=True)
            if file or function
        ]
        return frames[::-1]


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    spans: list[Span] = []
    for run in GRAMMAR.runs(lines):
        span = _span(run, lines, spans[-1].end if spans else 0)
        if span is not None:
            spans.append(span)
    return spans


def _span(run: list[Token], lines: Sequence[str], free_from: int) -> Span | None:
    last = run[-1]
    at = next((n for n in range(len(run) - 1, -1, -1) if run[n].kind == "late"), 0)
    if run[0].kind == "database":
        at = next((n for n, token in enumerate(run) if token.kind == "title"), 0)
    title = _title(run[0].at, run[at], lines, free_from)
    calls = _calls(run[at:])
    if calls.functions and run[at].kind in ("call", "listed"):
        title = _Title(start=run[0].at, message="")
    if not calls.functions and not title.certain:
        return None
    inside = title.place
    if calls.functions and run[at + 1 :] and any(token.kind == "mojo" for token in run) and inside == calls.places[0]:
        del calls.functions[0]  # that is the constructor of the exception
        inside = calls.places.pop(0)
    draft = Draft(message=title.message, frames=calls.frames(inside))
    cut = run[0].kind in ("call", "listed", "begun", "late") and title.start == run[0].at
    trace = build(LANGUAGE, (draft,), truncated=cut)
    return Span(start=title.start, end=last.at + 1, trace=trace, prefix=title.prefix)


def _title(first_at: int, token: Token, lines: Sequence[str], free_from: int) -> _Title:
    """The title that ends with a line; where nothing of it stands on this line, it begins above."""
    if token.kind == "begun":
        at = first_at - 1
        if at > free_from and not lines[at].strip():
            at -= 1
        shown = at >= free_from and bool(lines[at].strip()) and first_at == token.at
        start = at if shown else first_at
        said = lines[at].strip() if shown else _said(lines, first_at, token.at)
        return _titled(start, said, _place(token), certain=True)
    if token.kind == "late":
        start = first_at
        if start == token.at and start > free_from and lines[start - 1].strip():
            start -= 1
        place = _place(token)
        return _titled(start, _said(lines, start, token.at), place, certain=_is_script(place) and start < token.at)
    if token.kind != "title":
        return _Title(start=first_at, message="")
    head, line = token.found["head"], token.found["line"]
    handle = PLACE_IN_HANDLE.match(head)
    if handle:
        head, line = handle["head"], handle["line"]
    said, _, file = head.rpartition(" at ")
    start = first_at
    if start < token.at:  # a database's message has more lines
        said = "\n".join((*lines[start : token.at], said))
    ends_so = bool(token.found["dot"]) or token.found["end"].startswith(", near ")
    return _titled(start, said, (file, int(line)), certain=ends_so and bool(said) and _is_script((file, None)))


def _titled(start: int, said: str, place: _Place, *, certain: bool) -> _Title:
    """A title without a logger's prefix; one that was logged as less than an error needs calls."""
    found = LOG_PREFIX.match(said)
    prefix = found[0] if found else ""
    said = said[len(prefix) :]
    caught = _CAUGHT.match(said)
    if caught:
        prefix, said = prefix + caught[0], said[caught.end() :]
    certain = certain and not _LOWER_LEVEL.search(prefix) and not WARNINGS.match(said)
    return _Title(start=start, message=said.rstrip(), prefix=prefix if caught else "", place=place, certain=certain)


def _said(lines: Sequence[str], start: int, end: int) -> str:
    return "\n".join(lines[start:end]).rstrip()


def _calls(run: list[Token]) -> _Calls:
    calls = _Calls()
    for token in run:
        if token.kind in CALLS:
            calls.functions.append(_function(token))
            calls.places.append(_place(token))
    return calls


def _function(token: Token) -> str | None:
    found = token.found.groupdict()
    if found.get("aborted"):
        return "BEGIN" if found["aborted"].startswith("BEGIN") else "require"
    head = (found["call"] or "").strip().removesuffix(" called").strip()
    if head.startswith("eval "):
        return "eval {...}" if head[5:6] == "{" else "eval '...'"
    if head.startswith("("):
        return head
    return head.partition("(")[0].rstrip() or None


def _place(token: Token) -> _Place:
    return token.found["file"], int(token.found["line"])


def _is_script(place: _Place) -> bool:
    return bool(place[0]) and _SCRIPT.search(place[0] or "") is not None


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack by itself."""
    for mark in MARKS:
        if mark in line:
            return GRAMMAR.begin(line)
    return None


def heads(line: str) -> bool:
    """Whether what was logged right before a line is the message of the stack that it begins."""
    return line.startswith("Trace begun at ") or BARE_PLACE.match(line) is not None


register(
    Reader(
        language=LANGUAGE,
        hints=(
            *(" called at ", "Trace begun at ", ".pl line ", ".pm line ", ".t line ", ".cgi line ", ".psgi line "),
            *("-e line ", "(most recent call first):"),
        ),
        read=read,
        begin=begin,
        step=GRAMMAR.step,
        heads=heads,
    )
)
