"""Who answered: requests (or, without a request log, lines) of each revision, and the minutes in which they came."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analyzer.model import Entry, TrafficMinute

SILENT_LOGS = ("cloudaudit.googleapis.com", "varlog%2Fsystem", "varlog/system")
"""logs in which the platform speaks of a revision that need not serve"""
_MINUTE_NS = 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a service's revisions were asked. Times are sorted; `entry_ids` are of the first time in `asked`."""

    asked: Mapping[str, tuple[tuple[int, str], ...]]
    """revision → (time, entry id) of its requests; of all that it wrote where `by_requests` is false"""
    by_requests: bool
    """the window holds a request log with more than errors in it"""
    requests: Mapping[str, int]
    """revision → entries of the request log"""
    by_minute: Mapping[int, int] = field(default_factory=dict)
    """begin of a minute → how often any revision was asked in it"""

    def times(self, revision: str) -> list[int]:
        """When a revision was asked."""
        return [time for time, _ in self.asked.get(revision, ())]

    def after(self, revision: str, time_ns: int) -> int:
        """How often a revision was asked later than that."""
        times = self.times(revision)
        return len(times) - bisect_right(times, time_ns)


def read_use(entries: Iterable[Entry]) -> dict[str, Use]:
    """Service → its use. A pull can hold errors alone: then the request log does not tell who answered."""
    requests: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    marked: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    lines: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    good: Counter[tuple[str, bool]] = Counter()
    for entry in entries:
        if not entry.service or not entry.revision or entry.time_ns is None or is_silent(entry):
            continue
        logged = entry.log_id.endswith(("requests", "request_log"))
        where = requests if logged else marked if entry.http_request is not None else lines
        where[entry.service][entry.revision].append((entry.time_ns, entry.entry_id))
        status = entry.http_request.status if entry.http_request else None
        if where is not lines and (status is None or status < 400):
            good[entry.service, logged] += 1
    found = {}
    for service in sorted({*requests, *marked, *lines}):
        asks = requests.get(service) or marked.get(service) or {}
        known = good[service, service in requests] > 0
        asked = asks if known else _joined(requests.get(service), marked.get(service), lines.get(service))
        found[service] = Use(
            asked={name: tuple(sorted(times)) for name, times in sorted(asked.items())},
            by_requests=known,
            requests={name: len(times) for name, times in sorted(asks.items())},
            by_minute=Counter(time - time % _MINUTE_NS for times in asked.values() for time, _ in times),
        )
    return found


def is_silent(entry: Entry) -> bool:
    """Whether the platform wrote it."""
    return any(log in entry.log_name for log in SILENT_LOGS)


def minutes(use: Mapping[str, Use]) -> tuple[TrafficMinute, ...]:
    """The minutes in which a service was asked, by time, then service."""
    counts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for service, mine in use.items():
        for revision, asked in mine.asked.items():
            for time, _ in asked:
                counts[time - time % _MINUTE_NS, service][revision] += 1
    return tuple(
        TrafficMinute(time_ns=time, service=service, requests=tuple(sorted(found.items())))
        for (time, service), found in sorted(counts.items())
    )


def share(use: Use, revision: str, time_ns: int) -> float | None:
    """Which part of the service's requests in that minute went to a revision; None without a request log."""
    if not use.by_requests:
        return None
    begin = time_ns - time_ns % _MINUTE_NS
    total, times = use.by_minute.get(begin, 0), use.times(revision)
    mine = bisect_left(times, begin + _MINUTE_NS) - bisect_left(times, begin)
    return round(mine / total, 6) if total else None


def _joined(*several: Mapping[str, list[tuple[int, str]]] | None) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for each in several:
        for revision, times in (each or {}).items():
            found[revision] += times
    return found
