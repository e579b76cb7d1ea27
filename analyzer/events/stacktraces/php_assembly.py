"""Puts the lines of one printing of a PHP error together: its exceptions, their titles and their frames."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from analyzer.events.plaintext import unescape
from analyzer.events.stacktraces.core import Draft
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.php_lines import COMPLETE
from analyzer.events.stacktraces.php_titles import (
    NOWHERE,
    Place,
    Title,
    logged_title,
    object_title,
    quoted_title,
    title_of,
    without_markup,
    words_before,
)
from analyzer.model import Frame, Relation

_CALLS = ("frame", "frame_open", "called", "main")
_PRINTED = ("uncaught", "uncaught_open", "fatal", "shown", "shown_open", "shown_fatal")
_OLDER_BELOW = ("previous", "previous_open", "caused", "console")
_BEGINS = (*_PRINTED, *_OLDER_BELOW, "next", "next_open", "next_ended", "plain", "plain_open", "untyped")
_OBJECTS = ("object", "object_open", "previous", "previous_open")
_TITLES = (*_BEGINS, *_OBJECTS, "drupal", "symfony", "numbered", "unit", "warned")
_ENDS = ("said_end", "ended", "object_end")
_CERTAIN = frozenset((*COMPLETE, *_PRINTED))
_ALONE = frozenset((*_PRINTED, *_OBJECTS, "drupal", "symfony", "frame", "frame_open", "called"))
"""what may be all there is of a stack"""
_LOOSE = ("said", "text", "quoted", "more", "again", "object_said", "unit_said", "break")


@dataclass(slots=True, kw_only=True)
class _Error:
    """The lines of one exception."""

    head: Token | None
    end: Token | None = None
    """the line that holds the place, where it is not the first"""
    calls: list[Token] = field(default_factory=list)
    """`#0 …`, innermost first"""
    traced: list[Token] = field(default_factory=list)
    """Xdebug's table, outermost first"""
    listed: list[Token] = field(default_factory=list)
    """places without functions (PHPUnit), innermost first"""
    said_until: int = 0
    """the first line behind the head that is no text"""
    announced: bool = False
    """`Stack trace:` was the last line"""
    boxed: Token | None = None
    """a line of a console's box, that of the type where there is one"""
    thrown: Token | None = None


@dataclass(slots=True, kw_only=True)
class Printing:
    """One printing of one error."""

    chain: list[Draft]
    """oldest first"""
    truncated: bool
    start: int
    end: int
    prefix: str = ""
    is_error: bool = True
    """False for the stack of a warning"""


class Assembly:
    """Takes the lines of one printing; `printing` gives what they tell."""

    def __init__(self, run: list[Token], texts: Sequence[str]) -> None:
        self.run = run
        self.texts = texts
        self.errors: list[_Error] = []
        first = run[0]
        self.html = "<b>" in texts[first.at][:400]
        self.escaped = first.kind in ("object", "object_open") and first.found["pre"].endswith('"')

    def printing(self) -> Printing | None:
        """The printing, None where the lines are no stack."""
        run = self._without_loose_end()
        if len(run) == 1 and run[0].kind not in _ALONE:
            return None
        for token in run:
            self._take(token)
        first, last = self.errors[0], self.errors[-1]
        start, end = run[0].at, run[-1].at + 1
        if first.head is not None and first.head.kind == "warned":  # no error: only its stack is taken out
            if not first.traced:
                return None
            return Printing(chain=[], truncated=False, start=start + 1, end=end, is_error=False)
        if not self._is_stack():
            return None
        chain: list[Draft] = []
        for error in self.errors:
            chain += self._drafts(error)
        if any(token.kind in (*_OLDER_BELOW, "object", "object_open") for token in run):
            chain.reverse()
        for draft in chain[:-1]:
            draft.relation = Relation.CAUSE
        prefix = ""
        if first.head is not None and "pre" in first.head.found.re.groupindex:
            prefix = words_before(first.head.found["pre"])
        cut = first.head is None or self._is_cut(first, last)
        return Printing(chain=chain, truncated=cut, start=start, end=end, prefix=prefix)

    def _without_loose_end(self) -> list[Token]:
        end = len(self.run)
        while end > 1 and self.run[end - 1].kind in _LOOSE:
            end -= 1
        return self.run[:end]

    def _take(self, token: Token) -> None:
        kind = token.kind
        if kind in _TITLES or not self.errors:
            self.errors.append(_Error(head=token if kind in _TITLES else None))
        error = self.errors[-1]
        if len(self.errors) > 1 and kind in _TITLES and not self.errors[-2].said_until:
            self.errors[-2].said_until = token.at
        if not error.said_until and token is not error.head and kind not in (*_LOOSE, "boxed", "boxed_said"):
            error.said_until = token.at
        error.announced = kind in ("stack", "object_stack", "call_stack", "exception_trace")
        if kind in _CALLS:
            error.calls.append(token)
        elif kind == "at":
            (error.calls if token.found["call"] else error.listed).append(token)
        elif kind == "xframe":
            error.traced.append(token)
        elif kind == "place":
            error.listed.append(token)
        elif kind == "boxed" or (kind == "boxed_said" and error.boxed is None):
            error.boxed = token
        elif kind == "thrown":
            error.thrown = token
        elif kind in _ENDS and not error.calls:
            error.end = token

    def _is_stack(self) -> bool:
        for error in self.errors:
            if error.calls or error.traced or error.listed or error.boxed is not None:
                return True
            if any(said is not None and said.kind in _CERTAIN for said in (error.head, error.end)):
                return True
        return False

    def _is_cut(self, first: _Error, last: _Error) -> bool:
        """Whether lines are missing: calls end with `{main}`, the log of an uncaught error with `thrown in`."""
        if last.announced and not last.calls:
            return True
        head, end = last.head, last.end
        if head is not None and head.kind in ("unit", "caused", "console"):
            return not (last.listed or last.calls or last.boxed)
        if last.calls and last.calls[-1].kind in ("frame", "frame_open"):
            return True
        if head is None or first.head is None or first.head.kind not in _PRINTED or last.traced:
            return False
        if (end or head).kind in ("fatal", "shown_fatal", "ended", "next_ended"):
            return False
        return last.thrown is None

    # -- one exception

    def _drafts(self, error: _Error) -> list[Draft]:
        title = self._title(error)
        drafts = [Draft(type=title.type, message=title.message, frames=self._frames(error, title))]
        for older in title.previous:
            frames = [Frame(file=older.place[0], line=older.place[1], function=None)]
            drafts.append(Draft(type=older.type, message=older.message, frames=frames))
        return drafts

    def _title(self, error: _Error) -> Title:
        head = error.head
        if head is None:
            return Title()
        found, kind = head.found, head.kind
        if kind in _OBJECTS:
            said = self._said(error, "rest")
            return object_title(said, escaped=self.escaped)
        if kind in ("unit", "caused"):
            return self._unit_title(error)
        if kind == "console":
            return self._console_title(error)
        if kind == "numbered":
            return Title(type=found["type"], message=found["said"])
        place = _place(error.end or head)
        said = self._said(error, "said")
        if kind == "symfony":
            return quoted_title(said.removesuffix(" at "), place)
        if kind == "untyped":
            return logged_title(said, place)
        title = title_of(said, place, typed=kind not in _PRINTED or bool(found["uncaught"]))
        if kind == "drupal":
            title.function = found["call"]
        return without_markup(title) if self.html else title

    def _said(self, error: _Error, name: str) -> str:
        """The title's text up to its place, over all its lines."""
        head, end = error.head, error.end
        assert head is not None
        if end is None:
            return str(head.found[name])
        first = self.texts[head.at][head.found.start(name) :]
        return "\n".join((first, *self.texts[head.at + 1 : end.at], end.found[name]))

    def _lines_after(self, error: _Error) -> list[str]:
        """What stands between the title and the first line of the stack."""
        assert error.head is not None
        return list(self.texts[error.head.at + 1 : error.said_until or self.run[-1].at + 1])

    def _unit_title(self, error: _Error) -> Title:
        said = "\n".join(self._lines_after(error)).strip()
        title = title_of(said, NOWHERE)
        if title.type is not None and ("Exception" in title.type or "Error" in title.type or "\\" in title.type):
            return title
        return Title(message=said)

    def _console_title(self, error: _Error) -> Title:
        head = error.head
        assert head is not None
        said = [line.strip() for line in self._lines_after(error)]
        kind, place = None, _place(head)
        if error.boxed is not None and error.boxed.kind == "boxed":
            kind = error.boxed.found["type"]
            said = [line for n, line in enumerate(said, head.at + 1) if n != error.boxed.at]
        if error.listed:
            place = _place(error.listed[0])  # with its whole path
        return Title(type=kind, message="\n".join(said).strip(), place=place)

    def _frames(self, error: _Error, title: Title) -> list[Frame]:
        """Outermost first, each with the place inside its function."""
        inside = title.place
        if inside == NOWHERE and error.thrown is not None:
            inside = _place(error.thrown)
        if error.listed and error.head is not None and error.head.kind in ("unit", "caused"):
            return [_frame(_place(token), None) for token in reversed(error.listed)]
        calls = error.calls or error.traced[::-1]
        if not calls:
            return [] if inside == NOWHERE else [_frame(inside, title.function)]
        functions = [self._function(token) for token in calls]
        places = [inside, *(_place(token) for token in calls if token.kind != "main")]
        if calls[-1].kind == "xframe":
            places.pop()  # of {main}, which nothing calls
        frames = [
            _frame(place, function)
            for place, function in zip_longest(places, functions, fillvalue=None)
            if function or place not in (None, NOWHERE)
        ]
        return frames[::-1]

    def _function(self, token: Token) -> str | None:
        call = str(token.found["call"])
        if self.escaped:
            call = unescape(call)
        if self.html:
            call = html.unescape(call)
        return call.partition("\x00")[0].strip() or None


def _frame(place: Place | None, function: str | None) -> Frame:
    file, line = place or NOWHERE
    return Frame(file=file, line=line, function=function)


def _place(token: Token) -> Place:
    names = token.found.re.groupindex
    if "file" not in names or token.found["file"] is None:
        return NOWHERE
    return token.found["file"], int(token.found["line"])
