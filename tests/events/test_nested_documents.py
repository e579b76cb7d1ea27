"""Error texts inside JSON documents that were printed into a message or stand beside it."""

from __future__ import annotations

import json

import pytest
from event_entries import entry, only
from hypothesis import given
from hypothesis import strategies as st

from analyzer.events.documents import nested_texts
from analyzer.model import NestedText, Severity

DOCUMENT = {"error_code": "PAY_REFUSED", "error_message": "Payment error: card is locked", "attempt": 3}


@pytest.mark.parametrize(
    "message",
    [
        "FULL CONTEXT: " + json.dumps(DOCUMENT, indent=2),
        "refused: " + json.dumps(DOCUMENT),
        f"refused: {DOCUMENT}",
        json.dumps({"outer": json.dumps(DOCUMENT)}),
        "refused {x} and then " + json.dumps(DOCUMENT) + " was all",
        "cut: " + json.dumps({**DOCUMENT, "tail": "x" * 50})[:-20],
    ],
)
def test_a_document_in_a_message_is_opened(message: str) -> None:
    assert nested_texts(message) == (NestedText(field="error_message", text="Payment error: card is locked"),)


def test_the_most_specific_text_comes_last() -> None:
    document = {
        "exception": {"message": "socket closed"},
        "title": "Payment failed",
        "detail": "upstream gave up",
        "context": {"reason": "bank said no"},
    }
    assert [n.text for n in nested_texts(json.dumps(document))] == [
        "Payment failed",
        "upstream gave up",
        "bank said no",
        "socket closed",
    ]


def test_the_message_stays_whole() -> None:
    message = "refused: " + json.dumps(DOCUMENT)
    event = only(entry({"message": message}, severity=Severity.ERROR))
    assert event.message == message
    assert event.nested[-1].field == "error_message"


def test_error_texts_beside_the_message_are_found() -> None:
    event = only(entry({"message": "pay failed", "details": {"cause": "card is locked"}}, severity=Severity.ERROR))
    assert event.nested == (NestedText(field="cause", text="card is locked"),)


def test_an_exception_in_one_line_beside_the_message_is_found() -> None:
    event = only(entry({"message": "pay failed", "exception": "ValueError: card is locked"}, severity=Severity.ERROR))
    assert event.nested == (NestedText(field="exception", text="ValueError: card is locked"),)


def test_locals_of_frames_are_never_opened() -> None:
    frames = [{"filename": "/app/a.py", "lineno": 1, "name": "f", "locals": {"error": "sesame is the key"}}]
    payload = {"event": "pay failed", "exception": [{"exc_type": "E", "exc_value": "x y", "frames": frames}]}
    assert "sesame" not in repr(only(entry(payload, severity=Severity.ERROR)))


def test_what_is_no_error_text_is_left_alone() -> None:
    assert nested_texts('{"user": "ann", "status": "ok", "error": "", "code": "E12"}') == ()
    assert nested_texts("no document here") == ()


@given(st.text("{}[]()'\",: \\ab1\n", max_size=200))
def test_any_brackets_are_read_without_an_error(text: str) -> None:
    assert isinstance(nested_texts("{" + text), tuple)


def test_deep_nesting_is_no_crash() -> None:
    assert nested_texts('{"a":' * 50_000) == ()
    assert nested_texts("{'a':" * 3_000 + "1" + "}" * 3_000) == ()
