"""A report as SARIF: an alert at the line behind every cause, and one at every place with the same defect.

Causes that no line of the code is named for are notifications of the run, not results: code scanning refuses a file
with a result that has no location. Look-alikes are no findings; `siblings -o FILE.sarif` lists them, suppressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any
from urllib.parse import quote

from analyzer.reports import wording
from analyzer.reports.cause_rules import RULES, SIBLING, UNPLACED, UNREAD, cause_rule
from analyzer.reports.hostile import one_line, shorten
from analyzer.reports.markdown_text import plain_https
from analyzer.reports.sarif import SarifFinding, SarifNote, SarifPlace, inside, sarif, sarif_text
from analyzer.reports.undecided import UNSURE, evidence_text
from analyzer.reports.view import View, following_schema, view

LIKELY = 0.5
"""From here on a cause is an error: more likely than not."""

_MOST = 20
"""Facts, related places and entry ids of one result; the report JSON has all of them."""
_GAPS = 50
"""Parts of the window that were not read; the rest is counted."""

Clusters = Mapping[str, Mapping[str, Any]]
"""by fingerprint and alias"""


def render_sarif(report: Mapping[str, Any]) -> str:
    """The causes and siblings of a report dict as a SARIF file. Raises `ReportError` where it is not a report."""
    shown = view(report)
    with following_schema():
        return sarif_text(cause_sarif(shown, version=_version()))


def _version() -> str | None:
    """The installed version; None for a source tree that was never installed."""
    try:
        return metadata.version("incident-analyzer")
    except metadata.PackageNotFoundError:
        return None


def cause_sarif(shown: View, *, version: str | None) -> dict[str, Any]:
    """A SARIF log of the causes, best first, then the siblings."""
    report = shown.report
    placed = [(cause, path) for cause in report["causes"] if (path := _culprit(cause))]
    clusters = {alias: cluster for cluster in shown.clusters for alias in cluster["aliases"]}
    clusters |= {cluster["fingerprint"]: cluster for cluster in shown.clusters}
    findings = [_finding(clusters, cause, path) for cause, path in placed]
    taken = {(path["file"], path["line"]) for _, path in placed}
    findings += _siblings(placed, taken)
    window = report["cycle"]["window"]
    return sarif(
        RULES,
        findings,
        version=version,
        commit=report["deploys"]["head"],
        notes=list(_notes(shown)),
        category=f"analyzer/cycle-{quote(shorten(report['cycle']['name'], 80), safe='')}",
        sources=_sources(report),
        properties={
            "cycle": report["cycle"]["name"],
            "baseline": report["cycle"]["baseline"],
            "window": [window["from"], window["to"]],
            "report": report.get("integrity"),
        },
    )


def _culprit(cause: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first code path, where that is a file of the repository."""
    return next((path for path in cause["code_paths"][:1] if inside(path["file"])), None)


def _finding(clusters: Clusters, cause: Mapping[str, Any], path: Mapping[str, Any]) -> SarifFinding:
    related = [_related(other, _role(other)) for other in cause["code_paths"][1:]]
    related += [_related(other, "has the same defect") for other in cause["siblings"]]
    return SarifFinding(
        rule=cause_rule(cause["kind"]),
        level=_level(cause),
        message=_sentence(cause),
        file=path["file"],
        line=path["line"],
        end_line=path["end_line"],
        function=path["function"],
        snippet=_snippet(path),
        confidence=cause["confidence"],
        related=tuple(related[:_MOST]),
        flow=tuple(_flow(clusters, cause, path)),
        fingerprints={"clusterFingerprint/v1": _root(cause)} if cause["fingerprints"] else {},
        occurrences=_occurrences(clusters, cause),
        properties=_properties(cause),
    )


def _level(cause: Mapping[str, Any]) -> str:
    if cause["confidence"] <= UNSURE or cause["kind"] == "unknown":
        return "note"
    return "error" if cause["confidence"] >= LIKELY else "warning"


def _sentence(cause: Mapping[str, Any]) -> str:
    summary = shorten(cause["summary"], 600).rstrip(".")
    sure = f"{summary}. Probability that this is the origin: {wording.percent(cause['confidence'])}."
    confirm = shorten(cause["would_confirm"] or "", 300).rstrip(".")
    return f"{sure} Would confirm it: {confirm}." if confirm else sure


def _snippet(path: Mapping[str, Any]) -> str:
    """The text of the lines of the region, where the excerpt has all of them."""
    lines = {line["line"]: line["text"] for line in path["excerpt"]}
    wanted = range(path["line"], min(path["end_line"], path["line"] + len(lines)) + 1)
    return "\n".join(lines[n] for n in wanted) if all(n in lines for n in wanted) else ""


def _root(cause: Mapping[str, Any]) -> str:
    """The cluster it calls the root, else its first."""
    roots = [link["fingerprint"] for link in cause["chain"] if link["role"] == "root"]
    return str((roots or cause["fingerprints"])[0])


def _occurrences(clusters: Clusters, cause: Mapping[str, Any]) -> int:
    found = {clusters[f]["fingerprint"]: clusters[f]["count"] for f in cause["fingerprints"] if f in clusters}
    return sum(found.values())


def _flow(clusters: Clusters, cause: Mapping[str, Any], path: Mapping[str, Any]) -> Iterator[SarifPlace]:
    """From the root to the symptom: the chain the other way round, as far as its clusters have places."""
    for link in reversed(cause["chain"][-_MOST:]):
        cluster = clusters.get(link["fingerprint"])
        title = cluster["title"] if cluster else link["fingerprint"]
        places = [path] if link["role"] == "root" else cluster["code_paths"][:1] if cluster else []
        for place in places:
            yield _related(place, f"{link['role']}: {shorten(title, 200)} – {shorten(link['evidence'], 300)}")


def _properties(cause: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tags": ["root-cause", cause["kind"]],
        "cause": cause["rank"],
        "confidence": cause["confidence"],
        "clusters": cause["fingerprints"][:_MOST],
        "chain": [
            {k: shorten(link[k], 300) for k in ("role", "fingerprint", "evidence")} for link in cause["chain"][:_MOST]
        ],
        "evidence": [_evidence(item) for item in cause["evidence"][:_MOST]],
        "suspectCommits": [
            {k: shorten(item[k], 300) for k in ("commit", "why")} for item in cause["suspect_commits"][:_MOST]
        ],
    }


def _evidence(item: Any) -> dict[str, Any]:
    """A fact with what it cites."""
    found: dict[str, Any] = {"text": shorten(evidence_text(item), 500)}
    if not isinstance(item, Mapping):
        return found
    if item["entry_ids"]:
        found["entryIds"] = item["entry_ids"][:_MOST]
    if item["file"]:
        found["place"] = f"{item['file']}:{item['line']}" if item["line"] else item["file"]
    if item["rule"]:
        found["rule"] = item["rule"]
    return found


def _siblings(placed: list[tuple[Any, Any]], taken: set[tuple[str, int]]) -> Iterator[SarifFinding]:
    """Each place once, and none that a cause already points at."""
    for cause, culprit in placed:
        for path in cause["siblings"]:
            if (path["file"], path["line"]) in taken or not inside(path["file"]):
                continue
            taken.add((path["file"], path["line"]))
            why = "; ".join(one_line(text) for text in path["evidence"][:3])
            yield SarifFinding(
                rule=SIBLING,
                level="warning",
                message=f"Has the same defect as {wording.place(culprit)}" + (f": {shorten(why, 600)}" if why else "."),
                file=path["file"],
                line=path["line"],
                end_line=path["end_line"],
                function=path["function"],
                snippet=_snippet(path),
                confidence=path["confidence"],
                related=(_related(culprit, shorten(cause["summary"], 300)),),
                fingerprints={"clusterFingerprint/v1": _root(cause)} if cause["fingerprints"] else {},
                properties={"tags": ["sibling"], "cause": cause["rank"], "confidence": path["confidence"]},
            )


def _notes(shown: View) -> Iterator[SarifNote]:
    """What makes the run doubtful, causes without a place, what was not read."""
    for banner in shown.banners:
        yield SarifNote(about=UNREAD, level="error", message=banner)
    for cause in shown.report["causes"]:
        if not _culprit(cause):
            yield SarifNote(
                about=UNPLACED,
                level=_level(cause),
                message=f"{_sentence(cause)} No line of the code is named for it.",
                rule=cause_rule(cause["kind"]),
                properties=_properties(cause),
            )
    gaps = shown.report["ledger"]["gaps"]
    for gap in gaps[:_GAPS]:
        text = f"Not read: {wording.span(gap)}, {shorten(gap['reason'], 200)}."
        yield SarifNote(about=UNREAD, level="warning", message=text)
    if len(gaps) > _GAPS:
        text = f"Not read: {wording.count(len(gaps) - _GAPS, 'more part')} of the window."
        yield SarifNote(about=UNREAD, level="warning", message=text)


def _related(path: Mapping[str, Any], text: str) -> SarifPlace:
    return SarifPlace(file=path["file"], line=path["line"], end_line=path["end_line"], text=text)


def _role(path: Mapping[str, Any]) -> str:
    function = f" ({one_line(path['function'])})" if path["function"] else ""
    return f"{path['role']}{function}, {wording.percent(path['confidence'])}"


def _sources(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The repositories and commits that the places were read in, as far as the links to the code host tell."""
    found = set()
    for holder in (*report["causes"], *report["clusters"]):
        for path in holder["code_paths"]:
            link, commit = path["link"], path["commit"]
            if not (link and commit and plain_https(link)):
                continue
            for way in ("/-/blob/", "/blob/", "/src/"):
                address, there, _ = link.partition(f"{way}{commit}/")
                if there:
                    found.add((address, commit))
                    break
    return sorted(found)
