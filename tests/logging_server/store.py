"""All entries of the server, sorted by (timestamp, insertId, logName), as serialised messages and a few columns.

A page of a window is a slice of `framed`: nothing is parsed or serialised again to answer it.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from google.protobuf.json_format import ParseError

from .protos import frame, to_json, to_proto, unframe
from .times import NANOS

Identity = tuple[str, int, str]
"""(logName, timestamp in ns, insertId)"""


class Row(NamedTuple):
    """An entry on its way into the store; the fields that sort it stand first."""

    timestamp: int
    insert_id: str
    log_name: str
    serial: int
    received: int
    severity: int
    framed: bytes


class Store:
    """Entries at positions 0..n-1 of the order above; an entry keeps its serial while positions move."""

    def __init__(self) -> None:
        self.generation = 0
        """grows with every change"""
        self.framed: list[bytes] = []
        self.log_names: list[str] = []
        self.insert_ids: list[str] = []
        self.timestamps = array("q")
        self.received = array("q")
        self.severities = array("H")
        self.serials = array("L")
        self.positions = array("L")
        """position by serial"""
        self.rest_only: dict[int, dict[str, Any]] = {}
        """by serial"""
        self.latest_received = 0
        self.known_names: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.framed)

    def add(self, entries: Iterable[Mapping[str, Any]]) -> int:
        """Takes entries in their JSON form; returns how many were new. Raises `ValueError`, then nothing is taken.

        Like the real service it fills in what is missing: insertId, timestamp, receiveTimestamp.
        """
        try:
            return self.add_protos(to_proto(entry) for entry in entries)
        except ParseError as err:
            raise ValueError(f"not a LogEntry: {err}") from err

    def add_protos(self, messages: Iterable[tuple[Any, dict[str, Any]]]) -> int:
        """The same for messages, each with what only REST tells."""
        return self.add_rows(self._rows(messages))

    def _rows(self, messages: Iterable[tuple[Any, dict[str, Any]]]) -> Iterator[tuple[Row, dict[str, Any]]]:
        for serial, (message, rest_only) in enumerate(messages, len(self.positions)):
            _complete(message, serial)
            row = Row(
                timestamp=_ns(message.timestamp),
                insert_id=message.insert_id,
                log_name=message.log_name,
                serial=serial,
                received=_ns(message.receive_timestamp),
                severity=message.severity,
                framed=frame(message.SerializeToString(deterministic=True)),
            )
            yield row, rest_only

    def add_rows(self, rows: Iterable[tuple[Row, dict[str, Any]]]) -> int:
        """The same for rows, whose serials go on where the store's end. Of one identity the first counts."""
        before = len(self)
        taken: list[Row] = []
        extras: dict[int, dict[str, Any]] = {}
        names: dict[str, str] = {}
        for row, rest_only in rows:
            # one string for all entries of a log
            taken.append(row._replace(log_name=names.setdefault(row.log_name, row.log_name)))
            if rest_only:
                extras[row.serial] = rest_only
        serials = len(self.positions) + len(taken)
        taken += map(
            Row, self.timestamps, self.insert_ids, self.log_names, self.serials, self.received, self.severities,
            self.framed,
        )  # fmt: skip
        taken.sort()
        self._replace(_first_of_each(taken), serials)
        self.rest_only |= extras
        return len(self) - before

    def _replace(self, rows: Iterable[Row], serials: int) -> None:
        self.framed, self.log_names, self.insert_ids = [], [], []
        self.timestamps, self.received, self.severities = array("q"), array("q"), array("H")
        self.serials, self.positions = array("L"), array("L", bytes(array("L").itemsize * serials))
        for position, row in enumerate(rows):
            self.timestamps.append(row.timestamp)
            self.insert_ids.append(row.insert_id)
            self.log_names.append(row.log_name)
            self.serials.append(row.serial)
            self.received.append(row.received)
            self.severities.append(row.severity)
            self.framed.append(row.framed)
            self.positions[row.serial] = position
        self.latest_received = max(self.received, default=0)
        self.known_names = frozenset(self.log_names)
        self.generation += 1

    def between(self, start: int, end: int) -> range:
        """Positions of the entries with `start <= timestamp < end`, in nanoseconds."""
        low = bisect_left(self.timestamps, start)
        return range(low, max(low, bisect_left(self.timestamps, end)))

    def identity(self, position: int) -> Identity:
        """(logName, timestamp in ns, insertId)."""
        return self.log_names[position], self.timestamps[position], self.insert_ids[position]

    def message(self, position: int) -> Any:
        """The protobuf message."""
        return unframe(self.framed[position])

    def document(self, position: int) -> dict[str, Any]:
        """The entry as REST prints it."""
        return to_json(self.message(position), self.rest_only.get(self.serials[position], {}))


def _first_of_each(rows: Iterable[Row]) -> Iterator[Row]:
    last: tuple[int, str, str] | None = None
    for row in rows:
        if row[:3] != last:
            yield row
            last = row[:3]


def _complete(message: Any, serial: int) -> None:
    if not message.log_name.partition("/logs/")[2]:
        raise ValueError(f"logName {message.log_name!r} is not PARENT/ID/logs/LOG")
    if not message.HasField("timestamp"):
        if message.HasField("receive_timestamp"):
            message.timestamp.CopyFrom(message.receive_timestamp)
        else:
            message.timestamp.FromNanoseconds(time.time_ns())
    if not message.HasField("receive_timestamp"):
        message.receive_timestamp.FromNanoseconds(_ns(message.timestamp) + NANOS // 5)
    if not message.insert_id:
        message.insert_id = f"assigned{serial:012x}"


def _ns(stamp: Any) -> int:
    return int(stamp.seconds) * NANOS + int(stamp.nanos)
