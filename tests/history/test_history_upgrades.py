"""Every released schema is brought to the newest with its data; other people's databases are left alone."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
import threading
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, select, text

from analyzer.errors import HistoryError
from analyzer.history import open_history, parse_place, shown_place
from analyzer.history.engines import Database
from analyzer.history.store import History
from analyzer.history.tables import metadata
from analyzer.history.upgrading import _MIGRATIONS, HEAD, VERSION_TABLE, upgrade
from analyzer.model import Claim, KnownError
from benchmarks.made_reports import FIX, fingerprint, made_report

DUMPS = sorted((Path(__file__).parent / "dumps").glob("*.sql"))
RELEASED = pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)


def restored(dump: Path, file: Path) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
    return file


def schema_of(file: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        )
        return [tuple(" ".join(str(value).split()) for value in row) for row in found]


def assert_holds_what_was_dumped(history: History, old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        dumped = connection.execute("SELECT key, report FROM analyzer_cycles").fetchall()
    assert {cycle.key for cycle in history.cycles()} == {key for key, _ in dumped}
    assert len(dumped) == 3
    for key, packed in dumped:
        assert history.report(key) == json.loads(zlib.decompress(packed))
    assert history.claims() == (
        Claim(commit=FIX, text="Oven 3 did not answer", origin="ledger"),
        Claim(commit=FIX, text=fingerprint(1), origin="ledger"),
    )
    assert history.known() == (
        KnownError(fingerprint=fingerprint(2), reason="the till is replaced in May", until="2026-05-31"),
    )
    assert history.check() == ()
    history.save(made_report(3))
    assert history.add_claim(FIX, "after the upgrade")
    assert history.claims()[-1].text == "after the upgrade"
    assert history.check() == ()


def test_every_schema_has_a_migration_and_a_dump() -> None:
    numbers = [f"{n:04}" for n in range(1, int(HEAD) + 1)]
    assert [path.name[1:5] for path in sorted(_MIGRATIONS.glob("versions/v*.py"))] == numbers
    assert [dump.stem for dump in DUMPS] == numbers


@RELEASED
def test_a_file_of_a_released_schema_is_upgraded_with_its_data(dump: Path, tmp_path: Path) -> None:
    old, new = (restored(dump, tmp_path / f"{name}.sqlite3") for name in ("old", "new"))
    assert_holds_what_was_dumped(open_history(f"sqlite:///{new}"), old)


@RELEASED
def test_a_server_of_a_released_schema_is_upgraded_with_its_data(dump: Path, tmp_path: Path, postgres_url: str) -> None:
    """The tables by the migrations of then, the rows from the dump."""
    file = restored(dump, tmp_path / "old.sqlite3")
    old = Database(parse_place(f"sqlite:///{file}"))
    server = Database(parse_place(postgres_url))
    server.write(lambda connection: upgrade(connection, dump.stem))
    tables = MetaData()
    server.read(lambda connection: tables.reflect(connection))
    for table in tables.sorted_tables:
        if table.name != VERSION_TABLE:
            found = old.read(lambda c, t=table: [dict(row) for row in c.execute(select(t)).mappings()])
            if found:
                server.write(lambda c, t=table, rows=found: c.execute(t.insert(), rows))
    # the rows came with their numbers: the server must count on from there, as it would have
    server.write(
        lambda c: c.execute(
            text(
                "SELECT setval(pg_get_serial_sequence('analyzer_claims', 'id'), (SELECT max(id) FROM analyzer_claims))"
            )
        )
    )
    assert_holds_what_was_dumped(open_history(postgres_url), file)


@RELEASED
def test_a_released_migration_still_makes_what_it_made(dump: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite3"
    Database(parse_place(f"sqlite:///{new}")).write(lambda connection: upgrade(connection, dump.stem))
    assert schema_of(new) == schema_of(restored(dump, tmp_path / "old.sqlite3"))


def test_migrations_and_tables_say_the_same(url: str) -> None:
    open_history(url)

    def differences(connection: Any) -> list[Any]:
        ours = {"include_object": lambda _, name, kind, *__: kind != "table" or name != VERSION_TABLE}
        return list(compare_metadata(MigrationContext.configure(connection, opts=ours), metadata))

    assert Database(parse_place(url)).read(differences) == []


def test_opening_again_changes_nothing(url: str) -> None:
    open_history(url).save(made_report(1))
    history = open_history(url)
    Database(parse_place(url)).write(upgrade)
    assert history.report("1") == made_report(1)


def test_a_new_history_may_be_opened_by_many_at_once(url: str) -> None:
    failed: list[BaseException] = []

    def open_one() -> None:
        try:
            open_history(url).cycles()
        except BaseException as err:
            failed.append(err)

    threads = [threading.Thread(target=open_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_newer_schema_is_refused_and_left_as_it_is(url: str) -> None:
    open_history(url).save(made_report(1))
    database = Database(parse_place(url))
    database.write(lambda connection: connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0999'")))
    with pytest.raises(HistoryError, match="newer analyzer") as caught:
        open_history(url)
    assert (caught.value.exit_code, "pip install" in caught.value.hint) == (2, True)


def test_a_history_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "history.sqlite3"
    open_history(f"sqlite:///{file}").save(made_report(1))
    for made in (file.parent, file.parent.parent):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
    for made in file.parent.iterdir():
        assert stat.S_IMODE(made.stat().st_mode) == 0o600, made.name


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE till(id INTEGER)")
    before = file.read_bytes()
    with pytest.raises(HistoryError, match="something else"):
        open_history(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_what_is_no_database_or_no_place_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello, this is not a database at all, only a text that is long enough\n" * 40)
    (tmp_path / "folder").mkdir()
    for url, says in (
        (f"sqlite:///{tmp_path / 'text'}", "no SQLite database"),
        (f"sqlite:///{tmp_path / 'folder'}", "folder"),
        (f"sqlite:///{tmp_path / 'text' / 'below'}", "cannot be made"),
        ("sqlite://", "not a place"),
        ("sqlite:///:memory:", "memory"),
        ("history.sqlite3", "not a place"),
        ("mysql://u:secret@db.example.com/x", r"u:\*\*\*@db\.example\.com"),
        ("none", "set to none"),
        ("postgresql://u:secret@127.0.0.1:9/x", "cannot be reached"),
        ("postgresql://u:secret@127.0.0.1:port/x", "not a URL"),
    ):
        with pytest.raises(HistoryError, match=says) as caught:
            open_history(url)
        assert caught.value.exit_code == 2
        assert caught.value.hint
        assert "secret" not in f"{caught.value.message} {caught.value.hint}"


def test_looking_into_a_history_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="no history yet"):
        open_history(f"sqlite:///{tmp_path / 'none.sqlite3'}", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_report_is_never_given_back(history: History) -> None:
    key = history.save(made_report(1))
    history._database.write(lambda c: c.execute(text("UPDATE analyzer_cycles SET report = :x"), {"x": b"\x78\x9c"}))
    with pytest.raises(HistoryError, match="damaged"):
        history.report(key)
    assert len(history.check()) == 1


def test_a_password_is_not_shown() -> None:
    assert shown_place("postgresql://me:p@ss@db.example.com/x?y=1") == "postgresql://me:***@db.example.com/x?y=1"
    assert shown_place("postgresql://me@db.example.com/x") == "postgresql://me@db.example.com/x"
    assert shown_place("sqlite:///a:b@c") == "sqlite:///a:b@c"


def test_sqlalchemy_is_imported_only_for_a_history_that_is_used() -> None:
    code = "import sys, analyzer.cli, analyzer.history, analyzer.pipeline\n"
    code += "print('sqlalchemy' in sys.modules, 'alembic' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["False", "False"]
