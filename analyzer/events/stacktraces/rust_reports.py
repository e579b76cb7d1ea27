"""Reports of Rust errors: what anyhow, eyre and color-eyre print for an error that `main` returned or a log was given.

The error comes first and its causes below it, outermost first. No types are named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.events.decorations import undecorate
from analyzer.events.stacktraces.core import Draft, Span, build
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.rust_frames import frames_of, place_of
from analyzer.model import Frame, Relation

_MAX_GAP = 2
"""empty lines between an error and its causes"""
_LOGGED = re.compile(
    r"\[?\d{4}-\d\d-\d\dT[\d:.]{8,30}Z?\s{1,4}(?:ERROR|WARN|INFO|DEBUG|TRACE)\s{1,2}"
    r"(?:[\w:]{1,300}\] |(?:\w{1,100}\{[^}\n]{0,300}\}:){0,8} ?(?:\w{1,100}(?:::\w{1,100}){0,20}: )?)"
)
"""env_logger: `[time LEVEL target] `; tracing: `time LEVEL span{field=1}: target: `"""


def read_report(run: list[Token], lines: Sequence[str], free: int) -> Span | None:
    """The span of a run that is no panic; `free` is the first line that no earlier span holds."""
    kinds = {token.kind for token in run}
    if not kinds & {"cause", "more", "place", "at", "frame"}:
        return None
    start, chain = run[0].at, _errors(run, lines)
    truncated = run[-1].kind in ("caused", "location", "backtrace")
    if run[0].kind == "caused":
        above = _above(lines, start, free)
        if above is None:
            truncated = True
        else:
            start, chain[0].message = above
    elif run[0].kind in ("backtrace", "frame"):
        if not any(t.kind == "at" or (t.kind == "frame" and "::" in t.found["function"]) for t in run):
            return None
        truncated = True
    elif run[0].kind not in ("error", "errors"):
        return None
    frames = _frames(run)
    chain[0].frames = frames
    chain.reverse()
    for draft in chain[:-1]:
        draft.relation = Relation.CAUSE
    return Span(start=start, end=run[-1].at + 1, trace=build("rust", chain, truncated=truncated))


def _errors(run: Sequence[Token], lines: Sequence[str]) -> list[Draft]:
    """The error and its causes, outermost first."""
    said: list[list[str]] = []
    before = ""
    for token in run:
        text = lines[token.at].strip()
        if token.kind in ("error", "cause"):
            said.append([token.found["message"].rstrip()])
        elif token.kind == "caused":
            said = said or [[""]]
        elif token.kind == "more" and before == "caused":
            said.append([text])
        elif token.kind in ("more", "report text") and said:
            said[-1].append(text)
        before = token.kind
    return [Draft(message="\n".join(one)) for one in said] or [Draft()]


def _above(lines: Sequence[str], start: int, free: int) -> tuple[int, str] | None:
    """(line, message) of what the causes explain."""
    at = start - 1
    while at >= free and start - at <= _MAX_GAP + 1 and not lines[at].strip():
        at -= 1
    if at < free or not lines[at].strip():
        return None
    line = lines[at].strip()
    logged = _LOGGED.match(line)
    text = line[logged.end() :] if logged else undecorate(line).text
    return at, text.removeprefix("Error: ").strip()


def _frames(run: Sequence[Token]) -> list[Frame]:
    frames = frames_of(run)
    place = next((t for t in run if t.kind == "place"), None)
    if place is not None and not any(frame.file for frame in frames):
        frames.append(place_of(place.found))
    return frames
