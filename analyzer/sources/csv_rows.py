"""The CSV that the Logs Explorer downloads → rows of LogEntry shape.

A column is a path, `resource.labels.service_name`, `jsonPayload.error.type`; every value is a text, an empty cell is
an absent field. Dots inside a payload's own names cannot be told from the path's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.errors import SourceError
from analyzer.sources.decoding import loads
from analyzer.sources.table_names import AUDIT_NUMBERS, numbers_of

_MAX_CELL = 16 * 1024 * 1024
_ENTRY = frozenset(
    ("timestamp", "receiveTimestamp", "insertId", "logName", "severity", "textPayload", "trace", "spanId")
)
_PAYLOADS = ("jsonPayload.", "protoPayload.", "httpRequest.")
_TABLE = frozenset(
    ("insert_id", "log_name", "json_payload", "text_payload", "receive_timestamp", "jsonPayload", "http_request")
)
"""columns that only a query's answer has: nested values are no CSV"""
_LABELS = ("labels.", "resource.labels.")
_TEXTS = ("textPayload", "message", "msg", "event", "text", "log", "body")
"""fields that stay texts though one looks like JSON; elsewhere that is a list in one cell"""


def is_csv(head: str, name: str) -> bool:
    """True for a table of log entries as CSV. Raises `SourceError` for a query's answer: its cells lost their shape."""
    names = _header(head)
    if len(_TABLE.intersection(names)) >= 2 or ("jsonPayload" in names and "timestamp" in names):
        raise SourceError(
            f"{name} is a query's answer as CSV, which cannot hold labels and payloads",
            "export it as JSON (bq query --format=json …) or as Parquet (bq extract --destination_format=PARQUET …)",
        )
    known = _ENTRY.intersection(names)
    readable = "textPayload" in names or any(n.startswith(_PAYLOADS) for n in names)
    return len(known) >= 2 and readable


def csv_rows(text: str) -> Iterator[Mapping[str, Any]]:
    """The entries of a CSV with a header, up to the first line that is none."""
    before = csv.field_size_limit(_MAX_CELL)  # the module's one setting; given back at the end
    try:
        lines = csv.reader(io.StringIO(text, newline=""))
        names = next(lines)
        for cells in lines:
            if any(cells):
                yield _entry(names, cells)
    except csv.Error:
        return
    finally:
        csv.field_size_limit(before)


def _header(head: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(head, newline="")), [])
    except csv.Error:
        return []


def _entry(names: list[str], cells: list[str]) -> Mapping[str, Any]:
    entry: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if not cell:
            continue
        for prefix in _LABELS:
            if name.startswith(prefix):
                # a label's name may hold dots, but never a label
                _put(entry, [*prefix[:-1].split("."), name.removeprefix(prefix)], cell)
                break
        else:
            path = name.split(".")
            _put(entry, path, cell if path[-1] in _TEXTS else _value(cell))
    if "jsonPayload" in entry:
        entry["jsonPayload"] = numbers_of(entry["jsonPayload"])
    if "protoPayload" in entry:
        entry["protoPayload"] = numbers_of(entry["protoPayload"], AUDIT_NUMBERS)
    return entry


def _value(cell: str) -> Any:
    if cell[0] not in "{[":
        return cell
    try:
        return loads(cell)
    except ValueError:
        return cell


def _put(entry: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        inner = entry.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        entry = inner
    entry.setdefault(path[-1], value)
