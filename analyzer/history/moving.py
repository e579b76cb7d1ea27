"""A history as JSON lines and back: nothing is lost, and what is there already changes nothing.

The first line says what it is; then come one line a cycle (oldest first), claim (in order) and accepted error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from analyzer.errors import HistoryError
from analyzer.history.keys import plain_json
from analyzer.history.store import History
from analyzer.history.values import Imported

FORMAT = "analyzer.history/1"
_REPORT = "analyzer.report/"
_HINT = "give a file that analyzer history export wrote, or a report saved with -o FILE.json"


def export_history(history: History, out: IO[bytes]) -> Imported:
    """Write everything; the same history gives the same bytes. What was written is counted."""
    out.write(plain_json({"schema": FORMAT}) + b"\n")
    written = 0
    for report in history.reports():
        out.write(plain_json({"cycle": report}) + b"\n")
        written += 1
    claims, known = history.claims(), history.known()
    for claim in claims:
        out.write(plain_json({"claim": {"commit": claim.commit, "text": claim.text}}) + b"\n")
    for error in known:
        row = {"fingerprint": error.fingerprint, "reason": error.reason, "until": error.until}
        out.write(plain_json({"known": row}) + b"\n")
    return Imported(cycles=written, claims=len(claims), known=len(known))


def import_history(history: History, lines: IO[bytes], *, name: str = "-") -> Imported:
    """Read an export, or one saved report, into the history; a cycle that is there is replaced by its equal.

    An accepted error that is there keeps what is said of it here. Each line is kept by itself, so that what came
    before a bad one stays; importing the whole again does no harm. Raises `HistoryError` with the number of a bad line.
    """
    first = lines.readline()
    header = _json(first)
    if not isinstance(header, Mapping) or header.get("schema") != FORMAT:
        return _one_report(history, first + lines.read(), name)
    counts = {"cycle": 0, "claim": 0, "known": 0}
    held = {error.fingerprint for error in history.known()}
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        row = _json(line)
        kind = next(iter(row), "") if isinstance(row, Mapping) and len(row) == 1 else ""
        if kind not in counts or not isinstance(row, Mapping) or not isinstance(row[kind], Mapping):
            raise HistoryError(f"{name} line {number} is no part of an export", _HINT)
        try:
            _keep(history, kind, row[kind], held)
        except HistoryError as err:
            raise HistoryError(f"{name} line {number}: {err.message}", err.hint) from err
        except (KeyError, TypeError) as err:
            raise HistoryError(f"{name} line {number}: a damaged {kind} ({err})", _HINT) from err
        counts[kind] += 1
    return Imported(cycles=counts["cycle"], claims=counts["claim"], known=counts["known"])


def _keep(history: History, kind: str, value: Mapping[str, Any], held: set[str]) -> None:
    if kind == "cycle":
        history.save(value)
    elif kind == "claim":
        history.add_claim(str(value["commit"]), str(value["text"]))
    elif value["fingerprint"] not in held:
        history.add_known(str(value["fingerprint"]), str(value["reason"]), str(value["until"]))


def _one_report(history: History, data: bytes, name: str) -> Imported:
    report = _json(data)
    if not isinstance(report, Mapping):
        raise HistoryError(f"{name} is neither an export of a history nor a report", _HINT)
    schema = report.get("schema")
    if isinstance(schema, str) and schema.startswith("analyzer.history/"):
        raise HistoryError(
            f"{name} is {schema}, this version reads {FORMAT}", "upgrade: pip install -U incident-analyzer"
        )
    if not isinstance(schema, str) or not schema.startswith(_REPORT):
        raise HistoryError(f"{name} is neither an export of a history nor a report", _HINT)
    history.save(report)
    return Imported(cycles=1)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
