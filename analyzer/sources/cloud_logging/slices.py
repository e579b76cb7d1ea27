"""One slice of a layer: its chain of pages to the end, kept every few pages; cut in pieces where it cannot be ended.

Only a chain that was followed to its end proves that a range is whole: nothing here trusts the order in which
entries come. A chain whose token dies is begun anew in smaller pieces; what it gave is kept, and each entry is
written once (identity: log name, time in nanoseconds, insertId).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from analyzer.model import Window
from analyzer.redaction import Redactor
from analyzer.sources.cloud_logging.asking import Asker, TokenDiedError, TooMuchError
from analyzer.sources.cloud_logging.filters import in_window
from analyzer.sources.cloud_logging.listing import PAGE_SIZE, Query
from analyzer.sources.cloud_logging.manifest import Layer, Slice
from analyzer.sources.cloud_logging.ranges import cut, smaller
from analyzer.sources.cloud_logging.rows import Row
from analyzer.sources.cloud_logging.store import Identity, Store

KEPT_EVERY_PAGES = 10
KEPT_EVERY_CHARACTERS = 32 * 1024 * 1024
KEPT_EVERY_S = 5.0
"""of pulling: what a kill may cost besides"""
SLICE_PAGES = 40
LONGEST_SLICE_PAGES = 60
"""a range that seems to hold more is cut into slices of SLICE_PAGES; each cut costs half a page of quota"""
MAX_EMPTY_PAGES = 10
MAX_RESTARTS = 50
MARGIN_NS = 60 * 1_000_000_000
"""clocks differ, and an entry is not visible at once: so much is asked for again"""


@dataclass(slots=True, kw_only=True)
class SlicePuller:
    """Pulls slices of one layer into the store."""

    store: Store
    layer: Layer
    asker: Asker
    redactor: Redactor
    on_rows: Callable[[Sequence[Row], int], None]
    """told of every page: its new rows, and how many pages the slice probably still has"""
    monotonic: Callable[[], float] = time.monotonic
    received_ns: int | None = None
    """what the server had received, for all this pull knows, when it began; told by the first page"""
    page_size: int = PAGE_SIZE
    names: dict[str | None, str | None] = field(default_factory=dict)
    """log names as the store has them"""

    def pull(self, slice_: Slice) -> list[Window]:
        """The slice to its end; or what is left to do instead, newest first, the slice being forgotten.

        Raises `GaveUpError` and `SourceError`; all that was read by then is kept, also on Ctrl-C.
        """
        chain = _Chain(self, slice_)
        try:
            return chain.follow()
        finally:
            chain.keep()

    def query(self, slice_: Slice) -> Query:
        """What is asked for a slice."""
        window = Window(from_ns=slice_.from_ns, to_ns=slice_.to_ns)
        return Query(
            resources=self.layer.resources,
            filter=in_window(self.layer.filter, window, slice_.late_from_ns),
            page_size=self.page_size,
        )

    def shown_name(self, name: str | None) -> str | None:
        """A log name as the store has it."""
        if name not in self.names:
            self.names[name] = None if name is None else self.redactor.text(name)
        return self.names[name]


class _Chain:
    """One slice on its way."""

    def __init__(self, puller: SlicePuller, slice_: Slice) -> None:
        self._puller = puller
        self._slice = slice_
        self._kept = slice_
        self._window = Window(from_ns=slice_.from_ns, to_ns=slice_.to_ns)
        self._known: set[Identity] = puller.store.identities(puller.layer, self._window, slice_.late_from_ns)
        self._seen = 0
        self._oldest = slice_.to_ns
        self._waiting: list[Row] = []
        self._size = 0
        self._kept_at = puller.monotonic()
        self._closed = False

    def follow(self) -> list[Window]:
        query = self._puller.query(self._slice)
        empty = 0
        while True:
            divisible = self._window.to_ns - self._window.from_ns > 1
            try:
                page = self._puller.asker.page(query, self._slice.token, can_halve=divisible)
            except (TokenDiedError, TooMuchError):
                return self._give_way(self._smaller())
            rows = self._new(page.rows)
            first = self._slice.pages == 0
            if first:
                self._look_how_far(page.rows)
            self._slice = replace(self._slice, token=page.token, pages=self._slice.pages + 1)
            left = self._pages_left() if page.token else 0.0
            self._puller.on_rows(rows, round(left))
            if not page.token:
                self._slice = replace(self._slice, done=True)
                return []
            if first and left > LONGEST_SLICE_PAGES:
                return self._give_way(self._in_slices(left))
            empty = 0 if page.rows else empty + 1
            if empty >= MAX_EMPTY_PAGES and divisible:
                self._puller.asker.say("Cloud Logging searches without finding; asking for less at once")
                return self._give_way(self._smaller())
            if first or self._due():
                self.keep()

    def keep(self) -> None:
        """Writes what is waiting and where the chain stands."""
        if self._closed or (not self._waiting and self._slice == self._kept):
            return
        puller = self._puller
        part = puller.store.write(puller.layer, self._waiting, puller.redactor) if self._waiting else None
        with puller.store.manifest.transaction():
            if part is not None:
                puller.store.manifest.add(puller.layer, part)
            self._settle()
        self._waiting, self._size, self._kept = [], 0, self._slice
        self._kept_at = puller.monotonic()
        self._closed = self._slice.done

    def _settle(self) -> None:
        manifest = self._puller.store.manifest
        if self._slice.done and self._slice.late_from_ns is not None:
            manifest.refresh(self._puller.layer, self._slice)
        else:
            manifest.go_on(self._slice)

    def _give_way(self, pieces: list[Window]) -> list[Window]:
        """Ends the chain unfinished: its entries stay, its range goes to others."""
        self.keep()
        with self._puller.store.manifest.transaction():
            self._puller.store.manifest.forget([self._slice])
        self._closed = True
        return pieces

    def _new(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that are not here yet; an entry without a time has the time at which it was received."""
        new, known, names, oldest = [], self._known, self._puller.names, self._oldest
        for row in rows:
            when = row.timestamp
            if when is None:
                when = row.receive_timestamp if row.receive_timestamp is not None else self._window.from_ns
                row = row._replace(timestamp=when)
            name = row.log_name
            identity = (when, names[name] if name in names else self._puller.shown_name(name), row.insert_id)
            if identity not in known:
                known.add(identity)
                new.append(row)
                self._size += len(row.text_payload or row.json_payload or row.proto_payload or "")
            if when < oldest:
                oldest = when
        self._oldest = oldest
        self._seen += len(rows)
        self._waiting += new
        return new

    def _look_how_far(self, rows: Sequence[Row]) -> None:
        """What the first page shows to have been received, the server had received when it was asked: everything
        until then is in this chain. This machine's clock may be ahead of the server's, so it can only lower that."""
        puller, slice_ = self._puller, self._slice
        received = [r.receive_timestamp for r in rows if r.receive_timestamp is not None]
        if slice_.late_from_ns is not None:
            # nothing there: then nothing was received since the last time, and to ask from there again costs nothing
            seen = max(received) - MARGIN_NS if received else slice_.late_from_ns
            self._slice = replace(slice_, received_ns=max(slice_.late_from_ns, min(slice_.received_ns, seen)))
            return
        if puller.received_ns is None:
            seen = max(received) - MARGIN_NS if received else slice_.received_ns
            puller.received_ns = min(slice_.received_ns, seen)
        self._slice = replace(slice_, received_ns=min(slice_.received_ns, puller.received_ns))

    def _pages_left(self) -> float:
        """By the density seen so far; the newest entries come first."""
        if not self._seen:
            return 0.0
        span = max(1, self._window.to_ns - self._oldest)
        density = self._seen / self._puller.page_size / span
        return max(1.0, (self._oldest - self._window.from_ns) * density)

    def _smaller(self) -> list[Window]:
        return smaller(self._window, [when for when, _, _ in self._known if when is not None])

    def _in_slices(self, pages: float) -> list[Window]:
        span = self._window.to_ns - self._window.from_ns
        newest = round(span * SLICE_PAGES / (pages + 1))
        return cut(self._window, (self._window.to_ns - max(1, newest),))

    def _due(self) -> bool:
        return (
            len(self._waiting) >= KEPT_EVERY_PAGES * self._puller.page_size
            or self._size >= KEPT_EVERY_CHARACTERS
            or self._puller.monotonic() - self._kept_at >= KEPT_EVERY_S
        )
