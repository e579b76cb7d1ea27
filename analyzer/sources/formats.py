"""The format of one input, found by looking, and its rows. A bad line is counted, never fatal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzer.errors import SourceError
from analyzer.sources.app_rows import is_log_entry, looks_like_a_log
from analyzer.sources.csv_rows import csv_rows, is_csv
from analyzer.sources.decoding import iter_values, loads
from analyzer.sources.inputs import Input
from analyzer.sources.parquet_rows import MAGIC, parquet_rows
from analyzer.sources.plain_text import MAX_LINE, text_rows

NOT_JSON = "not JSON"
NOT_AN_ENTRY = "not a log entry"
CUT_OFF = "array cut off"
_HEAD = 65_536
_YAML = re.compile(r"^(?:---\s*\n)?(?:insertId|logName|httpRequest|jsonPayload|textPayload|protoPayload|labels):", re.M)
_TABLE = re.compile(r"^(?:SEVERITY|TIMESTAMP|LOG_NAME|NAME)\s{2,}[A-Z_]+")
_WRAPPERS = ("logs_by_severity", "raw_logs", "entries", "logs", "receivedMessages", "received_messages")


@dataclass(slots=True, kw_only=True)
class Rows:
    """What one input gave: rows of LogEntry shape and what was left out."""

    format: str
    rows: list[Mapping[str, Any]]
    dropped: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    cut: bool = False
    timeless: bool = False
    """rows without a time of their own keep their place (plain text)"""


def read_rows(source: Input) -> Rows:
    """The rows of an input. Raises `SourceError` for a YAML export and for a query's CSV, saying how to export JSON."""
    if source.data[:4] == MAGIC:
        found = Rows(format="Parquet", rows=[])
        _take(found, list(parquet_rows(source.data, source.name)))
        return found
    text, odd = _decode(source.data)
    head = text[:_HEAD]
    stripped = head.lstrip()
    if not stripped:
        found = Rows(format="empty", rows=[], warnings=[f"{source.name} is empty"])
    elif _YAML.match(stripped) or (stripped.startswith("---") and _YAML.search(head)):
        raise SourceError(
            f"{source.name} is a YAML export",
            "export JSON instead: gcloud logging read 'FILTER' --freshness=1h --format=json > logs.json",
        )
    elif stripped[0] != "{" and _are_entries(stripped):
        found = _lines(text, source.name)
    elif stripped[0] == "[" and _is_array(stripped):
        found = _array(text, source.name)
    elif stripped[0] == "{":
        found = _objects(text, source.name)
    elif is_csv(head, source.name):
        found = Rows(format="CSV", rows=[])
        _take(found, list(csv_rows(text)))
    else:
        found = _plain(text, source.name)
    if odd:
        found.warnings.append(f"{source.name}: {odd:,} bytes are not UTF-8 and were replaced")
    if source.cut:
        found.cut = True
        found.warnings.append(f"{source.name}: {source.cut}; what could be read is kept")
    return found


def _decode(data: bytes) -> tuple[str, int]:
    """Text without BOM, line ends as `\\n`, and how many characters had to be replaced."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
        odd = 0
    else:
        try:
            text, odd = data.decode("utf-8-sig"), 0
        except UnicodeDecodeError:
            text = data.decode("utf-8-sig", "replace")
            odd = text.count("\ufffd")
    return (text.replace("\r\n", "\n") if "\r" in text else text), odd


def _is_array(stripped: str) -> bool:
    """A JSON array, not a text line such as `[2026-01-01 …] message`."""
    return bool(re.match(r"\[\s*(?:[\{\[\"\]]|$|-?\d+\s*,|null|true|false)", stripped))


def _are_entries(stripped: str) -> bool:
    """Whether most lines are log entries though the first one is not: it was cut by rotation, or is a banner."""
    lines = [line for raw in stripped.split("\n") if (line := raw.strip())]
    whole = [line for line in lines if line[0] == "{" and line[-1] == "}"]
    return 2 * len(whole) >= len(lines) and 2 * sum(map(_is_entry, whole)) >= len(lines)


def _is_entry(line: str) -> bool:
    try:
        value = loads(line)
    except ValueError:
        return False
    return isinstance(value, Mapping) and is_log_entry(value)


def _array(text: str, name: str) -> Rows:
    found = Rows(format="JSON array", rows=[])
    try:
        values = loads(text)
    except ValueError:
        start = text.index("[") + 1
        values, end = [], start
        for value, at in iter_values(text, start):
            values.append(value)
            end = at
        if not text[end:].lstrip(", \n\t").startswith("]"):
            found.cut = True
            found.dropped[CUT_OFF] += 1
            found.warnings.append(f"{name}: the JSON array is cut off after {len(values):,} entries; they are kept")
    _take(found, values if isinstance(values, list) else [values])
    return found


def _objects(text: str, name: str) -> Rows:
    """One JSON object, a collector's wrapper, JSON lines, or objects printed over several lines."""
    first_line = text.lstrip().split("\n", 1)[0]
    try:
        loads(first_line)
        return _lines(text, name)
    except ValueError:
        pass
    try:
        whole = loads(text)
    except ValueError:
        values = [value for value, _ in iter_values(text)]
        if not values:
            return _lines(text, name)
        found = Rows(format="JSON objects", rows=[], cut=True)
        found.dropped[CUT_OFF] += 1
        found.warnings.append(f"{name}: cut off after {len(values):,} entries; they are kept")
        _take(found, values)
        return found
    wrapped = _unwrap(whole) if isinstance(whole, Mapping) else None
    found = Rows(format="JSON object" if wrapped is None else "collector's wrapper", rows=[])
    _take(found, [whole] if wrapped is None else wrapped)
    return found


def _unwrap(whole: Mapping[str, Any]) -> list[Any] | None:
    """The entries of a home-made wrapper; None where it is none."""
    if is_log_entry(whole) or not any(isinstance(whole.get(k), (list, Mapping)) for k in _WRAPPERS):
        return None
    rows: list[Any] = []
    for key in _WRAPPERS:
        inside = whole.get(key)
        if isinstance(inside, Mapping):
            for part in inside.values():
                rows += part if isinstance(part, list) else [part]
        elif isinstance(inside, list):
            rows += inside
    return rows


def _lines(text: str, name: str) -> Rows:
    found = Rows(format="JSON lines", rows=[])
    values, bad = [], 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            values.append(loads(line))
        except ValueError:
            bad += 1
    if bad > len(values):
        return _plain(text, name)
    if len(values) == 1 and isinstance(values[0], Mapping) and (inside := _unwrap(values[0])) is not None:
        found.format, values = "collector's wrapper", inside
    if bad:
        found.dropped[NOT_JSON] += bad
        found.warnings.append(f"{name}: {bad:,} lines are not JSON and were left out")
    _take(found, values)
    return found


def _take(found: Rows, values: list[Any]) -> None:
    for value in values:
        if isinstance(value, Mapping) and looks_like_a_log(value):
            found.rows.append(value)
        else:
            found.dropped[NOT_AN_ENTRY] += 1


def _plain(text: str, name: str) -> Rows:
    lines = text.split("\n")
    long = sum(len(line) > MAX_LINE for line in lines)
    rows: Iterator[Mapping[str, Any]] = text_rows([line[:MAX_LINE] for line in lines])
    found = Rows(format="plain text", rows=list(rows), timeless=True)
    if _TABLE.match(text):
        found.warnings.append(f"{name} is a table made for reading; export with --format=json to keep the fields")
    if long:
        found.warnings.append(f"{name}: {long:,} lines are longer than {MAX_LINE:,} characters and were cut")
    return found
