"""What a report concludes: ranks, kinds and confidences, what may have a cause at all, changes, actions, the trend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.commands import is_given
from analyzer.reports.verifying.parts import LOUD, Report, names_of, paths_of

_UNKNOWN_AT_MOST, _WARNING_AT_MOST = 0.3, 0.5
"""confidences of the contract"""
_KINDS = ("code", "configuration", "packaging", "dependency", "infrastructure", "test", "unknown")
_HERE, _GONE = ("new", "ongoing", "regressed"), ("resolved", "not_seen")
_LOOPS = (None, "converging", "stalled", "oscillating", "regressing")
_STATES = ("at_risk", "protected", "unknown")
_AT = re.compile(r"(?:Look at|See) (\S{1,500}):(\d{1,9})(?= \(|: |$)")


def check_conclusions(report: Report, checking: Checking) -> None:
    """Orders and limits of the contract, section 3."""
    with checking.part("causes"):
        _causes(report, checking)
    with checking.part("clusters"):
        _changes(report, checking)
    with checking.part("deploys"):
        _deploys(report, checking)
    with checking.part("actions"):
        _actions(report, checking)
    with checking.part("impact"):
        for number, area in enumerate(report["impact"]):
            fits = area["status"] in _STATES
            checking.holds(fits, f"impact/{number}/status", area["status"], f"one of {_STATES}", "order")
            tests = {r["test"]: r["status"] for r in (report["tests"] or {}).get("results") or ()}
            strange = sorted(set(area["tests"]) - tests.keys())
            checking.holds(not strange, f"impact/{number}/tests", strange, "there are no such tests", "citation")
    with checking.part("loop"):
        checking.holds(report["loop"] in _LOOPS, "loop", report["loop"], f"one of {_LOOPS}", "order")
        cycles, baseline = [point["cycle"] for point in report["trend"]], report["cycle"]["baseline"]
        fits = report["loop"] is None or bool(cycles)
        checking.holds(fits, "loop", report["loop"], "there is no earlier cycle", "order")
        fits = baseline is None or baseline in cycles
        checking.holds(fits, "cycle/baseline", baseline, f"earlier cycles are {cycles}", "order")
        for number, point in enumerate(report["trend"]):
            rate = point["pass_rate"]
            fits = rate is None or 0 <= rate <= 1
            checking.holds(fits, f"trend/{number}/pass_rate", rate, "it lies in 0 to 1", "order")


def _causes(report: Report, checking: Checking) -> None:
    named = names_of(report)
    ranks = [cause["rank"] for cause in report["causes"]]
    checking.equals(ranks, list(range(1, len(ranks) + 1)), "causes", "order")
    roots = [cause["fingerprints"][0] for cause in report["causes"]]
    checking.holds(len(roots) == len(set(roots)), "causes", roots, "two causes have one root", "order")
    for number, cause in enumerate(report["causes"]):
        where, confidence, kind = f"causes/{number}", cause["confidence"], cause["kind"]
        checking.holds(kind in _KINDS, f"{where}/kind", kind, f"one of {_KINDS}", "order")
        checking.holds(0 <= confidence <= 1, f"{where}/confidence", confidence, "it lies in 0 to 1", "order")
        if kind == "unknown":
            fits = confidence <= _UNKNOWN_AT_MOST
            checking.holds(fits, f"{where}/confidence", confidence, f"unknown: at most {_UNKNOWN_AT_MOST}", "order")
        checking.holds(bool(cause["evidence"]), f"{where}/evidence", [], "a cause has evidence", "citation")
        mine = [named[f] for f in cause["fingerprints"] if f in named]
        for cluster in mine:
            fits = bool(cluster["count"]) and cluster["noise"] is None and cluster["known"] is None
            said = "it does not occur, is under a noise rule or accepted"
            checking.holds(fits, f"{where}/fingerprints", cluster["fingerprint"], said, "order")
        if mine and all(cluster["severity"] not in LOUD for cluster in mine):
            fits = confidence <= _WARNING_AT_MOST
            checking.holds(fits, f"{where}/confidence", confidence, f"warnings: at most {_WARNING_AT_MOST}", "order")
        _chain(cause, where, checking)
    missing = [
        c["fingerprint"] for c in report["clusters"]
        if c["count"] and c["severity"] in LOUD and not (c["noise"] or c["known"])
        and not any(c["fingerprint"] in cause["fingerprints"] for cause in report["causes"])
    ]  # fmt: skip
    checking.holds(not missing, "causes", missing, "errors without a cause", "order")


def _chain(cause: Mapping[str, Any], where: str, checking: Checking) -> None:
    chain = cause["chain"]
    roles = [link["role"] for link in chain]
    fits = bool(chain) and roles.index("root") == len(roles) - 1 if "root" in roles else False
    checking.holds(fits, f"{where}/chain", roles, "it ends in the one root", "order")
    cited = {cause["fingerprints"][0]} & {link["fingerprint"] for link in chain}
    checking.holds(bool(cited), f"{where}/chain", cause["fingerprints"][0], "the chain does not hold it", "order")


def _changes(report: Report, checking: Checking) -> None:
    compared = report["cycle"]["baseline"] is not None
    for number, cluster in enumerate(report["clusters"]):
        where, change = f"clusters/{number}/change", cluster["change"]
        allowed = (_HERE if cluster["count"] else _GONE) if compared else (None,)
        checking.holds(change in allowed, where, change, f"one of {list(allowed)} is possible", "order")
        if not cluster["count"]:
            checking.equals(cluster["known"], None, f"clusters/{number}/known", "order")
        if not compared:
            checking.equals(cluster.get("rate"), None, f"clusters/{number}/rate", "order")
        if cluster["code_paths"]:
            said = "unique" if cluster["code_paths"][0]["unique"] else "ambiguous"
            checking.equals(cluster["location"], said, f"clusters/{number}/location", "order")
        elif cluster["count"]:
            checking.equals(cluster["location"], "unmapped", f"clusters/{number}/location", "order")


def _deploys(report: Report, checking: Checking) -> None:
    """The commits of services and of the timeline are those of the revisions."""
    deploys = report["deploys"]
    revisions: dict[str, list[Mapping[str, Any]]] = {}
    for row in deploys.get("revisions") or ():
        revisions.setdefault(row["service"], []).append(row)
    for number, service in enumerate(deploys["services"]):
        where, rows = f"deploys/services/{number}", revisions.get(service["service"], [])
        commit, fitting = service["commit"], service["inferred_commits"]
        for kind, (good, checked) in service["facts"].items():
            said = f"of {checked} facts"
            checking.holds(0 <= good <= checked, f"{where}/facts/{kind}", good, said, "sums")
        if rows:
            names = sorted(row["revision"] for row in rows)
            fits = set(service["revisions"]) <= set(names)
            checking.holds(fits, f"{where}/revisions", service["revisions"], f"its revisions are {names}", "citation")
            known = [c for row in rows for c in (row["commit"], row["newest"])]
            checking.holds(
                commit in [*known, None], f"{where}/commit", commit, f"its revisions are of {known}", "citation"
            )
            sources = [row["source"] for row in rows] + ["inferred"] * (fitting is not None)
            fits = service["source"] in (sources if commit is not None else [None])
            checking.holds(fits, f"{where}/source", service["source"], f"its revisions have {sources}", "citation")
            ranges = [[row["oldest"], row["newest"]] for row in rows]
            fits = fitting is None or list(fitting) in ranges
            checking.holds(fits, f"{where}/inferred_commits", fitting, f"its revisions fit {ranges}", "citation")
    fitting = deploys["inferred_commits"]
    ranges = [service["inferred_commits"] for service in deploys["services"]]
    fits = fitting is None or fitting in ranges
    checking.holds(fits, "deploys/inferred_commits", fitting, f"the services fit {ranges}", "citation")
    for number, event in enumerate(deploys["timeline"]):
        rows = [row for row in revisions.get(event["service"], ()) if row["revision"] == event["revision"]]
        if event["commit"] is not None and rows:
            told = [str(row["commit"]) for row in rows] + [e["text"] for row in rows for e in row["evidence"]]
            fits = any(event["commit"] in text for text in told)
            said = "nothing of the revision names that commit"
            checking.holds(fits, f"deploys/timeline/{number}/commit", event["commit"], said, "citation")


def _actions(report: Report, checking: Checking) -> None:
    actions = report["actions"]
    priorities = [action["priority"] for action in actions]
    checking.equals(priorities, list(range(1, len(priorities) + 1)), "actions", "order")
    cycles = [*(point["cycle"] for point in report["trend"]), report["cycle"]["baseline"]]
    places = {(path["file"], path["line"]) for _, path in paths_of(report)}
    places |= {(like["file"], like["line"]) for cause in report["causes"] for like in cause["look_alikes"]}
    places |= {
        (e.get("file"), e.get("line"))
        for item in (*report["causes"], *report["fixes"])
        for e in item["evidence"]
        if isinstance(e, Mapping)
    }
    order = [point["cycle"] for point in report["trend"]]
    named = names_of(report)
    commits = [fix["commit"] for fix in report["fixes"]]
    for number, action in enumerate(actions):
        where, file, line = f"actions/{number}", action["file"], action["line"]
        if file is None:
            checking.equals(line, None, f"{where}/line", "citation")
        else:
            fits = (file, line) in places
            checking.holds(
                fits, f"{where}/line", f"{file}:{line}", "no cause, cluster or fix names that place", "citation"
            )
        if (found := _AT.match(action["text"])) is not None and file is not None:
            checking.equals(f"{file}:{line}", f"{found[1]}:{found[2]}", f"{where}/line", "sentence")
        if (command := action["command"]) is not None:
            said = "it is none of the commands that are given"
            checking.holds(is_given(command), f"{where}/command", command, said, "citation")
        if (earlier := action["from_cycle"]) is not None:
            checking.holds(
                earlier in cycles, f"{where}/from_cycle", earlier, f"earlier cycles are {cycles}", "citation"
            )
            if order.count(earlier) == 1 and "age" in action:
                checking.equals(action["age"], len(order) - order.index(earlier), f"{where}/age", "order")
        elif "age" in action:
            checking.equals(action["age"], 0, f"{where}/age", "order")
        what, _, about = (action.get("key") or "").partition(":")
        if what == "look":
            checking.holds(about in named, f"{where}/key", about, "the report has no such cluster", "citation")
        elif what in ("siblings", "deploy", "traffic", "settle"):
            checking.holds(about in commits, f"{where}/key", about, f"the fixes are {commits}", "citation")
