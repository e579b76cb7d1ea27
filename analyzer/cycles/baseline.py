"""The earlier cycle that this one is compared with, read from its report."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.errors import ReportError
from analyzer.model import Cluster, Deploys, TestRun, parse_time
from analyzer.model.report import SCHEMA_ID

_SCHEMA = re.compile(r"analyzer\.report/(\d{1,6})")
_OURS = int(SCHEMA_ID.rpartition("/")[2])


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


def read_baseline(path: Path) -> Baseline:
    """The cycle in a saved report.

    Raises ReportError where the file is missing, is not JSON, is no report, or has a newer schema than this version.
    """
    hint = "Give --baseline the JSON report of an earlier cycle (analyzer analyze … -o FILE.json), or none."
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ReportError(f"baseline {path}: no such file", hint) from None
    except OSError as error:
        raise ReportError(f"baseline {path}: cannot be read ({error.strerror or error})", hint) from None
    except (ValueError, RecursionError):
        raise ReportError(f"baseline {path}: is not JSON", hint) from None
    return baseline_of(data, place=str(path), name=path.stem, hint=hint)


def baseline_of(data: Any, *, place: str, name: str = "", hint: str = "") -> Baseline:
    """The cycle in the JSON value of a report, which comes from `place`; `name` serves where it has none.

    Raises ReportError where it is no report, or has a newer schema than this version.
    """
    schema = data.get("schema") if isinstance(data, dict) else None
    version = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if version is None:
        raise ReportError(f"baseline {place}: is JSON, but not a report of analyzer", hint)
    if int(version[1]) > _OURS:
        raise ReportError(
            f"baseline {place}: has schema {schema}, made by a newer analyzer; this one reads up to {SCHEMA_ID}",
            "Upgrade with: pip install --upgrade incident-analyzer",
        )
    try:
        return _baseline(data, name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ReportError(f"baseline {place}: is a damaged report ({type(error).__name__}: {error})", hint) from None


def _baseline(data: dict[str, Any], name: str) -> Baseline:
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
    )
