"""Numbers that follow from other numbers of the report: the ledger, the clusters, the tests, the traffic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from analyzer.reports.sums import ledger_sums
from analyzer.reports.verifying.checking import Checking, each
from analyzer.reports.verifying.knowing import Rulebook
from analyzer.reports.verifying.parts import LOUD, Report

_COUNTS = (
    *("entries", "duplicates", "error_entries", "warning_entries", "other_entries", "error_events", "warning_events"),
    *("clustered", "noise", "without_severity", "without_payload"),
)
_MOVES: Mapping[str, Collection[tuple[str | None, str | None]]] = {
    "same_error": {("failed", "failed")},
    "error_changed": {("failed", "failed")},
    "fixed": {("failed", "passed")},
    "broken": {("passed", "failed"), ("skipped", "failed")},
    "flaky": {("failed", "passed"), ("passed", "failed")},
    "new": {(None, "passed"), (None, "failed"), (None, "skipped"), ("skipped", "passed")},
    "removed": {("passed", None), ("failed", None), ("skipped", None), ("passed", "skipped"), ("failed", "skipped")},
}
"""change of a test → the (from, to) that it can be"""


def check_sums(report: Report, rulebook: Rulebook, checking: Checking) -> None:
    """All sums of the contract, "What counts", "Occurrences" and "Tests"."""
    with checking.part("ledger"):
        _ledger(report, checking)
    window = report["cycle"]["window"]
    with checking.part("clusters"):
        each(checking, report["clusters"], "clusters", lambda c, where: _cluster(c, where, window, checking))
        _all_clusters(report, checking)
    with checking.part("exposure"):
        each(checking, report.get("exposure") or (), "exposure", lambda row, where: _traffic(row, where, checking))
        _requests(report, checking)
    if report["tests"] is not None:
        with checking.part("tests"):
            _tests(report["tests"], compared=report["cycle"]["baseline"] is not None, checking=checking)
    for where, value in rulebook.computed.items():
        with checking.part(where):
            claimed: Any = report
            for key in where.split("/"):
                claimed = claimed[int(key)] if isinstance(claimed, list) else claimed.get(key)
            checking.equals(claimed, value, where, "sums")


def _ledger(report: Report, checking: Checking) -> None:
    ledger, window = report["ledger"], report["cycle"]["window"]
    for key in _COUNTS:
        checking.holds(_is_count(ledger[key]), f"ledger/{key}", ledger[key], "a count is 0 or more", "sums")
    for number, dropped in enumerate(ledger["dropped"]):
        where = f"ledger/dropped/{number}/count"
        checking.holds(_is_count(dropped["count"]), where, dropped["count"], "a count is 0 or more", "sums")
    for key, total in zip(("entries", "clustered"), ledger_sums(ledger), strict=True):
        checking.holds(
            not total.off, f"ledger/{key}", total.total, f"the parts make {total.total - total.off:,}", "sums"
        )
    for key, most in (("noise", "clustered"), ("without_severity", "entries"), ("without_payload", "entries")):
        said = f"it is a part of the {ledger[most]:,} {most}"
        checking.holds(ledger[key] <= ledger[most], f"ledger/{key}", ledger[key], said, "sums")
    covered = ledger["covered"]
    within = _in_order(window["from"], covered["from"], covered["to"], window["to"])
    checking.holds(within, "ledger/covered", covered, f"the window is {window['from']} to {window['to']}", "sums")


def _cluster(cluster: Mapping[str, Any], where: str, window: Mapping[str, Any], checking: Checking) -> None:
    count, entries = cluster["count"], cluster["entries"]
    fits = _is_count(count) and _is_count(entries) and count <= entries and (count > 0) == (entries > 0)
    checking.holds(fits, f"{where}/count", count, f"{entries} entries hold at least as many occurrences", "sums")
    if (rate := cluster.get("rate")) is not None:
        _rate(rate, count, f"{where}/rate", checking)
    if not count:
        return
    rows = cluster.get("seen_on")
    if rows:
        checking.equals(count, sum(row["count"] for row in rows), f"{where}/count", "sums")
        places = [(row["service"], row["revision"]) for row in rows]
        checking.holds(len(places) == len(set(places)), f"{where}/seen_on", places, "a revision stands twice", "sums")
        for key, n in (("services", 0), ("revisions", 1)):
            strange = sorted({place[n] for place in places if place[n]} - set(cluster[key]))
            checking.holds(not strange, f"{where}/{key}", cluster[key], f"seen on {strange} too", "sums")
        for number, row in enumerate(rows):
            fits = _in_order(cluster["first_seen"], row["first"], row["last"], cluster["last_seen"])
            said = f"the cluster was seen from {cluster['first_seen']} to {cluster['last_seen']}"
            checking.holds(fits, f"{where}/seen_on/{number}", [row["first"], row["last"]], said, "sums")
            most = row["count"]
            for key in ("requests", "minutes"):
                fits = 0 <= row.get(key, 0) <= most
                checking.holds(fits, f"{where}/seen_on/{number}/{key}", row.get(key), f"of {most} occurrences", "sums")
    _histogram(cluster.get("histogram"), count, where, checking)
    fits = _in_order(window["from"], cluster["first_seen"], cluster["last_seen"], window["to"])
    said = f"the window is {window['from']} to {window['to']}"
    checking.holds(fits, f"{where}/first_seen", [cluster["first_seen"], cluster["last_seen"]], said, "sums")
    members = cluster.get("members")
    if members is not None:
        checking.equals(entries, len(set(members)), f"{where}/entries", "sums")
        checking.holds(len(members) == len(set(members)), f"{where}/members", len(members), "one stands twice", "sums")


def _histogram(histogram: Mapping[str, Any] | None, count: int, where: str, checking: Checking) -> None:
    if not histogram:
        return
    total = sum(histogram["counts"]) + histogram.get("without_time", 0)
    checking.equals(count, total, f"{where}/count", "sums")
    fits = len(histogram["at"]) == len(histogram["counts"]) and sorted(set(histogram["at"])) == histogram["at"]
    checking.holds(fits, f"{where}/histogram/at", histogram["at"], "bins ascend, each with a count", "sums")


def _rate(rate: Mapping[str, Any], count: int, where: str, checking: Checking) -> None:
    checking.equals(rate["count"], count, f"{where}/count", "sums")
    if rate["note"] is not None:
        for key in ("count", "baseline_count"):
            fits = re.search(rf"(?<![\d,.]){re.escape(str(rate[key]))} in ", rate["note"]) is not None
            checking.holds(fits, f"{where}/note", rate["note"], f"{key} is {rate[key]}", "sums")
    bound = rate["bound"]
    if bound is not None:
        most = 3 / rate["exposure"]
        checking.equals(bound, min(1.0, most) if rate["per"] == "request" else most, f"{where}/bound", "sums")


def _all_clusters(report: Report, checking: Checking) -> None:
    """What all clusters together must make; a cluster that is left out shows here."""
    ledger = report["ledger"]
    here = [cluster for cluster in report["clusters"] if cluster["count"]]
    entries = sum(cluster["entries"] for cluster in here)
    said = f"the clusters hold {entries:,} entries"
    levels = ledger["error_entries"] + ledger["warning_entries"]
    checking.holds(levels == entries, "ledger/error_entries", f"{levels:,} with those of warnings", said, "sums")
    for key, some in (("clustered", here), ("noise", [c for c in here if c["noise"]])):
        least = sum(cluster["count"] for cluster in some)
        said = f"the clusters have {least:,} occurrences, each printed at least once"
        fits = least <= ledger[key] and bool(least) == bool(ledger[key])
        checking.holds(fits, f"ledger/{key}", ledger[key], said, "sums")
    loud = [cluster["fingerprint"] for cluster in here if cluster["severity"] in LOUD]
    said = f"{len(loud)} clusters are of errors"
    checking.holds(
        bool(loud) == bool(ledger["error_events"]), "ledger/error_events", ledger["error_events"], said, "sums"
    )
    order = [bool(cluster["noise"]) for cluster in report["clusters"]]
    checking.holds(order == sorted(order), "clusters", "the order", "clusters under a noise rule stand last", "order")


def _traffic(row: Mapping[str, Any], where: str, checking: Checking) -> None:
    asked = sum(count for _, count in row["routes"])
    fits = 0 <= asked <= row["requests"] <= row["entries"]
    checking.holds(fits, f"{where}/requests", row["requests"], f"{asked} on routes, {row['entries']} entries", "sums")
    checking.holds(_in_order(row["first"], row["last"]), f"{where}/first", row["first"], f"last {row['last']}", "sums")


def _requests(report: Report, checking: Checking) -> None:
    """The requests of a revision, by minute and in sum."""
    answered: Counter[tuple[str, str]] = Counter()
    deploys = report["deploys"]
    for minute in deploys.get("traffic") or ():
        for revision, count in minute["requests"].items():
            answered[minute["service"], revision] += count
    for number, revision in enumerate(deploys.get("revisions") or ()):
        found = answered[revision["service"], revision["revision"]]
        where, said = f"deploys/revisions/{number}/requests", f"its minutes have {found:,}"
        # without a whole log of requests the minutes count other lines too
        checking.holds(revision["requests"] <= found, where, revision["requests"], said, "sums")


def _tests(tests: Mapping[str, Any], *, compared: bool, checking: Checking) -> None:
    names = [result["test"] for result in tests["results"]]
    checking.holds(len(names) == len(set(names)), "tests/results", len(names), "a test stands twice", "sums")
    outcome = {r["test"]: "failed" if r["status"] == "error" else r["status"] for r in tests["results"]}
    found = Counter(outcome.values())
    checking.equals(tests["total"], len(names), "tests/total", "sums")
    for key in ("passed", "failed", "skipped"):
        checking.equals(tests[key], found[key], f"tests/{key}", "sums")
    decided = found["passed"] + found["failed"]
    checking.equals(tests["pass_rate"], found["passed"] / decided if decided else None, "tests/pass_rate", "sums")
    if not compared:
        checking.holds(not tests["transitions"], "tests/transitions", tests["transitions"], "no baseline", "sums")
        checking.equals(tests["delta"], None, "tests/delta", "sums")
        return
    for number, move in enumerate(tests["transitions"]):
        where, pair = f"tests/transitions/{number}", (move["from"], move["to"])
        checking.equals(move["to"], outcome.get(move["test"]), f"{where}/to", "sums")
        fits = pair in _MOVES.get(move["change"], ())
        checking.holds(fits, f"{where}/change", move["change"], f"from {pair[0]} to {pair[1]}", "sums")
    _delta(tests, outcome, checking)


def _delta(tests: Mapping[str, Any], outcome: Mapping[str, str], checking: Checking) -> None:
    """The difference to the baseline, of the tests that the transitions and those without one leave."""
    delta = tests["delta"]
    if delta is None:
        return
    moved = {move["test"]: (move["from"], move["to"]) for move in tests["transitions"]}
    pairs = [moved.get(test, (now, now)) for test, now in outcome.items()]
    common = [pair for pair in pairs if pair[0] is not None]
    decided = [pair for pair in common if "skipped" not in pair]
    gained = decided.count(("failed", "passed")) - decided.count(("passed", "failed"))
    checking.equals(delta["common_tests"], len(common), "tests/delta/common_tests", "sums")
    rate = gained / len(decided) if decided else None
    checking.equals(delta["pass_rate"], rate, "tests/delta/pass_rate", "sums")
    checking.holds(0 <= delta["p_value"] <= 1, "tests/delta/p_value", delta["p_value"], "it lies in 0 to 1", "sums")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _in_order(*times: str | None) -> bool:
    """Whether times ascend; those that are not known are left out. RFC 3339 in UTC of one width sorts as text."""
    known = [time for time in times if time is not None]
    return known == sorted(known)
