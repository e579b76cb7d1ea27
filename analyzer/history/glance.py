"""A quick look into a history that is a file, for a shell that completes a word.

Reads with the standard library alone: SQLAlchemy takes longer to import than a person waits for TAB. Nothing is brought
up to date, written or waited for; a file that is not as expected raises `sqlite3.Error`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WAIT_S = 0.2
"""for a writer that holds the file"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlancedCycle:
    """A saved cycle as far as a list shows it."""

    key: str
    name: str
    services: tuple[str, ...]
    from_ns: int | None


def glance_errors(file: Path, beginning: str, limit: int) -> list[tuple[str, str, int]]:
    """(fingerprint, title, count) of the errors whose fingerprint begins like this, those of most cycles first."""
    return [
        (str(fingerprint), str(title), int(count))
        for fingerprint, title, count in _rows(
            file,
            "SELECT c.fingerprint, min(t.title), sum(c.count) FROM analyzer_clusters c "
            "JOIN analyzer_texts t ON t.digest = c.text_digest "
            "WHERE c.count > 0 AND substr(c.fingerprint, 1, ?) = ? GROUP BY c.fingerprint "
            "ORDER BY count(DISTINCT c.cycle_key) DESC, sum(c.count) DESC, c.fingerprint LIMIT ?",
            (len(beginning), beginning, limit),
        )
    ]


def glance_cycles(file: Path) -> list[GlancedCycle]:
    """The saved cycles, newest first; those without a time last."""
    return [
        GlancedCycle(key=str(key), name=str(name), services=tuple(map(str, json.loads(services))), from_ns=from_ns)
        for key, name, services, from_ns in _rows(
            file,
            "SELECT key, name, services, from_ns FROM analyzer_cycles "
            "ORDER BY to_ns IS NULL, to_ns DESC, from_ns DESC, key",
            (),
        )
    ]


def glance_claims(file: Path) -> list[tuple[str, str]]:
    """(commit, claimed text) in the order in which they were added."""
    rows = _rows(file, "SELECT commit_id, text FROM analyzer_claims ORDER BY id", ())
    return [(str(commit), str(text)) for commit, text in rows]


def _rows(file: Path, query: str, values: tuple[object, ...]) -> Iterator[tuple[Any, ...]]:
    address = f"{file.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S)) as database:
        yield from database.execute(query, values)
