"""The report as Markdown in three sizes: complete while it fits, whole sections dropped and named where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, UndefinedError
from markupsafe import Markup

from analyzer.errors import ReportError
from analyzer.reports import wording
from analyzer.reports.hostile import shorten
from analyzer.reports.markdown_budget import Budget, Section, fitted
from analyzer.reports.markdown_text import cell_code, code, fence, inner_html, linked, prose
from analyzer.reports.sizes import MARKDOWN_SIZES
from analyzer.reports.templating import environment
from analyzer.reports.view import View, following_schema, view

SUMMARY_CHARS = 4_000
"""A summary is about a screen, whatever else the tracker would take."""

IMPORTANT_CLUSTERS = 10
"""Clusters that the standard size tells in detail, at most."""

DETAILED_CLUSTERS = 100
"""Clusters that the full size tells in detail, at most: a ticket never has room for more."""

_BLANK_LINES = re.compile(r"\n{3,}")


def render_markdown(report: Mapping[str, Any], *, size: str, max_bytes: int, max_chars: int) -> str:
    """The report dict as Markdown of a size in `MARKDOWN_SIZES`, within both budgets (see `Budget`).

    `summary`: the answer, tests, the first cause with its lines, next commands, verdicts on fixes; `standard`: every
    section, and the clusters that matter in detail; `full`: all clusters. Raises `ReportError` for another size, and
    where the dict is not a report.
    """
    if size not in MARKDOWN_SIZES:
        raise ReportError(f"unknown size of Markdown {shorten(size, 40)!r}", f"use {', '.join(MARKDOWN_SIZES)}")
    if size == "summary":
        max_chars = min(max_chars, SUMMARY_CHARS)
    shown = view(report)
    with following_schema(UndefinedError):
        sections = list(_summary(shown) if size == "summary" else _sections(shown, full=size == "full"))
        return fitted(sections, Budget(max_bytes=max_bytes, max_chars=max_chars), least=_least(shown))


@cache
def _environment() -> Environment:
    """Autoescaping, with Markdown's escaping instead of HTML's: what no filter marked as safe goes through `prose`."""
    env = environment(finalize=_finalize)
    env.filters |= {
        "around_mark": _around_mark,
        "cell_code": lambda text, link=None: Markup(linked(cell_code(str(text)), link)),
        "code": lambda text, link=None: Markup(linked(code(str(text)), link)),
        "excerpt_fence": lambda lines: Markup(fence(_numbered(lines))),
        "fence": lambda text: Markup(fence(str(text))),
        "inner_html": lambda text: Markup(inner_html(str(text))),
        "spot": lambda item: f"{item['file']}:{item['line']}" if item["line"] else item["file"],
    }
    return env


def _finalize(value: Any) -> Any:
    return value if hasattr(value, "__html__") else Markup(prose(str(value)))


def _numbered(excerpt: list[Mapping[str, Any]]) -> str:
    return "\n".join(f"{'>' if x['marked'] else ' '} {x['line']:>5} | {x['text']}" for x in wording.dedented(excerpt))


def _around_mark(excerpt: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The marked line and one on either side, as far as they are there; lines of code are cut at 160 characters."""
    marked = next((at for at, line in enumerate(excerpt) if line["marked"]), 0)
    return [{**line, "text": line["text"][:160]} for line in excerpt[max(marked - 1, 0) : marked + 2]]


def _template(shown: View, name: str, **more: Any) -> str:
    return _tidy(_environment().get_template(f"md/{name}.md.j2").render(v=shown, r=shown.report, **more))


def _summary(shown: View) -> Iterator[Section]:
    """A screen: sections of short texts, so that all of them fit as a rule."""
    report = shown.report
    yield Section(
        name="the head", rank=0, text=_template(shown, "summary_head"), brief=_template(shown, "summary_least")
    )
    if report["tests"] is not None and report["tests"]["results"] + report["tests"]["transitions"]:
        yield Section(name="tests", rank=300, text=_template(shown, "summary_tests"))
    if report["causes"]:
        yield Section(name="the first cause", rank=100, text=_template(shown, "summary_cause"))
    if len(report["causes"]) > 1:
        yield Section(name="further causes", rank=500, text=_template(shown, "summary_causes"))
    if report["actions"]:
        yield Section(name="what to do now", rank=200, text=_template(shown, "summary_actions"))
    if report["fixes"]:
        yield Section(name="claimed fixes", rank=400, text=_template(shown, "summary_fixes"))


def _sections(shown: View, *, full: bool) -> Iterator[Section]:
    """All there is, in reading order."""
    report = shown.report
    yield Section(name="the head", rank=0, text=_template(shown, "head"), brief=_template(shown, "summary_least"))
    for number, cause in enumerate(report["causes"]):
        title = "" if number else "## Root cause\n\n"
        yield Section(
            name="further causes" if number else "the first cause",
            rank=600 + number if number else 100,
            text=title + _template(shown, "cause", cause=cause),
            brief="" if number else title + _template(shown, "summary_cause"),
        )
    if report["actions"]:
        brief = "## What to do now\n\n" + _template(shown, "summary_actions").partition("\n\n")[2]
        yield Section(name="what to do now", rank=200, text=_template(shown, "actions"), brief=brief)
    if report["tests"] is not None and report["tests"]["results"] + report["tests"]["transitions"]:
        brief = "## Tests\n\n" + _template(shown, "summary_tests")
        yield Section(name="tests", rank=400, text=_template(shown, "tests"), brief=brief)
    if report["fixes"]:
        yield Section(name="claimed fixes", rank=300, text=_template(shown, "fixes"))
    detailed = shown.clusters[:DETAILED_CLUSTERS] if full else _important(shown)
    if shown.clusters:
        yield Section(
            name="clusters",
            rank=500,
            text=_template(shown, "clusters", detailed=len(detailed), rows=100 if full else 50),
        )
    for number, cluster in enumerate(detailed):
        text = _template(shown, "cluster", cluster=cluster, exemplars=cluster["exemplars"][: 3 if full else 1])
        yield Section(name="cluster details", rank=2000 + number, text=text)
    if report["impact"]:
        yield Section(name="business impact", rank=900, text=_template(shown, "impact"))
    if len(report["trend"]) > 1:
        yield Section(name="trend", rank=1100, text=_template(shown, "trend"))
    yield Section(name="deploys", rank=1000, text=_template(shown, "deploys"))
    yield Section(name="ledger", rank=800, text=_template(shown, "ledger"))
    if shown.undecided:
        yield Section(name="what could not be decided", rank=700, text=_template(shown, "undecided"))


def _important(shown: View) -> list[Mapping[str, Any]]:
    """Errors of this window that are new or back, or that one of the first causes explains."""
    explained = {fingerprint for cause in shown.report["causes"][:3] for fingerprint in cause["fingerprints"]}
    found = [
        cluster
        for cluster in shown.here
        if cluster["change"] in (None, "new", "regressed")
        or explained.intersection((cluster["fingerprint"], *cluster["aliases"]))
    ]
    return found[:IMPORTANT_CLUSTERS]


def _least(shown: View) -> Iterator[str]:
    """Texts for budgets that hold no section: the headline, shorter and shorter, each of them well formed."""
    headline = shown.answer.headline
    yield _template(shown, "summary_least") + "\n\n*The HTML and JSON reports have the rest.*\n"
    yield f"**{prose(headline)}.**\n"
    for length in range(len(headline), 1, -1):
        yield prose(shorten(headline, length)) + "\n"


def _tidy(text: str) -> str:
    """At most one blank line in a row, but inside fences, which stay as they are."""
    out: list[str] = []
    prose_lines: list[str] = []
    fenced = ""
    for line in text.split("\n"):
        ticks = line[: len(line) - len(line.lstrip("`"))]
        if not fenced and len(ticks) >= 3:
            out += [_BLANK_LINES.sub("\n\n", "\n".join(prose_lines)), "\n" if prose_lines else ""]
            fenced, prose_lines = ticks, []
            out.append(line + "\n")
        elif fenced:
            out.append(line + "\n")
            fenced = "" if line == fenced else fenced
        else:
            prose_lines.append(line.rstrip())
    out.append(_BLANK_LINES.sub("\n\n", "\n".join(prose_lines)))
    return "".join(out).strip()


def cause_markdown(shown: View, cause: Mapping[str, Any]) -> str:
    """One cause of a view, as it stands in the ticket."""
    return _template(shown, "cause", cause=cause) + "\n"
