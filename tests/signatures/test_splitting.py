"""Wrapper and core."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import NestedText
from analyzer.signatures import split_message


@pytest.mark.parametrize(
    ("message", "wrappers", "core"),
    [
        (
            "Link authentication error: Object of type Phase is not JSON serializable",
            ("Link authentication error",),
            "Object of type Phase is not JSON serializable",
        ),
        (
            "HANDSHAKE: lnk_1 refused: Token=REDACTED mismatch: expected a, got b",
            ("HANDSHAKE", "lnk_1 refused"),
            "Token=REDACTED mismatch: expected a, got b",
        ),
        ("SHOP AUTH=REDACTED error during login: no key", ("SHOP AUTH=REDACTED error during login",), "no key"),
        (
            "Failed to migrate: (psycopg2.OperationalError) connection to server failed: server closed the connection",
            ("Failed to migrate", "(psycopg2.OperationalError)", "connection to server failed"),
            "server closed the connection",
        ),
        ("Startup failed: ValueError: bad port", ("Startup failed", "ValueError"), "bad port"),
        ("orders: failed to fetch: timeout", ("orders: failed to fetch",), "timeout"),
        ("[auth] login failed: nobody there", ("[auth]", "login failed"), "nobody there"),
        ("Failed to connect: [Errno 111] Connection refused", ("Failed to connect",), "[Errno 111] Connection refused"),
        ("Request failed: 404 Client Error: Not Found", ("Request failed",), "404 Client Error: Not Found"),
    ],
)
def test_wrappers_come_off_outermost_first(message: str, wrappers: tuple[str, ...], core: str) -> None:
    assert split_message(message) == (wrappers, core)


@pytest.mark.parametrize(
    "message",
    [
        "user: ada, role: admin",
        "Error code: 5 and more",
        "KeyError: 5",
        '{"a": "it failed: b"}',
        'cannot parse "it failed: b"',
        "cannot call f(it failed: b)",
        "see https://failed.example.com/x",
        "failed:nothing after a space",
        "Failed: 17",
    ],
)
def test_data_is_not_cut(message: str) -> None:
    assert split_message(message) == ((), message)


@pytest.mark.parametrize(
    "message",
    [
        "🔍 ALERT: cart is empty",
        " FAIL:  cart is empty",
        "[ERROR] cart is empty",
        "*** cart is empty ***",
        "cart\n   is  empty\n\nlong tail: 17",
        "[U+2713] cart is empty",
    ],
)
def test_decorations_are_not_identity(message: str) -> None:
    assert split_message(message) == ((), "cart is empty")


def test_the_innermost_nested_text_is_the_core() -> None:
    nested = (NestedText(field="error_message", text="Login error: no key for Phase"),)
    wrappers, core = split_message('FAILURE CONTEXT: {"error_message": "Login error: no key for Phase"}', nested)
    assert wrappers == ("FAILURE CONTEXT", "Login error")
    assert core == "no key for Phase"


@given(
    st.lists(st.sampled_from(["failed", "Error", ": ", " ", "x", "(", ")", '"', "'", "[a]", "7", "{", "é", "\n"])).map(
        "".join
    )
)
def test_a_core_with_letters_is_left_and_nothing_is_invented(message: str) -> None:
    wrappers, core = split_message(message)
    joined = " ".join(message.split())
    assert core in joined
    assert all(w in joined for w in wrappers)
    if wrappers:
        assert any(c.isalpha() for c in core)


def test_a_huge_text_is_cut() -> None:
    _, core = split_message("no end " * 1_000_000)
    assert 1_900 < len(core) <= 2_000
