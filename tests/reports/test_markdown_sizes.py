"""Markdown in three sizes: each within its budgets, well formed, and honest about what it leaves out."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from bakery_reports import ALL, ATTACKS, cluster, evidence, second_cycle
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_reading import flaws

from analyzer.errors import ReportError
from analyzer.reports import TICKET_BYTES, TICKET_CHARS, render
from analyzer.reports.markdown_budget import Budget, Section, code_units, fitted

SIZES = ("summary", "standard", "full")


def measured(text: str) -> tuple[int, int]:
    """Bytes of UTF-8 and UTF-16 code units, by the encoders themselves."""
    return len(text.encode()), len(text.encode("utf-16-le")) // 2


def crowded(clusters: int = 400) -> dict[str, Any]:
    report = second_cycle()
    report["clusters"] += [cluster(f"s1:{n:016x}", f"Error {n}", change="new") for n in range(clusters)]
    return report


TEXTS = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(max_size=80),
    st.sampled_from(["パン", "🥐", "`", "\\", "<details>", "x", "&", "\n```\n"]).flatmap(
        lambda piece: st.integers(1, 3000).map(lambda times: piece * times)
    ),
)


@st.composite
def reports(draw: st.DrawFn) -> dict[str, Any]:
    """The second cycle with any text in any place, and any number of clusters, causes and actions."""
    report = deepcopy(ALL[draw(st.sampled_from(["first", "second", "quiet"]))]())
    more = [
        cluster(f"s1:{n:016x}", draw(TEXTS), change=draw(st.sampled_from(["new", "ongoing", None])))
        for n in range(draw(st.integers(0, 6)))
    ]
    report["clusters"] = report["clusters"] + more * draw(st.sampled_from([1, 1, 30]))
    for one in report["clusters"][-2:]:
        one["exemplars"][0]["message"] = draw(TEXTS)
        one["template"] = draw(TEXTS)
    for cause in report["causes"][:1]:
        cause["summary"] = draw(TEXTS)
        cause["evidence"] = [evidence(draw(TEXTS), draw(TEXTS))] * draw(st.integers(0, 60))
        cause["code_paths"][0]["excerpt"][0]["text"] = draw(TEXTS)
    report["causes"] = report["causes"] * draw(st.sampled_from([1, 1, 1, 40]))
    for action in report["actions"]:
        action["text"], action["command"] = draw(TEXTS), draw(TEXTS)
    report["cycle"]["name"] = draw(TEXTS)
    if report["cycle"]["baseline"] is not None:
        report["cycle"]["baseline"] = draw(TEXTS)
    return report


@settings(max_examples=40)
@given(reports(), st.sampled_from(SIZES), st.integers(0, 70_000) | st.integers(0, 900), st.integers(0, 70_000))
def test_any_report_is_within_any_budget_and_well_formed(
    report: dict[str, Any], size: str, max_bytes: int, max_chars: int
) -> None:
    text = render(report, "md", size=size, max_bytes=max_bytes, max_chars=max_chars)
    of_bytes, of_units = measured(text)
    assert of_bytes <= max_bytes
    assert of_units <= max_chars
    assert flaws(text) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["second", "hostile"])
def test_every_budget_down_to_nothing_is_kept(name: str, size: str) -> None:
    report = ALL[name]()
    report["clusters"] += [cluster(f"s1:{n:016x}", "Kein Mehl für Brötchen 🥐 " * 12) for n in range(40)]
    limits = (60_000, 12_000, 6_000, 3_000, 1_000, 700, 500, 350, 250, 120, 60, 20, 3, 1, 0)
    for number, limit in enumerate(limits):
        of_characters = number % 2
        text = render(report, "md", size=size, **{("max_bytes", "max_chars")[of_characters]: limit})
        assert measured(text)[of_characters] <= limit
        assert flaws(text) == []


def test_500_bytes_hold_the_answer_and_say_that_there_is_more() -> None:
    text = render(second_cycle(), "md", max_bytes=500)
    assert "**Since cycle 1, 2 errors came and 1 went.**" in text
    assert text.endswith("HTML and JSON reports have all of it.*\n")


def test_40_bytes_hold_the_headline() -> None:
    assert render(second_cycle(), "md", max_bytes=40) == "**Since cycle 1, 2 errors came and 1 went.**\n"[2:-4] + "\n"


def test_defaults_are_below_the_limit_of_trackers() -> None:
    report = crowded(2000)
    for size in SIZES:
        of_bytes, of_units = measured(render(report, "md", size=size))
        assert of_bytes <= TICKET_BYTES < 65_536
        assert of_units <= TICKET_CHARS < 65_536


@pytest.mark.parametrize("name", ALL)
def test_a_summary_is_about_a_screen(name: str) -> None:
    report = ALL[name]()
    report["causes"] = report["causes"] * 50
    report["actions"] = report["actions"] * 50
    report["fixes"] = report["fixes"] * 50
    text = render(report, "md", size="summary")
    assert measured(text)[1] <= 4_000
    assert len(text.split("\n")) <= 60


def test_a_summary_answers_what_happened_why_and_what_now() -> None:
    text = render(second_cycle(), "md", size="summary")
    said = [
        "**Since cycle 1, 2 errors came and 1 went.**",
        "22 of 24 tests passed",
        "**Failing:** `tests.test_till::test_closing_an_order_prints_a_receipt`",
        "**Cause 1** (81 %, code): Receipts.receipt hands a Decimal",
        "`bakery/receipts.py:61` `Receipts.receipt`",
        '>    61 | return json.dumps({"order"',
        "The same defect in 2 more places: `bakery/labels.py:27`, `bakery/exports/daily.py:112`.",
        "`analyzer siblings --cluster s1:5e1f0c77a2b94d10 --report report.json`",
        "`c7f3a1e0b9` **wrong path**",
    ]
    places = [text.find(words) for words in said]
    assert -1 not in places, said[places.index(-1)]
    assert places == sorted(places)


def test_a_command_is_whole_or_not_there() -> None:
    report = second_cycle()
    report["actions"][0]["command"] = "analyzer where " + "x" * 400
    assert "analyzer where" not in render(report, "md", size="summary")


def test_sizes_hold_more_and_more() -> None:
    report = crowded(30)
    report["clusters"][0]["exemplars"] *= 2
    summary, standard, full = (render(report, "md", size=size) for size in SIZES)
    assert len(summary) < len(standard) < len(full)
    assert summary.count("<details>") == 0
    assert standard.count("<details>") == 10
    assert full.count("<details>") == len(report["clusters"])
    assert "10 clusters of 36 in detail below" in standard
    assert "in detail below" not in full


def test_the_standard_size_tells_in_detail_what_is_new_or_explained() -> None:
    report = second_cycle()
    report["clusters"] += [cluster(f"s1:{n:016x}", f"Error {n}", change="ongoing") for n in range(30)]
    text = render(report, "md")
    detailed = [line for line in text.split("\n") if line.startswith("<summary>")]
    assert [line.partition("× ")[2][:9] for line in detailed] == ["Receipt c", "Oven 7 di", "HTTP 502 "]


def test_what_was_left_out_is_named_and_the_cause_stays() -> None:
    text = render(crowded(), "md", max_bytes=7_000)
    assert "## What to do now" in text
    assert "### Cause 1:" in text
    assert text.rstrip().split("\n")[-1] == (
        "*To fit, left out: clusters, 8 cluster details and what could not be decided. "
        "The HTML and JSON reports have all of it.*"
    )
    assert "left out" not in render(second_cycle(), "md")


def test_a_huge_cause_is_told_in_short() -> None:
    report = second_cycle()
    report["causes"][0]["evidence"] = [evidence("the till prints " + "words " * 60)] * 400
    text = render(report, "md")
    assert "**Cause 1** (81 %, code): Receipts.receipt hands a Decimal" in text
    assert "## Clusters" in text
    assert text.rstrip().endswith("*To fit, shortened: the first cause. The HTML and JSON reports have all of it.*")


def test_what_is_more_important_is_put_in_first() -> None:
    sections = [
        Section(name="the head", rank=0, text="h" * 10),
        Section(name="a", rank=2, text="a" * 300),
        Section(name="b", rank=1, text="b" * 300),
        Section(name="c", rank=3, text="c" * 20),
    ]
    text = fitted(sections, Budget(max_bytes=500, max_chars=500), least=[])
    note = "*To fit, left out: a. The HTML and JSON reports have all of it.*"
    assert text == f"{'h' * 10}\n\n{'b' * 300}\n\n{'c' * 20}\n\n{note}\n"


@given(st.text())
def test_characters_are_counted_as_java_and_javascript_do(text: str) -> None:
    assert code_units(text) == sum(2 if character > "\uffff" else 1 for character in text)


def test_an_unknown_size_is_an_error_with_a_hint() -> None:
    with pytest.raises(ReportError, match="unknown size of Markdown 'huge'") as caught:
        render(second_cycle(), "md", size="huge")
    assert "summary, standard, full" in caught.value.hint
