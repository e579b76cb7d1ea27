"""When the occurrences of a cluster happened: counts in bins that grow with the span, and never in number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.model.times import format_time, parse_time

MOST_BINS = 96
"""bins with something in them that one histogram keeps: an hour and a half by minutes, two weeks by six hours"""
_STEPS_S = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)
"""each divides the next, so that a bin is always a whole number of finer ones; after them days doubled"""
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Occurrences by time. Empty bins are left out, so a burst in a long window keeps its seconds.

    The step is the smallest at which at most `MOST_BINS` bins hold something. A coarser step never needs more bins, so
    neither the order of the times nor how they were divided before `merged` makes a difference.
    """

    step_s: int = 1
    """width of a bin in seconds"""
    bins: tuple[tuple[int, int], ...] = ()
    """(number of the bin, counted in steps from the Unix epoch; occurrences in it), by number"""
    without_time: int = 0
    """occurrences whose entries carry no time"""

    @property
    def count(self) -> int:
        """All occurrences, those without a time too."""
        return sum(count for _, count in self.bins) + self.without_time

    @classmethod
    def of(cls, times: Iterable[int | None]) -> Histogram:
        """The histogram of Unix nanoseconds, None for no time; memory does not grow with their number."""
        step, bins, without = _STEPS_S[0], dict[int, int](), 0
        for time in times:
            if time is None:
                without += 1
                continue
            number = time // (step * _SECOND_NS)
            bins[number] = bins.get(number, 0) + 1
            if len(bins) > MOST_BINS:
                step, bins = _fitting(step, bins)
        return cls(step_s=step, bins=tuple(sorted(bins.items())), without_time=without)

    def merged(self, other: Histogram) -> Histogram:
        """The histogram of the times of both."""
        step = max(self.step_s, other.step_s)
        bins = dict(self.coarser(step).bins)
        for number, count in other.coarser(step).bins:
            bins[number] = bins.get(number, 0) + count
        step, bins = _fitting(step, bins)
        without = self.without_time + other.without_time
        return Histogram(step_s=step, bins=tuple(sorted(bins.items())), without_time=without)

    def coarser(self, step_s: int) -> Histogram:
        """The same in wider bins; `step_s` is a step that another histogram has, and not below this one's."""
        if step_s == self.step_s:
            return self
        bins = _widened(dict(self.bins), step_s // self.step_s)
        return Histogram(step_s=step_s, bins=tuple(sorted(bins.items())), without_time=self.without_time)

    def to_dict(self) -> dict[str, Any] | None:
        """As the report writes it: bins counted from the first one; None where no occurrence has a time."""
        if not self.bins:
            return None
        first = self.bins[0][0]
        return {
            "from": format_time(first * self.step_s * _SECOND_NS),
            "step_s": self.step_s,
            "at": [number - first for number, _ in self.bins],
            "counts": [count for _, count in self.bins],
            "without_time": self.without_time,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Histogram:
        """The inverse of `to_dict`. Raises ValueError where times and counts do not pair up."""
        step = int(data["step_s"])
        begin = parse_time(data["from"])
        if begin is None or step <= 0:
            raise ValueError("a histogram begins at a time and has a step of seconds")
        first = begin // (step * _SECOND_NS)
        pairs = zip(data["at"], data["counts"], strict=True)
        bins = tuple((first + int(at), int(count)) for at, count in pairs)
        return cls(step_s=step, bins=bins, without_time=int(data.get("without_time") or 0))


def wider_step(step_s: int) -> int:
    """The next step after this one, a whole number of it."""
    return next((step for step in _STEPS_S if step > step_s and step % step_s == 0), step_s * 2)


def _fitting(step: int, bins: dict[int, int]) -> tuple[int, dict[int, int]]:
    """The bins, widened until there are few enough of them."""
    while len(bins) > MOST_BINS:
        wider = wider_step(step)
        bins = _widened(bins, wider // step)
        step = wider
    return step, bins


def _widened(bins: Mapping[int, int], times: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for number, count in bins.items():
        found[number // times] = found.get(number // times, 0) + count
    return found
