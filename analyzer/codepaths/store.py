"""The cache of extracted statements: one SQLite file outside the work tree, shared by processes and repositories.

Facts of the code stand beside the statements: see `fact_store`.

Rows hang on git blob ids, so a rename, a second service or the next commit costs only what changed in content. Words
are indexed in segments, one a write: `posting(word, segment)` holds the ids of the statements with that word. Ids of
one blob are consecutive; which of them belong to a commit is decided by the reader.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import weakref
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from analyzer.codepaths.fact_store import FACT_SCHEMA, find_mentions, read_packed, write_facts
from analyzer.codepaths.statements import EXTRACTOR_VERSION, Extract, Statement
from analyzer.places import default_cache_dir

_T = TypeVar("_T", str, int)
_FORMAT = 2
_BUSY_SECONDS = 30.0
_MAX_VARIABLES = 800
_SCHEMA = """
CREATE TABLE IF NOT EXISTS blob(id TEXT PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL,
  problem TEXT NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS statement(id INTEGER PRIMARY KEY, line INTEGER, end_line INTEGER, function TEXT, kind TEXT,
  level TEXT, name TEXT, text TEXT, holes TEXT, source_line INTEGER);
CREATE TABLE IF NOT EXISTS segment(id INTEGER PRIMARY KEY, first INTEGER NOT NULL, sizes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS posting(word TEXT, segment INTEGER, ids BLOB NOT NULL,
  PRIMARY KEY(word, segment)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Where the statements of a blob are: ids `first` up to `first + count`."""

    first: int
    count: int
    problem: str
    number: int
    """of its facts"""


def open_store(cache_dir: Path | None) -> Store:
    """The cache in this folder; a broken one is set aside and begun anew, an unusable folder means memory."""
    file = store_file(cache_dir)
    for attempt in range(2):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            return Store(_connect(str(file)))
        except sqlite3.OperationalError:
            break  # locked, read-only, no space
        except sqlite3.DatabaseError:
            if attempt or not _set_aside(file):
                break
        except OSError:
            break
    return memory_store()


def store_file(cache_dir: Path | None) -> Path:
    """Where the cache of this Python and this extractor lies, or would lie."""
    folder = cache_dir if cache_dir is not None else default_cache_dir()
    python = f"{sys.version_info.major}{sys.version_info.minor}"
    return folder / f"statements-{_FORMAT}.{EXTRACTOR_VERSION}-py{python}.sqlite3"


def memory_store() -> Store:
    """A store that ends with the process."""
    return Store(_connect(":memory:"))


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(_SCHEMA + FACT_SCHEMA)
        connection.execute("SELECT max(id) FROM statement").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _set_aside(file: Path) -> bool:
    """Moves a broken cache away; other processes that still hold it are not disturbed."""
    try:
        file.replace(file.with_suffix(".broken"))
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                file.with_name(file.name + suffix).unlink()
    except OSError:
        return False
    return True


class Store:
    """Reads and writes of one connection. Every sqlite3.Error is the caller's to meet with a memory store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # An index lives as long as its last reader; Python 3.13 warns of a connection that nobody closed.
        self._close = weakref.finalize(self, connection.close)

    def close(self) -> None:
        """Gives the file back; happens by itself when the store is gone."""
        self._close()

    def blobs(self, ids: Sequence[str]) -> dict[str, StoredBlob]:
        """Those of the blobs that are stored."""
        found = {}
        for part in _parts(ids):
            query = f"SELECT id, first, count, problem, number FROM blob WHERE id IN ({_marks(part)})"
            for blob, *row in self._connection.execute(query, part):
                found[blob] = StoredBlob(*row)
        return found

    def add(self, extracts: Mapping[str, Extract]) -> None:
        """Stores blobs in one transaction. One that another process stored meanwhile stays as it is."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        try:
            first = 1 + (run("SELECT max(id) FROM statement").fetchone()[0] or 0)
            postings: dict[str, array[int]] = {}
            sizes = bytearray()
            blobs: list[tuple[str, int, int, str, int]] = []
            numbers = write_facts(self._connection, extracts)
            rows: list[tuple[int | str, ...]] = []
            at = first
            for blob in sorted(extracts):
                extract = extracts[blob]
                blobs.append((blob, at, len(extract.statements), extract.problem, numbers[blob]))
                for statement, words in zip(extract.statements, extract.words, strict=True):
                    rows.append((at, *statement))
                    sizes.append(min(255, len(words)))
                    for word in words:
                        ids = postings.get(word)
                        if ids is None:
                            ids = postings[word] = array("I")
                        ids.append(at)
                    at += 1
            self._connection.executemany("INSERT OR IGNORE INTO blob VALUES (?, ?, ?, ?, ?)", blobs)
            self._connection.executemany("INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            if rows:
                segment = run("INSERT INTO segment(first, sizes) VALUES (?, ?)", (first, bytes(sizes))).lastrowid
                self._connection.executemany(
                    "INSERT INTO posting VALUES (?, ?, ?)",
                    ((word, segment, postings[word].tobytes()) for word in sorted(postings)),
                )
            run("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                run("ROLLBACK")
            raise

    def sizes(self) -> bytearray:
        """Number of distinct words (at most 255) of each statement, by id."""
        out = bytearray(1 + (self._connection.execute("SELECT max(id) FROM statement").fetchone()[0] or 0))
        for first, sizes in self._connection.execute("SELECT first, sizes FROM segment"):
            out[first : first + len(sizes)] = sizes
        return out

    def postings(self, words: Iterable[str]) -> dict[str, array[int]]:
        """Ids of the statements that hold each word, ascending within a segment."""
        found: dict[str, array[int]] = {}
        for part in _parts(sorted(set(words))):
            query = f"SELECT word, ids FROM posting WHERE word IN ({_marks(part)}) ORDER BY word, segment"
            for word, ids in self._connection.execute(query, part):
                found.setdefault(word, array("I")).frombytes(ids)
        return found

    def statements(self, ids: Iterable[int]) -> dict[int, Statement]:
        """Statements by id."""
        found = {}
        for part in _parts(sorted(ids)):
            query = (
                "SELECT id, line, end_line, function, kind, level, name, text, holes, source_line FROM statement "
                f"WHERE id IN ({_marks(part)})"
            )
            for row in self._connection.execute(query, part):
                found[row[0]] = Statement(*row[1:])
        return found

    def facts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """Number of a blob → its facts, packed."""
        return read_packed(self._connection, numbers)

    def mentions(self, names: Sequence[str]) -> set[int]:
        """Numbers of the blobs whose facts mention any of the names."""
        return find_mentions(self._connection, names)


def _parts(items: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (items[i : i + _MAX_VARIABLES] for i in range(0, len(items), _MAX_VARIABLES))


def _marks(part: Sequence[object]) -> str:
    return ",".join("?" * len(part))
