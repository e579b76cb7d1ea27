"""Texts made to hurt: no exception, nothing lost without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from event_entries import TRACEBACK, entry, only, result

import analyzer
from analyzer.events import parse_stack_traces
from analyzer.events.pieces import MAX_CHARS
from analyzer.model import Severity

FRAME = '  File "/app/a.py", line 1, in f\n    g()\n'
HEADER = "Traceback (most recent call last):\n"


def test_a_hundred_thousand_frames_are_kept() -> None:
    (trace,) = parse_stack_traces(HEADER + FRAME * 100_000 + "ValueError: deep")
    assert len(trace.exceptions[0].frames) == 100_000
    assert trace.exceptions[0].message == "deep"


def test_a_chain_of_fifty_thousand_causes_is_no_recursion() -> None:
    text = "java.lang.A: x\n" + "Caused by: java.lang.B: y\n\tat a.b.C.d(E.java:1)\n" * 50_000
    (trace,) = parse_stack_traces(text)
    assert len(trace.exceptions) == 50_001
    assert trace.exceptions[trace.last].type == "java.lang.A"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        "E: " + " " * 1_000_000,
        "at " + "(" * 1_000_000,
        "a." * 500_000 + "Error",
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        HEADER * 30_000,
        HEADER + "  | " * 100_000,
        "nul \0 bidi \u202e half \ud800 " + TRACEBACK,
        "\\n" * 200_000 + "(most recent call last):\\n",
    ],
    ids=["one line", "blanks", "brackets", "dots", "nested", "headers", "margins", "odd signs", "escapes"],
)
def test_odd_texts_are_read_to_their_end(text: str) -> None:
    for trace in parse_stack_traces(text):
        assert trace.exceptions
    found = result(entry(text, severity=Severity.ERROR))
    assert found.counts.error == 1


def test_odd_signs_do_not_hide_a_stack() -> None:
    (trace,) = parse_stack_traces(
        "nul \0 \u202e\n" + HEADER + '  File "/app/\0a.py", line 1, in f\u202e\nValueError: \ud800x'
    )
    assert trace.exceptions[0].type == "ValueError"
    assert trace.exceptions[0].frames[0].line == 1


def test_a_message_that_imitates_a_stack_is_one_error() -> None:
    event = only(entry(f"{HEADER}{FRAME}ValueError: remote said:\n{TRACEBACK}", severity=Severity.ERROR))
    (trace,) = event.stack_traces
    assert trace.exceptions[trace.last].type == "ValueError"
    assert "ZeroDivisionError" in trace.exceptions[trace.last].message


def test_of_a_text_that_is_too_long_the_ends_are_read_and_the_ledger_says_so(tmp_path: Path) -> None:
    text = f"cannot bake\n{TRACEBACK}\n" + "x" * MAX_CHARS + "\nthe end"
    event = only(entry(text, severity=Severity.ERROR))
    assert event.truncated
    assert event.stack_traces[0].exceptions[0].type == "ZeroDivisionError"
    logs = tmp_path / "logs.json"
    logs.write_text(
        json.dumps([{"insertId": "a", "timestamp": "2026-05-01T10:00:00Z", "severity": "ERROR", "textPayload": text}])
    )
    ledger = analyzer.analyze(str(logs), baseline="none").to_dict()["ledger"]
    assert ledger["warnings"] == ["1 texts are longer than 2,000,000 characters: their middle was not read"]
