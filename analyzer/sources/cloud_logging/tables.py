"""Rows → an Arrow table without secrets, and back: what a part of the cache holds.

Nothing reaches a file but through `redacted_table`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from analyzer.redaction import Redactor
from analyzer.sources.cloud_logging.rows import NESTED, Row, decode_json, encode_json
from analyzer.sources.log_entries import shown_id

SCHEMA_VERSION = 1
"""Raise when the columns or what they mean change: the cache is keyed by it."""

_WORDS = pa.dictionary(pa.int32(), pa.string())
_REPEATED = ("log_name", "severity", "resource", "labels")
"""few distinct values over many rows"""
_TIMES = ("timestamp", "receive_timestamp")

SCHEMA = pa.schema(
    [
        (name, pa.int64() if name in _TIMES else _WORDS if name in _REPEATED else pa.large_string())
        for name in Row._fields
    ]
)

_KEYS = re.compile(r'(?=[{,]"([^"\\]*)":)')
"""every key of compact JSON that holds no backslash (and perhaps more)"""
_LONG_NUMBER = re.compile(r'":"?\d{6}')
"""a value that may be the number of a user"""


def redacted_table(rows: Sequence[Row], redactor: Redactor) -> pa.Table:
    """The rows as a table, every text redacted but the insertId, which is no text of anyone's and the identity."""
    columns = dict(zip(Row._fields, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(Row._fields, ())
    arrays = []
    for field in SCHEMA:
        values: Sequence[Any] = columns[field.name]
        if field.name in ("trace", "span_id"):
            values = [v if v is None else shown_id(v, redactor) for v in values]
        elif field.name in _REPEATED:
            values = _each_once(values, _redact_json(redactor) if field.name in NESTED else redactor.text)
        elif field.name in NESTED:
            values = _documents(values, redactor)
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


def _documents(texts: Sequence[str | None], redactor: Redactor) -> list[str | None]:
    """JSON texts redacted; only those are decoded in which a string may change or a key says something."""
    result = list(texts)
    if not any(texts):
        return result
    kinds: dict[str, str] = {}
    places = []
    for place, (text, changes) in enumerate(zip(texts, redactor.may_change_json(texts), strict=True)):
        if text is not None and (changes or _key_says_something(text, kinds, redactor)):
            places.append(place)
    shown = redactor.values([decode_json(texts[place] or "") for place in places])
    for place, value in zip(places, shown, strict=True):
        result[place] = encode_json(value).decode()
    return result


def _key_says_something(text: str, kinds: dict[str, str], redactor: Redactor) -> bool:
    """Whether a value may change because of its key; `kinds` remembers keys."""
    if "\\" in text:
        return True  # the keys cannot be told apart without decoding
    numbers: bool | None = None
    for key in _KEYS.findall(text):
        kind = kinds.get(key)
        if kind is None:
            shown, kind = redactor.key(key)
            kind = kinds[key] = kind if shown == key else "shown otherwise"
        if kind == "user":
            if numbers is None:
                numbers = _LONG_NUMBER.search(text) is not None
            if numbers:
                return True
        elif kind:
            return True
    return False
