"""The report JSON to bytes, HTML, Markdown and terminal text.

Takes the report as a dict, as saved; gives text. Reads nothing else: no logs, no repository, no network, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.errors import ReportError
from analyzer.reports.finding import find
from analyzer.reports.saving import canonical, check_integrity, seal
from analyzer.reports.schema import schema
from analyzer.reports.showing import terminal_cluster
from analyzer.reports.terminal import terminal_summary

__all__ = [
    "TICKET_BYTES",
    "canonical",
    "check_integrity",
    "find",
    "render",
    "schema",
    "seal",
    "terminal_cluster",
    "terminal_summary",
]

TICKET_BYTES = 60_000
"""Default size of a Markdown report: below the body limit of the trackers we know (65,536)."""


def render(report: Mapping[str, Any], format: str, *, max_bytes: int = TICKET_BYTES) -> str:  # noqa: A002
    """The report as `html` or `md`; Markdown stays within `max_bytes` of UTF-8.

    Raises `ReportError` for another format, and for a dict that is not a report of this schema.
    """
    if format == "html":
        from analyzer.reports.html import render_html

        return render_html(report)
    if format == "md":
        from analyzer.reports.markdown import render_markdown

        return render_markdown(report, max_bytes=max_bytes)
    if format == "sarif":
        raise ReportError("SARIF cannot be written yet", "write .html, .md or .json instead")
    raise ReportError(f"unknown report format {format!r}", "use html or md; the JSON is the saved report itself")
