"""Where a history is: the URLs that are understood, and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import HistoryError

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql+psycopg://", "postgresql://", "postgres://")
_HINT = "write sqlite:///FILE (sqlite:////FILE from the root), postgresql+psycopg://USER@HOST/DATABASE, or none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file of SQLite, or the URL of a PostgreSQL database as SQLAlchemy takes it."""

    file: Path | None = None
    url: str = ""

    def __str__(self) -> str:
        """Without the password."""
        return str(self.file) if self.file else shown_place(self.url)


def parse_place(url: str) -> Place:
    """The place a URL names. What stands after `sqlite:///` is a file name, whatever its characters.

    Raises `HistoryError`.
    """
    if url == "none":
        raise HistoryError("there is no history: it is set to none", "name one with --history URL or ANALYZER_HISTORY")
    if url.startswith(_SQLITE):
        name = url.removeprefix(_SQLITE)
        if not name or name == ":memory:":
            raise HistoryError(f"history {url}: a history in memory would be gone at once", _HINT)
        try:
            return Place(file=Path(name).expanduser())
        except RuntimeError:  # the home of a user that there is not
            raise HistoryError(f"history {url}: no such home folder", _HINT) from None
    for scheme in _POSTGRES:
        if url.startswith(scheme):
            return Place(url=_POSTGRES[0] + url.removeprefix(scheme))
    raise HistoryError(f"history {shown_place(url)}: not a place that is understood", _HINT)


def shown_place(url: str) -> str:
    """The URL without its password."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if not separator or ":" not in user:
        return url
    return f"{scheme}://{user.partition(':')[0]}:***{at}{host}{slash}{path}"


def history_exists(url: str) -> bool:
    """Whether there is something to open; of a server that is not known before one asks."""
    place = parse_place(url)
    return place.file is None or place.file.is_file()
