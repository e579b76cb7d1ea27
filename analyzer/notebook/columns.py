"""Which columns of a table hold the log, and its rows as the dicts that the readers of log files take."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from analyzer.errors import ConfigError
from analyzer.sources.app_rows import log_entry_of
from analyzer.sources.decoding import loads
from analyzer.tables import encodable

PAYLOADS = (
    "textPayload",
    "jsonPayload",
    "protoPayload",
    "text_payload",
    "json_payload",
    "proto_payload",
    "raw_payload",
)
"""one of them, also flattened (`jsonPayload.message`), makes a table one of Cloud Logging entries"""
NAMES: Mapping[str, tuple[str, ...]] = {
    "message": ("message", "msg", "event", "text", "body", "log", "log_message"),
    "timestamp": ("timestamp", "time", "@timestamp", "ts", "asctime", "datetime", "date", "eventTime", "@t", "t"),
    "severity": (
        "severity", "level", "levelname", "lvl", "log.level", "severity_text", "severityText", "@l", "loglevel",
        "log_level",
    ),
    "service": ("service", "service.name", "service_name", "serviceName", "app", "application"),
    "revision": ("revision", "revision_name"),
    "instance": ("instance", "instance_id", "pod", "pod_name", "host", "hostname"),
    "trace": ("trace", "trace_id", "traceId"),
}  # fmt: skip
"""what a column is taken for by its name, the first that is there; upper and lower case are the same"""

_NESTED = ("resource", "labels", "jsonPayload", "protoPayload", "httpRequest", "sourceLocation", "operation", "split")
_AS_THEY_ARE = ("service", "service.name")
"""names of a service that the reader of application rows knows by itself"""

Row = dict[str, Any]


class Named(TypedDict, total=False):
    """Columns named by the caller, where their names do not say what they hold."""

    message: Hashable
    timestamp: Hashable
    severity: Hashable
    service: Hashable
    revision: Hashable
    instance: Hashable
    trace: Hashable


def read_rows(frame: pd.DataFrame, named: Named) -> Iterator[Row]:
    """One LogEntry-like dict a row, in order; what is NA is left out.

    Without a column of times a `DatetimeIndex` is the time. Raises `ConfigError` where no column holds text.
    """
    asked: dict[str, Hashable] = {role: name for role, name in named.items() if name is not None}
    for role, name in asked.items():
        _check(frame, role, name)
    is_entries = any(_is_payload(name) for name in frame.columns)
    found = {**({} if is_entries else _find(frame)), **asked}
    if not is_entries and "message" not in found:
        there = ", ".join(repr(name) for name in list(frame.columns)[:12]) or "none"
        known = ", ".join((*NAMES["message"], *PAYLOADS[:2]))
        raise ConfigError(
            f"no column of this table holds log text; its columns: {there}",
            f"name it: frame.incident.cluster(message=…). Known by name: {known}",
        )
    values = {name: _values(frame.iloc[:, at]) for at, name in enumerate(frame.columns) if _is_wanted(frame, name)}
    times = None
    if "timestamp" not in found and not is_entries and isinstance(frame.index, pd.DatetimeIndex):
        times = _values(frame.index.to_series())
    for at in range(len(frame)):
        row: dict[Hashable, Any] = {name: column[at] for name, column in values.items() if column[at] is not None}
        if times is not None and times[at] is not None:
            row["timestamp"] = times[at]
        yield _entry_row(row, asked) if is_entries else _text_row(row, found, whole="message" not in asked)


def _find(frame: pd.DataFrame) -> dict[str, Hashable]:
    """Role → column, by name."""
    spelled: dict[str, Hashable] = {}
    for name in frame.columns:
        spelled.setdefault(str(name).lower(), name)
    found: dict[str, Hashable] = {}
    for role, names in NAMES.items():
        column = next((spelled[n.lower()] for n in names if n.lower() in spelled), None)
        if column is not None:
            _check(frame, role, column)
            found[role] = column
    return found


def _check(frame: pd.DataFrame, role: str, name: Hashable) -> None:
    count = int((frame.columns == name).sum())
    if not count:
        there = ", ".join(repr(n) for n in list(frame.columns)[:12]) or "none"
        raise ConfigError(f"{role}={name!r} is no column of this table", f"its columns: {there}")
    if count > 1:
        raise ConfigError(f"{count} columns of this table are named {name!r}", "rename all but one of them")


def _is_wanted(frame: pd.DataFrame, name: Hashable) -> bool:
    return int((frame.columns == name).sum()) == 1


def _is_payload(name: Hashable) -> bool:
    return isinstance(name, str) and (name in PAYLOADS or name.split(".", 1)[0] in PAYLOADS[1:3])


def _entry_row(row: Mapping[Hashable, Any], asked: Mapping[str, Hashable]) -> Row:
    """A Cloud Logging entry: flattened columns nested again, the named columns put where an entry has them."""
    entry: Row = {}
    for name, value in row.items():
        head, *rest = str(name).split(".")
        if not rest or head not in _NESTED:
            entry[str(name)] = value
        elif head == "labels":  # a label's name has dots of its own
            _put(entry, (head, ".".join(rest)), value)
        elif head == "resource" and rest[0] == "labels" and len(rest) > 1:
            _put(entry, (head, "labels", ".".join(rest[1:])), value)
        else:
            _put(entry, (head, *rest), value)
    if "message" in asked:
        for name in list(entry):
            if name in PAYLOADS:
                del entry[name]
    return _placed(entry, {role: row.get(name) for role, name in asked.items()})


def _text_row(row: Mapping[Hashable, Any], found: Mapping[str, Hashable], *, whole: bool) -> Row:
    """A row of an application's own log. With `whole` its other columns may hold the stack trace or the request, as
    in a line of a JSON log; else the text is all there is."""
    held = {role: row.get(name) for role, name in found.items()}
    text = held.pop("message", None)
    if text is None:
        return _placed({}, held)
    if isinstance(text, Mapping) or not whole:
        return _placed({}, {"message": text, **held})
    known = {name for role, name in found.items() if not (role == "service" and name in _AS_THEY_ARE)}
    rest = {str(name): value for name, value in row.items() if name not in known}
    told = {role: held[role] for role in ("timestamp", "severity") if held.get(role) is not None}
    entry = log_entry_of({**rest, **told, "message": text if isinstance(text, str) else str(text)})
    entry = {name: value for name, value in entry.items() if value is not None}
    return _placed(entry, {role: value for role, value in held.items() if role != "severity"})


def _placed(entry: Row, held: Mapping[str, Any]) -> Row:
    """The entry with what named columns hold, each in the field that the reader looks at."""
    for role, value in held.items():
        if value is None:
            continue
        if role == "message":
            entry["jsonPayload" if isinstance(value, Mapping) else "textPayload"] = value
        elif role == "service":
            _put(entry, ("resource", "labels", "service_name"), str(value))
        elif role == "revision":
            _put(entry, ("resource", "labels", "revision_name"), str(value))
        elif role == "instance":
            _put(entry, ("labels", "instanceId"), str(value))
        else:
            entry[role] = value
    return entry


def _put(entry: Row, path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        inner = entry.get(name)
        if not isinstance(inner, dict):
            entry[name] = inner = _decoded(inner)
        entry = inner
    entry[path[-1]] = value


def _decoded(text: Any) -> Row:
    """The object in a column of JSON text, as tables keep labels; an empty one where there is none."""
    try:
        found = loads(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _values(column: pd.Series[Any]) -> list[Any]:
    """Python values, None for what is missing; times as RFC 3339 text with nanoseconds."""
    if isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind == "M":
        utc = pd.to_datetime(column, utc=True).dt.tz_localize(None).dt.as_unit("ns")
        texts = np.datetime_as_string(utc.to_numpy(), unit="ns").tolist()
        return [None if text == "NaT" else f"{text}Z" for text in texts]
    return [_plain(value) for value in column.tolist()]


def _plain(value: Any) -> Any:
    """A value without numpy and pandas in it."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, pd.Timestamp):
        return None if value is pd.NaT else value.isoformat(timespec="nanoseconds")
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.item() if isinstance(value, np.generic) else value
