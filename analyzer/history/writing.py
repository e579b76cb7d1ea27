"""Rows into the tables: a cycle whole or not at all, rows that others may write too in sorted order.

Two transactions that lock the same rows in different orders deadlock; in one order the second waits for the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from analyzer.history.cutting import Cut, Row
from analyzer.history.tables import clusters, cycles, tests, texts

_AT_ONCE = 500
"""values of one IN list; older builds of SQLite allow 999 parameters"""


def write_cycle(connection: Connection, cut: Cut) -> None:
    """The cycle in place of one with the same key. Its own row comes first: it is the lock that a rerun waits for."""
    key = cut.cycle["key"]
    row = insert(connection, cycles).values(cut.cycle)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[cycles.c.key], set_={name: row.excluded[name] for name in cut.cycle if name != "key"}
        )
    )
    for table in (clusters, tests):
        connection.execute(delete(table).where(table.c.cycle_key == key))
    _insert_many(connection, texts, cut.texts, known=_held_texts(connection, [row["digest"] for row in cut.texts]))
    _insert_many(connection, clusters, cut.clusters)
    _insert_many(connection, tests, cut.tests)


def delete_cycles(connection: Connection, keys: Sequence[str]) -> None:
    """The cycles with all that is theirs, and the texts that no other cycle has."""
    for some in _slices(keys):
        for table in (clusters, tests):
            connection.execute(delete(table).where(table.c.cycle_key.in_(some)))
        connection.execute(delete(cycles).where(cycles.c.key.in_(some)))
    used = select(clusters.c.text_digest).where(clusters.c.text_digest == texts.c.digest).exists()
    unused = sorted(connection.execute(select(texts.c.digest).where(~used)).scalars())
    for some in _slices(unused):
        connection.execute(delete(texts).where(texts.c.digest.in_(some)))


def insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say ON CONFLICT, in the words of the connection's database."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _held_texts(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Those of the texts that are there, held so that nobody prunes them before the clusters that name them are in."""
    held: set[str] = set()
    for some in _slices(digests):
        wanted = select(texts.c.digest).where(texts.c.digest.in_(some)).order_by(texts.c.digest)
        if connection.dialect.name != "sqlite":
            wanted = wanted.with_for_update(read=True, key_share=True)
        held.update(connection.execute(wanted).scalars())
    return held


def _insert_many(
    connection: Connection, table: Table, rows: Iterable[Row], known: frozenset[str] | set[str] = frozenset()
) -> None:
    new = [row for row in rows if row.get("digest") not in known]
    if new:
        statement: Any = insert(connection, table)
        connection.execute(statement.on_conflict_do_nothing() if table is texts else statement, new)


def _slices(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
