"""The demo's cycles one after the other, as `analyzer demo` runs them: tests, fixes, history, the loop."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from analyzer.demo import read_story

STORY = read_story()


@pytest.fixture
def reports(demo_reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return demo_reports


@pytest.mark.parametrize("number", range(4))
def test_every_fix_gets_the_verdict_it_deserves(reports: list[dict[str, Any]], number: int) -> None:
    wanted = {claim["commit"]: claim["verdict"] for claim in STORY["cycle"][number].get("claims", ())}
    assert {fix["commit"]: fix["verdict"] for fix in reports[number]["fixes"]} == wanted


@pytest.mark.parametrize("number", range(4))
def test_what_became_of_each_test_is_what_the_story_says(reports: list[dict[str, Any]], number: int) -> None:
    found = defaultdict(list)
    for transition in reports[number]["tests"]["transitions"]:
        found[transition["change"]].append(transition["test"])
    wanted = STORY["cycle"][number].get("transitions", {})
    assert {change: sorted(tests) for change, tests in found.items()} == {c: sorted(t) for c, t in wanted.items()}


def test_a_verdict_says_what_it_stands_on(reports: list[dict[str, Any]]) -> None:
    for report in reports[1:]:
        ids = {i for c in report["clusters"] for x in c["exemplars"] for i in x["entry_ids"]}
        ids |= {i for c in report["clusters"] for on in c["seen_on"] for i in on["entry_ids"]}
        ids |= {i for r in report["deploys"]["revisions"] for e in r["evidence"] for i in e["entry_ids"]}
        ids |= {i for t in report["deploys"]["timeline"] for i in t["entry_ids"]}
        for fix in report["fixes"]:
            assert fix["evidence"][0]["rule"].startswith("fix/")
            assert any(e["entry_ids"] or e["file"] for e in fix["evidence"])
            assert {i for e in fix["evidence"] for i in e["entry_ids"]} <= ids


def test_a_fix_that_cannot_work_is_named_before_it_is_deployed(reports: list[dict[str, Any]]) -> None:
    (fix,) = reports[1]["fixes"]
    assert (fix["verdict"], fix["effect"]) == ("not_rolled_out", "cannot")
    first = reports[1]["actions"][0]
    assert (first["file"], first["line"]) == ("cinema/seating/claims.py", 23)
    assert "does not change what raises" in first["text"]


def test_the_loop_stalls_worsens_and_comes_together(reports: list[dict[str, Any]]) -> None:
    assert [report["loop"] for report in reports] == [None, "stalled", "regressing", "converging"]
    assert [point["cycle"] for point in reports[3]["trend"]] == ["1", "2", "3"]


def test_each_cycle_is_compared_with_the_one_saved_before(reports: list[dict[str, Any]]) -> None:
    assert [report["cycle"]["baseline"] for report in reports] == [None, "1", "2", "3"]


def test_what_is_gone_with_occasion_to_show_is_resolved_and_its_rate_is_bounded(reports: list[dict[str, Any]]) -> None:
    gone = [c for c in reports[3]["clusters"] if "SeatState is not JSON serializable" in c["title"]]
    assert gone
    for cluster in gone:
        assert (cluster["change"], cluster["count"]) == ("resolved", 0)
        assert 0 < cluster["rate"]["bound"] < 0.1
        assert "expected" in cluster["change_reason"]


def test_an_action_that_is_not_done_grows_older(reports: list[dict[str, Any]]) -> None:
    ages = [a["age"] for report in reports for a in report["actions"] if a["file"] == "cinema/seating/claims.py"]
    assert ages == sorted(ages)
    assert ages[-1] == 2
