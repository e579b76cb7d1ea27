"""Printed lines → entries as Cloud Logging shows them, among those of requests, other services and the platform."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

_PROJECT = "made-staging"
_START = 1_716_192_000.0
_OTHER_SERVICES = ("edge-proxy", "mail-relay", "search-index", "thumbnailer", "billing-export")
_CHATTER = (
    "cache warmed with {n} keys", "worker {n} idle", "flushed {n} rows", "config reloaded, generation {n}",
    "connection pool at {n} of 200", "rotated keys, next in {n} h", "sent {n} mails", "index merged, {n} segments",
    "health ok after {n} ms",
    'Default STARTUP TCP probe succeeded after 1 attempt for container "main-{n}" on port 8080.',
)  # fmt: skip
_CALLERS = 0.15
_COMPLAINTS = (
    "{service} answered 500",
    "upstream {service} failed with status 502",
    "call to https://{service}.example.com failed",
)
_WARNINGS = ("slow query took {n} ms", "queue depth {n} above 40", "retrying in {n} ms", "clock skew of {n} ms")


def tells_error(line: str) -> bool:
    """Whether a program logs the line as an error."""
    return any(word in line for word in ("ERROR", '"level": "error"', "CRITICAL"))


def write_entries(draw: random.Random, lines: Sequence[str], service: str) -> tuple[list[dict[str, Any]], list[str]]:
    """(entries in order of time, for each printed line the id of the entry that it went into).

    In some incidents a service that calls this one complains after each error.
    """
    revision = f"{service}-{draw.randrange(3, 180):05d}-{_letters(draw, 3)}"
    instance = draw.randbytes(24).hex()
    caller = draw.choice(_OTHER_SERVICES) if draw.random() < _CALLERS else None
    complaint = draw.choice(_COMPLAINTS).format(service=service)
    now, entries, ids = _START + draw.randrange(86_400), [], []
    for text, printed in _units(lines, joined=draw.random() < 0.75):
        now += draw.uniform(0.0004, 0.9) if draw.random() < 0.6 else draw.uniform(0.0001, 0.004)
        while draw.random() < 0.55:
            entries.append(_noise(draw, now - draw.uniform(0, 0.3), service, revision, instance))
        entry = _entry(draw, now, service, revision, "run.googleapis.com%2Fstderr", _content(text))
        entry["labels"] = {"instanceId": instance}
        entries.append(entry)
        ids += [entry["insertId"]] * printed
        if caller and tells_error(text):
            content = {"textPayload": complaint, "severity": "ERROR"}
            later = now + draw.uniform(0.004, 0.2)
            entries.append(_entry(draw, later, caller, f"{caller}-00017-kva", "run.googleapis.com%2Fstderr", content))
    entries.sort(key=lambda e: (e["timestamp"], e["insertId"]))
    return entries, ids


def _units(lines: Sequence[str], *, joined: bool) -> list[tuple[str, int]]:
    """(text, number of printed lines). The platform makes one entry of a stack trace where it sees one."""
    units: list[list[str]] = []
    open_trace = False
    for line in lines:
        if open_trace and joined:
            units[-1].append(line)
            open_trace = line.startswith(" ") or not line
        else:
            units.append([line])
            open_trace = line.startswith("Traceback (most recent call last)")
    return [("\n".join(unit), len(unit)) for unit in units]


def _content(text: str) -> dict[str, Any]:
    """A line of JSON is a payload whose special keys are lifted out, as the logging agent does."""
    try:
        row = json.loads(text)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        return {"textPayload": text}
    content: dict[str, Any] = {k: row.pop(k) for k in ("severity", "httpRequest") if k in row}
    if "httpRequest" in content:
        return content
    return {**content, "jsonPayload": row}


def _noise(draw: random.Random, at: float, service: str, revision: str, instance: str) -> dict[str, Any]:
    kind = draw.random()
    if kind < 0.45:
        path = draw.choice(("/healthz", "/v1/list", "/v1/status", "/favicon.ico"))
        status = 404 if path == "/favicon.ico" else 200
        request = {"requestMethod": "GET", "requestUrl": f"https://{service}.example.com{path}", "status": status}
        request |= {"latency": f"{draw.uniform(0.002, 0.2):.6f}s", "remoteIp": f"203.0.113.{draw.randrange(1, 250)}"}
        entry = _entry(draw, at, service, revision, "run.googleapis.com%2Frequests", {"httpRequest": request})
        entry["severity"] = "WARNING" if status == 404 else "INFO"
        entry["labels"] = {"instanceId": instance}
        return entry
    other = draw.choice(_OTHER_SERVICES)
    warning = kind > 0.92
    text = draw.choice(_WARNINGS if warning else _CHATTER).format(n=draw.randrange(2, 400))
    content = {"textPayload": text, "severity": "WARNING" if warning else "INFO"}
    return _entry(draw, at, other, f"{other}-00017-kva", "run.googleapis.com%2Fstdout", content)


def _entry(
    draw: random.Random, at: float, service: str, revision: str, log: str, content: dict[str, Any]
) -> dict[str, Any]:
    labels = {"configuration_name": service, "location": "europe-west4", "project_id": _PROJECT}
    labels |= {"revision_name": revision, "service_name": service}
    return {
        "insertId": draw.randbytes(9).hex(),
        "logName": f"projects/{_PROJECT}/logs/{log}",
        "resource": {"type": "cloud_run_revision", "labels": labels},
        "timestamp": _time(at),
        "receiveTimestamp": _time(at + draw.uniform(0.02, 0.3)),
        **content,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _letters(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("abcdefghjkmnpqrstvwxz") for _ in range(count))
