"""Pulled entries → one file: JSON lines with REST names, or Parquet with the columns of the cache."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.errors import ConfigError, SourceError
from analyzer.sources.cloud_logging.rows import Row, encode_json, json_of_row
from analyzer.sources.cloud_logging.tables import SCHEMA

SUFFIXES = (".jsonl", ".ndjson", ".json", ".parquet")
_GROUP = 50_000


def check_export(target: Path) -> None:
    """Raises `ConfigError` where the file cannot be written or its suffix says nothing; call it before the work."""
    if target.suffix not in SUFFIXES:
        raise ConfigError(f"-o {target}: the suffix picks the format", f"use one of {', '.join(SUFFIXES)}")
    if target.is_dir() or not target.parent.is_dir():
        raise ConfigError(f"-o {target} cannot be written", "name a file in a folder that exists")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise ConfigError(f"-o {target} cannot be written", "choose a file that is yours to write")


def export(rows: Iterable[Row], target: Path) -> int:
    """Writes them all, in their order, beside the target and renames; gives their number. Raises `SourceError`."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        count = _parquet(rows, temporary) if target.suffix == ".parquet" else _json_lines(rows, temporary)
        temporary.replace(target)
    except OSError as err:
        raise SourceError(f"cannot write {target}: {err.strerror or err}", "what was pulled is in the cache") from err
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _json_lines(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("wb") as out:
        for row in rows:
            out.write(encode_json(json_of_row(row)) + b"\n")
            count += 1
    return count


def _parquet(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        left = iter(rows)
        while group := list(islice(left, _GROUP)):
            columns = zip(*group, strict=True)
            arrays = [pa.array(values, type=field.type) for values, field in zip(columns, SCHEMA, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA))
            count += len(group)
    return count
