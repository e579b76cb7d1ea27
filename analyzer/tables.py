"""Nouns to DataFrames: names, dtypes, units. The only stage that knows pandas.

Times are `datetime64[ns, UTC]`; lists stay Python lists in `object` columns; what is not known is NA.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import pandas as pd

CLUSTERS: Mapping[str, str] = {
    "fingerprint": "string",
    "title": "string",
    "template": "string",
    "exception_type": "string",
    "core": "string",
    "severity": "string",
    "kind": "string",
    "noise": "string",
    "count": "Int64",
    "entries": "Int64",
    "first_seen": "datetime64[ns, UTC]",
    "last_seen": "datetime64[ns, UTC]",
    "services": "object",
    "revisions": "object",
    "change": "string",
    "location": "string",
    "file": "string",
    "line": "Int64",
    "function": "string",
}
"""one row a cluster, report order; file, line, function are those of the first code path"""

EVENTS: Mapping[str, str] = {
    "timestamp": "datetime64[ns, UTC]",
    "severity": "string",
    "service": "string",
    "revision": "string",
    "instance": "string",
    "message": "string",
    "trace": "string",
    "truncated": "boolean",
    "entry_ids": "object",
    "fingerprint": "string",
}
"""one row a printed error or warning, by time; after load: the exemplars only"""

TESTS: Mapping[str, str] = {
    "test": "string",
    "status": "string",
    "seconds": "Float64",
    "message": "string",
    "clusters": "object",
    "suspicious": "string",
}
"""one row a test case, report order; seconds of wall time"""

CODE_PATHS: Mapping[str, str] = {
    "fingerprint": "string",
    "rank": "Int64",
    "role": "string",
    "file": "string",
    "line": "Int64",
    "end_line": "Int64",
    "function": "string",
    "commit": "string",
    "confidence": "Float64",
    "unique": "boolean",
    "owner": "string",
    "link": "string",
}
"""one row a code path of a cluster; rank 1 is the best"""

CAUSES: Mapping[str, str] = {
    "rank": "Int64",
    "kind": "string",
    "confidence": "Float64",
    "summary": "string",
    "fingerprints": "object",
    "file": "string",
    "line": "Int64",
    "function": "string",
    "would_confirm": "string",
}
"""one row a cause, best first; file, line, function are those of the culprit"""

DEPLOYS: Mapping[str, str] = {
    "time": "datetime64[ns, UTC]",
    "service": "string",
    "revision": "string",
    "commit": "string",
    "event": "string",
    "share": "Float64",
    "entry_ids": "object",
}
"""one row a timeline event"""

MESSAGES: Mapping[str, str] = {"fingerprint": "string", "template": "string", "parameters": "object"}
"""one row a message, same order as given; parameters (lists) only where asked for"""


def table(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, str]) -> pd.DataFrame:
    """Rows as a DataFrame of exactly this schema; keys that a row lacks are NA."""
    found: Sequence[Mapping[str, Any]] = list(rows)
    columns: dict[str, pd.Series[Any]] = {}
    for name, dtype in schema.items():
        values = [row.get(name) for row in found]
        if dtype.startswith("datetime64"):
            times = pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601")
            columns[name] = times.dt.as_unit("ns")
        else:
            columns[name] = pd.Series(values, dtype=cast(Any, dtype))
    return pd.DataFrame(columns)


def clusters_table(report: Mapping[str, Any]) -> pd.DataFrame:
    """Clusters of a report dict."""
    return table((_with_place(c) | _exception(c) for c in report["clusters"]), CLUSTERS)


def code_paths_table(report: Mapping[str, Any]) -> pd.DataFrame:
    """Code paths of the clusters of a report dict."""
    rows = (
        {**path, "fingerprint": cluster["fingerprint"], "rank": rank}
        for cluster in report["clusters"]
        for rank, path in enumerate(cluster["code_paths"], 1)
    )
    return table(rows, CODE_PATHS)


def causes_table(report: Mapping[str, Any]) -> pd.DataFrame:
    """Causes of a report dict."""
    return table((_with_place(c) for c in report["causes"]), CAUSES)


def tests_table(report: Mapping[str, Any]) -> pd.DataFrame:
    """Test results of a report dict; empty where no tests were given."""
    return table((report["tests"] or {}).get("results", ()), TESTS)


def deploys_table(report: Mapping[str, Any]) -> pd.DataFrame:
    """Timeline of a report dict."""
    return table(report["deploys"]["timeline"], DEPLOYS)


def events_table(events: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Event dicts (`ErrorEvent.to_dict` with the cluster's fingerprint besides)."""
    return table(events, EVENTS)


def exemplar_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a saved report still knows of its events: the exemplars."""
    return [
        {
            "timestamp": cluster["first_seen"] if number == 0 else None,
            "severity": cluster["severity"],
            "service": cluster["services"][0] if len(cluster["services"]) == 1 else None,
            "message": exemplar["message"],
            "entry_ids": exemplar["entry_ids"],
            "fingerprint": cluster["fingerprint"],
        }
        for cluster in report["clusters"]
        for number, exemplar in enumerate(cluster["exemplars"])
    ]


def messages_table(
    fingerprints: Sequence[str], templates: Sequence[str], parameters: Sequence[Sequence[str]] | None = None
) -> pd.DataFrame:
    """The columns of `MESSAGES`; parameters only where given."""
    columns: dict[str, pd.Series[Any]] = {
        "fingerprint": pd.Series(fingerprints, dtype="string"),
        "template": pd.Series(templates, dtype="string"),
    }
    if parameters is not None:
        columns["parameters"] = pd.Series([list(values) for values in parameters], dtype="object")
    return pd.DataFrame(columns)


def _exception(cluster: Mapping[str, Any]) -> dict[str, Any]:
    return {"exception_type": (cluster["exception"] or {}).get("type")}


def _with_place(row: Mapping[str, Any]) -> dict[str, Any]:
    first = row["code_paths"][0] if row["code_paths"] else {}
    return {**row, **{k: first.get(k) for k in ("file", "line", "function")}}
