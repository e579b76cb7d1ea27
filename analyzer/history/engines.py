"""One way to run a transaction on either database: retried where others were in the way, clear where it cannot be.

SQLite: write-ahead log, writers wait for each other from the start (`BEGIN IMMEDIATE`), so that none has to give up
half-way (https://www.sqlite.org/wal.html, https://www.sqlite.org/lang_transaction.html). PostgreSQL: writers at READ
COMMITTED with rows in sorted order, readers at REPEATABLE READ, so that several questions see one state.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from analyzer.errors import HistoryError
from analyzer.history.places import Place
from analyzer.places import make_private, touch_private

T = TypeVar("T")
BUSY_SECONDS = 30
"""how long one attempt waits for other writers"""
ATTEMPTS = 8
_LOST_ATTEMPTS = 4
_FIRST_PAUSE = 0.05

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CONTENDED = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
    "23503",  # foreign_key_violation: a text was pruned between looking and writing
    "23505",  # unique_violation: two made the same row at once
}
"""SQLSTATEs after which the same transaction may succeed (PostgreSQL manual, appendix A)"""
_GONE = ("08", "57P")
"""connection lost; server shutting down, crashed or starting"""


class Database:
    """A place and how to talk to it. Connections are opened for one transaction each: nothing to close or to share."""

    def __init__(self, place: Place, *, foreign_keys: bool = True) -> None:
        self.place = place
        self.engine = _engine(place, foreign_keys=foreign_keys)
        self.is_sqlite = place.file is not None

    def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` answers, from one state of the database. Raises `HistoryError`."""
        return self._run(work, writes=False)

    def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` answers; all it writes is kept, or nothing. It may be called again. Raises `HistoryError`."""
        return self._run(work, writes=True)

    def _run(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        for attempt in range(ATTEMPTS):
            try:
                return self._once(work, writes=writes)
            except DBAPIError as err:
                if attempt + 1 >= _attempts(err):
                    raise self._explained(err) from err
                # no two processes pause equally long, or they would meet again
                time.sleep(_FIRST_PAUSE * 2**attempt * (1 + os.getpid() % 13 / 13))
        raise AssertionError("the last attempt returns or raises")

    def _once(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        with self.engine.connect() as plain:
            options: dict[str, Any] = {"analyzer_writes": writes}
            if not self.is_sqlite:
                options["isolation_level"] = "READ COMMITTED" if writes else "REPEATABLE READ"
            connection = plain.execution_options(**options)
            with connection.begin():
                if writes and not self.is_sqlite:
                    connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
                return work(connection)

    def _explained(self, err: DBAPIError) -> HistoryError:
        """The error as a sentence; what the driver says holds neither the statement nor its values."""
        said = str(err.orig).strip().partition("\n")[0] or type(err.orig).__name__
        if not self.is_sqlite:
            if _is_lost(err):
                return HistoryError(
                    f"history {self.place} cannot be reached: {said}", "is the server up, the name and password right?"
                )
            return HistoryError(f"history {self.place}: {said}", "may this user create tables and write there?")
        code = _sqlite_code(err)
        if code in _BUSY:
            return HistoryError(
                f"history {self.place} is busy: other processes kept it locked",
                "try again; a history on a network drive belongs into PostgreSQL",
            )
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return HistoryError(
                f"history {self.place} is damaged, or no SQLite database: {said}",
                "move the file away; analyzer history import takes an earlier export",
            )
        return HistoryError(f"history {self.place}: {said}", "is the file yours to write, and the disk not full?")


def make_file(place: Place) -> None:
    """An empty file of SQLite for its owner alone, with the folders it needs. Raises `HistoryError`."""
    if place.file is None or place.file.exists():
        return
    try:
        make_private(place.file.parent)
        touch_private(place.file)
    except OSError as err:
        raise HistoryError(
            f"history {place} cannot be made: {err.strerror or err}", "name another place with --history, or none"
        ) from err


def _engine(place: Place, *, foreign_keys: bool) -> Engine:
    if place.file is not None:
        engine = create_engine(
            URL.create("sqlite", database=str(place.file)),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"timeout": BUSY_SECONDS},
        )
        _begin_by_ourselves(engine, foreign_keys=foreign_keys)
        return engine
    try:
        url = make_url(place.url)
        return create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args={"connect_timeout": 10, **_named(url)}
        )
    except (ArgumentError, NoSuchModuleError, ValueError) as err:
        raise HistoryError(
            f"history {place}: not a URL of PostgreSQL", "write postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
        ) from err
    except ImportError as err:
        raise HistoryError(
            "PostgreSQL needs a package that is not here: psycopg", "pip install 'incident-analyzer[postgres]'"
        ) from err


def _named(url: URL) -> dict[str, str]:
    return {} if "application_name" in url.query else {"application_name": "analyzer"}


def _begin_by_ourselves(engine: Engine, *, foreign_keys: bool) -> None:
    """Transactions as SQLite means them, statements that change tables inside too.

    By SQLAlchemy's manual ("Serializable isolation / Savepoints / Transactional DDL" of the sqlite3 driver).
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("analyzer_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _attempts(err: DBAPIError) -> int:
    """How often the transaction may be tried in all."""
    if _is_lost(err):
        return _LOST_ATTEMPTS
    state = getattr(err.orig, "sqlstate", None)
    return ATTEMPTS if state in _CONTENDED or _sqlite_code(err) in _BUSY else 1


def _is_lost(err: DBAPIError) -> bool:
    if isinstance(err.orig, sqlite3.Error):
        return False
    state = getattr(err.orig, "sqlstate", None)
    # what fails before there is a connection has no SQLSTATE
    return err.connection_invalidated or (state or _GONE[0]).startswith(_GONE)


def _sqlite_code(err: DBAPIError) -> int | None:
    """The primary result code (https://www.sqlite.org/rescode.html)."""
    code = getattr(err.orig, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
