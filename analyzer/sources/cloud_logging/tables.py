"""Rows → an Arrow table without secrets, and back: what a part of the cache holds.

Nothing reaches a file but through `redacted_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_PLAIN = ("text_payload", "log_name", "severity")
_TIMES = ("timestamp", "receive_timestamp")

SCHEMA = pa.schema(
    [
        (name, pa.int64() if name in _TIMES else _WORDS if name in REPEATED else pa.large_string())
        for name in Row._fields
    ]
)


def redacted_table(rows: Sequence[Row], redactor: Redactor) -> pa.Table:
    """The rows, of which there must be some, as a table. Every text is redacted but the insertId, which identifies and
    says nothing."""
    columns: dict[str, Sequence[Any]] = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
    texts, documents = _shown({name: columns[name] for name in _PLAIN}, {n: columns[n] for n in NESTED}, redactor)
    for names, shown in ((_PLAIN, texts), (NESTED, documents)):
        for name in names:
            columns[name] = list(map(shown.get, columns[name], columns[name]))
    for name in ("trace", "span_id"):
        columns[name] = [v if v is None else shown_id(v, redactor) for v in columns[name]]
    arrays = [pa.array(columns[field.name], type=field.type) for field in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _shown(
    texts: Mapping[str, Sequence[str | None]], documents: Mapping[str, Sequence[str | None]], redactor: Redactor
) -> tuple[dict[str | None, str], dict[str | None, str]]:
    """What stands for texts, and for JSON texts, that redaction may change. All columns are asked about at once, since
    a screen costs milliseconds whatever it screens; requests are not, since the address in them always changes."""
    plain = list(_distinct(texts.values()))
    sure = _distinct([documents["http_request"]])
    unsure = _distinct(column for name, column in documents.items() if name != "http_request")
    changing = [*sure, *compress(unsure, redactor.may_change_json(list(unsure)))]
    shown = redactor.values([*plain, *(decode_json(text) for text in changing)])
    return (
        dict(zip(plain, shown, strict=False)),
        {text: encode_json(value).decode() for text, value in zip(changing, shown[len(plain) :], strict=True)},
    )


def _distinct(columns: Iterable[Sequence[str | None]]) -> dict[str, None]:
    found: dict[Any, None] = {}
    for column in columns:
        found.update(dict.fromkeys(column))
    found.pop(None, None)
    return found


def rows_of_table(table: pa.Table) -> Iterator[Row]:
    """The rows of a table, in its order."""
    columns = [table.column(name).to_pylist() for name in Row._fields]
    return map(Row._make, zip(*columns, strict=True))
