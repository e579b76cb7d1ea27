"""The first screen of a report as a notebook cell: small, without scripts, in the notebook's own colours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, UndefinedError

from analyzer.reports.templating import environment
from analyzer.reports.view import following_schema, view


def render_cell(report: Mapping[str, Any]) -> str:
    """HTML of what changed, the failing tests, the best causes and the next steps; some kilobytes.

    Plain tables and lists that inherit colours and fonts, so that they are readable in light and dark notebooks, and
    where a viewer drops styles. No scripts, no ids, no links. Raises `ReportError` where it is not a report.
    """
    shown = view(report)
    with following_schema(UndefinedError):
        return _environment().get_template("notebook/cell.html.j2").render(v=shown, r=shown.report)


@cache
def _environment() -> Environment:
    return environment()
