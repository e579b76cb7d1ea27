"""When the errors of a window happened, as bars beside one another, with the deploys as marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.model.times import parse_time

MOST_LANES = 15
SHORTEST = 6
"""Parts of 1,000 that a bar is wide at least: an error that happened once must be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One error's life; `start` and `width` in parts of 1,000 of the whole span."""

    fingerprint: str
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Bars and marks over one span of time."""

    window: Mapping[str, str]
    lanes: tuple[Lane, ...]
    marks: tuple[float, ...]
    """where a deploy event lies, in parts of 1,000"""


def lanes(clusters: Sequence[Mapping[str, Any]], timeline: Sequence[Mapping[str, Any]]) -> Lanes | None:
    """The lanes of these clusters in their order, None where their times span nothing."""
    seen = [
        (cluster["fingerprint"], start, end)
        for cluster in clusters[:MOST_LANES]
        if (start := _time(cluster["first_seen"])) is not None and (end := _time(cluster["last_seen"])) is not None
    ]
    deploys = [time for event in timeline if (time := _time(event["time"])) is not None]
    if not seen:
        return None
    first = min([start for _, start, _ in seen] + deploys)
    span = max([end for _, _, end in seen] + deploys) - first
    if span <= 0:
        return None
    times = {
        _time(text): text
        for text in [*(c[key] for c in clusters for key in ("first_seen", "last_seen")), *(e["time"] for e in timeline)]
        if text
    }

    def place(time: int) -> float:
        return round((time - first) * 1000 / span, 1)

    drawn = []
    for fingerprint, start, end in seen:
        width = max(place(end) - place(start), SHORTEST)
        drawn.append(Lane(fingerprint=fingerprint, start=min(place(start), 1000 - width), width=round(width, 1)))
    return Lanes(
        window={"from": times[first], "to": times[first + span]},
        lanes=tuple(drawn),
        marks=tuple(sorted({place(time) for time in deploys})),
    )


def _time(text: str | None) -> int | None:
    return parse_time(text) if text else None
