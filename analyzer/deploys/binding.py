"""Deploys to the revisions that they made.

The audit entry of a deploy names no revision of its own; the entry that says a revision is ready names no deploy. The
clocks of both can differ by a minute. A pair is told only where every way of pairing them all, in the order of the
revisions' numbers, has it: two deploys in a row and one revision stay apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.deploys.ages import number_of
from analyzer.deploys.audit import Step, Told
from analyzer.deploys.commits import is_same_commit

SLACK_NS = 60_000_000_000
"""by which the clock of the audit log and that of a program may differ"""
_QUICK_NS = 300_000_000_000
"""from a deploy to its revision being ready or given up: the longest start that Cloud Run waits for by default"""
_OPERATION_NS = 1_800_000_000_000
_MOST = 300
"""deploys that one revision may be of; where they are more, it is not told which and they are not listed"""
_LATE = "; its Ready entry is stamped before the deploy, their clocks differ"

Revision = tuple[str, str]
"""(service, revision)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Steps with the revisions they are about, in order of time."""

    steps: tuple[Step, ...]
    how: Mapping[str, str]
    """entry id of a deploy → how its revision is known, a sentence"""
    ambiguous: Mapping[Revision, tuple[Step, ...]]
    """a revision → the deploys one of which made it"""
    crowded: frozenset[str] = frozenset()
    """entry ids of deploys that a revision may be of which has too many to list"""


def bind_steps(steps: Sequence[Step], first_seen: Mapping[Revision, int]) -> Bound:
    """The steps (sorted by time), each once, with revisions. `first_seen` is when a revision first showed itself."""
    by_service: dict[str, list[Step]] = defaultdict(list)
    for step in _once(steps):
        by_service[step.service].append(step)
    done: list[Step] = []
    how: dict[str, str] = {}
    ambiguous: dict[Revision, tuple[Step, ...]] = {}
    crowded: set[str] = set()
    for service, mine in sorted(by_service.items()):
        known = {name: time for (owner, name), time in first_seen.items() if owner == service}
        done += _with_ends(_bound(mine, known, how, ambiguous, crowded))
    done.sort(key=lambda s: (s.time_ns is None, s.time_ns or 0, s.service, s.event, s.entry_id))
    return Bound(steps=tuple(done), how=how, ambiguous=ambiguous, crowded=frozenset(crowded))


def _once(steps: Iterable[Step]) -> list[Step]:
    """Ready is printed twice for a revision, and so is its contrary; an operation can repeat its request at its end."""
    seen: set[tuple[str, ...]] = set()
    begun: dict[tuple[str, str, str], int] = {}
    kept: list[Step] = []
    for step in steps:
        if step.event == "ready" or (step.event == "refused" and step.revision):
            key = (step.event, step.service, step.revision or "", step.problem)
            if key in seen:
                continue
            seen.add(key)
        if step.event == "deployed" and step.time_ns is not None:
            same = (step.service, step.content, (step.revision or "") if step.named_by_request else "")
            before = begun.get(same)
            if step.ends and before is not None and step.time_ns - before <= _OPERATION_NS:
                continue
            begun[same] = step.time_ns
        kept.append(step)
    return kept


def _bound(
    steps: Sequence[Step],
    seen: Mapping[str, int],
    how: dict[str, str],
    ambiguous: dict[Revision, tuple[Step, ...]],
    crowded: set[str],
) -> list[Step]:
    """The steps of one service."""
    ready: dict[str, int] = {}
    for step in steps:
        if step.event == "ready" and step.revision and step.time_ns is not None:
            ready.setdefault(step.revision, step.time_ns)  # in order of time: the first one
    settled = [_settled(step, seen, ready) for step in steps]
    named = {step.revision for step in settled if step.event == "deployed" and step.revision}
    told_before = _commits_before(settled)
    moved = _moved(settled)
    pending = [
        step
        for step in settled
        if step.event == "deployed"
        and step.revision is None
        and step.time_ns is not None
        and not _repeats(step, told_before)
        and step.entry_id not in moved
    ]
    ends: dict[str, Step] = {}
    for step in settled:
        is_end = step.event in ("ready", "refused") and step.time_ns is not None and not step.told
        if is_end and step.revision and step.revision not in named:
            ends.setdefault(step.revision, step)
    pairs: dict[str, Step] = {}
    for deploys, made in _episodes(pending, list(ends.values())):
        found, open_ones, many = _paired(deploys, made, seen)
        crowded |= many
        pairs |= {deploy.entry_id: end for deploy, end in found}
        ambiguous |= {(made[0].service, name): several for name, several in open_ones.items()}
    open_ids = {deploy.entry_id for group in ambiguous.values() for deploy in group} | crowded
    out: list[Step] = []
    contents: set[str] = set()
    for step in settled:
        if step.event == "deployed" and step.revision:
            how.setdefault(step.entry_id, "its deploy names it")
        if step.event == "deployed" and step.revision is None:
            if (end := pairs.get(step.entry_id)) is not None:
                late = _LATE if (end.time_ns or 0) < (step.time_ns or 0) else ""
                word = "got ready" if end.event == "ready" else "was given up"
                how[step.entry_id] = f"it is the one revision that {word} after this deploy{late}"
                step = replace(step, revision=end.revision)
            elif (
                _repeats(step, told_before)
                or step.entry_id in moved
                or (step.content in contents and step.entry_id not in open_ids)
            ):
                step = replace(step, event="traffic")
        if step.event == "deployed" and step.content:
            contents.add(step.content)
        out.append(step)
    return out


def _settled(step: Step, seen: Mapping[str, int], ready: Mapping[str, int]) -> Step:
    """A deploy that names a revision which was there before made another one, or none."""
    if step.event != "deployed" or not step.revision or step.time_ns is None:
        return step
    times = [known[step.revision] for known in (seen, ready) if step.revision in known]
    if not times or min(times) >= step.time_ns - SLACK_NS:
        return step
    return replace(step, event="traffic") if step.named_by_request else replace(step, revision=None)


def _commits_before(steps: Sequence[Step]) -> dict[str, tuple[str, ...]]:
    """Entry id of a step → commits that deploys before it named."""
    found: dict[str, tuple[str, ...]] = {}
    told: tuple[str, ...] = ()
    for step in steps:
        found[step.entry_id] = told
        if step.event == "deployed" and step.commit and step.commit not in told:
            told = (*told[-_MOST:], step.commit)
    return found


def _repeats(step: Step, told_before: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a request moves traffic to named revisions only and brings the commit of a deploy before it."""
    explicit = bool(step.traffic) and all(name for name, _ in step.traffic)
    commit = step.commit
    return explicit and bool(commit and any(is_same_commit(commit, c) for c in told_before.get(step.entry_id, ())))


def _moved(steps: Sequence[Step]) -> set[str]:
    """Entry ids of requests that take traffic from where it was and give it to named revisions.

    A deploy without traffic leaves it where it was: with the revision that was the latest ready one. That is known
    where every deploy before has got its revision, the last one a ready one.
    """
    found: set[str] = set()
    before: dict[str, int] | None = None
    latest: str | None = None
    ended: set[str] = set()
    waiting = 0
    for step in steps:
        if step.event in ("ready", "refused") and step.revision and step.revision not in ended:
            ended.add(step.revision)
            waiting -= 1
            latest = step.revision if step.event == "ready" and waiting == 0 else None
        if step.event not in ("deployed", "traffic"):
            continue
        now = dict(step.traffic)
        if before and now and "" not in now and waiting == 0:
            was = {name or latest: percent for name, percent in before.items()}
            if None not in was and was != now:
                found.add(step.entry_id)
        if step.event == "deployed" and step.entry_id not in found:
            waiting, latest = max(waiting, 0) + 1, None
        before = now
    return found


def _episodes(deploys: Sequence[Step], ends: Sequence[Step]) -> list[tuple[list[Step], list[Step]]]:
    """Deploys and the ends of starts in groups that are too far apart to belong together, each sorted by time."""
    groups: list[tuple[list[Step], list[Step]]] = []
    last: int | None = None
    marked = [(step.time_ns or 0, 0, step) for step in deploys] + [(step.time_ns or 0, 1, step) for step in ends]
    for time, kind, step in sorted(marked, key=lambda item: (item[0], item[1], item[2].entry_id)):
        if last is None or time - last > 2 * _QUICK_NS:
            groups.append(([], []))
        groups[-1][kind].append(step)
        last = time
    return [group for group in groups if all(group)]


def _paired(
    deploys: Sequence[Step], ends: Sequence[Step], seen: Mapping[str, int]
) -> tuple[list[tuple[Step, Step]], dict[str, tuple[Step, ...]], set[str]]:
    """The certain pairs, for each other revision the deploys that it may be of, and those too many to list."""
    numbered = all(number_of(end.revision or "") is not None for end in ends)
    if numbered:
        ends = sorted(ends, key=lambda end: (number_of(end.revision or "") or 0, end.time_ns or 0))
    best: tuple[int, list[int | None], list[tuple[int, int]], list[int | None]] | None = None
    for slack in (0, SLACK_NS):  # clocks differ only where that lets more of them pair
        ranges = _ranges(deploys, ends, seen, slack, in_order=numbered)
        early, late = _earliest(ranges), _latest(ranges, len(deploys))
        size = sum(at is not None for at in early)
        if best is None or size > best[0]:
            best = size, early, ranges, late
    assert best is not None
    _, early, ranges, late = best
    certain = [a if a is not None and a == b else None for a, b in zip(early, late, strict=True)]
    if not numbered:
        certain = _not_exchangeable(certain, ranges)
    pairs = [(deploys[at], end) for at, end in zip(certain, ends, strict=True) if at is not None]
    taken = {at for at in certain if at is not None}
    open_ones: dict[str, tuple[Step, ...]] = {}
    wide: list[tuple[int, int]] = []
    for at, (low, high), end in zip(certain, ranges, ends, strict=True):
        if at is not None:
            continue
        if high - low >= _MOST:
            wide.append((low, high))
        elif maybe := tuple(deploys[n] for n in range(low, high + 1) if n not in taken):
            open_ones[end.revision or ""] = maybe
    return pairs, open_ones, {deploys[n].entry_id for n in _within(wide) if n not in taken}


def _within(ranges: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Each number that lies in one of the ranges, once."""
    done = 0
    for low, high in sorted(ranges):
        yield from range(max(low, done), high + 1)
        done = max(done, high + 1)


def _ranges(
    deploys: Sequence[Step], ends: Sequence[Step], seen: Mapping[str, int], slack: int, *, in_order: bool
) -> list[tuple[int, int]]:
    """For each end the first and last deploy that it may be of; the first is after the last where there is none."""
    times = [deploy.time_ns or 0 for deploy in deploys]
    ranges = []
    for end in ends:
        time = end.time_ns or 0
        before = bisect_right(times, time) - 1
        low = min(bisect_left(times, time - _QUICK_NS), max(before, 0))
        shown = seen.get(end.revision or "", time)
        high = bisect_right(times, min(time + slack, shown + SLACK_NS)) - 1
        ranges.append((low, high))
    if in_order:  # a revision with a lower number was not made by a later deploy
        lowest = 0
        for n, (low, high) in enumerate(ranges):
            lowest = max(lowest, low)
            ranges[n] = lowest, high
        highest = len(deploys) - 1
        for n in range(len(ranges) - 1, -1, -1):
            highest = min(highest, ranges[n][1]) if ranges[n][1] >= ranges[n][0] else highest
            ranges[n] = ranges[n][0], min(ranges[n][1], highest)
    return ranges


def _earliest(ranges: Sequence[tuple[int, int]]) -> list[int | None]:
    """As many pairs as possible, each with the earliest deploy that is left."""
    found: list[int | None] = []
    free = 0
    for low, high in ranges:
        at = max(low, free)
        found.append(at if at <= high else None)
        free = at + 1 if at <= high else free
    return found


def _latest(ranges: Sequence[tuple[int, int]], count: int) -> list[int | None]:
    """As many pairs as possible, each with the latest deploy that is left."""
    found: list[int | None] = []
    free = count - 1
    for low, high in reversed(ranges):
        at = min(high, free)
        found.append(at if at >= low else None)
        free = at - 1 if at >= low else free
    return found[::-1]


def _not_exchangeable(certain: Sequence[int | None], ranges: Sequence[tuple[int, int]]) -> list[int | None]:
    """Without the pairs that could be exchanged: names that are no numbers do not tell which revision came first."""
    out = list(certain)
    owner = {at: n for n, at in enumerate(certain) if at is not None}
    for n, at in enumerate(certain):
        if at is None:
            continue
        low, high = ranges[n]
        others = [owner[d] for d in range(low, high + 1) if d in owner and d != at] if high - low < _MOST else []
        if high - low >= _MOST or any(ranges[m][0] <= at <= ranges[m][1] for m in others):
            out[n] = None
    return out


def _with_ends(steps: Sequence[Step]) -> list[Step]:
    """The refusal that ends a long-running operation, with the revision that its begin made."""
    out: list[Step] = []
    begun: Step | None = None
    for step in steps:
        if step.event == "deployed":
            begun = step
        elif step.event == "refused" and step.ends and step.revision is None and begun is not None:
            in_time = (step.time_ns or 0) - (begun.time_ns or 0) <= _OPERATION_NS
            step = replace(step, revision=begun.revision) if in_time else step
        out.append(step)
    return out


def agreed(deploys: Sequence[Step]) -> Told | None:
    """The commit that several deploys all name, None where one names none or another."""
    told = [deploy.told[0] for deploy in deploys if deploy.told]
    if not told or len(told) < len(deploys) or not all(is_same_commit(t.commit, told[0].commit) for t in told):
        return None
    longest = max(told, key=lambda t: (len(t.commit), t.commit))
    ids = tuple(step.entry_id for step in deploys)[:3]
    return Told(commit=longest.commit, source=longest.source, text=longest.text, entry_ids=ids)
