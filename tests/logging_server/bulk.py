"""A million entries in seconds: some thousand are made, the others are those again at other times under other ids."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from typing import Any

from .entries import LATEST_S, Mix, make_entries
from .protos import EntryProto, frame, to_proto
from .store import Row, Store
from .times import NANOS

MADE = 20_000
"""so many entries are distinct in more than their identity"""


def add_mix(store: Store, mix: Mix, made: int = MADE) -> int:
    """Fills a store; a mix of up to `made` entries gives just those of `make_entries`. Returns how many were new."""
    if mix.count <= made:
        return store.add(make_entries(mix))
    with _without_collector():
        return store.add_rows(_again(mix, made, len(store.positions)))


def _again(mix: Mix, made: int, serial: int) -> Iterator[tuple[Row, dict[str, Any]]]:
    chance = random.Random(f"{mix.seed}:again")
    patterns = list(_patterns(replace(mix, count=made, late=0.0)))
    for number, (bare, delay, name, severity, rest_only) in zip(range(mix.count), cycle(patterns), strict=False):
        timestamp = chance.randrange(mix.start_ns, mix.end_ns)
        if mix.late and chance.random() < mix.late:
            delay = chance.randrange(LATEST_S * NANOS)
        stamp = EntryProto(insert_id=f"{timestamp // NANOS:08x}{number:016x}")
        stamp.timestamp.seconds, stamp.timestamp.nanos = divmod(timestamp, NANOS)
        stamp.receive_timestamp.seconds, stamp.receive_timestamp.nanos = divmod(timestamp + delay, NANOS)
        row = Row(
            timestamp=timestamp,
            insert_id=stamp.insert_id,
            log_name=name,
            serial=serial + number,
            received=timestamp + delay,
            severity=severity,
            framed=frame(bare + stamp.SerializeToString()),  # fields in any order are one message
        )
        yield row, rest_only


def _patterns(mix: Mix) -> Iterator[tuple[bytes, int, str, int, dict[str, Any]]]:
    """(serialised entry without identity, its delay in ns, logName, severity, what only REST tells)"""
    for entry in make_entries(mix):
        message, rest_only = to_proto(entry)
        delay = message.receive_timestamp.ToNanoseconds() - message.timestamp.ToNanoseconds()
        for field in ("timestamp", "receive_timestamp", "insert_id"):
            message.ClearField(field)
        yield message.SerializeToString(), delay, message.log_name, message.severity, rest_only


@contextmanager
def _without_collector() -> Iterator[None]:
    # millions of new tuples, none of them garbage: the collector would look at all of them again and again
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
