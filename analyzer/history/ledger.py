"""The claimed fixes and the accepted errors of a history."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import Connection, select

from analyzer.errors import HistoryError
from analyzer.history.cutting import fingerprint_of, storable
from analyzer.history.keys import content_digest
from analyzer.history.tables import claims, known
from analyzer.history.writing import insert
from analyzer.model import Claim, KnownError

LEDGER = "ledger"
"""the origin of a claim that is kept here"""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{4,64}", re.ASCII)


def add_claim(connection: Connection, commit: str, text: str) -> bool:
    """Add a claim; False where it is there. Raises `HistoryError` where it names nothing."""
    if not _COMMIT.fullmatch(commit):
        raise HistoryError(f"{commit[:80]!r} is not the id of a commit", "give its 40 digits: git rev-parse COMMIT")
    if not text.strip():
        raise HistoryError("a claim without a cluster", "name a fingerprint or a part of the error's text")
    row = {"digest": claim_digest(commit, text), "commit_id": commit, "text": storable(text)}
    there = connection.execute(select(claims.c.id).where(claims.c.digest == row["digest"])).first() is not None
    connection.execute(insert(connection, claims).values(row).on_conflict_do_nothing(index_elements=[claims.c.digest]))
    return not there


def claims_of(connection: Connection) -> tuple[Claim, ...]:
    """In the order in which they were added."""
    rows = connection.execute(select(claims.c.commit_id, claims.c.text).order_by(claims.c.id))
    return tuple(Claim(commit=commit, text=text, origin=LEDGER) for commit, text in rows)


def claim_digest(commit: str, text: str) -> str:
    """What makes two claims one."""
    return content_digest([commit, storable(text)])


def add_known(connection: Connection, fingerprint: str, reason: str, until: str) -> None:
    """Accept an error; raises `HistoryError` where what is given is no fingerprint, reason or day."""
    try:
        fingerprint_of(fingerprint)
    except ValueError as err:
        raise HistoryError(str(err), "it looks like s1:0123456789abcdef; analyzer show REPORT.json lists them") from err
    if not reason.strip():
        raise HistoryError("an accepted error needs a reason", "say why with --reason TEXT")
    row = {"fingerprint": fingerprint, "reason": storable(reason), "until": checked_day(until)}
    added = insert(connection, known).values(row)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=[known.c.fingerprint],
            set_={"reason": added.excluded["reason"], "until": added.excluded["until"]},
        )
    )


def checked_day(text: str) -> str:
    """A day of the calendar as YYYY-MM-DD; raises `HistoryError`."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise HistoryError(f"{text!r} is not a day", "write it as 2026-12-31")


def known_of(connection: Connection) -> tuple[KnownError, ...]:
    """By fingerprint."""
    rows = connection.execute(select(known.c.fingerprint, known.c.reason, known.c.until)).all()
    return tuple(KnownError(fingerprint=f, reason=r, until=u) for f, r, u in sorted(map(tuple, rows)))
