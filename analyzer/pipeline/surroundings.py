"""The lines printed around an event: of its request, else of its instance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events import read_text
from analyzer.model import Entry, ErrorEvent

_MAX_BEFORE, _MAX_AFTER = 20, 5
_MAX_DISTANCE_NS = 2_000_000_000


@dataclass(slots=True)
class Surroundings:
    """Entries by the stream they stand in, sorted as they came. Built when first asked."""

    entries: Sequence[Entry]
    """sorted by time"""
    _streams: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    _place_of_entry: dict[str, int] = field(default_factory=dict)

    def of(self, event: ErrorEvent) -> tuple[str, ...]:
        """Texts of at most 20 entries before and 5 after, the nearest first; of the instance only those within 2 s."""
        if not self._place_of_entry:
            self._build()
        here = self._place_of_entry.get(event.entry_ids[0])
        if here is None:
            return ()
        if event.trace:
            stream = self._streams.get(("trace", event.trace), [])
        elif event.instance:
            stream = self._streams.get(("instance", event.service, event.instance), [])
        else:
            return ()
        mine = set(event.entry_ids)
        before = [p for p in stream if p < here][-_MAX_BEFORE:][::-1]
        after = [p for p in stream if p > here and self.entries[p].entry_id not in mine][:_MAX_AFTER]
        near = [p for p in (*before, *after) if event.trace or self._near(p, event)]
        return tuple(text for p in near if (text := read_text(self.entries[p])))

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
