"""One cluster or cause of a report on the terminal, in full."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.errors import ReportError
from analyzer.reports import wording
from analyzer.reports.hostile import one_line, shorten
from analyzer.reports.view import View, view

_CAUSE = re.compile(r"(?:cause[ -]?)?(\d{1,6})", re.ASCII | re.IGNORECASE)


def terminal_cluster(report: Mapping[str, Any], id: str) -> str:  # noqa: A002
    """Everything known on a cluster (`s1:9f2c…`, an alias, or a prefix only one has) or a cause (`cause 1` or `1`).

    Raises `ReportError` naming the ids that come close where none or several fit.
    """
    shown = view(report)
    cause = _cause(shown, id.strip())
    lines = _cause_lines(shown, cause) if cause else _cluster_lines(shown, _cluster(shown, id.strip()))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cause(shown: View, wanted: str) -> Mapping[str, Any] | None:
    found = _CAUSE.fullmatch(wanted)
    if not found:
        return None
    for cause in shown.report["causes"]:
        if cause["rank"] == int(found[1]):
            return dict(cause)
    if wanted == found[1] and any(_hit(cluster, wanted) for cluster in shown.clusters):
        return None  # the digits of a fingerprint
    ranks = [f"cause {cause['rank']}" for cause in shown.report["causes"]]
    raise ReportError(f"the report has no cause {found[1]}", f"it has {wording.listed(ranks, 'no cause at all')}")


def _cluster(shown: View, wanted: str) -> Mapping[str, Any]:
    hits = [c for c in shown.clusters if _hit(c, wanted)] if wanted else []
    exact = [c for c in hits if wanted in (c["fingerprint"], *c["aliases"])]
    if len(exact or hits) == 1:
        return (exact or hits)[0]
    known = [c["fingerprint"] for c in shown.clusters]
    if hits:
        close = [c["fingerprint"] for c in hits]
        raise ReportError(
            f"{len(hits)} clusters begin with {shorten(wanted, 80)!r}", f"say which: {wording.listed(close[:8])}"
        )
    close = difflib.get_close_matches(wanted, known, n=5, cutoff=0.5) or known[:5]
    raise ReportError(
        f"the report has no cluster {shorten(wanted, 80)!r}",
        f"close ids: {wording.listed(close)}" if close else "it has no cluster at all",
    )


def _hit(cluster: Mapping[str, Any], wanted: str) -> bool:
    """Whether the id begins like this, with or without its `s1:`."""
    ids = (cluster["fingerprint"], *cluster["aliases"])
    return any(one.startswith(wanted) or one.partition(":")[2].startswith(wanted) for one in ids)


def _cluster_lines(shown: View, cluster: Mapping[str, Any]) -> Iterator[str]:
    yield one_line(cluster["title"])
    state = "noise" if cluster["noise"] else cluster["change"] or "change unknown: no baseline"
    times = wording.count(cluster["count"], "occurrence")
    entries = wording.count(cluster["entries"], "entry", "entries")
    yield f"{cluster['fingerprint']} · {cluster['severity']} · {state.replace('_', ' ')} · {times} in {entries}"
    yield ""
    yield from _facts(
        ("Aliases", wording.listed(cluster["aliases"], "")),
        ("Matched by", cluster["alias_reason"]),
        ("Noise rule", cluster["noise"]),
        ("Accepted", cluster["known"]),
        ("Template", cluster["template"]),
        *(("Wrapped in", text) for text in cluster["wrappers"]),
        ("Innermost", cluster["core"]),
        ("Exception", (cluster["exception"] or {}).get("type")),
        ("Services", wording.listed([one_line(s) for s in cluster["services"]], "")),
        ("Revisions", wording.listed([one_line(s) for s in cluster["revisions"]], "")),
        ("Seen", wording.span({"from": cluster["first_seen"], "to": cluster["last_seen"]})),
        *(("Related", f"{f} {shown.cluster_titles.get(f, '')}") for f in cluster["related"]),
        *((f"Varies {facet['slot'] + 1}", _facet(facet)) for facet in cluster["facets"]),
    )
    yield ""
    yield f"Code ({cluster['location']})"
    for path in cluster["code_paths"]:
        yield from _path_lines(path)
    if not cluster["code_paths"]:
        yield f"  not located: {one_line(cluster['unlocated'] or 'no reason was recorded')}"
    for number, exemplar in enumerate(cluster["exemplars"], 1):
        yield ""
        yield f"Example {number}: " + ", ".join(_entry(exemplar, entry_id) for entry_id in exemplar["entry_ids"])
        yield from (f"  | {line}" for line in exemplar["message"].split("\n"))
    causes = [cause for cause in shown.report["causes"] if cluster["fingerprint"] in cause["fingerprints"]]
    if causes:
        yield ""
    for cause in causes:
        yield f"Cause {cause['rank']} ({wording.percent(cause['confidence'])}): {one_line(cause['summary'])}"


def _entry(exemplar: Mapping[str, Any], entry_id: str) -> str:
    role = exemplar["roles"].get(entry_id)
    return one_line(entry_id) + (f" ({role})" if role else "")


def _facet(facet: Mapping[str, Any]) -> str:
    values = ", ".join(f"{one_line(value)} {wording.number(n)} ×" for value, n in facet["values"])
    return values + (f", {wording.number(facet['others'])} other values" if facet["others"] else "")


def _cause_lines(shown: View, cause: Mapping[str, Any]) -> Iterator[str]:
    yield f"Cause {cause['rank']}: {one_line(cause['summary'])}"
    yield f"{cause['kind']} · {wording.percent(cause['confidence'])} that this is the origin"
    yield from _section("Evidence", [_evidence(item) for item in cause["evidence"]])
    chain = [f"{link['role']:<8} {_titled(shown, link['fingerprint'])}: {link['evidence']}" for link in cause["chain"]]
    yield from _section("From symptom to root", chain)
    for title, paths in (("Code", cause["code_paths"]), ("The same defect elsewhere", cause["siblings"])):
        if paths:
            yield ""
            yield title
        for path in paths:
            yield from _path_lines(path)
    alike = [f"{item['file']}:{item['line']}: {item['why_not']}" for item in cause["look_alikes"]]
    yield from _section("Looks alike, is harmless", alike)
    commits = [f"{wording.short_commit(item['commit'])} {item['why']}" for item in cause["suspect_commits"]]
    yield from _section("Suspect commits", commits)
    yield from _section("What would confirm it", [cause["would_confirm"]] if cause["would_confirm"] else [])


def _titled(shown: View, fingerprint: str) -> str:
    return f"{fingerprint} {shown.cluster_titles.get(fingerprint, '')}".rstrip()


def _evidence(item: Mapping[str, Any]) -> str:
    text: str = item["text"]
    cited = [*item["entry_ids"][:5]]
    if item["file"]:
        cited.append(f"{item['file']}:{item['line']}" if item["line"] else item["file"])
    if item["rule"]:
        cited.append(f"rule {item['rule']}")
    return text + (f" [{', '.join(cited)}]" if cited else "")


def _section(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield ""
        yield title
        yield from (f"  - {one_line(item)}" for item in items)


def _facts(*pairs: tuple[str, str | None]) -> Iterator[str]:
    for label, text in pairs:
        if text:
            yield f"{label:<11} {one_line(text)}"


def _path_lines(path: Mapping[str, Any]) -> Iterator[str]:
    rivals = "" if path["unique"] else ", has rivals"
    function = f" {one_line(path['function'])}" if path["function"] else ""
    owner = f", {one_line(path['owner'])}" if path["owner"] else ""
    place = one_line(wording.place(path))
    yield f"  {place}{function} ({path['role']}, {wording.percent(path['confidence'])}{rivals}{owner})"
    yield from (f"    {one_line(text)}" for text in path["evidence"])
    for line in wording.dedented(path["excerpt"]):
        yield f"  {'>' if line['marked'] else ' '} {line['line']:>5} | {line['text']}"
