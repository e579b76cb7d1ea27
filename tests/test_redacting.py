"""What redaction hides, what it leaves, and its laws."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.redaction import build_redactor

REDACTOR = build_redactor()
SALTED = build_redactor((), "pepper")
FAKE = "abcdEFGH1234ijklMNOP5678qrst"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {FAKE}", FAKE),
        (f"token={FAKE} refused", FAKE),
        ("password: hunter2-and-more", "hunter2-and-more"),
        ("connect postgresql://baker:s3cret-rye@db.example.com/shop", "s3cret-rye"),
        (f"Cookie: session={FAKE}; theme=dark", FAKE),
        ("mail to baker@example.com bounced", "baker@example.com"),
        ("card 4111 1111 1111 1111 declined", "4111 1111 1111 1111"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJlLW1hZGUtdXA is stale", "eyJzdWIiOiJkZW1vIn0"),
        ("client 203.0.113.7 refused", "203.0.113.7"),
    ],
)
def test_secrets_and_people_are_hidden(text: str, secret: str) -> None:
    for redactor in (REDACTOR, SALTED):
        assert secret not in redactor.text(text)


@pytest.mark.parametrize(
    "text",
    [
        "token expired",
        "password reset failed",
        "JWT signature verification failed",
        "Token=REDACTED mismatch: expected a, got b",
        "secret not found in the vault",
        "version 1.2.3.4 is installed",
        "trace 6fa459ea-ee8a-3ca4-894e-db77e160355e ended",
        '  File "/srv/app/auth/tokens.py", line 41, in read',
        "HTTP GET 503 /api/bread",
        "listening on 127.0.0.1:8080",
    ],
)
def test_words_of_log_text_are_left_alone(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_values_are_hidden_by_the_name_of_their_key_at_any_depth() -> None:
    value = {"user": {"password": "rye", "name": "a baker"}, "list": [{"api_key": "k-17"}], "count": 3}
    hidden = REDACTOR.value(value)
    assert hidden["user"]["name"] == "a baker"
    assert hidden["count"] == 3
    assert "rye" not in repr(hidden)
    assert "k-17" not in repr(hidden)


def test_a_salt_gives_the_same_stand_in_for_the_same_address_and_another_salt_another() -> None:
    one, two = SALTED.text("from 203.0.113.7"), SALTED.text("again 203.0.113.7")
    assert one.removeprefix("from ") == two.removeprefix("again ")
    assert one.startswith("from ip-")
    assert build_redactor((), "salt").text("from 203.0.113.7") != one
    assert REDACTOR.text("from 203.0.113.7") == "from <ip>"


pieces = st.sampled_from(
    [
        "token=",
        "Bearer ",
        FAKE,
        "password: ",
        "baker@example.com",
        "203.0.113.7",
        " ",
        "=",
        '"',
        "user_id=",
        "4111111111111111",
        "postgresql://a:b@c/d",
        "eyJhbGciOiJIUzI1NiJ9.",
        "Cookie: a=b;",
        "REDACTED",
        "<ip>",
        "\n",
        "ip-3f2a91",
        "{",
        "}",
        ":",
    ]
)
texts = st.one_of(st.lists(pieces, max_size=8).map("".join), st.text(max_size=60))


@given(texts)
@settings(max_examples=300, deadline=None)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    for redactor in (REDACTOR, SALTED):
        once = redactor.text(text)
        assert redactor.text(once) == once
