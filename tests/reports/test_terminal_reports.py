"""The report on a terminal: one screen, no line too wide, nothing that acts."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from bakery_reports import ALL, HEAD, OVEN, PRICE, STOCK, cluster, hostile_cycle, path, second_cycle
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from analyzer.errors import ReportError
from analyzer.reports import find, terminal_cluster, terminal_summary

TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
COLOUR = re.compile(r"\x1b\[\d+m")


def acting(text: str) -> set[str]:
    """Control, format and unpaired characters, but for the newline."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} - {"\n"}


def crowded() -> dict[str, Any]:
    """A thousand of everything, in characters two cells wide."""
    report = second_cycle()
    report["clusters"] = [cluster(f"s1:{n:016x}", "パンが焼けない" * 30, change="new") for n in range(1000)]
    report["causes"] = [{**report["causes"][0], "rank": n, "summary": "小麦粉 " * 90} for n in range(1, 500)]
    report["actions"] = report["actions"] * 50
    report["fixes"] = report["fixes"] * 50
    report["tests"]["results"] = report["tests"]["results"] * 50
    report["ledger"]["without_payload"] = 600
    report["ledger"]["dropped"][0]["count"] = 500
    return report


SIZES = [(20, 24), (40, 24), (80, 24), (80, 10), (120, 40), (200, 500)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("name", [*ALL, "crowded"])
def test_the_summary_fits_one_screen_with_the_prompt(name: str, width: int, height: int) -> None:
    report = crowded() if name == "crowded" else ALL[name]()
    lines = terminal_summary(report, width=width, height=height, color=False).split("\n")
    assert len(lines) <= min(max(height, 24), 60) - 1
    assert max(cell_len(line) for line in lines) <= width
    assert "\n\n\n" not in "\n".join(lines)


ANY = st.text(max_size=60) | st.sampled_from(["パン", "🥐", "e\u0301", "👩‍👩‍👧", "x", " "]).flatmap(
    lambda piece: st.integers(1, 300).map(lambda times: piece * times)
)


@settings(max_examples=30)
@given(ANY, ANY, ANY, st.integers(20, 130), st.integers(5, 70))
def test_any_text_fits_any_screen(title: str, summary: str, file: str, width: int, height: int) -> None:
    report = crowded() if width % 2 else second_cycle()
    report["clusters"], report["causes"] = report["clusters"][:70], report["causes"][:9]
    for one in report["clusters"][:9]:
        one["title"] = title
    report["causes"][0] |= {"summary": summary, "code_paths": [path(file, 3, title, "cause", owner=summary)]}
    report["actions"][0] |= {"text": summary, "command": title, "file": file}
    report["tests"]["results"][0]["test"] = title
    report["fixes"][0]["commit"] = report["cycle"]["name"] = report["loop"] = title
    lines = terminal_summary(report, width=width, height=height, color=False).split("\n")
    assert len(lines) < min(max(height, 24), 60)
    assert max(cell_len(line) for line in lines) <= width


def test_long_texts_take_no_time() -> None:
    report = second_cycle()
    report["causes"][0]["code_paths"][0]["file"] = "a/" * 200_000
    report["causes"][0]["summary"] = "word " * 100_000
    report["tests"]["results"] = report["tests"]["results"] * 10_000
    started = time.process_time()
    terminal_summary(report, width=80, color=False)
    assert time.process_time() - started < 20  # 1 s here; with a square in it, minutes


def test_a_taller_screen_shows_more_and_a_short_one_what_matters() -> None:
    short, tall = (terminal_summary(crowded(), width=80, height=height, color=False).split("\n") for height in (24, 50))
    assert (len(short), len(tall)) == (23, 49)
    assert short[-1] == "Clusters 1,000; `analyzer show REPORT.json ID` shows one"
    assert tall[-1].startswith("  and 9")
    assert sum("s1:000000" in line for line in tall) > 5


def test_the_three_answers_come_first() -> None:
    lines = terminal_summary(second_cycle(), width=80, color=False).split("\n")
    wanted = [
        "Since cycle 1, 2 errors came and 1 went",
        "Tests    22 of 24 tests passed",
        "Failing  test_closing_an_order_prints_a_receipt, test_bread_is_baked",
        "Cause 1 of 2  81 % code",
        "  bakery/receipts.py:61 Receipts.receipt",
        "What to do now",
        "  1. Write Order.total as text before json.dumps; two more places have the same…",
        "     $ analyzer siblings --cluster s1:5e1f0c77a2b94d10 --report report.json",
        "Fixes    c7f3a1e0b9 wrong path",
    ]
    at = [next((n for n, line in enumerate(lines) if line.startswith(words)), -1) for words in wanted]
    assert -1 not in at, wanted[at.index(-1)]
    assert at == sorted(at)


@pytest.mark.parametrize("name", ALL)
def test_a_heading_never_stands_alone(name: str) -> None:
    for height in range(24, 60):
        lines = terminal_summary(ALL[name](), width=80, height=height, color=False).split("\n")
        for heading in ("Clusters", "What to do now"):
            if heading in lines:
                assert not lines[lines.index(heading) + 1].startswith("  and ")


def test_a_command_is_shown_whole_or_not_at_all() -> None:
    report = second_cycle()
    show = f"git show {HEAD}:bakery/receipts.py | sed -n '53,69p'"
    report["actions"][0]["command"] = show
    report["actions"][1]["command"] = "analyzer where " + "x" * 90
    assert f"$ {show}" in terminal_summary(report, width=120, color=False)
    text = terminal_summary(report, width=80, color=False)
    assert f"$ git show {HEAD[:10]}:bakery/receipts.py | sed -n '53,69p'" in text
    assert "analyzer where" not in text
    assert "$ git" not in terminal_summary(report, width=40, color=False)


def test_file_and_line_stay_where_a_path_is_too_long() -> None:
    report = second_cycle()
    report["causes"][0]["code_paths"][0] |= {"file": "bakery/" + "very/" * 30 + "deep.py", "line": 61, "end_line": 61}
    lines = terminal_summary(report, width=40, color=False).split("\n")
    assert any(line.startswith("  …") and line.endswith("/very/deep.py:61") for line in lines)


def test_a_cause_nobody_knows_is_said() -> None:
    report = second_cycle()
    report["causes"] = []
    assert "Cause    not known: no hypothesis has evidence" in terminal_summary(report, width=80, color=False)


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
