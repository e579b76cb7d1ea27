"""Templates: what never varies is written out, what varies is one wildcard a value."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.signatures import mine, mine_values
from analyzer.signatures.folding import head_of
from benchmarks.made_up_messages import make_messages

NAMES = ["amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heron"]


def template(messages: list[str]) -> str:
    (one,) = {m.template for m in mine(messages)}
    return one


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([f"login of {n} by ssh2 failed" for n in NAMES], "login of <*> by ssh2 failed"),
        ([f"proof_8() gave {n}" for n in range(4)], "proof_8() gave <*>"),
        ([f"dumped core.{n}" for n in (17, 2, 403)], "dumped core.<*>"),
        ([f"disk is {n}% full" for n in (17, 2, 99)], "disk is <*>% full"),
        ([f"waits for {n} seconds" for n in (17, 2, 99)], "waits for <*> seconds"),
        ([f"dial 203.0.113.{n}:8{n} refused" for n in (17, 2, 99)], "dial <*> refused"),
        ([f"left 203.0.113.{n}: {n}: bye" for n in (17, 2, 99)], "left <*>: <*>: bye"),
        (["from 203.0.113.4 (oven9.example.com) gone", "from 203.0.113.5 () gone"], "from <*> (<*>) gone"),
        ([f'cached {{"id": {n}, "ok": true}}' for n in (17, 2, 99)], 'cached {"id": <*>, "ok": <*>}'),
        ([f"done at Mon Mar {n} 17:30:0{n} 2026" for n in (1, 2, 3)], "done at <*>"),
        ([f"tray {n}. Next" for n in (17, 2, 99)], "tray <*>. Next"),
        ([f"tty=ssh uid={n}" for n in (17, 2, 99)], "tty=ssh uid=<*>"),
        (["cold=true on 5", "cold=true on 6"], "cold=<*> on <*>"),
        (["read /etc/hosts"], "read <*>"),
        (["tray 7 is cold"], "tray <*> is cold"),
        (["uses class org.bakery.ovens.Clay"], "uses class org.bakery.ovens.Clay"),
    ],
)
def test_a_template_says_what_all_its_messages_say(messages: list[str], expected: str) -> None:
    assert template(messages) == expected


def test_the_method_of_a_request_in_quotes_is_no_value() -> None:
    lines = [f'203.0.113.{n} "{m} /v1/trays/{n} HTTP/1.1" took {n}' for m in ("GET", "POST") for n in range(9)]
    assert {m.template for m in mine(lines)} == {f'<*> "{m} <*>" took <*>' for m in ("GET", "POST")}


def test_names_that_some_message_does_not_have_are_not_written_out() -> None:
    many = [f"login {n} by ssh2" for n in range(40)]
    assert template(many) == "login <*> by ssh2"
    mined, values = mine_values([*many, "login 41 by ssh1"])
    assert {m.template for m in mined} == {"login <*> by <*>"}
    assert values[-1] == ("41", "ssh1")


@pytest.mark.parametrize(
    "hostile",
    [
        "5" + "." * 1_900,
        "x " + "'" * 1_900,
        "x " + '"5' * 900,
        "(" * 900 + "5" + ")" * 900,
        "5:" * 950,
        "a/" * 950,
        "@" * 1_900,
    ],
)
def test_a_hostile_line_is_mined_like_any_other(hostile: str) -> None:
    mined, values = mine_values([hostile, hostile + " 6", hostile + " 7", "tray 5"])
    assert mined[-1].template == "tray <*>"
    assert put_back(mined[1].template, values[1]) == " ".join(head_of(hostile + " 6").split())


def put_back(template: str, values: tuple[str, ...]) -> str:
    first, *rest = template.split("<*>")
    return " ".join((first + "".join(v + part for v, part in zip(values, rest, strict=True))).split())


MESSAGES = st.lists(
    st.one_of(
        st.sampled_from(NAMES).map(lambda n: f"queue {n} is full"),
        st.integers(0, 99).map(lambda n: f"took {n} ms, (of {n}) [{n}, {n}]"),
        st.sampled_from(["it's 'so' \"x y\" 5", "a=b, c={1}", "a=b, c={2 3}", "<init> of <*>", "x <*> y", ""]),
        st.text(alphabet="ab1 =:,'\"()<*>.", max_size=30),
    ),
    max_size=40,
)


@given(MESSAGES)
@settings(max_examples=200)
def test_values_put_back_give_the_message(messages: list[str]) -> None:
    for one, its, message in zip(*mine_values(messages), messages, strict=True):
        assert put_back(one.template, its) == " ".join(head_of(message).split())


def test_values_of_many_messages_come_out_for_every_member() -> None:
    messages, _ = make_messages(6_000, templates=200, seed=23)
    random.Random(5).shuffle(messages)
    wrong = [
        message
        for one, its, message in zip(*mine_values(messages), messages, strict=True)
        if put_back(one.template, its) != " ".join(message.split())
    ]
    assert wrong == []
