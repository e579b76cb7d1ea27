"""The checks that need the report alone."""

from __future__ import annotations

from analyzer.model.report import SCHEMA_ID
from analyzer.reports.saving import check_integrity
from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.citing import check_citations
from analyzer.reports.verifying.conclusions import check_conclusions
from analyzer.reports.verifying.knowing import Rulebook
from analyzer.reports.verifying.parts import Report
from analyzer.reports.verifying.sentences import check_sentences
from analyzer.reports.verifying.sums import check_sums

_COMPARED = "changes, rates and the trend against earlier cycles: their reports were not read"
_JUDGED = "confidences, kinds and the order of causes: they are judgements, analyze makes them again"
_TESTED = "test names, times and texts: the test files were not read"


def check_report(report: Report, rulebook: Rulebook, checking: Checking) -> None:
    """Digest, sums, citations, sentences and orders. Never raises for a report that can be read as JSON."""
    with checking.part("integrity"):
        said = "the report was changed after it was written"
        checking.holds(check_integrity(report), "integrity", report.get("integrity"), said, "integrity")
    with checking.part("schema"):
        checking.equals(report["schema"], SCHEMA_ID, "schema", "form")
    for check in (check_sums, check_citations, check_sentences):
        with checking.part("report"):
            check(report, rulebook, checking)
    with checking.part("report"):
        check_conclusions(report, checking)
    with checking.part("report"):
        if report["cycle"]["baseline"] is not None or report["trend"]:
            checking.skip(_COMPARED)
        if report["tests"] is not None:
            checking.skip(_TESTED)
        if any(cluster["known"] for cluster in report["clusters"]):
            checking.skip("why errors are accepted: the history was not read")
        if report["causes"]:
            checking.skip(_JUDGED)
