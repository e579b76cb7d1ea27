"""A report against its logs, read again: the ledger, every cluster, every cited entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.deploys import check_deploys, check_rows
from analyzer.reports.verifying.parts import Report, entry_ids_of

_LEDGER = (
    *("entries", "duplicates", "error_entries", "warning_entries", "other_entries", "error_events", "warning_events"),
    *("clustered", "noise", "covered", "without_severity", "without_payload"),
)
_CLUSTER = (
    *("fingerprint", "title", "template", "exception", "core", "wrappers", "severity", "kind", "noise"),
    *("count", "entries", "first_seen", "last_seen", "services", "revisions", "related", "seen_on", "facets"),
    *("exemplars", "histogram"),
)
"""what of a cluster depends on the logs alone"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What reading the same logs again gives, as a report writes it."""

    ledger: Mapping[str, Any]
    clusters: Sequence[Mapping[str, Any]]
    """with `members`"""
    exposure: Sequence[Mapping[str, Any]]
    deploys: Mapping[str, Any]
    """as far as the logs alone tell"""
    window: Mapping[str, Any]
    services: Sequence[str]
    """of all entries, sorted"""
    revisions: Sequence[str]
    inputs: str
    """digest of the entries and of the report's own test results"""
    entry_ids: Collection[str]
    """of every entry, those without an error too"""


def check_logs(report: Report, again: Again, checking: Checking) -> None:
    """Counts, clusters and citations against what the logs hold. Never raises for what is JSON."""
    with checking.part("ledger"):
        _ledger(report, again, checking)
    with checking.part("clusters"):
        _clusters(report, again, checking)
    with checking.part("causes"):
        for where, entry_id in entry_ids_of(report):
            checking.holds(entry_id in again.entry_ids, where, entry_id, "the logs have no such entry", "logs")
    with checking.part("cycle"):
        cycle = report["cycle"]
        for key in ("window", "services", "revisions"):
            checking.equals(cycle[key], getattr(again, key), f"cycle/{key}", "logs")
        if cycle.get("inputs") is not None:
            said = "the entries, or how the tests ended, are others"
            checking.holds(cycle["inputs"] == again.inputs, "cycle/inputs", cycle["inputs"], said, "logs")
    with checking.part("exposure"):
        check_rows(report.get("exposure"), again.exposure, "exposure", checking)
    check_deploys(report, again.deploys, checking)
    checking.skip("whether other sentences follow from the entries that they cite: only that these exist")


def _ledger(report: Report, again: Again, checking: Checking) -> None:
    ledger = report["ledger"]
    for key in _LEDGER:
        checking.equals(ledger[key], again.ledger[key], f"ledger/{key}", "logs")
    checking.equals(ledger["dropped"], again.ledger["dropped"], "ledger/dropped", "logs")
    if ledger["gaps"] != again.ledger["gaps"]:
        checking.skip("gaps of the window: files do not tell what was not pulled")
    if missing := [warning for warning in again.ledger["warnings"] if warning not in ledger["warnings"]]:
        checking.holds(False, "ledger/warnings", ledger["warnings"], f"reading also warns {missing}", "logs")


def _clusters(report: Report, again: Again, checking: Checking) -> None:
    """Clusters are found by fingerprint; where texts are signed in another way nothing can be compared."""
    found = {cluster["fingerprint"]: cluster for cluster in again.clusters}
    here = [(number, cluster) for number, cluster in enumerate(report["clusters"]) if cluster["count"]]
    versions = {f.partition(":")[0] for f in found} | {c["fingerprint"].partition(":")[0] for _, c in here}
    if len(versions) > 1:
        checking.skip(f"clusters: their fingerprints are of several versions ({', '.join(sorted(versions))})")
        return
    gone = len(report["clusters"]) - len(here)
    if gone:
        checking.skip(f"{gone} clusters of the baseline that did not occur: they are not in these logs")
    for number, cluster in here:
        where = f"clusters/{number}"
        with checking.part(where):
            mine = found.get(cluster["fingerprint"])
            said = "the logs have no such error"
            if not checking.holds(mine is not None, f"{where}/fingerprint", cluster["fingerprint"], said, "logs"):
                continue
            assert mine is not None
            for key in _CLUSTER:
                if key in cluster and key in mine:
                    checking.equals(cluster[key], mine[key], f"{where}/{key}", "logs")
            lost = sorted(set(mine["aliases"]) - set(cluster["aliases"]))
            more = [] if cluster["alias_reason"] else sorted(set(cluster["aliases"]) - set(mine["aliases"]))
            checking.holds(not lost and not more, f"{where}/aliases", cluster["aliases"], mine["aliases"], "logs")
            if cluster.get("members") is not None:
                checking.equals(cluster["members"], mine["members"], f"{where}/members", "logs")
    listed = {cluster["fingerprint"] for _, cluster in here}
    for fingerprint, cluster in found.items():
        said = f"it occurs {cluster['count']:,} times: {cluster['title']}"
        checking.holds(fingerprint in listed, "clusters", f"no {fingerprint}", said, "logs")
