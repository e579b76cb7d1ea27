"""Reports as files: bytes of each format, and a saved report read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.errors import ReportError
from analyzer.model.report import SCHEMA_ID


def render_file(report: Mapping[str, Any], suffix: str, *, size: str = "standard") -> bytes:
    """The report in the format of a file's suffix (`.json`, `.html`, `.md`, `.sarif`); raises `ReportError`.

    `size` is that of Markdown.
    """
    from analyzer.reports import canonical, render

    return canonical(report) if suffix == ".json" else render(report, suffix.lstrip("."), size=size).encode("utf-8")


def read_saved(path: Path) -> dict[str, Any]:
    """A saved report; raises `ReportError` where it is missing, not a report, or made by a newer analyzer."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError as err:
        raise ReportError(f"no such file: {path}", "save one with: analyzer analyze LOGS -o report.json") from err
    except OSError as err:
        raise ReportError(f"cannot read {path}: {err.strerror}", "") from err
    except ValueError as err:
        raise ReportError(f"{path} is not JSON: {err}", "give a report saved with -o FILE.json") from err
    schema = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(schema, str) or not schema.startswith("analyzer.report/"):
        raise ReportError(f"{path} is not a report of analyzer", "give a report saved with -o FILE.json")
    if schema != SCHEMA_ID:
        raise ReportError(
            f"{path} is {schema}, this version reads {SCHEMA_ID}", "upgrade: pip install -U incident-analyzer"
        )
    return dict(data)
