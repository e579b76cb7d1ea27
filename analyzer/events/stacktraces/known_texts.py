"""Texts that differ from an earlier one in values alone are not parsed again.

The second printing of an error repeats the first: the same frames, other values in its log line and in the messages of
its exceptions. What the parse of the first found is then true of the second, with the new messages in place. Whether
it is such a text is decided without parsing: all lines but the first two and the last are equal (but for addresses);
those three have the same signs between their words, show nothing of a stack that they did not show before, keep what
stands around the messages, and are to the language's line grammar what they were before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from analyzer.events.stacktraces.core import LineState, Move, Reader, Span

MAX_CHARS = 32_768
_MAX_KNOWN = 4_096
_MIN_LINES = 4
_ADDRESS = re.compile(r"0x[0-9a-f]{5,16}")
_WORDS_OFF = dict.fromkeys(map(ord, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """Where the message of an exception stands: `before` + message + `after` is line `line`."""

    line: int
    span: int
    exception: int
    before: str
    after: str
    language: str
    state: LineState | None
    """where the line-by-line reading stood before this line; None where the line opens the stack"""
    move: Move
    """what the line was to it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """A parsed text: what may vary, and what was found."""

    spans: tuple[Span, ...]
    messages: tuple[_Message, ...]
    fixed: tuple[tuple[int, str], ...]
    """lines among the first two and the last that must be the same"""
    free: tuple[tuple[int, tuple[Move | None, ...]], ...]
    """those among them that belong to no stack, and what they open in the languages that were found"""
    languages: tuple[str, ...]


_Key = tuple[str, int, tuple[str, ...]]


class KnownTexts:
    """Remembers what was found in texts of several lines."""

    def __init__(self, shows_stack: Callable[[str], bool], readers: Sequence[Reader]) -> None:
        self._shows_stack = shows_stack
        self._readers = {reader.language: reader for reader in readers}
        self._layouts: dict[_Key, _Layout] = {}

    def find(self, lines: Sequence[str]) -> list[Span] | None:
        """The spans of a text like an earlier one, None where it is not known."""
        layout = self._layouts.get(_key(lines))
        if layout is None:
            return None
        for at, line in layout.fixed:
            if lines[at] != line:
                return None
        harmless = ""
        for at, opened in layout.free:
            if self._shows_stack(lines[at]) or self._opened(lines[at], layout.languages) != opened:
                return None
            harmless = lines[at]
        new: dict[int, dict[int, str]] = {}
        for place in layout.messages:
            line = lines[place.line]
            end = len(line) - len(place.after)
            if end < len(place.before) or not line.startswith(place.before) or not line.endswith(place.after):
                return None
            reader = self._readers[place.language]
            if (reader.begin(line) if place.state is None else reader.step(place.state, line)) != place.move:
                return None
            said = line[len(place.before) : end]
            if not said or said[0].isspace() or said[-1].isspace():
                return None
            if said not in harmless and self._shows_stack(said):  # most log lines repeat the message
                return None
            new.setdefault(place.span, {})[place.exception] = said
        return [_with_messages(span, new[n]) if n in new else span for n, span in enumerate(layout.spans)]

    def remember(self, lines: Sequence[str], spans: Sequence[Span]) -> None:
        """Keep what was found, where the lines that may vary hold nothing but messages and ordinary text."""
        varying = _varying(lines)
        messages: list[_Message] = []
        fixed: list[tuple[int, str]] = []
        free: list[tuple[int, tuple[Move | None, ...]]] = []
        found_in = {span.trace.language for span in spans if span.trace is not None}
        languages = tuple(sorted(found_in & self._readers.keys()))
        for at in varying:
            number = next((n for n, span in enumerate(spans) if span.start <= at < span.end), None)
            if number is None:
                # right behind a stack a line may be the rest of it, which `begin` does not tell
                if self._shows_stack(lines[at]) or any(span.end == at for span in spans):
                    fixed.append((at, lines[at]))
                else:
                    free.append((at, self._opened(lines[at], languages)))
                continue
            found = self._message(lines, at, number, spans[number])
            if found is None:
                fixed.append((at, lines[at]))
            else:
                messages.append(found)
        if len(self._layouts) >= _MAX_KNOWN:
            self._layouts.clear()
        self._layouts[_key(lines)] = _Layout(
            spans=tuple(spans), messages=tuple(messages), fixed=tuple(fixed), free=tuple(free), languages=languages
        )

    def _opened(self, line: str, languages: Sequence[str]) -> tuple[Move | None, ...]:
        return tuple([self._readers[language].begin(line) for language in languages])

    def _message(self, lines: Sequence[str], at: int, number: int, span: Span) -> _Message | None:
        """The one exception whose whole message stands in this line, once, and in no other line of the stack."""
        if span.trace is None or span.prefix or span.trace.language not in self._readers:
            return None
        line = lines[at]
        places = []
        for index, exception in enumerate(span.trace.exceptions):
            said = exception.message
            if len(said) > 3 and "\n" not in said and not self._shows_stack(said) and line.count(said) == 1:
                places.append((index, said))
        if len(places) != 1:
            return None
        index, said = places[0]
        if said[0].isspace() or said[-1].isspace():
            return None
        if any(e.message == said for n, e in enumerate(span.trace.exceptions) if n != index):
            return None
        if any(said in other for n, other in enumerate(lines[span.start : span.end], span.start) if n != at):
            return None
        moved = self._move(span.trace.language, lines[span.start : at], line)
        if moved is None:
            return None
        start = line.find(said)
        return _Message(
            line=at,
            span=number,
            exception=index,
            before=line[:start],
            after=line[start + len(said) :],
            language=span.trace.language,
            state=moved[0],
            move=moved[1],
        )

    def _move(self, language: str, before: Sequence[str], line: str) -> tuple[LineState | None, Move] | None:
        """Where the line-by-line reading stands after the lines of a stack, and what the next line is to it."""
        reader = self._readers[language]
        state: LineState | None = None
        for earlier in before:
            move = reader.begin(earlier) if state is None else reader.step(state, earlier)
            if move is None:
                return None
            state = move[0]
        move = reader.begin(line) if state is None else reader.step(state, line)
        return None if move is None else (state, move)


def _varying(lines: Sequence[str]) -> tuple[int, ...]:
    """The lines that may hold other values: a log line and a title in front, a closing line at the end."""
    last = len(lines) - 1
    while last > 2 and not lines[last]:
        last -= 1
    return (0, 1, last)


def _key(lines: Sequence[str]) -> _Key:
    varying = _varying(lines)
    block = "\n".join(lines[2 : varying[2]])
    if "0x" in block:
        block = _ADDRESS.sub("0x", block)
    return block, len(lines), tuple([lines[at].translate(_WORDS_OFF) for at in varying])


def may_be_known(text: str) -> bool:
    """Whether a text is worth remembering: of some lines, and not too long."""
    return len(text) <= MAX_CHARS and text.count("\n") >= _MIN_LINES - 1


def _with_messages(span: Span, messages: dict[int, str]) -> Span:
    trace = span.trace
    assert trace is not None
    exceptions = [replace(e, message=messages[n]) if n in messages else e for n, e in enumerate(trace.exceptions)]
    told = replace(trace, exceptions=tuple(exceptions))
    return Span(start=span.start, end=span.end, trace=told, prefix=span.prefix)
