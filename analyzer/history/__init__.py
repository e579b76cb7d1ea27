"""Saved cycles: what earlier ones found, claimed fixes, accepted errors. SQLite by default, PostgreSQL by URL.

Takes reports as JSON values and gives them back as they were, and the part of them that a new cycle is judged with.
Compares nothing, redacts nothing (what comes in is redacted), reads no clock. SQLAlchemy is imported when a history
is opened, Alembic when its tables have to be made or brought up to date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.history.keys import cycle_key
from analyzer.history.places import Place, history_exists, parse_place, shown_place
from analyzer.history.values import ClusterTotal, Imported, SavedCycle

if TYPE_CHECKING:
    from analyzer.history.store import History

__all__ = [
    "ClusterTotal",
    "Imported",
    "Place",
    "SavedCycle",
    "cycle_key",
    "history_exists",
    "open_history",
    "parse_place",
    "shown_place",
]


def open_history(url: str, *, create: bool = True) -> History:
    """The history at `sqlite:///FILE` or `postgresql+psycopg://…`, its tables made or brought up to date.

    With `create=False` a SQLite file that does not exist is an error. Raises `HistoryError` where it cannot be had,
    is no history, or was made by a newer version. Several processes may open one at once, a new one too.
    """
    from analyzer.history.engines import Database
    from analyzer.history.store import History
    from analyzer.history.upgrading import prepare

    place = parse_place(url)
    prepare(place, create=create)
    return History(Database(place))
