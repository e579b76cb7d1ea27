"""A window of several layers → the store: what is missing is pulled, newest first; what is not final is asked again.

A slice is final when its end was more than `FINAL_AFTER_NS` ago when it was asked: a request is stamped at its start
and written at its end, and Cloud Run's longest takes 60 minutes. Until then a later pull asks it again for what was
received since: a watermark on the timestamp would lose every slow request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from filelock import Timeout

from analyzer.model import Gap, Window
from analyzer.redaction import Redactor
from analyzer.sources.cloud_logging.asking import Asker, GaveUpError
from analyzer.sources.cloud_logging.manifest import Layer, Slice
from analyzer.sources.cloud_logging.ranges import missing, overlaps
from analyzer.sources.cloud_logging.rows import Row
from analyzer.sources.cloud_logging.slices import MARGIN_NS, MAX_RESTARTS, SlicePuller
from analyzer.sources.cloud_logging.store import Store

FINAL_AFTER_NS = 70 * 60 * 1_000_000_000
TOGETHER_NS = 2 * MARGIN_NS
"""slices asked within this of each other are asked again in one question"""


class Listener(Protocol):
    """Whoever watches a pull."""

    def page(self, layer: Layer, rows: Sequence[Row], pages_left: int) -> None:
        """A page came: its new rows, not redacted; and how many pages the layer probably still has."""

    def slice_done(self, layer: Layer) -> None:
        """A slice of it is whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPuller:
    """Pulls one layer."""

    store: Store
    layer: Layer
    redactor: Redactor
    ask: Callable[[], Asker]
    """connects when first called: a window that is final needs no connection"""
    now_ns: Callable[[], int]
    listener: Listener
    say: Callable[[str], None]

    def pull(self, window: Window) -> list[Gap]:
        """All of the window, as far as it can be had; the gaps are what could not. Raises `SourceError`."""
        lock = self.store.lock(self.layer)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self.say("another process is pulling the same entries; waiting for it")
            lock.acquire()
        try:
            return replace(self, layer=self.store.renewed(self.layer))._pull(window)
        finally:
            lock.release()

    def _pull(self, window: Window) -> list[Gap]:
        todo = self._todo(window)
        return self._work(todo) if todo else []

    def _todo(self, window: Window) -> list[Slice]:
        """Slices to pull, newest first: those under way, those that are missing, then what is asked again."""
        manifest, now = self.store.manifest, self.now_ns()
        slices = manifest.slices(self.layer)
        under_way = [s for s in slices if not s.done and overlaps(_window(s), window)]
        holes = missing(window, [_window(s) for s in slices if s.late_from_ns is None])
        stale = self._stale(slices, window)
        with manifest.transaction():
            new = [
                manifest.begin(self.layer, hole, asked_ns=now, received_ns=now - MARGIN_NS, late_from_ns=None)
                for hole in holes
            ]
            again = [
                manifest.begin(
                    self.layer,
                    Window(from_ns=group[0].from_ns, to_ns=group[-1].to_ns),
                    asked_ns=now,
                    received_ns=now - MARGIN_NS,
                    late_from_ns=min(s.received_ns for s in group),
                )
                for group in stale
            ]
        first = sorted([*new, *under_way], key=lambda s: (s.late_from_ns is not None, -s.from_ns))
        return [*first, *sorted(again, key=lambda s: -s.from_ns)]

    def _stale(self, slices: Sequence[Slice], window: Window) -> list[list[Slice]]:
        """Runs of neighbouring slices that are done but were asked too soon to be final, and are not being asked."""
        busy = [_window(s) for s in slices if not s.done and s.late_from_ns is not None]
        now = self.now_ns()
        groups: list[list[Slice]] = []
        for s in slices:
            if not s.done or is_final(s) or s.asked_ns >= now or not overlaps(_window(s), window):
                continue
            if any(overlaps(_window(s), other) for other in busy):
                continue
            last = groups[-1][-1] if groups else None
            if last and last.to_ns == s.from_ns and abs(groups[-1][0].received_ns - s.received_ns) <= TOGETHER_NS:
                groups[-1].append(s)
            else:
                groups.append([s])
        return groups

    def _work(self, todo: list[Slice]) -> list[Gap]:
        asker = self.ask()
        puller = SlicePuller(
            store=self.store,
            layer=self.layer,
            asker=asker,
            redactor=self.redactor,
            on_rows=lambda rows, left: self.listener.page(self.layer, rows, left),
        )
        gaps: list[Gap] = []
        restarts = 0
        work = list(reversed(todo))
        while work:
            slice_ = work.pop()
            try:
                pieces = puller.pull(slice_)
            except GaveUpError as err:
                gaps.append(Gap(from_ns=slice_.from_ns, to_ns=slice_.to_ns, reason=f"not pulled: {err}"))
                continue
            if not pieces:
                self.listener.slice_done(self.layer)
                continue
            stuck = pieces == [_window(slice_)]
            restarts = restarts + 1 if stuck else 0
            if restarts > MAX_RESTARTS:
                reason = f"not pulled: its pages broke off {restarts} times"
                gaps.append(Gap(from_ns=slice_.from_ns, to_ns=slice_.to_ns, reason=reason))
                continue
            with self.store.manifest.transaction():
                begun = [
                    self.store.manifest.begin(
                        self.layer,
                        piece,
                        asked_ns=slice_.asked_ns,
                        received_ns=slice_.received_ns,
                        late_from_ns=slice_.late_from_ns,
                    )
                    for piece in pieces
                ]
            work += reversed(begun)
        return gaps


def is_final(slice_: Slice) -> bool:
    """Whether nothing can have come to the slice since it was asked."""
    return slice_.asked_ns >= slice_.to_ns + FINAL_AFTER_NS


def _window(slice_: Slice) -> Window:
    return Window(from_ns=slice_.from_ns, to_ns=slice_.to_ns)
