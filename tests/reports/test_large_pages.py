"""A page of a thousand clusters stays small, and says of everything that it shows less of."""

from __future__ import annotations

from typing import Any

import pytest
from bakery_reports import first_cycle
from test_html_reports import Page

from analyzer.reports import render
from analyzer.reports.cards import BRIEF_MESSAGE, FULL_MESSAGE, cards, shown_message
from benchmarks.made_large_reports import made_large_report

BYTES = 3_000_000


@pytest.fixture(scope="module")
def large() -> dict[str, Any]:
    return made_large_report()


@pytest.fixture(scope="module")
def page(large: dict[str, Any]) -> str:
    return render(large, "html")


def test_a_thousand_clusters_fit_into_three_megabytes(page: str) -> None:
    assert len(page.encode()) <= BYTES


def test_the_same_numbers_make_the_same_report(large: dict[str, Any]) -> None:
    assert made_large_report() == large
    assert made_large_report(seed=8) != large


def test_every_cluster_test_and_cause_of_a_large_report_is_there(large: dict[str, Any], page: str) -> None:
    parsed = Page(page)
    ids = parsed.ids()
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in parsed.hrefs() if href.startswith("#")} <= set(ids)
    assert {f"cluster-{c['fingerprint'].replace(':', '-')}" for c in large["clusters"]} <= set(ids)
    assert {f"cause-{c['rank']}" for c in large["causes"]} <= set(ids)
    assert len([one for one in ids if one.startswith("test-")]) == len(large["tests"]["results"])


def test_what_a_large_page_shows_less_of_is_said(large: dict[str, Any], page: str) -> None:
    text = " ".join(Page(page).text().split())
    assert "of 1,000 clusters are shown in brief" in text
    assert "The report JSON has all of it." in text
    for cluster in large["clusters"]:
        for exemplar in cluster["exemplars"]:
            assert all(entry_id in page for entry_id in exemplar["entry_ids"])
    assert "more are not listed, each about one cluster" in text


def test_questions_that_are_not_about_a_cluster_are_all_listed(large: dict[str, Any]) -> None:
    gap = {"from": "2026-03-02T10:26:00Z", "to": "2026-03-02T10:27:30Z", "reason": "cap of 1,000 entries"}
    html = render({**large, "ledger": {**large["ledger"], "gaps": [gap]}}, "html")
    assert "What happened in 2026-03-02 10:26:00 – 10:27:30 UTC" in html


def test_a_small_report_shows_everything() -> None:
    html = render(first_cycle(), "html")
    assert "in brief" not in html
    for cluster in first_cycle()["clusters"]:
        for exemplar in cluster["exemplars"]:
            words = " ".join(Page(html).text().split())
            assert " ".join(exemplar["message"].split()) in words


def test_the_middle_of_a_long_message_is_left_out_and_counted() -> None:
    text, cut = shown_message("a" * 3000 + "b" * 7000, FULL_MESSAGE)
    assert text == "a" * 2400 + "\n…\n" + "b" * 1600
    assert cut == "6,000 of 10,000 characters left out"
    assert shown_message("a" * FULL_MESSAGE, FULL_MESSAGE) == ("a" * FULL_MESSAGE, "")


def test_cards_are_full_as_long_as_there_is_room() -> None:
    clusters = [
        {**one, "exemplars": [{"entry_ids": [f"e{n}", f"x{n}"], "message": "m" * 1000, "roles": {}} for n in (1, 2)]}
        for one in first_cycle()["clusters"]
    ]
    anchors = {one["fingerprint"]: f"a{n}" for n, one in enumerate(clusters)}
    entries = {"e1": "entry-1", "x1": "entry-2", "e2": "entry-3", "x2": "entry-4"}
    found = cards(clusters, anchors, entries, {}, frozenset({"e1"}), room=5_000)
    assert [card.brief for card in found] == [False, False, True, True, True]
    full, brief = found[0], found[2]
    assert [len(shown.text) for shown in full.exemplars] == [1000, 1000]
    assert [shown.name for shown in brief.exemplars] == ["Example", "Further examples"]
    assert len(brief.exemplars[0].text) <= BRIEF_MESSAGE + 3
    assert brief.exemplars[1].cut == "1,000 characters not shown"
    assert [entry.anchor for entry in full.exemplars[0].entries] == ["entry-1", "entry-2"]


def test_in_brief_the_entries_that_something_cites_keep_their_anchors() -> None:
    one = first_cycle()["clusters"][0]
    entries = {entry_id: f"entry-{entry_id}" for entry_id in one["exemplars"][0]["entry_ids"]}
    cited = next(iter(entries))
    (card,) = cards([one], {one["fingerprint"]: "a"}, entries, {}, frozenset({cited}), room=0)
    assert [entry.anchor for entry in card.exemplars[0].entries] == [f"entry-{cited}", None]
