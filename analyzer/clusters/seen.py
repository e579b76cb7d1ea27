"""Where the occurrences of a cluster were: by service and revision, with the requests in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from analyzer.model import ErrorEvent, SeenOn

_MINUTE_NS = 60_000_000_000
_MAX_IDS = 3

Requests = Mapping[str, tuple[str, tuple[str, ...]]]
"""entry id → (what tells its request from others, the routes that the request may have had)"""


def seen_on(occurrences: Sequence[Sequence[ErrorEvent]], requests: Requests) -> tuple[SeenOn, ...]:
    """One row for each service and revision, sorted; `occurrences` come earliest first, and their counts add up.

    An occurrence stands where its earliest printing that names a revision was made.
    """
    rows: dict[tuple[str, str], list[Sequence[ErrorEvent]]] = defaultdict(list)
    for occurrence in occurrences:
        head = next((event for event in occurrence if event.revision), occurrence[0])
        rows[head.service, head.revision].append(occurrence)
    return tuple(_row(*key, rows[key], requests) for key in sorted(rows))


def _row(service: str, revision: str, mine: Sequence[Sequence[ErrorEvent]], requests: Requests) -> SeenOn:
    times = [event.time_ns for occurrence in mine for event in occurrence if event.time_ns is not None]
    starts = [event.time_ns for occurrence in mine for event in occurrence[:1] if event.time_ns is not None]
    found = [
        next((requests[i] for event in occurrence for i in event.entry_ids if i in requests), None)
        for occurrence in mine
    ]
    told = [request for request in found if request is not None]
    return SeenOn(
        service=service,
        revision=revision,
        count=len(mine),
        first_ns=min(times, default=None),
        last_ns=max(times, default=None),
        routes=tuple(sorted({route for _, routes in told for route in routes})),
        entry_ids=tuple(occurrence[0].entry_ids[0] for occurrence in mine[:_MAX_IDS]),
        # Where ids tell of some only, the others may have been in the same requests: nothing is claimed then.
        requests=len({key for key, _ in told}) if len(told) == len(mine) else 0,
        minutes=len({time // _MINUTE_NS for time in starts}),
    )
