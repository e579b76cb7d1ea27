"""One cluster or cause of a report on the terminal, in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.reports import wording
from analyzer.reports.finding import find
from analyzer.reports.hostile import one_line
from analyzer.reports.view import View, following_schema, view


def terminal_cluster(report: Mapping[str, Any], id: str) -> str:  # noqa: A002
    """Everything known on a cluster (`s1:9f2c…`, an alias, or a prefix only one has) or a cause (`cause 1` or `1`).

    Raises `ReportError` naming the ids that come close where none or several fit.
    """
    shown = view(report)
    with following_schema():
        found = find(shown.report, id)
        lines = _cause_lines(shown, found) if "rank" in found else _cluster_lines(shown, found)
        return "\n".join(line.rstrip() for line in lines)


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
        ("Revisions", _revisions(cluster)),
        ("Because", cluster.get("change_reason")),
        ("Rate", wording.rate(cluster["rate"]) if cluster.get("rate") else None),
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


def _revisions(cluster: Mapping[str, Any]) -> str:
    seen = [f"{one_line(on['revision'] or on['service'])} {on['count']:,} ×" for on in cluster.get("seen_on", ())]
    return wording.listed(seen or [one_line(name) for name in cluster["revisions"]], "")


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
    commits = [
        f"{wording.short_commit(item['commit'])} ({wording.moment(item['author_time'])}) {item['why']}"
        for item in cause["suspect_commits"]
    ]
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
