"""Stack-trace text to trees of exceptions: one module per language, each registering itself.

Takes text; gives `StackTrace`s and the text that is left beside them. Reads no files, never raises, linear time.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analyzer.events.plaintext import is_escaped_stack, parse_object, strings_of, strip_ansi, unescape_stacks
from analyzer.events.stacktraces.core import Reader, Span, readers
from analyzer.events.stacktraces.in_app import FrameJudge, judge_by
from analyzer.events.stacktraces.known_texts import KnownTexts, may_be_known
from analyzer.model import StackTrace
from analyzer.model.collecting import collector_paused
from analyzer.rules import Rule

__all__ = ["StackText", "all_hints", "all_readers", "parse_stack_traces", "read_stacks", "readers_of", "shows_stack"]


_LONG_LINE = 10_000
_LARGE = 65_536
"""characters: so many lines make so many objects that the garbage collector would look at them again and again"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackText:
    """A text taken apart: the traces in printed order and what is left of the text without them."""

    traces: tuple[StackTrace, ...]
    rest: str


@lru_cache(maxsize=1)
def all_readers() -> tuple[Reader, ...]:
    """The readers of every module in this folder."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return readers()


@lru_cache(maxsize=1)
def all_hints() -> tuple[str, ...]:
    """Substrings of which one stands in every text that some reader finds a stack in."""
    return tuple(dict.fromkeys(hint for reader in all_readers() for hint in reader.hints))


def parse_stack_traces(text: str, *, frame_rules: Sequence[Rule] = ()) -> list[StackTrace]:
    """Every trace in a text, in printed order.

    Plain, coloured, escaped once or twice (a backslash and `n` for a line end), or inside the strings of a JSON
    document. `frame_rules` (kind `frames`) say which frames are not ours; without any the shipped ones do.
    """
    document = parse_object(text) if "{" in text[:200] else None
    if document is not None:
        return [t for value in strings_of(document) for t in read_stacks(value, frame_rules=frame_rules).traces]
    return list(read_stacks(text, frame_rules=frame_rules).traces)


def read_stacks(text: str, *, frame_rules: Sequence[Rule] = ()) -> StackText:
    """The traces of a text and what is left of it; a stack that is no error (`stack_info`) is taken out too."""
    if len(text) < _LARGE:
        return _read_stacks(text, frame_rules)
    with collector_paused():
        return _read_stacks(text, frame_rules)


def _read_stacks(text: str, frame_rules: Sequence[Rule]) -> StackText:
    text = strip_ansi(text)
    if is_escaped_stack(text):
        text = unescape_stacks(text)
    judge = judge_by(frame_rules)
    known = _known_texts(judge) if may_be_known(text) else None
    is_large = len(text) >= _LARGE
    lines = _lines(text) if is_large or known is not None else []
    spans = known.find(lines) if known is not None else None
    if spans is None:
        found = readers_of(_abridged(lines) if is_large else text)
        if not found:
            return StackText(traces=(), rest=text)
        lines = lines or _lines(text)
        spans = _without_overlap([span for reader in found for span in reader.read(lines)])
        spans = [s if s.trace is None else replace(s, trace=judge.judge(s.trace)) for s in spans]
        if known is not None:
            known.remember(lines, spans)
    if not spans:
        return StackText(traces=(), rest=text)
    return StackText(traces=tuple([s.trace for s in spans if s.trace is not None]), rest=_rest(lines, spans))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [line.rstrip("\r") for line in lines] if "\r" in text else lines


def _abridged(lines: Sequence[str]) -> str:
    """The lines of a large text once each, and of a long one its ends: enough to see which languages it may hold."""
    distinct = dict.fromkeys(lines)
    return "\n".join([x if len(x) <= _LONG_LINE else f"{x[:_LONG_LINE]}\n{x[-_LONG_LINE:]}" for x in distinct])


def readers_of(text: str) -> list[Reader]:
    """The readers that may find a stack in a text."""
    return [reader for reader in all_readers() if _any_in(reader.hints, text) and _any_in(reader.besides, text)]


def _any_in(words: tuple[str, ...], text: str) -> bool:
    for word in words:
        if word in text:
            return True
    return not words


@lru_cache(maxsize=8)
def _known_texts(_: FrameJudge) -> KnownTexts:
    return KnownTexts(shows_stack, all_readers())


def shows_stack(text: str) -> bool:
    """Whether a text shows anything of a stack. A source line or a line of a message does not."""
    if text[:1].isspace() or text.startswith("at "):
        return True
    for hint in all_hints():  # noqa: SIM110 - takes half the time of any()
        if hint in text:
            return True
    return False


def _without_overlap(spans: list[Span]) -> list[Span]:
    """Of two claims on the same lines the longer one from the earlier line holds, among equals the one with frames."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end, not _has_frames(s))):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _has_frames(span: Span) -> bool:
    return span.trace is not None and any(exception.frames for exception in span.trace.exceptions)


def _rest(lines: Sequence[str], spans: Sequence[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for span in spans:
        pieces += lines[at : span.start]
        if span.prefix.strip():
            pieces.append(span.prefix.rstrip())
        at = span.end
    return "\n".join([*pieces, *lines[at:]]).strip("\n")
