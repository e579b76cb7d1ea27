"""The report as one HTML page: no network, no scripts needed, everything escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, UndefinedError
from markupsafe import Markup

from analyzer.reports.templating import environment
from analyzer.reports.timeline import draw_timeline
from analyzer.reports.trend import draw_trend
from analyzer.reports.view import following_schema, view


def render_html(report: Mapping[str, Any]) -> str:
    """The page of a report dict. Raises `ReportError` where it is not a report."""
    shown = view(report)
    env = _environment()
    style, script = _source(env, "html/style.css") + _source(env, "html/charts.css"), _source(env, "html/script.js")
    with following_schema(UndefinedError):
        return env.get_template("html/report.html.j2").render(
            v=shown,
            r=shown.report,
            timeline_of=draw_timeline(shown.report, shown.cluster_anchors),
            trend_of=draw_trend(shown.report),
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )


@cache
def _environment() -> Environment:
    """Compiled once: the templates do not change while the program runs."""
    return environment()


def _source(env: Environment, name: str) -> str:
    if env.loader is None:
        raise LookupError(name)
    return env.loader.get_source(env, name)[0]


def _policy(style: str, script: str) -> str:
    """A content security policy that lets exactly our style and script act, and nothing load."""
    return (
        f"default-src 'none'; style-src '{_csp_hash(style)}'; script-src '{_csp_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _csp_hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
