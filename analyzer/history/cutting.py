"""A report → the rows that are saved of it. Pure; nothing is recomputed that the report says."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.errors import HistoryError
from analyzer.history.keys import content_digest, cycle_key, plain_json, services_key
from analyzer.model import Change, PastCycle, Severity, TestStatus, TransitionKind, parse_time
from analyzer.model.report import SCHEMA_ID

Row = dict[str, Any]

_UNHELD = re.compile("[\0\ud800-\udfff]")
_MAX_ID = 200
_MAX_INTEGER = 2**63
_SERVED = ("served", "draining", "rolled_back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The rows of one cycle, by table."""

    cycle: Row
    clusters: tuple[Row, ...]
    texts: tuple[Row, ...]
    """by digest, each once"""
    tests: tuple[Row, ...]


def cut_report(report: Mapping[str, Any]) -> Cut:
    """The rows of a report; raises `HistoryError` where it is none of this version's schema."""
    if report.get("schema") != SCHEMA_ID:
        raise HistoryError(f"not saved: this is no {SCHEMA_ID}", "give a report saved with -o FILE.json")
    try:
        return _cut(report)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as err:
        raise HistoryError(
            f"not saved: a damaged report ({type(err).__name__}: {err})", "make it again with analyzer analyze"
        ) from err


def packed(report: Mapping[str, Any]) -> bytes:
    """The report as it is kept."""
    return zlib.compress(plain_json(report), 6)


def _cut(report: Mapping[str, Any]) -> Cut:
    cycle, key = report["cycle"], cycle_key(report)
    services = sorted({str(s) for s in cycle["services"]})
    texts: dict[str, Row] = {}
    clusters: list[Row] = []
    for position, cluster in enumerate(report["clusters"]):
        text = _text_row(cluster)
        texts[text["digest"]] = text
        clusters.append(
            {
                "cycle_key": key,
                "position": position,
                "fingerprint": fingerprint_of(cluster["fingerprint"]),
                "aliases": plain_json(sorted(map(fingerprint_of, cluster["aliases"]))).decode(),
                "severity": Severity[cluster["severity"]].name,
                "count": _number(cluster["count"]),
                "entries": _number(cluster["entries"]),
                "change": Change(cluster["change"]).value if cluster["change"] else None,
                "first_ns": _time(cluster["first_seen"]),
                "last_ns": _time(cluster["last_seen"]),
                "text_digest": text["digest"],
            }
        )
    run = report["tests"] or {}
    rate = run.get("pass_rate")
    return Cut(
        cycle={
            "key": key,
            "name": storable(str(cycle["name"])),
            "services": plain_json(services).decode(),
            "services_key": services_key(services),
            "from_ns": _time(cycle["window"]["from"]),
            "to_ns": _time(cycle["window"]["to"]),
            "pass_rate": float(rate) if rate is not None else None,
            "errors": sum(_is_error(c) for c in report["clusters"]),
            "facts": plain_json(_facts(report)).decode(),
            "digest": content_digest(report),
            "report": packed(report),
        },
        clusters=tuple(clusters),
        texts=tuple(texts[digest] for digest in sorted(texts)),
        tests=tuple(_test_rows(key, run)),
    )


def _is_error(cluster: Mapping[str, Any]) -> bool:
    return bool(cluster["count"]) and Severity[cluster["severity"]] >= Severity.ERROR and not cluster["noise"]


def _text_row(cluster: Mapping[str, Any]) -> Row:
    """The texts that a claim may name."""
    message = (cluster["exception"] or {}).get("message")
    row = {
        "title": storable(str(cluster["title"])),
        "template": storable(str(cluster["template"])),
        "core": storable(str(cluster["core"])),
        "exception": storable(str(message)) if message is not None else None,
    }
    return {"digest": content_digest(row), **row}


def _test_rows(key: str, run: Mapping[str, Any]) -> Iterable[Row]:
    flaky = {t["test"] for t in run.get("transitions") or () if t["change"] == TransitionKind.FLAKY.value}
    for position, result in enumerate(run.get("results") or ()):
        status, signature = TestStatus(result["status"]), result.get("signature")
        again = status is TestStatus.PASSED and _number(result.get("attempts") or 1) > 1
        yield {
            "cycle_key": key,
            "position": position,
            "test": storable(str(result["test"])),
            "outcome": status.outcome,
            "signature": storable(str(signature)) if signature is not None else None,
            "flaky": again or result["test"] in flaky,
        }


def _facts(report: Mapping[str, Any]) -> Row:
    """What later cycles ask besides clusters and tests, as the report writes it."""
    past = PastCycle.of_report(report)
    return {
        "revisions": _revisions(report),
        "fixes": report.get("fixes") or [],
        "actions": report.get("actions") or [],
        "impact": report.get("impact") or [],
        "errors": [list(names) for names in past.errors],
        "new": past.new,
        "gone": past.gone,
        "regressed": list(past.regressed),
    }


def _revisions(report: Mapping[str, Any]) -> list[list[str | None]]:
    """(service, revision, commit) of what served, sorted; from traffic alone where the timeline tells nothing."""
    deploys = report.get("deploys") or {}
    served: dict[tuple[str, str], str | None] = {
        (str(r["service"]), str(r["revision"])): r.get("commit")
        for r in deploys.get("revisions") or ()
        if r.get("state", "served") in _SERVED and (r.get("state") != "rolled_back" or r.get("first"))
    }
    told = {service for service, _ in served}
    commits = {
        str(s["service"]): s.get("commit") for s in deploys.get("services") or () if len(s.get("revisions") or ()) == 1
    }
    for row in report.get("exposure") or ():
        service, revision = str(row["service"]), str(row["revision"])
        if revision and row.get("entries") and service not in told:
            served[service, revision] = commits.get(service)
    return [[service, revision, served[service, revision]] for service, revision in sorted(served)]


def fingerprint_of(value: Any) -> str:
    """A fingerprint that fits its column and an index; raises ValueError."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID or not value.isascii() or not value.isprintable():
        raise ValueError(f"{str(value)[:40]!r} is no fingerprint")
    return value


def storable(text: str) -> str:
    """The text with what no database holds (NUL, half a surrogate pair) replaced; the report itself is exact."""
    return _UNHELD.sub("\ufffd", text)


def _number(value: Any) -> int:
    number = int(value)
    if not -_MAX_INTEGER <= number < _MAX_INTEGER:
        raise ValueError(f"{number} is out of range")
    return number


def _time(text: str | None) -> int | None:
    return _number(parse_time(text)) if text else None
