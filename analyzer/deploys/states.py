"""What became of a revision: it serves, drains, was never asked, was refused, or was rolled back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.deploys.audit import Step
from analyzer.deploys.binding import SLACK_NS
from analyzer.deploys.traffic import Use
from analyzer.model import Evidence, Ground

_DOUBT = 0.001
"""chance below which silence is no accident"""
_MIN_REQUESTS = 5
_MIN_SHARE = 0.5
"""of the service's requests, for a revision that is said to have served them"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """An older revision took over again. `time_ns` of the change of traffic, else of the first request after it."""

    revision: str
    time_ns: int
    entry_ids: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What the window shows of one service's revisions, `names` oldest first."""

    names: tuple[str, ...]
    use: Use
    last_seen: Mapping[str, int]
    ready: Mapping[str, Step] = field(default_factory=dict)
    refused: Mapping[str, Step] = field(default_factory=dict)
    divided: Sequence[tuple[int, Mapping[str, int], str]] = ()
    """(time, revision → percent, entry id) of each division of traffic, by time"""
    failed_starts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """revision none of whose starts succeeded → entries that say so"""


def rollbacks(life: Life) -> tuple[Rollback, ...]:
    """Each time an older revision got all requests again after a newer one served, by time."""
    found = {(r.revision, r.time_ns): r for r in (*_by_audit(life), *_by_requests(life))}
    seen: dict[str, int] = {}
    kept = []
    for _, rollback in sorted(found.items(), key=lambda item: (item[1].time_ns, item[0])):
        before = seen.get(rollback.revision)
        again = before is not None and any(
            before + SLACK_NS < t <= rollback.time_ns - SLACK_NS for t in life.use.times(rollback.revision)
        )
        if before is None or again:
            seen[rollback.revision] = rollback.time_ns
            kept.append(rollback)
    return tuple(kept)


def state_of(name: str, life: Life, rolled: Sequence[Rollback]) -> tuple[str, Evidence | None]:
    """(state, why) of a revision.

    refused: it never got ready, and no request reached it. no_traffic: it is there, and no request reached it in the
    window. rolled_back: it served, then an older one took over all its traffic. draining: a newer one had taken over
    when it was last seen: within a minute after the newer one began to answer its own requests ended, or the traffic
    was taken from it. served: all else, also where traffic is split.
    """
    times = life.use.times(name)
    if name not in life.ready and not (times and life.use.by_requests):
        if (step := life.refused.get(name)) is not None:
            return "refused", Evidence(text=f"it did not get ready: {step.problem}", entry_ids=(step.entry_id,))
        if ids := life.failed_starts.get(name):
            return "refused", Evidence(text="none of its starts succeeded", entry_ids=ids)
    last = next((r for r in reversed(rolled) if r.revision == name), None)
    if last is not None and life.use.after(name, last.time_ns + SLACK_NS) == 0:
        return "rolled_back", Evidence(text=last.text, entry_ids=last.entry_ids)
    taken = _taken_over(name, life, {r.revision for r in rolled})
    if taken is not None:
        return "draining", taken
    if not times:
        return "no_traffic", Evidence(text="no request reached it in this window", rule=Ground.NO_TRAFFIC)
    return "served", None


def _taken_over(name: str, life: Life, rolled: set[str]) -> Evidence | None:
    times, last_seen = life.use.times(name), life.last_seen.get(name)
    if last_seen is None or (not times and name in life.ready):
        return None
    for newer in life.names[life.names.index(name) + 1 :]:
        asked = life.use.asked.get(newer, ())
        if not asked or newer in rolled or last_seen < asked[0][0]:
            continue
        begun, first_id = asked[0]
        ceased = not times or (times[-1] <= begun + SLACK_NS and asked[-1][0] > begun + SLACK_NS)
        if ceased or _silence_tells(times, life.use.times(newer), begun) or _withdrawn(name, newer, life):
            return Evidence(text=f"{newer} had taken over when it was last seen", entry_ids=(first_id,))
    return None


def _withdrawn(name: str, newer: str, life: Life) -> bool:
    """Whether the last division of traffic leaves nothing to a revision and it was not asked since."""
    if not life.divided:
        return False
    time, percents, _ = life.divided[-1]
    gone = percents.get(newer, 0) > 0 and not percents.get(name)
    return gone and life.last_seen[name] > time - SLACK_NS and life.use.after(name, time + SLACK_NS) == 0


def _silence_tells(mine: Sequence[int], others: Sequence[int], begun: int) -> bool:
    """Whether so many requests of the other one after my last are no accident, by my share while both were asked."""
    last = mine[-1] if mine else begun
    both_mine = sum(begun <= t <= last for t in mine)
    both = both_mine + sum(t <= last for t in others)
    after = sum(t > last for t in others)
    chance = both_mine / (both + 2)
    return after >= _MIN_REQUESTS and (1 - chance) ** after < _DOUBT


def _by_audit(life: Life) -> list[Rollback]:
    """Divisions of traffic that give all to revisions older than one that had served."""
    rank = {name: n for n, name in enumerate(life.names)}
    found = []
    before = 0
    for time, percents, entry_id in life.divided:
        given = [rank[name] for name, percent in percents.items() if percent and name in rank]
        if given and sum(percents.values()) >= 99 and len(given) == sum(p > 0 for p in percents.values()):
            for name in life.names[max(given) + 1 :]:
                if any(before - SLACK_NS < t <= time + SLACK_NS for t in life.use.times(name)):
                    to = " and ".join(life.names[n] for n in sorted(given))
                    text = f"it served, then all traffic was given to the older {to}"
                    found.append(Rollback(revision=name, time_ns=time, entry_ids=(entry_id,), text=text))
        before = time
    return found


def _by_requests(life: Life) -> list[Rollback]:
    """Newer revisions that answered most requests, and then none of so many that it is no accident."""
    if not life.use.by_requests:
        return []
    found = []
    for n, name in enumerate(life.names):
        mine = life.use.times(name)
        older = sorted(item for other in life.names[:n] for item in life.use.asked.get(other, ()))
        newer = [t for other in life.names[n + 1 :] for t in life.use.times(other)]
        if len(mine) < _MIN_REQUESTS or any(t > mine[-1] for t in newer):
            continue
        during = sum(mine[0] <= t <= mine[-1] for t, _ in older)
        chance = len(mine) / (len(mine) + during + 2)
        after = [(t, i) for t, i in older if t > mine[-1] + SLACK_NS]
        if chance < _MIN_SHARE or len(after) < _MIN_REQUESTS or (1 - chance) ** len(after) >= _DOUBT:
            continue
        back = next(item for item in older if item[0] > mine[-1])
        text = f"it served {len(mine):,} requests, then older revisions answered all of the next {len(after):,}"
        found.append(Rollback(revision=name, time_ns=back[0], entry_ids=(after[0][1],), text=text))
    return found
