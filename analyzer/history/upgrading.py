"""Makes the tables of a history, or brings them up to date, however many processes open it at once."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, inspect, text

from analyzer.errors import HistoryError
from analyzer.history.engines import BUSY_SECONDS, Database, make_file
from analyzer.history.places import Place

HEAD = "0001"
"""the newest schema; a file of this number is in `migrations/versions`"""
VERSION_TABLE = "analyzer_history_version"
"""not Alembic's own name: the database may hold another program's tables too"""

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x616E616C797A6572
"""of those who make tables in a PostgreSQL database: "analyzer" as a number"""


def prepare(place: Place, *, create: bool = True) -> None:
    """The tables of the newest schema are there afterwards. Raises `HistoryError`."""
    if place.file is not None:
        _prepare_file(place, place.file, create=create)
        return
    database = Database(place)
    if _checked(database.read(lambda c: _revision(c, place)), place) != HEAD:
        database.write(lambda connection: _upgrade_alone(connection, place))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, revision)


def _prepare_file(place: Place, file: Path, *, create: bool) -> None:
    if not file.exists() and not create:
        raise HistoryError(f"there is no history yet: {file} does not exist", "analyzer analyze saves a cycle there")
    make_file(place)
    if file.is_dir():
        raise HistoryError(f"history {file} is a folder", "name a file in it")
    # foreign keys are off while tables are copied: dropping the old one would take the rows that refer to it along
    database = Database(place, foreign_keys=False)
    if _checked(database.read(lambda c: _revision(c, place)), place) == HEAD:
        return
    try:
        # SQLite does not wait for its turn when the journal changes, so those who come at once are put in a row
        with FileLock(f"{file}.lock", timeout=2 * BUSY_SECONDS, mode=0o600):
            _use_write_ahead_log(database)
            database.write(lambda connection: _upgrade_alone(connection, place))
    except Timeout as err:
        raise HistoryError(f"history {file} is being made by another process", "try again") from err
    except OSError as err:
        raise HistoryError(f"history {file}: {err.strerror or err}", "choose a folder that is yours to write") from err


def _use_write_ahead_log(database: Database) -> None:
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _upgrade_alone(connection: Connection, place: Place) -> None:
    """The migrations that are missing, once: whoever waited finds them done."""
    if place.file is None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if _checked(_revision(connection, place), place) == HEAD:
        return
    upgrade(connection)
    if place.file is not None and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise HistoryError(f"history {place} does not fit together; it was left as it is", "analyzer history export")


def _revision(connection: Connection, place: Place) -> str | None:
    """The schema that is there; None where there is none yet."""
    tables = inspect(connection)
    if tables.has_table(VERSION_TABLE):
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
        return str(found) if found is not None else None
    if place.file is not None and tables.get_table_names():
        raise HistoryError(
            f"{place} is a database of something else", "name another file with --history sqlite:///FILE"
        )
    return None


def _checked(revision: str | None, place: Place) -> str | None:
    """The revision, where this version knows it."""
    if revision is not None and (len(revision), revision) > (len(HEAD), HEAD):
        raise HistoryError(
            f"history {place} has schema {revision}, made by a newer analyzer; this one knows up to {HEAD}",
            "upgrade with: pip install --upgrade incident-analyzer",
        )
    return revision
