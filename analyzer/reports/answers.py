"""The first screen in words: may the data be trusted, and did the cycle get better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.model.entries import Severity
from analyzer.reports import wording
from analyzer.reports.hostile import shorten

LARGE_SHARE = 0.2
"""From here on, entries lost or without payload lead the report: one in five is enough to hide the error looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Did the cycle get better: a headline, and the sentences under it."""

    tone: str
    """good, bad, mixed or open"""
    headline: str
    tests: str
    """pass rate and its interval; empty without test results"""
    comparison: str
    """the pass rate against the baseline, with significance; empty where it was not compared"""
    errors: str
    """their occurrences, or that there are none"""
    apart: str
    """clusters counted apart: warnings, accepted errors, noise; empty without any"""
    changes: Mapping[str, int]
    """change → error clusters, in reading order; empty without a baseline"""


def banners(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences on data so poor that every conclusion below is in doubt."""
    ledger = report["ledger"]
    entries = ledger["entries"]
    if not entries:
        return ("No log entries were read: nothing can be said about errors in this window.",)
    out = []
    without = ledger["without_payload"]
    if without >= entries:
        out.append(
            f"No entry has a payload: all {wording.number(entries)} came without text. "
            "The messages were lost before they reached the analyzer; export again with jsonPayload and textPayload."
        )
    elif without / entries >= LARGE_SHARE:
        out.append(
            f"{wording.percent(without / entries)} of the entries ({wording.number(without)} of "
            f"{wording.number(entries)}) have no payload. What they said is not in this report."
        )
    dropped = sum(item["count"] for item in ledger["dropped"])
    if dropped / entries >= LARGE_SHARE:
        out.append(
            f"{wording.percent(dropped / entries)} of the entries ({wording.number(dropped)} of "
            f"{wording.number(entries)}) could not be used and were dropped; the ledger says why."
        )
    return tuple(out)


def error_clusters(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Clusters of severity ERROR and above, neither noise nor accepted, also those not here any more."""
    return [
        c for c in report["clusters"] if Severity[c["severity"]] >= Severity.ERROR and not c["noise"] and not c["known"]
    ]


def answer(report: Mapping[str, Any]) -> Answer:
    """The answer to "did the cycle get better?", never better than the numbers allow."""
    clusters = error_clusters(report)
    here = [c for c in clusters if c["count"]]
    found = Counter(c["change"] for c in clusters)
    order = ("new", "regressed", "ongoing", "resolved", "not_seen")
    compared = report["cycle"]["baseline"] is not None
    tone, headline = _headline(report, here, found)
    return Answer(
        tone=tone,
        headline=headline,
        tests=_tests(report["tests"]),
        comparison=_comparison(report),
        errors=_errors(report, here),
        apart=_apart(report["clusters"]),
        changes={change: found[change] for change in order} if compared else {},
    )


def _headline(
    report: Mapping[str, Any], here: Sequence[Mapping[str, Any]], found: Mapping[str | None, int]
) -> tuple[str, str]:
    ledger, tests, baseline = report["ledger"], report["tests"], report["cycle"]["baseline"]
    failed = tests["failed"] if tests else 0
    if not ledger["entries"]:
        return "open", "No log entries were read"
    if ledger["without_payload"] >= ledger["entries"]:
        return "open", "No entry has a payload"
    if not here:
        if ledger["error_events"]:
            return "open", "Only noise and accepted errors in this window"
        but = f", but {wording.count(failed, 'test')} failed" if failed else ""
        return ("mixed" if failed else "good"), f"No errors in this window{but}"
    if baseline is None:
        return "open", f"{wording.count(len(here), 'error')} found, nothing to compare with"
    return _compared(shorten(baseline, 40), tests["delta"] if tests else None, found)


def _compared(baseline: str, delta: Mapping[str, Any] | None, found: Mapping[str | None, int]) -> tuple[str, str]:
    """Tests speak first where their difference is significant, else the errors that came and went."""
    came, went = found["new"] + found["regressed"], found["resolved"]
    if delta and delta["significant"] and delta["pass_rate"]:
        if delta["pass_rate"] < 0:
            return "bad", f"Worse than cycle {baseline}"
        if not came:
            return "good", f"Better than cycle {baseline}"
        return "mixed", f"More tests pass than in cycle {baseline}, but {wording.count(came, 'error')} came"
    if came and went:
        return "mixed", f"Since cycle {baseline}, {wording.count(came, 'error')} came and {wording.number(went)} went"
    if came:
        kinds = wording.listed([kind for kind in ("new", "regressed") if found[kind]]).replace(" and ", " or ")
        return "bad", f"{wording.number(came)} {kinds} {'error' if came == 1 else 'errors'} since cycle {baseline}"
    if went:
        return "good", f"{wording.count(went, 'error')} resolved since cycle {baseline}"
    return "open", f"No measurable change since cycle {baseline}"


def _tests(tests: Mapping[str, Any] | None) -> str:
    if tests is None:
        return ""
    skipped = f", {wording.number(tests['skipped'])} skipped" if tests["skipped"] else ""
    ran = tests["passed"] + tests["failed"]
    if not ran:
        return f"No test ran to an end{skipped}"
    return f"{wording.number(tests['passed'])} of {wording.count(ran, 'test')} passed{skipped}"


def _comparison(report: Mapping[str, Any]) -> str:
    delta = report["tests"]["delta"] if report["tests"] else None
    if delta is None or report["cycle"]["baseline"] is None:
        return ""
    against = (
        f"cycle {shorten(report['cycle']['baseline'], 40)} on {wording.count(delta['common_tests'], 'common test')}"
    )
    if delta["pass_rate"] is None:
        return f"no pass rate to compare with {against}"
    verdict = "significant" if delta["significant"] else "not significant"
    return f"{wording.points(delta['pass_rate'])} from {against}: {verdict}, {wording.p_value(delta['p_value'])}"


def _errors(report: Mapping[str, Any], here: Sequence[Mapping[str, Any]]) -> str:
    if here:
        return wording.count(sum(c["count"] for c in here), "occurrence")
    return "none but noise and accepted ones" if report["ledger"]["error_events"] else "no error in this window"


def _apart(clusters: Sequence[Mapping[str, Any]]) -> str:
    below = [c for c in clusters if Severity[c["severity"]] < Severity.ERROR and not c["noise"] and not c["known"]]
    counts = (
        (sum(1 for c in below if c["count"]), "warning cluster"),
        (sum(1 for c in clusters if c["known"]), "accepted cluster"),
        (sum(1 for c in clusters if c["noise"]), "noise cluster"),
    )
    return wording.listed([wording.count(n, name) for n, name in counts if n], "")
