"""The earlier cycle that this one is compared with, read from its report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.errors import ReportError
from analyzer.model import Cluster, Deploys, PastCycle, RevisionTraffic, TestRun, parse_time
from analyzer.model.report import SCHEMA_ID

_SCHEMA = re.compile(r"analyzer\.report/(\d{1,6})")
_OURS = int(SCHEMA_ID.rpartition("/")[2])
_HINT = "Give --baseline the JSON report of an earlier cycle (analyzer analyze … -o FILE.json), or none."


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a comparison needs of an earlier cycle; its window is `[from_ns, to_ns)`."""

    name: str
    clusters: tuple[Cluster, ...] = ()
    tests: TestRun | None = None
    from_ns: int | None = None
    to_ns: int | None = None
    services: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    deploys: Deploys = field(default_factory=Deploys)
    exposure: tuple[RevisionTraffic, ...] = ()
    """empty in reports of versions that did not measure it"""

    @property
    def served(self) -> tuple[tuple[str, str], ...]:
        """(service, revision) of those that wrote or were asked, where that was measured, else that were known."""
        if self.exposure:
            return tuple((row.service, row.revision) for row in self.exposure if row.entries and row.revision)
        return tuple((deploy.service, revision) for deploy in self.deploys.services for revision in deploy.revisions)


def read_baseline(path: Path) -> Baseline:
    """The cycle in a saved report.

    Raises ReportError where the file is missing, is not JSON, is no report, or has a newer schema than this version.
    """
    return baseline_of(read_baseline_json(path), name=path.stem, origin=str(path))


def read_baseline_json(path: Path) -> Any:
    """The JSON value in a file that is to be a baseline. Raises ReportError where it is missing or is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ReportError(f"baseline {path}: no such file", _HINT) from None
    except OSError as error:
        raise ReportError(f"baseline {path}: cannot be read ({error.strerror or error})", _HINT) from None
    except (ValueError, RecursionError):
        raise ReportError(f"baseline {path}: is not JSON", _HINT) from None


def baseline_of(report: object, *, name: str, origin: str = "") -> Baseline:
    """The cycle in a report as JSON values, however it was kept; `name` where it names no cycle.

    Raises ReportError where it is no report, is damaged, or has a newer schema than this version; the message calls it
    `origin`, else `name`.
    """
    label = f"baseline {origin or name}"
    schema = report.get("schema") if isinstance(report, Mapping) else None
    version = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if version is None or not isinstance(report, Mapping):
        raise ReportError(f"{label}: is JSON, but not a report of analyzer", _HINT)
    if int(version[1]) > _OURS:
        raise ReportError(
            f"{label}: has schema {schema}, made by a newer analyzer; this one reads up to {SCHEMA_ID}",
            "Upgrade with: pip install --upgrade incident-analyzer",
        )
    try:
        return _baseline(report, name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ReportError(f"{label}: is a damaged report ({type(error).__name__}: {error})", _HINT) from None


def pick_green(cycles: Sequence[PastCycle]) -> str | None:
    """The key of the last green one of these cycles (oldest first); None where none is.

    Green is a cycle all of whose tests passed; one that ran no tests is green without an error.
    """
    return next((cycle.key for cycle in reversed(cycles) if _is_green(cycle)), None)


def _is_green(cycle: PastCycle) -> bool:
    if any(test.outcome == "failed" for test in cycle.tests.values()):
        return False
    return cycle.clusters == 0 if cycle.pass_rate is None else cycle.pass_rate >= 1


def _baseline(data: Mapping[str, Any], name: str) -> Baseline:
    cycle = data["cycle"]
    window = cycle.get("window") or {}
    tests = data.get("tests")
    return Baseline(
        name=str(cycle.get("name") or name),
        clusters=tuple(Cluster.from_dict(cluster) for cluster in data["clusters"]),
        tests=TestRun.from_dict(tests) if tests else None,
        from_ns=parse_time(window["from"]) if window.get("from") else None,
        to_ns=parse_time(window["to"]) if window.get("to") else None,
        services=tuple(str(service) for service in cycle.get("services") or ()),
        revisions=tuple(str(revision) for revision in cycle.get("revisions") or ()),
        deploys=Deploys.from_dict(data.get("deploys") or {}),
        exposure=tuple(RevisionTraffic.from_dict(row) for row in data.get("exposure") or ()),
    )
