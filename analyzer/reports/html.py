"""The report as one HTML page: no network, no scripts needed, everything escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, UndefinedError
from markupsafe import Markup

from analyzer.reports.page import page
from analyzer.reports.templating import environment
from analyzer.reports.timeline import draw_timeline
from analyzer.reports.trend import draw_trend
from analyzer.reports.view import following_schema, view

_VERBATIM = re.compile(r"<(pre|template|style|script)\b.*?</\1>", re.DOTALL)
"""Parts of a page whose white space counts. Text of the report is escaped: none of it opens or closes one."""


def render_html(report: Mapping[str, Any]) -> str:
    """The page of a report dict. Raises `ReportError` where it is not a report."""
    shown = view(report)
    env = _environment()
    style, script = _source(env, "html/style.css") + _source(env, "html/charts.css"), _source(env, "html/script.js")
    with following_schema(UndefinedError):
        prepared = page(shown)
        text = env.get_template("html/report.html.j2").render(
            v=shown,
            p=prepared,
            r=shown.report,
            timeline_of=draw_timeline(shown.report, shown.cluster_anchors, prepared.test_anchors),
            trend_of=draw_trend(shown.report),
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )
    return _without_indents(text)


@cache
def _environment() -> Environment:
    """Compiled once: the templates do not change while the program runs."""
    env = environment()
    env.filters["kept"] = _kept
    return env


def _kept(text: str) -> Markup:
    """The text escaped for the inside of an element; blanks at its lines' ends and zero-width spaces as entities."""
    lines = []
    for line in escape(text, quote=False).split("\n"):
        bare = line.rstrip(" \t")
        lines.append(bare + "".join(f"&#{ord(blank)};" for blank in line[len(bare) :]))
    return Markup("\n".join(lines).replace("\u200b", "&#8203;"))


def _without_indents(text: str) -> str:
    """The page without white space at either end of its lines and without empty lines, where none of it counts."""
    out = []
    at = 0
    for found in _VERBATIM.finditer(text):
        out += [_trimmed(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*out, _trimmed(text[at:])]).lstrip("\n")


def _trimmed(text: str) -> str:
    """The lines that hold something, each on its own, apart from what stands before and after."""
    lines = [bare for line in text.split("\n") if (bare := line.strip(" \t"))]
    return "\n".join(["", *lines, ""]) if lines else "\n"


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
