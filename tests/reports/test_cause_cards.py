"""Every format shows all of a cause: what fails, why that is believed, where else, since when, whose it is."""

from __future__ import annotations

from typing import Any

import pytest
from bakery_reports import BEFORE, FIX, OVEN, PRICE, Json, excerpt, path, second_cycle

from analyzer.reports import render, terminal_cluster, terminal_summary

SHOWN = (
    "receipts are wrong",
    "42 %",
    "bakery/till.py:61",
    "Receipts.receipt",
    "total = price",
    "@tills",
    "a Decimal reaches the encoder",
    "1kq0a2f0000001",
    "json-encoder",
    "prints the same text",
    "bakery/labels.py:27",
    "Labels.price",
    "labels hand it on raw",
    "bakery/cards.py:14",
    "passes default=str",
    FIX[:10],
    "2026-03-01 17:12:00",
    "changed bakery/till.py:61 last night",
    "a test that prints a receipt",
)
"""a word of every part of the cause below"""


def report() -> Json:
    """A report whose first cause has every part."""
    found = second_cycle()
    cause: dict[str, Any] = {
        "rank": 1,
        "fingerprints": [PRICE],
        "summary": "receipts are wrong",
        "kind": "code",
        "code_paths": [
            path(
                "bakery/till.py",
                61,
                "Receipts.receipt",
                "cause",
                owner="@tills",
                excerpt=excerpt(60, 61, "def receipt():", "    total = price"),
            )
        ],
        "siblings": [path("bakery/labels.py", 27, "Labels.price", "sibling", evidence=["labels hand it on raw"])],
        "look_alikes": [{"file": "bakery/cards.py", "line": 14, "why_not": "passes default=str"}],
        "suspect_commits": [
            {
                "commit": FIX,
                "author_time": "2026-03-01T17:12:00.000000Z",
                "why": "changed bakery/till.py:61 last night",
            },
            {"commit": BEFORE, "author_time": "2026-02-01T17:12:00.000000Z", "why": "older"},
        ],
        "chain": [
            {"fingerprint": OVEN, "role": "symptom", "evidence": "prints the same text"},
            {"fingerprint": PRICE, "role": "root", "evidence": "innermost text"},
        ],
        "evidence": [
            {
                "text": "a Decimal reaches the encoder",
                "entry_ids": ["1kq0a2f0000001"],
                "file": "bakery/till.py",
                "line": 61,
                "rule": "json-encoder",
            }
        ],
        "would_confirm": "a test that prints a receipt",
        "confidence": 0.42,
    }
    found["causes"] = [cause]
    return found


@pytest.mark.parametrize("words", SHOWN)
def test_every_format_shows_all_of_a_cause(words: str) -> None:
    shown = report()
    assert words in render(shown, "html")
    assert words in render(shown, "md").replace("\\", "").replace("&#8203;", "")
    assert words in terminal_cluster(shown, "cause 1")


def test_the_summary_names_siblings_suspect_and_owner_of_the_first_cause() -> None:
    lines = terminal_summary(report(), width=80, color=False).split("\n")
    assert f"  1 sibling · suspect {FIX[:10]} · owner @tills" in lines


def test_the_summary_has_no_empty_line_for_a_cause_of_which_nothing_of_that_is_known() -> None:
    shown = report()
    shown["causes"][0] |= {"siblings": [], "suspect_commits": []}
    shown["causes"][0]["code_paths"][0]["owner"] = None
    lines = terminal_summary(shown, width=80, color=False).split("\n")
    at = next(n for n, line in enumerate(lines) if "total = price" in line)
    assert lines[at + 1 : at + 3] == ["", "What to do now"]
