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
    "TICKET_CHARS",
    "canonical",
    "check_integrity",
    "find",
    "render",
    "schema",
    "seal",
    "terminal_cluster",
    "terminal_summary",
]

TICKET_BYTES = TICKET_CHARS = 60_000
"""Default budgets of a Markdown report: below the body limit of the trackers we know (65,536, by their error text)."""


def render(
    report: Mapping[str, Any],
    format: str,  # noqa: A002
    *,
    size: str = "standard",
    max_bytes: int = TICKET_BYTES,
    max_chars: int = TICKET_CHARS,
) -> str:
    """The report as `html`, `md` or `sarif`; the same report gives the same text.

    Markdown has a `size` (`summary`, `standard`, `full`) and stays within `max_bytes` of UTF-8 and `max_chars`
    characters, counted as UTF-16 code units; the other formats ignore all three. Raises `ReportError` for another
    format or size, and for a dict that is not a report of this schema.
    """
    if format == "html":
        from analyzer.reports.html import render_html

        return render_html(report)
    if format == "md":
        from analyzer.reports.markdown import render_markdown

        return render_markdown(report, size=size, max_bytes=max_bytes, max_chars=max_chars)
    if format == "sarif":
        from analyzer.reports.cause_findings import render_sarif

        return render_sarif(report)
    raise ReportError(f"unknown report format {format!r}", "use html, md or sarif; the JSON is the saved report itself")
