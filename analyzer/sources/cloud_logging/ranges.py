"""Arithmetic of half-open time ranges: what is missing, where to cut, what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from analyzer.model import Window


def missing(window: Window, covered: Iterable[Window]) -> list[Window]:
    """The parts of a window that none of the others covers, newest first."""
    holes, start = [], window.from_ns
    for other in sorted(covered, key=lambda w: w.from_ns):
        if other.from_ns > start:
            holes.append(Window(from_ns=start, to_ns=min(other.from_ns, window.to_ns)))
        start = max(start, other.to_ns)
        if start >= window.to_ns:
            break
    if start < window.to_ns:
        holes.append(Window(from_ns=start, to_ns=window.to_ns))
    return [w for w in reversed(holes) if w.from_ns < w.to_ns]


def cut(window: Window, at: Iterable[int]) -> list[Window]:
    """The window cut at these times, newest first; times outside it change nothing."""
    places = sorted({window.from_ns, window.to_ns, *(t for t in at if window.from_ns < t < window.to_ns)})
    return [Window(from_ns=a, to_ns=b) for a, b in reversed(list(pairwise(places)))]


def smaller(window: Window, seen_ns: Sequence[int]) -> list[Window]:
    """A window cut so that each piece holds clearly less, newest first: what was seen of it (the newest entries come
    first) in halves, and the rest; in the middle of the time where that tells nothing. One nanosecond stays one.
    """
    times = sorted(t for t in seen_ns if window.from_ns < t < window.to_ns)
    if times:
        unseen = times[0] - window.from_ns
        places = [times[len(times) // 2]]
        if unseen * 10 > window.to_ns - window.from_ns:
            places.append(times[0])
        return cut(window, places)
    return cut(window, ((window.from_ns + window.to_ns) // 2,))


def overlaps(one: Window, other: Window) -> bool:
    """Whether two windows share any time."""
    return one.from_ns < other.to_ns and other.from_ns < one.to_ns
