"""Texts that differ from an earlier one in values alone are not parsed again.

The second printing of an error repeats the first: the same frames, other values in its log line and in the messages of
its exceptions. What the parse of the first found is then true of the second, with the new messages in place. Whether
it is such a text is decided without parsing: all lines but the first two and the last are equal (but for addresses);
those three have the same signs between their words, show nothing of a stack that they did not show before, and keep
what stands around the messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analyzer.events.stacktraces.core import Span

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """A parsed text: what may vary, and what was found."""

    spans: tuple[Span, ...]
    messages: tuple[_Message, ...]
    fixed: tuple[tuple[int, str], ...]
    """lines among the first two and the last that must be the same"""
    free: tuple[int, ...]
    """those among them that belong to no stack"""


_Key = tuple[str, int, tuple[str, ...]]


class KnownTexts:
    """Remembers what was found in texts of several lines."""

    def __init__(self, shows_stack: Callable[[str], bool]) -> None:
        self._shows_stack = shows_stack
        self._layouts: dict[_Key, _Layout] = {}

    def find(self, lines: Sequence[str]) -> list[Span] | None:
        """The spans of a text like an earlier one, None where it is not known."""
        layout = self._layouts.get(_key(lines))
        if layout is None:
            return None
        for at, line in layout.fixed:
            if lines[at] != line:
                return None
        for at in layout.free:
            if self._shows_stack(lines[at]):
                return None
        new: dict[int, dict[int, str]] = {}
        for place in layout.messages:
            line = lines[place.line]
            end = len(line) - len(place.after)
            if end < len(place.before) or not line.startswith(place.before) or not line.endswith(place.after):
                return None
            said = line[len(place.before) : end]
            if not said or said[0].isspace() or said[-1].isspace() or self._shows_stack(said):
                return None
            new.setdefault(place.span, {})[place.exception] = said
        return [_with_messages(span, new[n]) if n in new else span for n, span in enumerate(layout.spans)]

    def remember(self, lines: Sequence[str], spans: Sequence[Span]) -> None:
        """Keep what was found, where the lines that may vary hold nothing but messages and ordinary text."""
        varying = _varying(lines)
        messages: list[_Message] = []
        fixed: list[tuple[int, str]] = []
        free: list[int] = []
        for at in varying:
            number = next((n for n, span in enumerate(spans) if span.start <= at < span.end), None)
            if number is None:
                if self._shows_stack(lines[at]):
                    fixed.append((at, lines[at]))
                else:
                    free.append(at)
                continue
            found = self._message(lines, at, number, spans[number])
            if found is None:
                fixed.append((at, lines[at]))
            else:
                messages.append(found)
        if len(self._layouts) >= _MAX_KNOWN:
            self._layouts.clear()
        self._layouts[_key(lines)] = _Layout(
            spans=tuple(spans), messages=tuple(messages), fixed=tuple(fixed), free=tuple(free)
        )

    def _message(self, lines: Sequence[str], at: int, number: int, span: Span) -> _Message | None:
        """The one exception whose whole message stands in this line, once, and in no other line of the stack."""
        if span.trace is None or span.prefix:
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
        start = line.find(said)
        return _Message(line=at, span=number, exception=index, before=line[:start], after=line[start + len(said) :])


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
    return replace(span, trace=replace(trace, exceptions=tuple(exceptions)))
