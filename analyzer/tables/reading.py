"""The tables of a report dict. A key that an older report lacks reads as nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analyzer.model import PastCycle, format_time, parse_time
from analyzer.tables import schemas
from analyzer.tables.making import table

Report = Mapping[str, Any]
Row = dict[str, Any]
_SUMS = (
    "entries",
    "duplicates",
    "error_entries",
    "warning_entries",
    "other_entries",
    "without_severity",
    "without_payload",
    "error_events",
    "warning_events",
    "clustered",
    "noise",
)
_SECOND_NS = 1_000_000_000


def _clusters(report: Report) -> Iterator[Row]:
    for cluster in report["clusters"]:
        exception = cluster.get("exception") or {}
        yield {
            **_with_place(cluster),
            "exception_type": exception.get("type"),
            "exception_message": exception.get("message"),
        }


def _code_paths(report: Report) -> Iterator[Row]:
    for cluster in report["clusters"]:
        for rank, path in enumerate(cluster["code_paths"], 1):
            yield {**path, "fingerprint": cluster["fingerprint"], "rank": rank}


def _exemplars(report: Report) -> Iterator[Row]:
    for cluster in report["clusters"]:
        for number, exemplar in enumerate(cluster["exemplars"], 1):
            roles = exemplar.get("roles") or {}
            yield {
                **exemplar,
                "fingerprint": cluster["fingerprint"],
                "number": number,
                "roles": [roles.get(entry_id, "") for entry_id in exemplar["entry_ids"]],
            }


def _histogram(report: Report) -> list[Row]:
    rows = []
    for order, cluster in enumerate(report["clusters"]):
        found = cluster.get("histogram")
        begin = parse_time(found["from"]) if found else None
        if begin is None:
            continue
        step_s = found["step_s"]
        for at, count in zip(found["at"], found["counts"], strict=True):
            time_ns = begin + at * step_s * _SECOND_NS
            named = {key: cluster[key] for key in ("fingerprint", "title", "severity")}
            row = {**named, "time": format_time(time_ns), "count": count, "seconds": step_s}
            rows.append((time_ns, order, row))
    return [row for _, _, row in sorted(rows, key=lambda placed: placed[:2])]


def _causes(report: Report) -> Iterator[Row]:
    return (_with_place(cause) for cause in report["causes"])


def _evidence(report: Report) -> Iterator[Row]:
    for cause in report["causes"]:
        for fact in cause.get("evidence") or ():
            yield {**({"text": fact} if isinstance(fact, str) else fact), "rank": cause["rank"]}


def _chains(report: Report) -> Iterator[Row]:
    for cause in report["causes"]:
        for step, link in enumerate(cause.get("chain") or (), 1):
            yield {**link, "rank": cause["rank"], "step": step}


def _siblings(report: Report) -> Iterator[Row]:
    for cause in report["causes"]:
        for path in cause.get("siblings") or ():
            yield {**path, "rank": cause["rank"], "kind": "sibling"}
        for place in cause.get("look_alikes") or ():
            yield {**place, "rank": cause["rank"], "kind": "look_alike"}


def _tests(report: Report) -> Iterable[Row]:
    return (report.get("tests") or {}).get("results") or ()


def _transitions(report: Report) -> Iterable[Row]:
    return (report.get("tests") or {}).get("transitions") or ()


def _fixes(report: Report) -> Iterator[Row]:
    for fix in report.get("fixes") or ():
        facts = (fact if isinstance(fact, str) else fact.get("text") for fact in fix.get("evidence") or ())
        yield {**fix, "evidence": list(facts)}


def _deploys(report: Report) -> Iterable[Row]:
    return (report.get("deploys") or {}).get("timeline") or ()


def _trend(report: Report) -> Iterator[Row]:
    for point in report.get("trend") or ():
        yield {**point, "current": False}
    here = PastCycle.of_report({**report, "fixes": (), "actions": (), "impact": ()})  # only its counts are asked for
    tests = report.get("tests") or {}
    yield {
        "cycle": here.name,
        "pass_rate": here.pass_rate,
        "clusters": here.clusters,
        "failed": tests.get("failed"),
        "new": here.new,
        "resolved": here.gone,
        "current": True,
    }


def _ledger(report: Report) -> Iterator[Row]:
    ledger = report["ledger"]
    for what in _SUMS:
        yield {"what": what, "count": ledger.get(what)}
    for dropped in ledger.get("dropped") or ():
        yield {"what": f"dropped: {dropped['reason']}", "count": dropped["count"]}


_READERS: Mapping[str, Callable[[Report], Iterable[Row]]] = {
    "clusters": _clusters,
    "exemplars": _exemplars,
    "histogram": _histogram,
    "code_paths": _code_paths,
    "causes": _causes,
    "evidence": _evidence,
    "chains": _chains,
    "siblings": _siblings,
    "tests": _tests,
    "transitions": _transitions,
    "fixes": _fixes,
    "deploys": _deploys,
    "impact": lambda report: report.get("impact") or (),
    "actions": lambda report: report.get("actions") or (),
    "trend": _trend,
    "ledger": _ledger,
}


def report_table(name: str, report: Report) -> pd.DataFrame:
    """The table of that name (one of `schemas.TABLES`, but not `events`) of a report dict."""
    schema, _ = schemas.TABLES[name]
    return table(_READERS[name](report), schema)


def events_table(report: Report, events: Iterable[Mapping[str, Any]] | None = None) -> pd.DataFrame:
    """Event dicts (`ErrorEvent.to_dict` with the cluster's fingerprint besides); None for the report's exemplars."""
    known = {c["fingerprint"]: {"title": c["title"], "template": c["template"]} for c in report["clusters"]}
    rows = _exemplar_events(report) if events is None else events
    return table(({**row, **known.get(row.get("fingerprint"), {})} for row in rows), schemas.EVENTS)


def _exemplar_events(report: Report) -> Iterator[Row]:
    """What a saved report still knows of its events. The first exemplar of a cluster is its first occurrence."""
    for cluster in report["clusters"]:
        for number, exemplar in enumerate(cluster["exemplars"]):
            yield {
                "timestamp": cluster["first_seen"] if number == 0 else None,
                "severity": cluster["severity"],
                "service": cluster["services"][0] if len(cluster["services"]) == 1 else None,
                "message": exemplar["message"],
                "entry_ids": exemplar["entry_ids"],
                "fingerprint": cluster["fingerprint"],
            }


def messages_table(
    fingerprints: Sequence[str], templates: Sequence[str], parameters: Sequence[Sequence[str]] | None = None
) -> pd.DataFrame:
    """The columns of `MESSAGES`; parameters only where given."""
    values = [None] * len(templates) if parameters is None else parameters
    rows = (
        {"fingerprint": f, "template": t, "parameters": p}
        for f, t, p in zip(fingerprints, templates, values, strict=True)
    )
    schema = {k: v for k, v in schemas.MESSAGES.items() if parameters is not None or k != "parameters"}
    return table(rows, schema)


def _with_place(row: Mapping[str, Any]) -> Row:
    first = row["code_paths"][0] if row.get("code_paths") else {}
    return {**row, **{k: first.get(k) for k in ("file", "line", "function")}}
