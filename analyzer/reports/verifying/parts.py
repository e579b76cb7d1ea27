"""The parts of a report that cite something, with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Report = Mapping[str, Any]
LOUD = ("ERROR", "CRITICAL", "ALERT", "EMERGENCY")
"""severities of errors"""


def evidence_of(report: Report) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, evidence) of causes, fixes, revisions and deploys."""
    deploys = report["deploys"]
    for where, item in (
        *_items("causes", report["causes"]),
        *_items("fixes", report["fixes"]),
        *_items("deploys/revisions", deploys.get("revisions") or ()),
    ):
        for place, said in _items(f"{where}/evidence", item.get("evidence") or ()):
            # older versions wrote the evidence of fixes as plain text
            yield place, {"text": said, "entry_ids": []} if isinstance(said, str) else said
    yield from _items("deploys/notes", deploys.get("notes") or ())


def paths_of(report: Report) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, code path) of clusters and causes, siblings too."""
    for where, cluster in _items("clusters", report["clusters"]):
        yield from _items(f"{where}/code_paths", cluster["code_paths"])
    for where, cause in _items("causes", report["causes"]):
        yield from _items(f"{where}/code_paths", cause["code_paths"])
        yield from _items(f"{where}/siblings", cause["siblings"])


def entry_ids_of(report: Report) -> Iterator[tuple[str, str]]:
    """(place, entry id) of every entry that is cited of this cycle: not those of clusters that did not occur."""
    for where, cluster in _items("clusters", report["clusters"]):
        if cluster["count"]:
            for place, exemplar in _items(f"{where}/exemplars", cluster["exemplars"]):
                yield from _ids(f"{place}/entry_ids", exemplar["entry_ids"])
                for entry_id in exemplar.get("roles") or {}:
                    yield f"{place}/roles", entry_id
            for place, row in _items(f"{where}/seen_on", cluster.get("seen_on") or ()):
                yield from _ids(f"{place}/entry_ids", row.get("entry_ids") or ())
            yield from _ids(f"{where}/members", cluster.get("members") or ())
    for where, evidence in evidence_of(report):
        yield from _ids(f"{where}/entry_ids", evidence["entry_ids"])
    for where, event in _items("deploys/timeline", report["deploys"]["timeline"]):
        yield from _ids(f"{where}/entry_ids", event["entry_ids"])
    for where, result in _items("tests/results", (report["tests"] or {}).get("results") or ()):
        for place, link in _items(f"{where}/links", result.get("links") or ()):
            yield from _ids(f"{place}/entry_ids", link.get("entry_ids") or ())


def fingerprints_of(report: Report) -> Iterator[tuple[str, str]]:
    """(place, fingerprint) of every cluster of this report that is cited in it; not the claims of fixes."""
    for where, cluster in _items("clusters", report["clusters"]):
        yield from _ids(f"{where}/related", cluster["related"])
    for where, cause in _items("causes", report["causes"]):
        yield from _ids(f"{where}/fingerprints", cause["fingerprints"])
        for place, link in _items(f"{where}/chain", cause["chain"]):
            yield f"{place}/fingerprint", link["fingerprint"]
    for where, result in _items("tests/results", (report["tests"] or {}).get("results") or ()):
        yield from _ids(f"{where}/clusters", result["clusters"])
        for place, link in _items(f"{where}/links", result.get("links") or ()):
            yield f"{place}/fingerprint", link["fingerprint"]
    for where, area in _items("impact", report["impact"]):
        yield from _ids(f"{where}/clusters", area.get("clusters") or ())


def names_of(report: Report) -> dict[str, Mapping[str, Any]]:
    """Fingerprint or alias → its cluster; a cluster's own fingerprint goes before another's alias."""
    named: dict[str, Mapping[str, Any]] = {}
    for cluster in report["clusters"]:
        for alias in cluster["aliases"]:
            named.setdefault(alias, cluster)
    return named | {cluster["fingerprint"]: cluster for cluster in report["clusters"]}


def _items(where: str, items: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((f"{where}/{number}", item) for number, item in enumerate(items))


def _ids(where: str, ids: Any) -> Iterator[tuple[str, str]]:
    yield from ((f"{where}/{number}", one) for number, one in enumerate(ids))
