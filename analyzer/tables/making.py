"""Rows to a DataFrame of exactly one schema, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import pandas as pd

from analyzer.tables.schemas import LIST, STRING, TIME, Schema

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def table(rows: Iterable[Mapping[str, Any]], schema: Schema) -> pd.DataFrame:
    """Rows as a DataFrame of exactly this schema, dtypes the same also where there is no row.

    Keys that a row lacks, and None, are NA; in a column of lists they are an empty list. Times are RFC 3339 text.
    """
    found: Sequence[Mapping[str, Any]] = list(rows)
    columns: dict[str, pd.Series[Any]] = {}
    for name, column in schema.items():
        values = [row.get(name) for row in found]
        if column.dtype == TIME:
            times = pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601")
            columns[name] = times.dt.as_unit("ns")
        elif column.dtype == LIST:
            columns[name] = pd.Series([list(value or ()) for value in values], dtype="object")
        else:
            if column.dtype == STRING:
                values = [encodable(v) if isinstance(v, str) else v for v in values]
            columns[name] = pd.Series(values, dtype=cast(Any, column.dtype))
    return pd.DataFrame(columns)


def encodable(text: str) -> str:
    """The text with `\ufffd` for halves of characters, which JSON can hold and a table cannot."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def rows_of(frame: pd.DataFrame, schema: Schema) -> list[dict[str, Any]]:
    """The inverse of `table`: Python values, None for NA, times as RFC 3339 text with nanoseconds in UTC."""
    columns: dict[str, list[Any]] = {}
    for name, column in schema.items():
        values: list[Any] = frame[name].tolist()
        if column.dtype == TIME:
            columns[name] = [None if pd.isna(v) else _written(v) for v in values]
        elif column.dtype == LIST:
            columns[name] = [list(v) for v in values]
        else:
            columns[name] = [None if v is pd.NA else v for v in values]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _written(time: pd.Timestamp) -> str:
    return time.tz_convert("UTC").isoformat(timespec="nanoseconds").replace("+00:00", "Z")
