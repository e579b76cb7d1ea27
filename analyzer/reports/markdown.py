"""The report as Markdown for a ticket: complete while it fits, whole sections dropped and named where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, UndefinedError
from markupsafe import Markup

from analyzer.reports import wording
from analyzer.reports.markdown_text import cell_code, code, fence, inner_html, prose
from analyzer.reports.templating import environment
from analyzer.reports.view import View, following_schema, view

DETAILED_CLUSTERS = 100
"""A ticket never has room for more."""

_NOTE_BYTES = 320
"""Room for the sentence that names what was left out."""

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the ticket. Where room is short, the highest `rank` goes first."""

    name: str
    rank: int
    text: str


def render_markdown(report: Mapping[str, Any], *, max_bytes: int) -> str:
    """The ticket text of a report dict, at most `max_bytes` of UTF-8. Raises `ReportError` where it is not a report."""
    shown = view(report)
    with following_schema(UndefinedError):
        sections = list(_sections(shown, _environment()))
    return _within(sections, max_bytes)


@cache
def _environment() -> Environment:
    """Autoescaping, with Markdown's escaping instead of HTML's: what no filter marked as safe goes through `prose`."""
    env = environment(finalize=_finalize)
    env.filters |= {
        "cell_code": lambda text: Markup(cell_code(str(text))),
        "code": lambda text: Markup(code(str(text))),
        "excerpt_fence": lambda lines: Markup(fence(_numbered(lines))),
        "fence": lambda text: Markup(fence(str(text))),
        "inner_html": lambda text: Markup(inner_html(str(text))),
    }
    return env


def _finalize(value: Any) -> Any:
    return value if hasattr(value, "__html__") else Markup(prose(str(value)))


def _numbered(excerpt: list[Mapping[str, Any]]) -> str:
    return "\n".join(f"{'>' if x['marked'] else ' '} {x['line']:>5} | {x['text']}" for x in wording.dedented(excerpt))


def _sections(shown: View, env: Environment) -> Iterator[Section]:
    """In reading order."""
    report = shown.report

    def section(name: str, rank: int, template: str, **more: Any) -> Section:
        text = env.get_template(f"md/{template}.md.j2").render(v=shown, r=report, **more)
        return Section(name=name, rank=rank, text=_tidy(text))

    yield section("head", 0, "head")
    if report["causes"]:
        yield Section(name="causes", rank=100, text="## Root cause")
    for number, cause in enumerate(report["causes"]):
        yield section("causes", 100 if number == 0 else 600 + number, "cause", cause=cause)
    if report["actions"]:
        yield section("what to do now", 200, "actions")
    if report["tests"] is not None and report["tests"]["results"] + report["tests"]["transitions"]:
        yield section("tests", 400, "tests")
    if report["fixes"]:
        yield section("claimed fixes", 300, "fixes")
    if shown.clusters:
        yield section("clusters", 500, "clusters")
    for number, cluster in enumerate(shown.clusters[:DETAILED_CLUSTERS]):
        yield section("cluster details", 2000 + number, "cluster", cluster=cluster)
    if report["impact"]:
        yield section("business impact", 900, "impact")
    if len(report["trend"]) > 1:
        yield section("trend", 1100, "trend")
    yield section("deploys", 1000, "deploys")
    yield section("ledger", 800, "ledger")
    if shown.undecided:
        yield section("what could not be decided", 700, "undecided")


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


def _within(sections: list[Section], max_bytes: int) -> str:
    """The sections joined, the least important left out until the text fits."""
    size = sum(len(section.text.encode()) + 2 for section in sections)
    by_rank = sorted(sections, key=lambda section: section.rank)
    dropped: list[Section] = []
    while size + (_NOTE_BYTES if dropped else 0) > max_bytes and len(by_rank) > 1:
        dropped.append(by_rank.pop())
        size -= len(dropped[-1].text.encode()) + 2
    texts = [section.text for section in sections if section not in dropped]
    if dropped:
        texts.append(_note(dropped))
    text = "\n\n".join(texts) + "\n"
    while len(text.encode()) > max_bytes:
        text = text.encode()[: max(max_bytes, 0)].decode(errors="ignore").rpartition("\n")[0]
    return text


def _note(dropped: list[Section]) -> str:
    details = sum(1 for section in dropped if section.name == "cluster details")
    names = dict.fromkeys(section.name for section in reversed(dropped))
    said = [f"{details} cluster details" if name == "cluster details" else name for name in names]
    return f"*Left out to fit the ticket: {wording.listed(said)}. The HTML and JSON reports have all of it.*"


def cause_markdown(shown: View, cause: Mapping[str, Any]) -> str:
    """One cause of a view, as it stands in the ticket."""
    text = _environment().get_template("md/cause.md.j2").render(v=shown, r=shown.report, cause=cause)
    return _tidy(text) + "\n"
