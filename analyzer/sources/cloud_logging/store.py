"""Parts of pulled entries as Parquet files, each entry once: written whole or not at all, read back in order of time.

A file is written beside its place, forced to the disk, renamed, and its folder forced to the disk; only then the
manifest tells of it. Layout: `<folder>/<layer key>/<first time>-<digest>.parquet`.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock

from analyzer.errors import SourceError
from analyzer.model import Window
from analyzer.places import make_private
from analyzer.redaction import Redactor
from analyzer.sources.cloud_logging.manifest import Layer, Manifest, Part, open_manifest
from analyzer.sources.cloud_logging.rows import Row
from analyzer.sources.cloud_logging.tables import REPEATED, SCHEMA_VERSION, redacted_table, rows_of_table

Identity = tuple[int | None, str | None, str | None]
"""(time, log name, insertId): what makes an entry the same one (LogEntry.insertId in the API's reference)"""

_TEMPORARY = ".writing-"


def order_of(row: Row) -> tuple[int, str, str]:
    """What entries are sorted by."""
    return (row.timestamp or 0, row.log_name or "", row.insert_id or "")


@dataclass(frozen=True, slots=True)
class Store:
    """One cache folder."""

    folder: Path
    manifest: Manifest

    def layer(self, resources: Sequence[str], tier: str, filter_: str, redactor: Redactor) -> Layer:
        """The layer of a question. Another filter, other redaction rules or another salt make another layer."""
        digest = hashlib.blake2b(digest_size=10)
        for word in (*sorted(resources), filter_, redactor.digest, str(SCHEMA_VERSION)):
            digest.update(word.encode() + b"\0")
        key = f"{tier}-{digest.hexdigest()}"
        make_private(self.folder / key)
        return self.manifest.layer(key, sorted(resources), tier, filter_, redactor.digest)

    def renewed(self, layer: Layer) -> Layer:
        """The layer as it is now: while nobody held its lock it may have been deleted, and begun anew."""
        make_private(self.folder / layer.key)
        return self.manifest.layer(layer.key, layer.resources, layer.tier, layer.filter, layer.redaction)

    def lock(self, layer: Layer) -> FileLock:
        """Held by the one process that pulls into a layer."""
        return FileLock(self.folder / f"{layer.key}.lock", mode=0o600)

    def write(self, layer: Layer, rows: Sequence[Row], redactor: Redactor) -> Part:
        """The rows, redacted, in a file of their own that is safe on the disk; the manifest is the caller's."""
        table = redacted_table(sorted(rows, key=order_of), redactor)
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", write_statistics=False, use_dictionary=REPEATED)
        data = memoryview(sink.getvalue())
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        low, high = pc.min_max(table["timestamp"]).as_py().values()
        name = f"{low}-{digest}.parquet"
        _put(self.folder / layer.key, name, data)
        return Part(
            file=f"{layer.key}/{name}",
            rows=len(rows),
            bytes=len(data),
            min_ns=low,
            max_ns=high,
            max_received_ns=pc.max(table["receive_timestamp"]).as_py() or high,
            digest=digest,
        )

    def identities(self, layer: Layer, window: Window, received_from_ns: int | None = None) -> set[Identity]:
        """The identities of what is here of a window (received from a time on, where one is given)."""
        found: set[Identity] = set()
        for part in self.manifest.parts(layer, window):
            if received_from_ns is not None and part.max_received_ns < received_from_ns:
                continue
            table = self._table(part, ["timestamp", "receive_timestamp", "log_name", "insert_id"])
            table = _between(table, window)
            if received_from_ns is not None:
                table = table.filter(pc.greater_equal(table["receive_timestamp"], received_from_ns))
            columns = (table[name].to_pylist() for name in ("timestamp", "log_name", "insert_id"))
            found.update(zip(*columns, strict=True))
        return found

    def count(self, layer: Layer, window: Window) -> int:
        """How many entries of a window are here; reads only parts that lie across its edges."""
        found = 0
        for part in self.manifest.parts(layer, window):
            if window.from_ns <= part.min_ns and part.max_ns < window.to_ns:
                found += part.rows
            else:
                found += len(_between(self._table(part, ["timestamp"]), window))
        return found

    def rows(self, layers: Iterable[Layer], window: Window) -> Iterator[Row]:
        """The entries of a window, of all layers, sorted, each once; an entry of two layers as the first one has it.

        Holds only the rows of parts that overlap in time.
        """
        parts = [(p.min_ns, rank, p) for rank, layer in enumerate(layers) for p in self.manifest.parts(layer, window)]
        parts.sort(key=lambda p: (p[0], p[1], p[2].file))
        waiting: list[tuple[tuple[int, str, str], int, Row]] = []
        last: tuple[int, str, str] | None = None
        for number, (_, rank, part) in enumerate(parts, 1):
            table = _between(self._table(part), window)
            waiting += [(order_of(row), rank, row) for row in rows_of_table(table)]
            waiting.sort(key=lambda item: item[:2])
            until = parts[number][0] if number < len(parts) else sys.maxsize
            ready = bisect_left(waiting, until, key=lambda item: item[0][0])
            for key, _, row in waiting[:ready]:
                if key != last:
                    yield row
                last = key
            del waiting[:ready]

    def _table(self, part: Part, columns: Sequence[str] | None = None) -> pa.Table:
        try:
            return pq.read_table(self.folder / part.file, columns=columns)
        except (OSError, pa.ArrowException) as err:
            raise SourceError(
                f"what was pulled cannot be read: {self.folder / part.file}: {err}",
                "analyzer cache verify --repair drops what is damaged; pull again and it is asked for anew",
            ) from err


def open_store(folder: Path) -> Store:
    """The cache in a folder, begun where there is none."""
    return Store(folder, open_manifest(folder))


def _between(table: pa.Table, window: Window) -> pa.Table:
    times = table["timestamp"]
    inside = pc.and_(pc.greater_equal(times, window.from_ns), pc.less(times, window.to_ns))
    return table if pc.all(inside).as_py() else table.filter(inside)


def _put(folder: Path, name: str, data: memoryview) -> None:
    try:
        _put_safely(folder, name, data)
    except OSError as err:
        raise SourceError(
            f"cannot write to {folder}: {err.strerror or err}",
            "make room there, or name another place in ANALYZER_CACHE_DIR; what was kept before is not lost",
        ) from err


def _put_safely(folder: Path, name: str, data: memoryview) -> None:
    handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(folder / name)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """A rename is safe once the folder itself is on the disk; Windows neither needs nor allows it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
