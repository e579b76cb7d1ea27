"""Names of a Cloud Storage sink's files: what hour of what log each holds.

`LOG_ID/YYYY/MM/DD/08:00:00_08:59:59_S0.json`, and `…_A0:….json` with what arrived late:
https://cloud.google.com/logging/docs/export/storage . The hours are those of the entries' timestamps, in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analyzer.model import Window, format_time

_COLON = r"(?::|%3A|_)"  # not every file system may hold the real one
_SHARD = re.compile(
    rf"(?P<log>.*)/(\d{{4}})/(\d\d)/(\d\d)/(\d\d){_COLON}(\d\d){_COLON}(\d\d)"
    rf"_(\d\d){_COLON}(\d\d){_COLON}(\d\d)_[SA]\d{{1,6}}[^/]{{0,80}}\.json[^/]{{0,5}}"
)
_SECOND = 1_000_000_000
_HOUR = 3_600 * _SECOND
_MAX_HOURS = 24 * 400
"""a longer stretch is an archive, whose holes say nothing"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One file of a sink: the folder of its log, and the hour `[from_ns, to_ns)` its entries are of."""

    log: str
    from_ns: int
    to_ns: int


def shard_of(name: str) -> Shard | None:
    """What the name of a file says; None for a file that is no sink's."""
    found = _SHARD.fullmatch(name.replace("\\", "/"))
    if not found:
        return None
    log, *digits = found.groups()
    year, month, day, *clock = (int(d) for d in digits)
    try:
        start = datetime(year, month, day, clock[0], clock[1], clock[2], tzinfo=UTC)
        end = datetime(year, month, day, clock[3], clock[4], clock[5], tzinfo=UTC) + timedelta(seconds=1)
    except (ValueError, OverflowError):
        return None
    if end <= start:
        end += timedelta(days=1)
    return Shard(log=log, from_ns=int(start.timestamp()) * _SECOND, to_ns=int(end.timestamp()) * _SECOND)


def within(names: Sequence[str], window: Window | None) -> list[str]:
    """The names but for shards of other hours than the window's."""
    if window is None:
        return list(names)
    kept = []
    for name in names:
        shard = shard_of(name)
        if shard is None or (shard.from_ns < window.to_ns and window.from_ns < shard.to_ns):
            kept.append(name)
    return kept


def missing_hours(names: Sequence[str]) -> str | None:
    """A sentence on hours for which no log has a shard, between the first shard and the last; None without any.

    A log has no shard for an hour in which it was silent, so one log's holes say nothing.
    """
    shards = [shard for name in names if (shard := shard_of(name))]
    hours = {shard.from_ns // _HOUR for shard in shards}
    if not hours or max(hours) - min(hours) > _MAX_HOURS:
        return None
    missing = [hour for hour in range(min(hours), max(hours)) if hour not in hours]
    if not missing:
        return None
    first = str(format_time(missing[0] * _HOUR))[:16].replace("T", " ")
    many = f"{len(missing):,} hours, the first from" if len(missing) > 1 else "the hour from"
    return f"the sink's folder has no file for {many} {first} UTC: nothing was logged, or the copy is not whole"
