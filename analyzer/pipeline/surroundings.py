"""The lines printed around an event: of its request, else of its instance."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analyzer.events import read_text
from analyzer.model import Context, Entry, ErrorEvent, Line

_MAX_BEFORE, _MAX_AFTER = 20, 5
_MAX_DISTANCE_NS = 2_000_000_000
_MAX_CHARS = 2_000
_ACCESS_LINE = re.compile(r'"[A-Z]{3,10} \S{1,2000} HTTP/\d')


@dataclass(slots=True)
class Surroundings:
    """Entries by the stream they stand in, sorted as they came. Built when first asked."""

    entries: Sequence[Entry]
    """sorted by time"""
    _streams: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    _place_of_entry: dict[str, int] = field(default_factory=dict)

    def of(self, event: ErrorEvent) -> tuple[str, ...]:
        """Texts of at most 20 entries before and 5 after, the nearest first; of the instance only those within 2 s."""
        here = self._place(event)
        if here is None:
            return ()
        if event.trace:
            stream = self._request(event)
        elif event.instance:
            stream = self._instance(event)
        else:
            return ()
        mine = set(event.entry_ids)
        before = stream[: bisect_left(stream, here)][-_MAX_BEFORE:][::-1]
        after = [p for p in stream[bisect_right(stream, here) :] if self.entries[p].entry_id not in mine][:_MAX_AFTER]
        near = [p for p in (*before, *after) if event.trace or self._near(p, event)]
        return tuple(text for p in near if (text := read_text(self.entries[p])))

    def context(self, event: ErrorEvent, fingerprint: str) -> Context | None:
        """The lines of the event's request and of its instance around it, whatever the time between them.

        None for an event that has neither request nor instance.
        """
        here = self._place(event)
        if here is None or not (event.trace or event.instance):
            return None
        mine = set(event.entry_ids)
        before: set[int] = set()
        after: set[int] = set()
        for stream in (self._request(event), self._instance(event)):
            at = bisect_left(stream, here)
            before.update(self._some(reversed_from(stream, at - 1), event, _MAX_BEFORE, mine))
            after.update(self._some(iter(stream[at : at + 10 * _MAX_AFTER]), event, _MAX_AFTER, mine))
        return Context(
            fingerprint=fingerprint,
            entry_ids=event.entry_ids,
            time_ns=event.time_ns,
            service=event.service,
            instance=event.instance,
            before=tuple(self._line(p, event) for p in sorted(before)[-_MAX_BEFORE:]),
            after=tuple(self._line(p, event) for p in sorted(after)[:_MAX_AFTER]),
        )

    def _some(self, places: Iterator[int], event: ErrorEvent, most: int, mine: set[str]) -> list[int]:
        found: list[int] = []
        for tried, place in enumerate(places):
            if len(found) == most or tried == 10 * most:
                break
            entry = self.entries[place]
            if entry.entry_id in mine or (event.trace and entry.trace and entry.trace != event.trace):
                continue
            found.append(place)
        return found

    def _line(self, place: int, event: ErrorEvent) -> Line:
        entry = self.entries[place]
        said = read_text(entry)
        return Line(
            entry_id=entry.entry_id,
            time_ns=entry.time_ns,
            severity=entry.severity,
            text=said or (entry.text_payload or "").strip()[:_MAX_CHARS],
            service=entry.service,
            instance=entry.instance,
            location=entry.source_location,
            same_request=bool(event.trace) and entry.trace == event.trace,
            from_application=bool(said) and _ACCESS_LINE.search(said) is None,
        )

    def _place(self, event: ErrorEvent) -> int | None:
        if not self._place_of_entry:
            self._build()
        return self._place_of_entry.get(event.entry_ids[0])

    def _request(self, event: ErrorEvent) -> list[int]:
        return self._streams.get(("trace", event.trace), []) if event.trace else []

    def _instance(self, event: ErrorEvent) -> list[int]:
        return self._streams.get(("instance", event.service, event.instance), []) if event.instance else []

    def _near(self, place: int, event: ErrorEvent) -> bool:
        time_ns = self.entries[place].time_ns
        if time_ns is None or event.time_ns is None:
            return False
        return abs(time_ns - event.time_ns) <= _MAX_DISTANCE_NS

    def _build(self) -> None:
        streams: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            self._place_of_entry[entry.entry_id] = place
            if entry.trace:
                streams["trace", entry.trace].append(place)
            if entry.instance:
                streams["instance", entry.service, entry.instance].append(place)
        self._streams = dict(streams)


def reversed_from(stream: Sequence[int], at: int) -> Iterator[int]:
    """The places of a stream from `at` back to its first."""
    return (stream[n] for n in range(at, -1, -1))
