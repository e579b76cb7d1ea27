"""A Parquet file → rows: columns of texts, structs, maps, lists; times as Unix nanoseconds.

The only reader that imports pyarrow; files of other formats never pay for it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from analyzer.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"PAR1"
_BATCH = 10_000
"""rows decoded at a time"""
_UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


def parquet_rows(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file in its order. Raises `SourceError` where it is cut or damaged: the end holds the index."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(pa.BufferReader(data)) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from _rows(batch)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as err:
        raise SourceError(
            f"{name} is a broken Parquet file: {str(err)[:200]}", "export or copy it again; a cut one cannot be read"
        ) from err


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    columns = [_values(column) for column in batch.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _values(column: pa.Array) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        unit = _UNITS[column.type.unit]
        return [None if value is None else value * unit for value in column.cast(pa.int64()).to_pylist()]
    if pa.types.is_nested(column.type):
        # Python's datetime, which to_pylist gives, knows no nanoseconds and refuses to lose them silently
        column = column.cast(_in_microseconds(column.type), safe=False)
    return [_plain(value) for value in column.to_pylist(maps_as_pydicts="lossy")]


def _in_microseconds(kind: pa.DataType) -> pa.DataType:
    """The same type with all times inside it to the microsecond."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_in_microseconds(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, _in_microseconds(kind.item_type))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_in_microseconds(kind.value_type)))
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_in_microseconds(kind.value_type)))
    return kind


def _plain(value: Any) -> Any:
    """A value as JSON would have it."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (bytes, bytearray)):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return str(value)
