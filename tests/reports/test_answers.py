"""The words of the first screen: never better than the numbers."""

from __future__ import annotations

from typing import Any

import pytest
from bakery_reports import first_cycle, quiet_cycle, second_cycle, without_payloads

from analyzer.reports import wording
from analyzer.reports.answers import answer, banners
from analyzer.reports.sums import ledger_sums
from analyzer.reports.undecided import undecided
from analyzer.reports.view import view


def compared(*, delta: dict[str, Any] | None = None, changes: tuple[str | None, ...] = ()) -> dict[str, Any]:
    """The second cycle with this delta, its ERROR clusters (three here, one gone) changed like this."""
    report = second_cycle()
    if delta:
        report["tests"]["delta"] |= delta
    errors = [c for c in report["clusters"] if c["severity"] in {"ERROR", "CRITICAL"} and not c["noise"]]
    for cluster, change in zip(errors, changes, strict=False):
        cluster["change"] = change
        cluster["count"] = 0 if change in {"resolved", "not_seen"} else 3
    return report


UP = {"pass_rate": 0.4, "significant": True, "p_value": 0.002}
DOWN = {**UP, "pass_rate": -0.4}
SAME = ("ongoing", "ongoing", "ongoing", "not_seen")


@pytest.mark.parametrize(
    ("delta", "changes", "tone", "headline"),
    [
        (UP, SAME, "good", "Better than cycle 1"),
        (DOWN, SAME, "bad", "Worse than cycle 1"),
        (UP, ("new", *SAME[1:]), "mixed", "More tests pass than in cycle 1, but 1 error came"),
        (None, SAME, "open", "No measurable change since cycle 1"),
        (None, ("new", "regressed", *SAME[2:]), "bad", "2 new or regressed errors since cycle 1"),
        (None, ("ongoing", "ongoing", "ongoing", "resolved"), "good", "1 error resolved since cycle 1"),
        (None, ("new", "ongoing", "ongoing", "resolved"), "mixed", "Since cycle 1, 1 error came and 1 went"),
    ],
)
def test_the_headline_says_what_the_numbers_carry(
    delta: dict[str, Any] | None, changes: tuple[str, ...], tone: str, headline: str
) -> None:
    said = answer(compared(delta=delta, changes=changes))
    assert (said.tone, said.headline) == (tone, headline)


def test_one_test_more_is_told_as_not_significant() -> None:
    assert answer(second_cycle()).comparison == "+4.2 points from cycle 1 on 24 common tests: not significant, p = 1.00"


def test_without_a_baseline_nothing_is_compared() -> None:
    said = answer(first_cycle())
    assert said.headline == "3 errors found, nothing to compare with"
    assert (said.comparison, said.changes) == ("", {})


def test_a_window_without_errors_is_told_so_even_when_tests_fail() -> None:
    report = quiet_cycle()
    assert answer(report).headline == "No errors in this window"
    report["tests"]["failed"] = 2
    assert (answer(report).tone, answer(report).headline) == ("mixed", "No errors in this window, but 2 tests failed")


def test_only_noise_is_not_called_no_errors() -> None:
    report = first_cycle()
    report["clusters"] = [c for c in report["clusters"] if c["noise"]]
    assert answer(report).headline == "Only noise and accepted errors in this window"


def test_lost_payloads_lead_the_report() -> None:
    report = without_payloads()
    assert answer(report).headline == "No entry has a payload"
    assert banners(report)[0].startswith("No entry has a payload: all 1,240 came without text.")
    report["ledger"]["without_payload"] = 300
    assert banners(report)[0].startswith("24 % of the entries (300 of 1,240) have no payload.")
    report["ledger"]["without_payload"] = 30
    assert banners(report) == ()


def test_many_dropped_entries_lead_the_report() -> None:
    report = first_cycle()
    report["ledger"]["dropped"] = [{"reason": "not JSON", "count": 600}, {"reason": "too long", "count": 20}]
    assert banners(report) == (
        "50 % of the entries (620 of 1,240) could not be used and were dropped; the ledger says why.",
    )


def test_nothing_read_is_not_good_news() -> None:
    report = quiet_cycle()
    report["ledger"]["entries"] = 0
    assert answer(report).tone == "open"
    assert banners(report) == ("No log entries were read: nothing can be said about errors in this window.",)


def test_the_ledger_is_written_as_sums_that_add_up() -> None:
    entries, clustered = ledger_sums(first_cycle()["ledger"])
    assert str(entries) == (
        "1,240 entries read = 12 duplicates + 138 error entries + 12 warning entries + 1,071 other entries + 7 dropped"
    )
    assert str(clustered) == "109 clustered events = 97 error events + 12 warning events"


def test_a_ledger_that_does_not_add_up_is_told_so() -> None:
    report = first_cycle()
    report["ledger"]["other_entries"] -= 3
    assert str(ledger_sums(report["ledger"])[0]).endswith("(does not add up: off by 3)")


def test_noise_stands_last_and_what_is_gone_before_it() -> None:
    report = second_cycle()
    report["clusters"].reverse()
    shelves = [(bool(c["noise"]), c["count"] == 0) for c in view(report).clusters]
    assert shelves == sorted(shelves)


def test_open_questions_are_listed_with_their_reasons() -> None:
    report = second_cycle()
    report["clusters"][-1]["change"] = "not_seen"
    report["fixes"][0]["verdict"] = "inconclusive"
    found = {item.what: item.why for item in undecided(report)}
    assert found["Where “Oven 7 did not answer within 30 s” comes from"] == (
        "several places fit: ovens/client.py:88 and ovens/legacy_client.py:41"
    )
    assert found["Which commit ovens ran"].startswith("no option, label")
    assert (
        found["Which error tests.test_ovens::test_bread_is_baked met"] == "no cluster carries the text of its failure"
    )
    assert found["Whether tests.test_shop::test_menu tells the truth"].startswith("passed in 0.0 s")
    assert found["What happened in 2026-03-02 10:26:00 – 10:27:30 UTC"] == "cap of 1,000 entries"
    assert found["Whether “Yeast inventory is locked by another baker” is gone"].startswith("it did not appear")
    assert found["Whether c7f3a1e0b9 fixed “Decimal is not JSON serializable”"].startswith("the 4 changed lines")
    assert any(what.startswith("Cause 2 (25 %)") for what in found)


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (0, "0 %"), (1, "100 %"), (0.92, "92 %"), (0.9999, "99.9 %"), (0.996, "99.6 %"), (0.0001, "0.1 %")],
)
def test_a_share_is_never_rounded_into_certainty(share: float | None, text: str) -> None:
    assert wording.percent(share) == text
