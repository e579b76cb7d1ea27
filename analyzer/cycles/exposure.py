"""How much each revision was used in a window: entries, requests by route, minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analyzer.model import Entry, RevisionTraffic

_MINUTE_NS = 60_000_000_000
_LEAST_NS = 1_000_000_000
"""one entry shows that a revision was there, for a second at least"""
_MAX_ROUTES = 500
"""of a revision, the most asked: a scanner can ask for any number of paths"""


@lru_cache(maxsize=4096)
def is_platform_log(log_name: str) -> bool:
    """Whether the platform speaks of a revision in this log, which need not run or be asked for that."""
    return "cloudaudit.googleapis.com" in log_name or "varlog%2Fsystem" in log_name or "varlog/system" in log_name


def measure_exposure(entries: Iterable[Entry], *, routes: Mapping[str, str]) -> tuple[RevisionTraffic, ...]:
    """What each revision of each service did, sorted by both; entries in any order.

    `routes` maps the id of an entry that tells of a request to its route, "" where that says nothing of the program
    (a scanner's probe). Logs of the platform do not count: a revision that is only spoken of is not in the result.
    """
    rows: dict[tuple[str, str], _Row] = {}
    for entry in entries:
        if is_platform_log(entry.log_name):
            continue
        key = entry.service, entry.revision
        row = rows.get(key)
        if row is None:
            row = rows[key] = _Row(routes=Counter())
        row.entries += 1
        time = entry.time_ns
        if time is not None:
            row.first_ns = time if row.first_ns is None or time < row.first_ns else row.first_ns
            row.last_ns = time if row.last_ns is None or time > row.last_ns else row.last_ns
        route = routes.get(entry.entry_id)
        if route is not None:
            row.requests += 1
            if route:
                row.routes[route] += 1
    return tuple(_traffic(*key, rows[key]) for key in sorted(rows))


@dataclass(slots=True, kw_only=True)
class _Row:
    routes: Counter[str]
    entries: int = 0
    requests: int = 0
    first_ns: int | None = None
    last_ns: int | None = None


def _traffic(service: str, revision: str, row: _Row) -> RevisionTraffic:
    most = sorted(row.routes.items(), key=lambda item: (-item[1], item[0]))[:_MAX_ROUTES]
    return RevisionTraffic(
        service=service,
        revision=revision,
        entries=row.entries,
        requests=row.requests,
        minutes=_minutes(row.first_ns, row.last_ns),
        first_ns=row.first_ns,
        last_ns=row.last_ns,
        routes=tuple(sorted(most)),
    )


def _minutes(first_ns: int | None, last_ns: int | None) -> float:
    if first_ns is None or last_ns is None:
        return 0.0
    # Six places, as the report writes them: a baseline that was saved compares like one that was not.
    return round(max(_LEAST_NS, last_ns - first_ns) / _MINUTE_NS, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The exposure of one window, asked by service; all revisions together."""

    rows: Sequence[RevisionTraffic]

    @property
    def services(self) -> frozenset[str]:
        """Those that wrote anything by themselves or were asked."""
        return frozenset(row.service for row in self.rows if row.entries)

    def requests(self, service: str, routes: Collection[str] = ()) -> int:
        """Requests on these routes, without any on all routes; probes of scanners are on none."""
        return sum(
            count
            for row in self.rows
            if row.service == service
            for route, count in row.routes
            if not routes or route in routes
        )

    def entries(self, service: str) -> int:
        """Entries of the service, requests to it included."""
        return sum(row.entries for row in self.rows if row.service == service)

    def minutes(self, service: str) -> float:
        """From the first entry of the service to its last; two revisions at once do not make it longer."""
        mine = [row for row in self.rows if row.service == service]
        firsts = [row.first_ns for row in mine if row.first_ns is not None]
        lasts = [row.last_ns for row in mine if row.last_ns is not None]
        return _minutes(min(firsts, default=None), max(lasts, default=None))
