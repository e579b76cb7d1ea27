"""Facts in the cache: one packed row a blob, and for every name the blobs that mention it.

A large tree holds some hundred thousand calls; a row each would cost more to write than they cost to read. A question
names what it is about, so the few blobs that mention the name are unpacked and the rest is never touched.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence

from analyzer.codepaths.statements import Extract

FACT_SCHEMA = """
CREATE TABLE IF NOT EXISTS fact(number INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS mention(name TEXT, segment INTEGER, numbers BLOB NOT NULL,
  PRIMARY KEY(name, segment)) WITHOUT ROWID;
"""


def write_facts(connection: sqlite3.Connection, extracts: Mapping[str, Extract]) -> dict[str, int]:
    """Stores the facts of these blobs; gives the number under which each is found. Runs inside a transaction."""
    first = 1 + (connection.execute("SELECT max(number) FROM fact").fetchone()[0] or 0)
    numbers = {blob: first + i for i, blob in enumerate(sorted(extracts))}
    mentions: dict[str, array[int]] = {}
    for blob, number in numbers.items():
        for name in extracts[blob].mentions:
            found = mentions.get(name)
            if found is None:
                found = mentions[name] = array("I")
            found.append(number)
    connection.executemany("INSERT INTO fact VALUES (?, ?)", ((n, extracts[blob].facts) for blob, n in numbers.items()))
    rows = ((name, first, mentions[name].tobytes()) for name in sorted(mentions))
    connection.executemany("INSERT INTO mention VALUES (?, ?, ?)", rows)
    return numbers


def read_packed(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, bytes]:
    """Number → packed facts."""
    wanted = sorted(numbers)
    found: dict[int, bytes] = {}
    for i in range(0, len(wanted), 500):
        part = wanted[i : i + 500]
        query = f"SELECT number, packed FROM fact WHERE number IN ({','.join('?' * len(part))})"
        found.update(connection.execute(query, part))
    return found


def find_mentions(connection: sqlite3.Connection, names: Sequence[str]) -> set[int]:
    """Numbers of the blobs that mention any of the names."""
    found: set[int] = set()
    for name in names:
        for (numbers,) in connection.execute("SELECT numbers FROM mention WHERE name = ?", (name,)):
            listed = array("I")
            listed.frombytes(numbers)
            found.update(listed)
    return found
