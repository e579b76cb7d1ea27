"""Numbers, shares, times and places in the words every format shares."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from analyzer.reports.hostile import one_line


def number(value: float) -> str:
    """`12345` as `12,345`; a fraction keeps two places."""
    return f"{value:,}" if isinstance(value, int) or not value.is_integer() else f"{int(value):,}"


def count(value: int, noun: str, plural: str | None = None) -> str:
    """`1 error`, `2 errors`."""
    return f"{number(value)} {noun if value == 1 else plural or noun + 's'}"


def percent(share: float | None) -> str:
    """`92 %`. Never `100 %` or `0 %` where it is not: then one place, rounded away from the edge."""
    if share is None:
        return "–"
    value = share * 100
    if 99.5 <= value < 100:
        return f"{min(math.floor(value * 10) / 10, 99.9):.1f} %"
    if 0 < value < 0.5:
        return f"{max(value, 0.1):.1f} %"
    return f"{value:.0f} %"


def interval(bounds: list[float] | None) -> str:
    """`75–98 %`, empty where there is none."""
    return f"{bounds[0] * 100:.0f}–{bounds[1] * 100:.0f} %" if bounds else ""


def points(delta: float | None) -> str:
    """A difference of two shares: `+4 points`, `−2.5 points`."""
    if delta is None:
        return "–"
    value = round(delta * 100, 1)
    size = f"{abs(value):.1f}".removesuffix(".0")
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{size} {'point' if size == '1' else 'points'}"


def p_value(value: float) -> str:
    """`p = 0.03`, `p < 0.001`."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}" if value < 0.1 else f"p = {value:.2f}"


def moment(time: str | None) -> str:
    """An RFC 3339 time as `2026-03-02 10:05:12`, `unknown` where it is none. All times are UTC."""
    return time[:19].replace("T", " ") if time else "unknown"


def span(window: Mapping[str, Any]) -> str:
    """A window as `2026-03-02 10:00:00 – 10:30:00 UTC`, the second date only where it differs."""
    start, end = window["from"], window["to"]
    if not start and not end:
        return "unknown window"
    left, right = moment(start), moment(end)
    if start and end and left[:10] == right[:10]:
        right = right[11:]
    return f"{left} – {right} UTC"


def place(path: Mapping[str, Any]) -> str:
    """`orders/codec.py:42`, or `orders/codec.py:42-44` where the statement is longer."""
    end = path.get("end_line")
    lines = f"{path['line']}-{end}" if end and end != path["line"] else str(path["line"])
    return f"{path['file']}:{lines}"


def listed(words: list[str], empty: str = "none") -> str:
    """`a, b and c`."""
    if not words:
        return empty
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def dedented(excerpt: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The excerpt's lines without the white space all of them begin with, each on one line."""
    texts = [line["text"].replace("\n", " ").expandtabs(4).rstrip() for line in excerpt]
    margin = min((len(text) - len(text.lstrip()) for text in texts if text), default=0)
    return [{**line, "text": text[margin:]} for line, text in zip(excerpt, texts, strict=True)]


def short_commit(commit: str) -> str:
    """The first ten digits."""
    return one_line(commit)[:10]


def logs_fit(commits: list[str] | None, head: str | None) -> str:
    """`logs fit 91d0c3aa57..4be19c07d2, HEAD is 4be19c07d2` (oldest and newest that fit); empty where none is known."""
    if not commits:
        return ""
    at_head = f", HEAD is {short_commit(head)}" if head else ""
    return f"logs fit {short_commit(commits[0])}..{short_commit(commits[-1])}{at_head}"


def rate(value: Mapping[str, Any]) -> str:
    """A change of rate: `3 in 40 requests, 12 in 38 in the baseline: p = 0.01; …`."""
    unit = value["per"]
    here = f"{number(value['count'])} in {count_of(value['exposure'], unit)}"
    before = f"{number(value['baseline_count'])} in {count_of(value['baseline_exposure'], unit)} of the baseline"
    bound = f"; at most {value['bound']:.3g} a {unit} (95 %)" if value["bound"] is not None else ""
    note = f"; {value['note']}" if value["note"] else ""
    return f"{here}, {before}: {p_value(value['p_value'])}{bound}{note}"


def count_of(value: float, noun: str) -> str:
    """`1 minute`, `2.5 minutes`."""
    return f"{number(round(value, 1))} {noun if value == 1 else noun + 's'}"
