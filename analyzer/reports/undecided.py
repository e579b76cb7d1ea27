"""What could not be decided, each with the reason and what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.reports import wording
from analyzer.reports.answers import error_clusters
from analyzer.reports.hostile import one_line

UNSURE = 0.3
"""A cause at or below this confidence is a guess; the contract keeps kind `unknown` there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """One open question: what is not known, why, and where to look."""

    what: str
    why: str
    fingerprint: str | None = None
    rank: int | None = None


def undecided(report: Mapping[str, Any]) -> tuple[Undecided, ...]:
    """Open questions in the order of the report: comparison, causes, code, tests, deploys, fixes, window."""
    return (
        *_comparison(report),
        *_causes(report),
        *_places(report),
        *_tests(report),
        *_deploys(report),
        *_fixes(report),
        *_window(report),
    )


def _comparison(report: Mapping[str, Any]) -> Iterator[Undecided]:
    if report["cycle"]["baseline"] is None:
        yield Undecided(what="What is new, ongoing or resolved", why="no baseline was given or found")
    for cluster in report["clusters"]:
        if cluster["change"] == "not_seen":
            yield Undecided(
                what=f"Whether “{one_line(cluster['title'])}” is gone",
                why="it did not appear, but nothing that used to trigger it ran either",
                fingerprint=cluster["fingerprint"],
            )


def _causes(report: Mapping[str, Any]) -> Iterator[Undecided]:
    explained: set[str] = set()
    for cause in report["causes"]:
        explained.update(cause["fingerprints"])
        if cause["confidence"] <= UNSURE:
            yield Undecided(
                what=f"Cause {cause['rank']} ({wording.percent(cause['confidence'])}): {one_line(cause['summary'])}",
                why=one_line(cause["would_confirm"]) or "the evidence does not carry further",
                rank=cause["rank"],
            )
    for cluster in error_clusters(report):
        if cluster["count"] and not explained.intersection((cluster["fingerprint"], *cluster["aliases"])):
            yield Undecided(
                what=f"The cause of “{one_line(cluster['title'])}”",
                why="no hypothesis has evidence in these logs or in the code",
                fingerprint=cluster["fingerprint"],
            )


def _places(report: Mapping[str, Any]) -> Iterator[Undecided]:
    for cluster in error_clusters(report):
        if not cluster["count"] or cluster["location"] == "unique":
            continue
        if cluster["location"] == "ambiguous":
            places = [wording.place(path) for path in cluster["code_paths"]]
            why = f"several places fit: {wording.listed(places, 'not listed')}"
        else:
            why = one_line(cluster["unlocated"] or "no reason was recorded")
        yield Undecided(
            what=f"Where “{one_line(cluster['title'])}” comes from",
            why=why,
            fingerprint=cluster["fingerprint"],
        )


def _tests(report: Mapping[str, Any]) -> Iterator[Undecided]:
    tests = report["tests"]
    if tests is None:
        yield Undecided(what="Whether the tests pass", why="no test results were given")
        return
    for result in tests["results"]:
        name = one_line(result["test"])
        if result["suspicious"]:
            yield Undecided(what=f"Whether {name} tells the truth", why=one_line(result["suspicious"]))
        if result["status"] in {"failed", "error"} and not result["clusters"]:
            yield Undecided(what=f"Which error {name} met", why="no cluster carries the text of its failure")


def _deploys(report: Mapping[str, Any]) -> Iterator[Undecided]:
    for service in report["deploys"]["services"]:
        if service["commit"] is None and not service["inferred_commits"]:
            yield Undecided(
                what=f"Which commit {one_line(service['service'])} ran",
                why="; ".join(one_line(str(why)) for why in service.get("evidence") or ())
                or "no option, label, image tag, audit entry or start-up line names it, too few facts fit",
            )


def _fixes(report: Mapping[str, Any]) -> Iterator[Undecided]:
    for fix in report["fixes"]:
        if fix["verdict"] == "inconclusive":
            yield Undecided(
                what=f"Whether {fix['commit'][:10]} fixed “{one_line(fix['claim_text'])}”",
                why="; ".join(evidence_text(item) for item in fix["evidence"]) or "no evidence either way",
            )


def _window(report: Mapping[str, Any]) -> Iterator[Undecided]:
    for gap in report["ledger"]["gaps"]:
        yield Undecided(what=f"What happened in {wording.span(gap)}", why=one_line(gap["reason"]))


def evidence_text(item: Any) -> str:
    """The sentence of an evidence, which may be bare text."""
    return one_line(item["text"] if isinstance(item, Mapping) else str(item))
