"""The pandas accessor `frame.incident`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Unpack, cast

import pandas as pd

from analyzer.analysis import many
from analyzer.errors import ConfigError
from analyzer.model import Severity, format_time
from analyzer.notebook.columns import Named, read_rows
from analyzer.pipeline.rows import GroupedRows, SignedRow, group_events, group_rows
from analyzer.tables import BINS, EVENTS, GROUPS, SIGNATURES, rows_of, table

_FINGERPRINT = re.compile(r"s[0-9]+:[0-9a-f]{16}")
_STEPS_S = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)
_MOST_BINS = 60
_SECOND_NS = 1_000_000_000


class Options(Named, total=False):
    """What every method takes: columns by name, and rules of your own."""

    rules: str | Path | Sequence[str | Path]
    """folders with rule packs, as `analyze(rules=…)`"""
    salt: str | None
    """makes pseudonyms instead of `<ip>` and `<user>`, as `analyze(salt=…)`"""


class Incident:
    """`frame.incident`, for any table of log rows.

    A table of Cloud Logging entries (`textPayload`, `jsonPayload` …, also flattened by `json_normalize`) is read as
    such. Of any other the columns are found by name (`analyzer.notebook.NAMES`) or named by the options `message`,
    `timestamp`, `severity`, `service`, `revision`, `instance`, `trace`; without a column of times a `DatetimeIndex` is
    the time. `Analysis.events` keeps the fingerprints that it has. All methods raise `ConfigError` where no column
    holds text, and `RuleError` for a bad rule. The table itself is never changed.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def signature(self, **options: Unpack[Options]) -> pd.DataFrame:
        """Fingerprint and template of the cluster of each row, with the table's index (`tables.SIGNATURES`).

        Rows that print one error together, such as the lines of a traceback, have one signature.
        """
        found = self._grouped(None, options)
        rows = []
        for number, severity in zip(found.group_of, found.severities, strict=True):
            row: dict[str, Any] = {"severity": severity.name if severity else None}
            if number is not None:
                cluster = found.groups[number].cluster
                row |= {
                    "fingerprint": cluster.fingerprint,
                    "template": cluster.template,
                    "exception_type": cluster.exception_type,
                }
            rows.append(row)
        return table(rows, SIGNATURES).set_axis(self._frame.index, axis=0)

    def cluster(self, *, level: str | None = None, **options: Unpack[Options]) -> pd.DataFrame:
        """The rows as clusters with counts, times, services and an example (`tables.GROUPS`).

        Errors first, then warnings, then the rest, noise last. `level` leaves out what is below it, say `"WARNING"`.
        """
        found = self._grouped(level, options)
        rows = []
        for group in found.groups:
            cluster = group.cluster
            rows.append(
                {
                    "fingerprint": cluster.fingerprint,
                    "title": cluster.title,
                    "template": cluster.template,
                    "severity": _level(cluster.severity),
                    "noise": cluster.noise,
                    "rows": sum(len(printing.rows) for printing in group.printings),
                    "count": cluster.count,
                    "first_seen": _written(cluster.first_seen_ns),
                    "last_seen": _written(cluster.last_seen_ns),
                    "services": cluster.services,
                    "example": cluster.exemplars[0].message,
                }
            )
        return table(rows, GROUPS)

    def timeline(
        self,
        *,
        bin: str | pd.Timedelta | None = None,  # noqa: A002 - what plotting libraries call it
        level: str | None = None,
        **options: Unpack[Options],
    ) -> pd.DataFrame:
        """Printings of each cluster by time, tidy: one row a bin with something in it (`tables.BINS`).

        `bin` is a width such as `"1min"`; without it the narrowest that makes at most 60 bins of the whole span. Rows
        without a time are left out.
        """
        width_ns = _width(bin)
        found = self._grouped(level, options)
        times = [p.time_ns for g in found.groups for p in g.printings if p.time_ns is not None]
        width_ns = width_ns or _fitting(times)
        counts: Counter[tuple[int, int]] = Counter(
            (p.time_ns // width_ns, number)
            for number, group in enumerate(found.groups)
            for p in group.printings
            if p.time_ns is not None
        )
        rows = []
        for (at, number), count in sorted(counts.items()):
            cluster = found.groups[number].cluster
            rows.append(
                {
                    "time": _written(at * width_ns),
                    "fingerprint": cluster.fingerprint,
                    "title": cluster.title,
                    "severity": _level(cluster.severity),
                    "count": count,
                }
            )
        return table(rows, BINS)

    def _grouped(self, level: str | None, options: Options) -> GroupedRows:
        named: dict[str, Any] = {**options}
        rules, salt = many(named.pop("rules", ())), named.pop("salt", None)
        least = _severity(level)
        if not any(named.values()) and not rules and _is_signed(self._frame):
            return group_events(list(_signed_rows(self._frame)), least=least)
        rows = read_rows(self._frame, cast(Named, named))
        return group_rows(rows, least=least, rules=rules, salt=salt)


def incident(frame: pd.DataFrame) -> Incident:
    """`frame.incident`, for type checkers, which do not know accessors."""
    return Incident(frame)


pd.api.extensions.register_dataframe_accessor("incident")(Incident)


def _is_signed(frame: pd.DataFrame) -> bool:
    """Whether it is a table of `Analysis.events`, or a part of one: its fingerprints are then the report's own."""
    needed = ("fingerprint", "title", "template", "message", "entry_ids", "timestamp", "severity", "service")
    if not frame.columns.is_unique or any(name not in frame.columns for name in needed):
        return False
    return all(isinstance(p, str) and _FINGERPRINT.fullmatch(p) for p in frame["fingerprint"].unique().tolist())


def _signed_rows(frame: pd.DataFrame) -> Iterator[SignedRow]:
    schema = {name: column for name, column in EVENTS.items() if name in frame.columns}
    times = frame["timestamp"].dt.as_unit("ns").tolist()
    for place, (row, time) in enumerate(zip(rows_of(frame, schema), times, strict=True)):
        trace = next(iter(row.get("stack_traces") or ()), None)
        root = trace["exceptions"][trace["root"] if trace["root"] is not None else trace["last"]] if trace else {}
        yield SignedRow(
            place=place,
            fingerprint=row["fingerprint"],
            title=row["title"],
            template=row["template"],
            message=row["message"],
            severity=_severity(row["severity"]),
            time_ns=None if pd.isna(time) else time.value,
            service=row["service"] or "",
            exception_type=root.get("type"),
        )


def _severity(level: str | None) -> Severity | None:
    if level is None:
        return None
    found = Severity.__members__.get(level.strip().upper())
    if found is None:
        raise ConfigError(f"no such level: {level!r}", f"levels are {', '.join(Severity.__members__)}")
    return found


def _level(severity: Severity) -> str | None:
    return severity.name if severity is not Severity.DEFAULT else None


def _width(bin: str | pd.Timedelta | None) -> int | None:  # noqa: A002
    if bin is None:
        return None
    try:
        width_ns = int(pd.Timedelta(bin).as_unit("ns").value)
    except ValueError as err:
        raise ConfigError(f"bin={bin!r} is no width of time: {err}", 'say "30s", "5min" or "1h"') from err
    if width_ns <= 0:
        raise ConfigError(f"bin={bin!r} is no width of time", 'say "30s", "5min" or "1h"')
    return width_ns


def _fitting(times: Sequence[int]) -> int:
    """The narrowest step in which the whole span needs few enough bins."""
    span = max(times, default=0) - min(times, default=0)
    step = next((s for s in _STEPS_S if span < s * _SECOND_NS * _MOST_BINS), 0)
    days = -(-span // (_STEPS_S[-1] * _SECOND_NS * _MOST_BINS))
    return (step or _STEPS_S[-1] * days) * _SECOND_NS


def _written(time_ns: int | None) -> str | None:
    """RFC 3339 in UTC with nanoseconds."""
    found = format_time(time_ns)
    return None if found is None or time_ns is None else f"{found[:-1]}{time_ns % 1000:03d}Z"
