"""Stack-trace text to trees of exceptions: one module per language, each registering itself.

Takes text; gives `StackTrace`s and the text that is left beside them. Reads no files, never raises, linear time.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analyzer.events.plaintext import is_escaped_stack, parse_object, strings_of, strip_ansi, unescape_stacks
from analyzer.events.stacktraces.core import Reader, Span, readers
from analyzer.model import Frame, StackTrace
from analyzer.rules import Rule, load_rules

__all__ = ["StackText", "all_hints", "all_readers", "judge_frames", "parse_stack_traces", "read_stacks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackText:
    """A text taken apart: the traces in printed order and what is left of the text without them."""

    traces: tuple[StackTrace, ...]
    rest: str


@lru_cache(maxsize=1)
def all_readers() -> tuple[Reader, ...]:
    """The readers of every module in this folder."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in ("core", "line_grammar")):
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
    found = [r for r in all_readers() if any(hint in text for hint in r.hints)]
    if not found:
        return StackText(traces=(), rest=text)
    text = strip_ansi(text)
    if is_escaped_stack(text):
        text = unescape_stacks(text)
    lines = [line.rstrip("\r") for line in text.split("\n")]
    spans = _without_overlap([span for reader in found for span in reader.read(lines)])
    if not spans:
        return StackText(traces=(), rest=text)
    judge = _judge(frame_rules)
    return StackText(
        traces=tuple(_with_in_app(s.trace, judge) for s in spans if s.trace is not None), rest=_rest(lines, spans)
    )


def _without_overlap(spans: list[Span]) -> list[Span]:
    """Where two languages claim the same lines, the longer claim from the earlier line holds."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _rest(lines: Sequence[str], spans: Sequence[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for span in spans:
        pieces += lines[at : span.start]
        if span.prefix.strip():
            pieces.append(span.prefix.rstrip())
        at = span.end
    return "\n".join([*pieces, *lines[at:]]).strip("\n")


def _judge(frame_rules: Sequence[Rule]) -> Callable[[str, Frame], bool]:
    """(language, frame) → whether the frame is ours. A rule sees the path, with `on = "function"` the function's full
    name; with `language` it sees frames of that one only. The last rule that matches decides."""
    rules = tuple(frame_rules) or load_rules("frames")
    known: dict[tuple[str, str | None, str | None], bool] = {}

    def in_app(language: str, frame: Frame) -> bool:
        key = (language, frame.file, frame.function)
        if key not in known:
            known[key] = _decide(rules, language, frame)
        return known[key]

    return in_app


def _decide(rules: Sequence[Rule], language: str, frame: Frame) -> bool:
    if not frame.file and not frame.function:
        return False
    path, function = (frame.file or "").replace("\\", "/"), frame.function or ""
    for rule in reversed(rules):
        if rule.extra.get("helper") or rule.extra.get("language", language) != language:
            continue
        if rule.pattern.search(function if rule.extra.get("on") == "function" else path):
            return bool(rule.extra.get("in_app", False))
    return bool(frame.file)


def judge_frames(trace: StackTrace, frame_rules: Sequence[Rule] = ()) -> StackTrace:
    """The same trace with every frame's `in_app` by the rules."""
    return _with_in_app(trace, _judge(frame_rules))


def _with_in_app(trace: StackTrace, in_app: Callable[[str, Frame], bool]) -> StackTrace:
    def judged(frame: Frame) -> Frame:
        ours = in_app(trace.language, frame)
        return frame if frame.in_app == ours else replace(frame, in_app=ours)

    if not any(e.frames for e in trace.exceptions):
        return trace
    return replace(
        trace,
        exceptions=tuple(replace(e, frames=tuple(judged(f) for f in e.frames)) for e in trace.exceptions),
    )
