"""The report on a terminal: one screen, no line too wide, nothing that acts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from bakery_reports import ALL, OVEN, PRICE, STOCK, cluster, hostile_cycle, second_cycle
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from analyzer.errors import ReportError
from analyzer.reports import find, terminal_cluster, terminal_summary

TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
COLOUR = re.compile(r"\x1b\[\d+m")


def acting(text: str) -> set[str]:
    """Control, format and unpaired characters, but for the newline."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} - {"\n"}


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", ALL)
def test_the_summary_fits_one_screen(name: str, width: int) -> None:
    lines = terminal_summary(ALL[name](), width=width, color=False).split("\n")
    assert len(lines) <= 24
    assert max(cell_len(line) for line in lines) <= width


def test_it_fits_with_a_thousand_clusters_causes_and_actions_of_wide_characters() -> None:
    report = second_cycle()
    report["clusters"] = [cluster(f"s1:{n:016x}", "パンが焼けない" * 30, change="new") for n in range(1000)]
    report["causes"] = [{**report["causes"][0], "rank": n, "summary": "小麦粉 " * 90} for n in range(1, 500)]
    report["actions"] = report["actions"] * 50
    lines = terminal_summary(report, width=80, color=False).split("\n")
    assert len(lines) <= 24
    assert max(cell_len(line) for line in lines) <= 80


def test_colour_changes_nothing_but_colour() -> None:
    coloured = terminal_summary(second_cycle(), width=80, color=True)
    assert coloured.count("\x1b[") > 10
    assert COLOUR.sub("", coloured) == terminal_summary(second_cycle(), width=80, color=False)


def test_hostile_text_cannot_act_on_the_terminal() -> None:
    report = hostile_cycle()
    assert acting(terminal_summary(report, width=120, color=False)) == set()
    assert acting(COLOUR.sub("", terminal_summary(report, width=120, color=True))) == set()
    assert acting(terminal_cluster(report, PRICE)) == set()
    assert acting(terminal_cluster(report, "cause 1")) == set()


@given(st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Lu", "Nd", "Po", "Zs"]), max_size=40))
def test_no_text_can_act_on_the_terminal(text: str) -> None:
    report = second_cycle()
    report["clusters"][0] |= {"title": f"\x1b{text}", "core": f"\x9b{text}"}
    report["clusters"][0]["exemplars"][0]["message"] = text
    shown = terminal_summary(report, width=80, color=False) + terminal_cluster(report, PRICE)
    assert {c for c in shown if unicodedata.category(c) in {"Cc", "Cs"}} <= {"\n", "\t"}
    assert not {c for c in shown if unicodedata.bidirectional(c) in TURNING}


def test_the_first_lines_answer_the_question() -> None:
    lines = terminal_summary(second_cycle(), width=80, color=False).split("\n")
    assert lines[0] == "Root cause behind the error — cycle 2, the loop is converging"
    assert lines[1] == "Since cycle 1, 2 errors came and 1 went"


def test_a_summary_keeps_its_wording(golden: Callable[[str, str], None]) -> None:
    text = "\n\n".join(terminal_summary(ALL[name](), width=80, color=False) for name in ALL if name != "hostile")
    golden("summary.txt", text + "\n")


@pytest.mark.parametrize("wanted", [PRICE, PRICE[:7], "5e1f", " s1:5e1f0c77a2b94d10 "])
def test_a_cluster_is_shown_by_any_unique_beginning(wanted: str) -> None:
    shown = terminal_cluster(second_cycle(), wanted)
    assert shown.startswith("Receipt could not be printed")
    assert ">    61 |     return json.dumps(" in shown
    assert "1kq0a2f0000001 (raise)" in shown


@pytest.mark.parametrize("wanted", ["cause 1", "1", "Cause 1", "cause-1"])
def test_a_cause_is_shown_by_its_rank(wanted: str) -> None:
    shown = terminal_cluster(second_cycle(), wanted)
    assert shown.startswith("Cause 1: Receipts.receipt hands a Decimal")
    assert "bakery/labels.py:27" in shown
    assert "bakery/cards.py:14: passes default=str" in shown


def test_an_alias_finds_its_cluster() -> None:
    report = second_cycle()
    report["clusters"][1]["aliases"] = ["s1:dddd000011112222"]
    assert find(report, "s1:dddd0000")["fingerprint"] == OVEN


def test_an_ambiguous_beginning_names_the_candidates() -> None:
    report = second_cycle()
    report["clusters"].append(cluster("s1:5e1f999999999999", "Other"))
    with pytest.raises(ReportError, match="2 clusters begin with '5e1f'") as caught:
        terminal_cluster(report, "5e1f")
    assert PRICE in caught.value.hint


def test_a_typing_error_names_the_close_id() -> None:
    with pytest.raises(ReportError) as caught:
        terminal_cluster(second_cycle(), STOCK.replace("0f83", "0f38"))
    assert STOCK in caught.value.hint


@pytest.mark.parametrize("wanted", ["", "s2:", "cause 9", "\x1b[31m", "999999"])
def test_an_unknown_id_is_an_error_with_a_hint(wanted: str) -> None:
    with pytest.raises(ReportError) as caught:
        terminal_cluster(second_cycle(), wanted)
    assert caught.value.hint
    assert acting(caught.value.message) == set()
