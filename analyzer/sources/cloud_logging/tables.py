"""Rows → an Arrow table without secrets, and back: what a part of the cache holds.

Nothing reaches a file but through `redacted_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from typing import Any

import pyarrow as pa

from analyzer.redaction import Redactor
from analyzer.sources.cloud_logging.rows import NESTED, Row, decode_json, encode_json
from analyzer.sources.log_entries import shown_id

SCHEMA_VERSION = 1
"""Raise when the columns or what they mean change: the cache is keyed by it."""

_WORDS = pa.dictionary(pa.int32(), pa.string())
REPEATED = ["log_name", "severity", "resource", "labels"]
"""few distinct values over many rows"""
_TIMES = ("timestamp", "receive_timestamp")

SCHEMA = pa.schema(
    [
        (name, pa.int64() if name in _TIMES else _WORDS if name in REPEATED else pa.large_string())
        for name in Row._fields
    ]
)


def redacted_table(rows: Sequence[Row], redactor: Redactor) -> pa.Table:
    """The rows as a table, every text redacted but the insertId, which is no text of anyone's and the identity."""
    columns = dict(zip(Row._fields, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(Row._fields, ())
    arrays = []
    for field in SCHEMA:
        values: Sequence[Any] = columns[field.name]
        if field.name in ("trace", "span_id"):
            values = [v if v is None else shown_id(v, redactor) for v in values]
        elif field.name in REPEATED:
            values = _each_once(values, _redact_json(redactor) if field.name in NESTED else redactor.text)
        elif field.name in NESTED:
            values = _documents(values, redactor, screened=field.name != "http_request")
        elif field.name == "text_payload":
            values = redactor.texts(values)
        arrays.append(pa.array(values, type=field.type))
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def rows_of_table(table: pa.Table) -> Iterator[Row]:
    """The rows of a table, in its order."""
    columns = [table.column(name).to_pylist() for name in Row._fields]
    return map(Row._make, zip(*columns, strict=True))


def _each_once(values: Sequence[str | None], redact: Callable[[str], str]) -> list[str | None]:
    shown = {value: None if value is None else redact(value) for value in set(values)}
    return [shown[value] for value in values]


def _redact_json(redactor: Redactor) -> Callable[[str], str]:
    return lambda text: encode_json(redactor.value(decode_json(text))).decode()


def _documents(texts: Sequence[str | None], redactor: Redactor, *, screened: bool) -> list[str | None]:
    """JSON texts redacted; if `screened`, only those are decoded of which something may change. That is worth it where
    most do not: the address in a request always changes."""
    given = list(dict.fromkeys(text for text in texts if text is not None))
    changing = list(compress(given, redactor.may_change_json(given))) if screened else given
    shown = redactor.values([decode_json(text) for text in changing])
    new = {text: encode_json(value).decode() for text, value in zip(changing, shown, strict=True)}
    return [new.get(text, text) if text is not None else None for text in texts] if new else list(texts)
