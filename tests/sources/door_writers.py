"""The doors that entries come out of, as small writers: each keeps and loses what the real one does.

Every function takes entries as REST prints them and a folder, and gives the path to read.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.model import parse_time

Entries = list[dict[str, Any]]
Writer = Callable[[Entries, Path], Path]
_AUDIT = "google.cloud.audit.AuditLog"


def gcloud_array(entries: Entries, folder: Path) -> Path:
    """`gcloud logging read --format=json`: an array, newest first."""
    return _write(folder / "gcloud.json", json.dumps(entries[::-1], indent=2))


def explorer_json(entries: Entries, folder: Path) -> Path:
    """The Logs Explorer's download: an array, newest first, on one line."""
    return _write(folder / "downloaded-logs.json", json.dumps(entries[::-1]))


def json_lines(entries: Entries, folder: Path) -> Path:
    """`gcloud logging copy`, `analyzer pull -o FILE.jsonl`."""
    return _write(folder / "lines.jsonl", _lines(entries))


def explorer_csv(entries: Entries, folder: Path) -> Path:
    """The Logs Explorer's download as CSV: a column a path, every value a text."""
    flat = [dict(_paths(entry)) for entry in entries]
    names = sorted({name for row in flat for name in row})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(flat)
    return _write(folder / "downloaded-logs.csv", out.getvalue())


def sink_shards(entries: Entries, folder: Path) -> Path:
    """A Cloud Storage sink: a folder a log and day, a file an hour; late and repeated entries in files of their own."""
    for log, inside in _by_log(entries).items():
        hours: dict[str, Entries] = defaultdict(list)
        for entry in inside:
            hours[entry["timestamp"][:13]].append(entry)
        for hour, rows in hours.items():
            path = folder / "bucket" / log / hour[:10].replace("-", "/")
            path.mkdir(parents=True, exist_ok=True)
            _write(path / f"{hour[11:]}:00:00_{hour[11:]}:59:59_S0.json", _lines(rows[: len(rows) // 2 + 2]))
            _write(path / f"{hour[11:]}:00:00_{hour[11:]}:59:59_S1.json", _lines(rows[len(rows) // 2 + 1 : -1]))
            late = path / f"{hour[11:]}:00:00_{hour[11:]}:59:59_A0:17000000.json.gz"
            late.write_bytes(gzip.compress(_lines(rows[-2:]).encode()))
    return folder / "bucket"


def pubsub_push(entries: Entries, folder: Path) -> Path:
    """Bodies that a push endpoint received, one a line, some of them twice."""
    bodies = [{"message": _message(e, n), "subscription": "projects/p/subscriptions/s"} for n, e in enumerate(entries)]
    return _write(folder / "push.jsonl", _lines([*bodies, *bodies[:5]]))


def pubsub_pull(entries: Entries, folder: Path) -> Path:
    """The answer of the pull call."""
    received = [{"ackId": f"a{n}", "message": _message(e, n)} for n, e in enumerate(entries)]
    return _write(folder / "pull.json", json.dumps({"receivedMessages": received}, indent=1))


def pubsub_gcloud(entries: Entries, folder: Path) -> Path:
    """`gcloud pubsub subscriptions pull --format=json`."""
    received = [{"ackId": f"a{n}", "message": _message(e, n)} for n, e in enumerate(entries)]
    return _write(folder / "pulled.json", json.dumps(received, indent=2))


def bigquery_lines(entries: Entries, folder: Path) -> Path:
    """`bq extract --destination_format=NEWLINE_DELIMITED_JSON` of a sink's tables: what is null is left out."""
    for log, rows in _sink_tables(entries).items():
        _write(
            folder / "tables" / f"{log}.json", _lines([_without_nulls(r) | {"timestamp": r["timestamp"]} for r in rows])
        )
    return folder / "tables"


def bigquery_array(entries: Entries, folder: Path) -> Path:
    """`bq query --format=json`: one array a table, scalars as texts, nulls for what is absent."""
    for log, rows in _sink_tables(entries).items():
        shown = [_as_texts(r) | {"timestamp": r["timestamp"].removesuffix(" UTC")} for r in rows]
        _write(folder / "arrays" / f"{log}.json", json.dumps(shown))
    return folder / "arrays"


def bigquery_seconds(entries: Entries, folder: Path) -> Path:
    """The API's own answer, pretty-printed: times as seconds in scientific notation."""
    for log, rows in _sink_tables(entries).items():
        shown = [
            r | {"timestamp": _seconds(r["timestamp"]), "receiveTimestamp": _seconds(r["receiveTimestamp"])}
            for r in rows
        ]
        _write(folder / "seconds" / f"{log}.json", json.dumps(shown, indent=2))
    return folder / "seconds"


def bigquery_parquet(entries: Entries, folder: Path) -> Path:
    """`bq extract --destination_format=PARQUET`: records as structs, times in microseconds."""
    for log, rows in _sink_tables(entries).items():
        times = [
            {**r, "timestamp": _datetime(r["timestamp"]), "receiveTimestamp": _datetime(r["receiveTimestamp"])}
            for r in rows
        ]
        path = folder / "parquet" / f"{log}.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(pa.Table.from_pylist(times), path)
    return folder / "parquet"


def analytics_lines(entries: Entries, folder: Path) -> Path:
    """Log Analytics' `_AllLogs`, JSON columns as objects."""
    return _write(folder / "all_logs.jsonl", _lines(map(_analytics, entries)))


def analytics_array(entries: Entries, folder: Path) -> Path:
    """`bq query --format=prettyjson` on the linked dataset: JSON columns as texts, scalars too."""
    rows = []
    for row in map(_analytics, entries):
        documents = {name: _text(row[name]) for name in ("json_payload", "labels")}
        resource = row["resource"] | {"labels": _text(row["resource"]["labels"])}
        proto = row["proto_payload"]
        if proto:
            audit = proto["audit_log"]
            proto = {
                "audit_log": audit | {n: _text(audit[n]) for n in ("request", "response", "metadata") if n in audit}
            }
        rows.append(_as_texts(row) | documents | {"resource": resource, "proto_payload": proto})
    return _write(folder / "all_logs.json", json.dumps(rows, indent=2))


def analytics_parquet(entries: Entries, folder: Path) -> Path:
    """The same as Parquet: JSON columns are texts, records structs."""
    rows = json.loads(analytics_array(entries, folder).read_text())
    for row in rows:
        row |= {name: _datetime(row[name]) for name in ("timestamp", "receive_timestamp")}
    pq.write_table(pa.Table.from_pylist(rows), folder / "all_logs.parquet")
    return folder / "all_logs.parquet"


def pull_parquet(entries: Entries, folder: Path) -> Path:
    """What `analyzer pull -o FILE.parquet` writes: nested fields as JSON text, times as int64."""
    pq.write_table(pa.Table.from_pylist([_flat(e) for e in entries]), folder / "pulled.parquet")
    return folder / "pulled.parquet"


def pull_parquet_times(entries: Entries, folder: Path) -> Path:
    """The same with Arrow's own times in nanoseconds."""
    table = pa.Table.from_pylist([_flat(e) for e in entries])
    for name in ("timestamp", "receive_timestamp"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table.column(name).cast(pa.timestamp("ns", "UTC")))
    pq.write_table(table, folder / "times.parquet")
    return folder / "times.parquet"


DOORS: Mapping[str, Writer] = {
    door.__name__: door
    for door in (
        explorer_json, json_lines, explorer_csv, sink_shards, pubsub_push, pubsub_pull, pubsub_gcloud, bigquery_lines,
        bigquery_array, bigquery_seconds, bigquery_parquet, analytics_lines, analytics_array, analytics_parquet,
        pull_parquet, pull_parquet_times,
    )
}  # fmt: skip
"""all but `gcloud_array`, which they are measured by"""


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def _by_log(entries: Entries) -> dict[str, Entries]:
    logs: dict[str, Entries] = defaultdict(list)
    for entry in entries:
        logs[entry["logName"].rpartition("/")[2].replace("%2F", "/")].append(entry)
    return logs


def _message(entry: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        "data": base64.b64encode(json.dumps(entry).encode()).decode(),
        "messageId": str(10_000 + number),
        "publishTime": "2026-11-24T12:00:00Z",
        "attributes": {"logging.googleapis.com/timestamp": entry["timestamp"]},
    }


def _paths(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        yield path, json.dumps(value)
    elif value is not None:
        yield path, value if isinstance(value, str) else json.dumps(value)


# --- a BigQuery sink


def _sink_tables(entries: Entries) -> dict[str, list[dict[str, Any]]]:
    """A table a log, its columns those of all its rows."""
    tables = {}
    for log, inside in _by_log(entries).items():
        rows = [_sink_row(entry) for entry in inside]
        shape: dict[str, Any] = {}
        for row in rows:
            _widen(shape, row)
        tables[_kept(log)] = [_fitted(row, shape) for row in rows]
    return tables


def _sink_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    row = {
        name: entry.get(name)
        for name in ("insertId", "logName", "severity", "trace", "spanId", "traceSampled", "textPayload", "operation")
    }
    row |= {name: _micros(entry[name]) for name in ("timestamp", "receiveTimestamp")}
    row["labels"] = {_kept(key): value for key, value in entry.get("labels", {}).items()}
    row["resource"] = entry["resource"]
    row["jsonPayload"] = _kept_names(entry.get("jsonPayload"))
    if proto := entry.get("protoPayload"):
        assert proto["@type"].endswith(_AUDIT)
        record = {key: value for key, value in proto.items() if key not in ("@type", "request", "response", "metadata")}
        texts = {f"{n}Json": json.dumps(proto[n]) for n in ("request", "response", "metadata") if n in proto}
        row["protopayload_auditlog"] = record | texts
    if request := entry.get("httpRequest"):
        row["httpRequest"] = request | {
            "requestSize": int(request["requestSize"]),
            "responseSize": int(request["responseSize"]),
            "latency": float(request["latency"][:-1]),
        }
    if place := entry.get("sourceLocation"):
        row["sourceLocation"] = place | {"line": int(place["line"])}
    return row


def _kept(name: str) -> str:
    """A user's name in a table: lower case, `_` for what is no letter or digit, none of them in front."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower()).lstrip("_")


def _kept_names(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_kept(key): _kept_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_kept_names(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _widen(shape: dict[str, Any], row: Mapping[str, Any]) -> None:
    for key, value in row.items():
        if isinstance(value, Mapping) and value:  # a record without fields makes no column
            inner = shape.get(key)
            if not isinstance(inner, dict):
                inner = shape[key] = {}
            _widen(inner, value)
        elif not isinstance(value, Mapping):
            shape.setdefault(key, None)


def _fitted(row: Mapping[str, Any] | None, shape: Mapping[str, Any]) -> dict[str, Any]:
    fitted = {}
    for key, inner in shape.items():
        value = (row or {}).get(key)
        fitted[key] = _fitted(value, inner) if isinstance(inner, dict) else value
    return fitted


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value


def _as_texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _as_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    return value if value is None or isinstance(value, str) else json.dumps(value)


# --- times


def _nanos(text: str) -> int:
    found = parse_time(text)
    assert found is not None
    return found


def _micros(text: str) -> str:
    return f"{text[:10]} {text[11:26]} UTC"


def _datetime(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix(" UTC")).replace(tzinfo=UTC)


def _seconds(text: str) -> str:
    seconds = _nanos(text.removesuffix(" UTC")) / 1e9
    return f"{seconds:.15E}".replace("E+0", "E")


# --- Log Analytics and a pull


def _snake(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {re.sub(r"([A-Z])", lambda m: f"_{m[1].lower()}", key): _snake(item) for key, item in value.items()}


def _analytics(entry: Mapping[str, Any]) -> dict[str, Any]:
    row = {
        "insert_id": entry["insertId"],
        "log_name": entry["logName"],
        "log_id": entry["logName"].rpartition("/")[2].replace("%2F", "/"),
        "timestamp": _micros(entry["timestamp"]).removesuffix(" UTC"),
        "receive_timestamp": _micros(entry["receiveTimestamp"]).removesuffix(" UTC"),
        "severity": entry.get("severity", "DEFAULT"),
        "trace": entry.get("trace"),
        "span_id": entry.get("spanId"),
        "text_payload": entry.get("textPayload"),
        "json_payload": entry.get("jsonPayload"),
        "labels": entry.get("labels"),
        "resource": entry["resource"],
        "proto_payload": None,
        "http_request": None,
        "source_location": entry.get("sourceLocation"),
    }
    if proto := entry.get("protoPayload"):
        documents = {name: proto[name] for name in ("request", "response", "metadata") if name in proto}
        rest = {key: value for key, value in proto.items() if key not in documents and key != "@type"}
        row["proto_payload"] = {"audit_log": _snake(rest) | documents}
    if request := entry.get("httpRequest"):
        whole, _, fraction = request["latency"][:-1].partition(".")
        latency = {"seconds": int(whole), "nanos": int(fraction.ljust(9, "0")) // 1000 * 1000}
        row["http_request"] = _snake(request) | {"latency": latency}
    return row


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _flat(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "timestamp": _nanos(entry["timestamp"]),
        "receive_timestamp": _nanos(entry["receiveTimestamp"]),
        "insert_id": entry["insertId"],
        "log_name": entry["logName"],
        "severity": entry.get("severity"),
        "trace": entry.get("trace"),
        "span_id": entry.get("spanId"),
        "text_payload": entry.get("textPayload"),
        "resource": _text(entry["resource"]),
        "labels": _text(entry.get("labels")),
        "json_payload": _text(entry.get("jsonPayload")),
        "proto_payload": _text(entry.get("protoPayload")),
        "http_request": _text(entry.get("httpRequest")),
        "source_location": _text(entry.get("sourceLocation")),
        "operation": None,
        "split": None,
        "error_groups": None,
        "other": _text({"traceSampled": True}) if entry.get("traceSampled") else None,
    }
