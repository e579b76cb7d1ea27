"""Which clusters are seen together: in the same requests, else at the same times."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from analyzer.causes.runtime.profiles import Profile, Sight

SKEW_NS = 5_000_000_000
"""clocks of services differ; two printings this near may be in either order"""
_LATE_NS = 30_000_000_000
"""a caller that gave up prints before what it waited for does"""
_MAX_PER_REQUEST = 16
_NEAR_NS = 1_000_000_000
_STEP_NS = 250_000_000
_MAX_DISTANCE_NS = 10_000_000_000
_MAX_NEIGHBOURS = 100
_MIN_IN_STEP = 3
_IN_STEP = 0.7
_CHANCE = log(0.02)
_MIN_GAPS, _MAX_GAPS = 4, 200
_FEW_ODD = 0.8


@dataclass(slots=True)
class Meeting:
    """What the requests say of an ordered pair of clusters."""

    shared: int = 0
    first: int = 0
    """of the shared requests, those in which the second cluster was printed before the first"""
    example: tuple[Sight, Sight] | None = None


class Together:
    """The requests and times of a set of profiles, asked by pair."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._meetings: dict[tuple[str, str], Meeting] = defaultdict(Meeting)
        self._requests: Counter[str] = Counter()
        """requests by fingerprint"""
        self._starts = {p.fingerprint: [s.start_ns for s in p.sights] for p in profiles}
        times = [t for starts in self._starts.values() for t in starts]
        self._span = (max(times) - min(times)) if times else 0
        by_request: dict[str, dict[str, Sight]] = defaultdict(dict)
        for profile in profiles:
            for sight in profile.sights:
                for request in sight.requests:
                    by_request[request].setdefault(profile.fingerprint, sight)
        for request in sorted(by_request):
            met = sorted(by_request[request].items(), key=lambda item: (item[1].start_ns, item[0]))[:_MAX_PER_REQUEST]
            for fingerprint, mine in met:
                self._requests[fingerprint] += 1
                for other, theirs in met:
                    if other != fingerprint:
                        meeting = self._meetings[fingerprint, other]
                        meeting.shared += 1
                        meeting.first += theirs.start_ns < mine.start_ns
                        meeting.example = meeting.example or (mine, theirs)

    def met(self, a: Profile, b: Profile) -> bool:
        """Whether any request shows both."""
        return (a.fingerprint, b.fingerprint) in self._meetings

    def requests(self, a: Profile, b: Profile) -> tuple[Meeting, int]:
        """The requests that show both, and how many show `a`."""
        return self._meetings.get((a.fingerprint, b.fingerprint)) or Meeting(), self._requests[a.fingerprint]

    def share_near(self, a: Profile, b: Profile, *, late: bool = False) -> float:
        """Share of the printings of `a` that have one of `b` near; `late`: also half a minute later."""
        starts = self._starts[b.fingerprint]
        after = _LATE_NS if late else SKEW_NS
        mine = a.some
        return (
            sum(_any_between(starts, s.start_ns - SKEW_NS, s.end_ns + after) for s in mine) / len(mine) if mine else 0.0
        )

    def share_by_chance(self, b: Profile, *, late: bool = False) -> float:
        """Share of the whole time in which something of `b` is near, so that any printing would have it."""
        reach = SKEW_NS + (_LATE_NS if late else SKEW_NS)
        covered, until = 0, None
        for start in self._starts[b.fingerprint]:
            low = start if until is None else max(start, until)
            covered += max(0, start + reach - low)
            until = start + reach
        return min(1.0, covered / (self._span + reach)) if self._span else 1.0

    def in_step(self, a: Profile, b: Profile) -> int:
        """How many printings of `a` stand at one distance from one of `b`; 0 where chance gives as many.

        The distance is where most stand, give or take an eighth of a second: it holds what the clocks differ, and how
        long the one takes to follow from the other.
        """
        starts, mine = self._starts[b.fingerprint], a.some
        if len(mine) < _MIN_IN_STEP or not self._span or (_regular(mine) and _regular(b.sights)):
            return 0
        distances: list[tuple[int, int]] = []
        for number, sight in enumerate(mine):
            at = bisect_left(starts, sight.start_ns - _MAX_DISTANCE_NS)
            for start in starts[at : at + _MAX_NEIGHBOURS]:
                if start > sight.start_ns + _MAX_DISTANCE_NS:
                    break
                distances.append((sight.start_ns - start, number))
        distances.sort()
        best, low = 0, 0
        inside: Counter[int] = Counter()
        for high in range(len(distances)):
            inside[distances[high][1]] += 1
            while distances[high][0] - distances[low][0] > _STEP_NS:
                inside[distances[low][1]] -= 1
                if not inside[distances[low][1]]:
                    del inside[distances[low][1]]
                low += 1
            best = max(best, len(inside))
        if best < _IN_STEP * len(mine):
            return 0
        once = min(0.999, len(starts) * _STEP_NS / self._span)
        chance = best * log(once) + log(2 * _MAX_DISTANCE_NS / _STEP_NS) + (len(mine) - best) * log(len(mine))
        return best if chance < _CHANCE else 0

    def adjacent(self, a: Profile, b: Profile) -> tuple[float, float]:
        """(share of `a` printed by the same instance at most 1 s after `b`, share of `b` that is followed so)."""
        return _followed(a, b, before_ns=_NEAR_NS, after_ns=0)


def _regular(sights: Sequence[Sight]) -> bool:
    """Whether it is printed by the clock: two such keep any distance, and it says nothing."""
    gaps = sorted(later.start_ns - one.start_ns for one, later in pairwise(sights[:_MAX_GAPS]))
    if len(gaps) < _MIN_GAPS:
        return False
    middle = gaps[len(gaps) // 2]
    return sum(abs(gap - middle) <= middle // 10 for gap in gaps) >= _FEW_ODD * len(gaps)


def near_share(a: Profile, b: Profile, *, before_ns: int, after_ns: int) -> tuple[float, float]:
    """Of the same instance: (share of `a` with something of `b` at most so long before or after, share of `b` met)."""
    return _followed(a, b, before_ns=before_ns, after_ns=after_ns)


def _followed(a: Profile, b: Profile, *, before_ns: int, after_ns: int) -> tuple[float, float]:
    mine = sum(
        _any_between(b.starts.get((s.service, s.instance), ()), s.start_ns - before_ns, s.end_ns + after_ns)
        for s in a.some
    )
    if not mine:
        return 0.0, 0.0
    theirs = sum(
        _any_between(a.starts.get((s.service, s.instance), ()), s.start_ns - after_ns, s.start_ns + before_ns)
        for s in b.some
    )
    return mine / len(a.some), theirs / len(b.some)


def _any_between(starts: Sequence[int], low: int, high: int) -> bool:
    at = bisect_left(starts, low)
    return at < len(starts) and starts[at] <= high
