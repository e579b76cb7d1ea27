"""What the cache of pulled entries holds: layers (one query each), slices of their time, and the parts they are in.

One SQLite file. A part's file is whole and on the disk before its line is here; a line is here before anyone reads
the file. So a process may die at any instant: what has no line was not read.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.errors import SourceError
from analyzer.model import Window
from analyzer.places import make_private, touch_private
from analyzer.sources.cloud_logging.ranges import missing, overlaps

_FORMAT = 1
_BUSY_SECONDS = 60.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS layer(id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, resources TEXT NOT NULL,
  tier TEXT NOT NULL, filter TEXT NOT NULL, redaction TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS slice(id INTEGER PRIMARY KEY, layer INTEGER NOT NULL REFERENCES layer(id),
  from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL, done INTEGER NOT NULL, asked_ns INTEGER NOT NULL,
  received_ns INTEGER NOT NULL, late_from_ns INTEGER, token TEXT NOT NULL, pages INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS part(id INTEGER PRIMARY KEY, layer INTEGER NOT NULL REFERENCES layer(id),
  file TEXT UNIQUE NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, min_ns INTEGER NOT NULL,
  max_ns INTEGER NOT NULL, max_received_ns INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS slice_layer ON slice(layer, from_ns);
CREATE INDEX IF NOT EXISTS part_layer ON part(layer, min_ns);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One query's entries, of all times asked for so far."""

    id: int
    key: str
    """folder of its parts: digest of resources, filter, redaction and schema"""
    resources: tuple[str, ...]
    tier: str
    filter: str
    redaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A time range of a layer: done, or under way with the token to go on from."""

    id: int
    from_ns: int
    to_ns: int
    done: bool
    asked_ns: int
    """when its first call was made, by this machine's clock"""
    received_ns: int
    """all entries of the range that were received before this are here, once it is done"""
    late_from_ns: int | None = None
    """a re-asking: only what was received from this time on is asked for"""
    token: str = ""
    pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of entries; times are those of its rows."""

    file: str
    rows: int
    bytes: int
    min_ns: int
    max_ns: int
    max_received_ns: int
    digest: str


class Manifest:
    """The index of one cache folder; open it with `open_manifest`. One writer a layer (see `store`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        # nobody has to close it, and no interpreter complains that nobody did
        weakref.finalize(self, connection.close)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside, or none."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def layer(self, key: str, resources: Sequence[str], tier: str, filter_: str, redaction: str) -> Layer:
        """The layer with this key, begun where it is new."""
        with self.transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO layer(key, resources, tier, filter, redaction) VALUES (?, ?, ?, ?, ?)",
                (key, json.dumps(list(resources)), tier, filter_, redaction),
            )
        return next(layer for layer in self.layers() if layer.key == key)

    def layers(self) -> list[Layer]:
        """All layers, oldest first."""
        rows = self._db.execute("SELECT id, key, resources, tier, filter, redaction FROM layer ORDER BY id")
        return [
            Layer(id=i, key=k, resources=tuple(json.loads(r)), tier=t, filter=f, redaction=d)
            for i, k, r, t, f, d in rows
        ]

    def slices(self, layer: Layer) -> list[Slice]:
        """Its slices by time."""
        rows = self._db.execute(
            "SELECT id, from_ns, to_ns, done, asked_ns, received_ns, late_from_ns, token, pages FROM slice"
            " WHERE layer = ? ORDER BY from_ns, id",
            (layer.id,),
        )
        return [
            Slice(
                id=i,
                from_ns=a,
                to_ns=b,
                done=bool(done),
                asked_ns=asked,
                received_ns=received,
                late_from_ns=late,
                token=token,
                pages=pages,
            )
            for i, a, b, done, asked, received, late, token, pages in rows
        ]

    def parts(self, layer: Layer, window: Window | None = None) -> list[Part]:
        """Its parts with rows in the window (all without one), by time."""
        low, high = (window.from_ns, window.to_ns) if window else (-(2**63), 2**63 - 1)
        rows = self._db.execute(
            "SELECT file, rows, bytes, min_ns, max_ns, max_received_ns, digest FROM part"
            " WHERE layer = ? AND max_ns >= ? AND min_ns < ? ORDER BY min_ns, file",
            (layer.id, low, high),
        )
        return [
            Part(file=f, rows=n, bytes=b, min_ns=lo, max_ns=hi, max_received_ns=r, digest=d)
            for f, n, b, lo, hi, r, d in rows
        ]

    def begin(
        self, layer: Layer, window: Window, *, asked_ns: int, received_ns: int, late_from_ns: int | None
    ) -> Slice:
        """A new slice under way, nothing of it read."""
        new = Slice(
            id=0,
            from_ns=window.from_ns,
            to_ns=window.to_ns,
            done=False,
            asked_ns=asked_ns,
            received_ns=received_ns,
            late_from_ns=late_from_ns,
        )
        return replace(new, id=self._insert(layer, new))

    def _insert(self, layer: Layer, new: Slice) -> int:
        cursor = self._db.execute(
            "INSERT INTO slice(layer, from_ns, to_ns, done, asked_ns, received_ns, late_from_ns, token, pages)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                layer.id,
                new.from_ns,
                new.to_ns,
                int(new.done),
                new.asked_ns,
                new.received_ns,
                new.late_from_ns,
                new.token,
                new.pages,
            ),
        )
        return int(cursor.lastrowid or 0)

    def go_on(self, slice_: Slice) -> None:
        """Keep where a slice stands."""
        self._db.execute(
            "UPDATE slice SET done = ?, received_ns = ?, token = ?, pages = ? WHERE id = ?",
            (int(slice_.done), slice_.received_ns, slice_.token, slice_.pages, slice_.id),
        )

    def refresh(self, layer: Layer, again: Slice) -> None:
        """A re-asking is through: what it covers of done slices counts as asked then, and it has done its work."""
        for old in self.slices(layer):
            low, high = max(old.from_ns, again.from_ns), min(old.to_ns, again.to_ns)
            if not old.done or low >= high or old.asked_ns >= again.asked_ns:
                continue
            self.forget([old])
            for piece in (
                replace(old, to_ns=low),
                replace(
                    old,
                    from_ns=low,
                    to_ns=high,
                    asked_ns=again.asked_ns,
                    received_ns=max(old.received_ns, again.received_ns),
                ),
                replace(old, from_ns=high),
            ):
                if piece.from_ns < piece.to_ns:
                    self._insert(layer, piece)
        self.forget([again])

    def uncover(self, layer: Layer, lost: Sequence[Window]) -> None:
        """Entries of these times are gone: the times count as not asked, also those of slices that are under way."""
        for old in self.slices(layer):
            window = Window(from_ns=old.from_ns, to_ns=old.to_ns)
            if not any(overlaps(window, other) for other in lost):
                continue
            self.forget([old])
            for left in missing(window, lost) if old.done else ():
                self._insert(layer, replace(old, from_ns=left.from_ns, to_ns=left.to_ns))

    def forget(self, slices: Iterable[Slice]) -> None:
        """Slices that are no more: their entries stay, their time counts as not asked."""
        self._db.executemany("DELETE FROM slice WHERE id = ?", [(s.id,) for s in slices])

    def add(self, layer: Layer, part: Part) -> None:
        """A part whose file is on the disk."""
        self._db.execute(
            "INSERT INTO part(layer, file, rows, bytes, min_ns, max_ns, max_received_ns, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (layer.id, part.file, part.rows, part.bytes, part.min_ns, part.max_ns, part.max_received_ns, part.digest),
        )

    def drop_parts(self, files: Iterable[str]) -> None:
        """Parts whose files are gone or about to go."""
        self._db.executemany("DELETE FROM part WHERE file = ?", [(f,) for f in files])

    def drop_layer(self, layer: Layer) -> None:
        """A layer with all its lines."""
        for table, column in (("part", "layer"), ("slice", "layer"), ("layer", "id")):
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (layer.id,))


def open_manifest(folder: Path) -> Manifest:
    """The manifest of a cache folder, begun where there is none. Raises `SourceError` where it cannot be used."""
    path = folder / f"manifest-{_FORMAT}.sqlite3"
    connection = None
    try:
        make_private(folder)
        touch_private(path)  # SQLite gives the files beside it the mode of this one
        # used by one thread, but closed by whichever finds that it is garbage
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a part once told of must survive a power cut
        connection.executescript(_SCHEMA)
        if (told := connection.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
            raise sqlite3.DatabaseError(str(told[0]))
    except (OSError, sqlite3.Error) as err:
        if connection is not None:
            connection.close()
        raise SourceError(
            f"the list of what was pulled cannot be used: {path}: {err}",
            f"it must be yours to write; where it is damaged delete it, and all is pulled anew: "
            f"rm -r {shlex.quote(str(folder))}",
        ) from err
    return Manifest(connection)
