"""Times that a message claims against the times that passed."""

from __future__ import annotations

import re

from analyzer.causes.runtime.breadcrumbs import alike, breadcrumb
from analyzer.model import Context, ErrorEvent, Evidence

_CLAIM = re.compile(
    r"(?i)(?:time[d]?[ -]?out|timeout|deadline|time limit|waited|no (?:answer|response|reply))[^\d\n]{0,60}"
    r"(?P<number>\d{1,7}(?:\.\d{1,6})?) ?(?P<unit>milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m)\b"
)
_SECONDS = {"m": 0.001, "s": 1.0, "min": 60.0}
_SHORTER = 0.8
"""a limit that expired cannot have run for less than this share of what it is said to be"""
_MIN_SECONDS = 1.0
"""a line printed a moment before the error reports it (“giving up”), and starts nothing"""


def contradictions(event: ErrorEvent, context: Context) -> tuple[Evidence, ...]:
    """Sentences on a time in the message that cannot have passed; nothing where the logs do not show it.

    Either the whole request was shorter than the limit that it is said to have hit, or the last line before the error,
    of the same instance and no line that is printed again and again, is nearer than that.
    """
    claim = _CLAIM.search(event.message[:2_000])
    if claim is None or event.time_ns is None:
        return ()
    stated = float(claim["number"]) * _unit(claim["unit"])
    said = f"{claim['number']} {_short(claim['unit'])}"
    latency = event.request.latency_ns if event.request else None
    if latency and latency / 1e9 < _SHORTER * stated:
        text = f"the message says {said}; the whole request took {_seconds(latency)}"
        return (Evidence(text=text, entry_ids=event.entry_ids),)
    line = breadcrumb(context)
    if line is None or line.time_ns is None or not line.instance:
        return ()
    passed = (event.time_ns - line.time_ns) / 1e9
    if not _MIN_SECONDS <= passed < _SHORTER * stated:
        return ()
    earlier = [x for x in context.before if x.instance == line.instance and x.entry_id != line.entry_id]
    if any(alike(x.text, line.text) for x in earlier):
        return ()  # a heartbeat says nothing about when the wait began
    text = (
        f"the message says {said}; {_seconds(event.time_ns - line.time_ns)} passed since “{line.text[:120]}”, the last"
        f" line before it: the limit began to run earlier, or another one expired"
    )
    return (Evidence(text=text, entry_ids=(line.entry_id, *event.entry_ids)),)


def _unit(word: str) -> float:
    lower = word.lower()
    if lower in ("m",) or lower.startswith("min"):
        return _SECONDS["min"]
    return _SECONDS["m"] if lower.startswith("m") else _SECONDS["s"]


def _short(word: str) -> str:
    return {60.0: "min", 1.0: "s", 0.001: "ms"}[_unit(word)]


def _seconds(time_ns: int) -> str:
    return f"{time_ns / 1e9:.1f} s"
