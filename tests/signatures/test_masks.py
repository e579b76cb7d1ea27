"""Masks: what varies goes, what identifies stays."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import RuleError
from analyzer.rules import check_samples, load_rules, read_pack
from analyzer.signatures import extract_facts, mask

PIECES = st.sampled_from(
    [
        "status",
        "code",
        "exit",
        "Errno",
        "signal",
        "HTTP/1.1",
        "404",
        "1006",
        "17",
        "3.5ms",
        "0x7f3a",
        "a1b2c3d4e5",
        "2026-03-04T05:06:07Z",
        "203.0.113.9",
        "::1",
        "ada@example.com",
        "https://api.example.com/x/1",
        "<ip>",
        "<num>",
        "user_id=ada17",
        "req_12ab34cd56ef",
        "-",
        ":",
        "=",
        " ",
        ", ",
        "(",
        ")",
        "[",
        "]",
        '"',
        "'",
        "/",
        "true",
        "Mon, ",
        "12:30",
        "4,150,908",
        "-5",
        "1e9",
        "api-7d9f8b6c5d-x2k4q",
        "ip-3f2a91",
        "X=REDACTED",
        "é",
        "\n",
        "\x00",
        "🔥",
    ]
)

HOSTILE = ["a", "1", "1,", "a.", "a-", ":", "1 ", "=id=", "::1", "a@", "0x1", "-", "1-", "status "]
HOSTILE += ["1.1", "Mon, ", "/tmp/", "P1Y", "_1", "<"]


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join)))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize("kind", ["masks", "noise"])
def test_every_rule_keeps_its_samples(kind: str) -> None:
    rules = [r for r in load_rules(kind) if kind == "masks" or r.id.startswith("noise.scanner.")]
    assert rules
    assert [(f.rule.id, f.text, f.problem) for f in check_samples(rules)] == []


def test_every_mask_also_fires_among_all_the_others() -> None:
    lost = []
    for rule in load_rules("masks"):
        for sample in rule.match:
            if rule.replace is None:
                found = rule.pattern.search(sample.text)
                if found and found[0] not in mask(sample.text):
                    lost.append((rule.id, sample.text, mask(sample.text)))
            elif mask(sample.text) == sample.text:
                lost.append((rule.id, sample.text, "nothing was masked"))
    assert lost == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pool 0x7f01aa99 of pid 4711 on port 5432", "pool <hex> of pid <num> on port <num>"),
        ("user 104216538297150934112 unknown", "user <hex> unknown"),
        ("instance shop-staging-1757251019 gone", "instance shop-staging-<hex> gone"),
        ("from ip-3f2a91:39502, was <ip>:80", "from <ip>:<num>, was <ip>:<num>"),
        ("SECRET=REDACTED for <user>", "SECRET=REDACTED for <user>"),
        ("WebSocket closed with code 1011 after 35.2ms", "WebSocket closed with code 1011 after <duration>"),
        ('203.0.113.7:3950 - "GET /x HTTP/1.1" 503 17', '<ip>:<num> - "GET /x HTTP/1.1" 503 <num>'),
        ("exited with code 137 after 3 tries", "exited with code 137 after <num> tries"),
        ("[Errno 111] on try 3", "[Errno 111] on try <num>"),
        ("'utf-8' codec can't decode byte 0xff at 17", "'utf-8' codec can't decode byte <hex> at <num>"),
        ("worker1 and h2 stay words", "worker1 and h2 stay words"),
        ("no such module os.path", "no such module os.path"),
    ],
)
def test_what_varies_goes_and_what_identifies_stays(text: str, expected: str) -> None:
    assert mask(text) == expected


def test_facts_are_typed_identity_numbers() -> None:
    text = "status: 503, SQLSTATE 57P01, [Errno 111], close code 1006, exit code 137, signal 9, port 8080, 42 rows"
    assert extract_facts(text) == (
        ("close_code", "1006"),
        ("errno", "111"),
        ("exit_code", "137"),
        ("http_status", "503"),
        ("signal", "9"),
        ("sqlstate", "57P01"),
    )


def test_an_open_number_is_no_fact() -> None:
    assert extract_facts("took 404 ms on port 5432, 500 rows, line 503") == ()


@pytest.mark.parametrize("unit", HOSTILE)
def test_cost_grows_no_faster_than_the_text(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        spent = []
        for _ in range(3):
            start = time.process_time()
            mask(text)
            spent.append(time.process_time() - start)
        return min(spent)

    mask("compile first")
    small, large = max(seconds(2_000), 1e-3), seconds(16_000)
    assert large < 40 * small, f"{large / small:.0f} times for 8 times the text"


def test_a_projects_own_mask_may_begin_inside_a_word(tmp_path: Path) -> None:
    pack = tmp_path / "own.toml"
    pack.write_text(
        '[[rule]]\nid = "own.tail"\nwhy = "x"\npattern = \'zz[a-z]\'\n'
        'replace = "<tail>"\nmatch = ["azzb"]\nmiss = ["z"]\n'
    )
    own = tuple(read_pack(pack, "masks"))
    assert mask("azzb 17", (*load_rules("masks"), *own)) == "a<tail> <num>"
    assert mask("azzb 17", own) == "a<tail> 17"


def test_named_groups_are_refused_with_the_rule_named(tmp_path: Path) -> None:
    pack = tmp_path / "own.toml"
    pack.write_text(
        '[[rule]]\nid = "own.named"\nwhy = "x"\npattern = \'(?P<n>z)\'\nreplace = "<z>"\nmatch = ["z"]\nmiss = ["y"]\n'
    )
    with pytest.raises(RuleError, match=re.escape("own.named")):
        mask("z", read_pack(pack, "masks"))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("cannot decode as utf-16", "cannot decode as utf-16"),
        ("1,204,800 crumbs left", "<num> crumbs left"),
        ("Cab::bed() is gone", "Cab::bed() is gone"),
        ('{"warm": true, "oven_id": "bluepan7"}', '{"warm": <bool>, "oven_id": "<id>"}'),
        ("{'warm': false, 'oven_id': 'bluepan7'}", "{'warm': <bool>, 'oven_id': '<id>'}"),
        ("voucher q7Lps4nVtxW is used up", "voucher <id> is used up"),
        ("tcp://ada:secret-word@example.com:17 hung up", "<url> hung up"),
        ("dial udp://example.com:17", "dial <url>"),
    ],
)
def test_what_other_tools_get_wrong_comes_out_right(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 503 Service Unavailable",
        "upstream returned 429",
        "status_code: 404",
        "responded with 502",
        "closed with 1006 (abnormal closure)",
        "WebSocket close code=1011",
        "exit code 137",
        "Worker was sent signal 9",
        "[Errno 111] Connection refused",
        "[WinError 10054] reset",
        "SQLSTATE 23505",
        "ERROR 1045 (28000): denied",
        "grpc code 14",
    ],
)
def test_numbers_that_identify_stay_wherever_they_stand(text: str) -> None:
    assert mask(text) == text
    assert mask(f"request failed: {text}") == f"request failed: {text}"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("took 404 ms", "took <num> ms"),
        ("user 500 unknown", "user <num> unknown"),
        ("line 404 of the ledger", "line <num> of the ledger"),
        ("port 8443 is taken", "port <num> is taken"),
        ("user 'u7' not found", "user 'u<num>' not found"),
        ("bind :: failed", "bind <ip> failed"),
        ("due datetime.datetime(2025, 9, 7, 13, 35)", "due <date>"),
        ("owner='ada' is away", "owner=<str> is away"),
    ],
)
def test_numbers_and_values_in_open_positions_go(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("oven 7 answered 503", "oven 12 answered 503", True),
        ("oven 7 answered 503", "oven 7 answered 502", False),
        ("[Errno 111] from 203.0.113.7:80", "[Errno 111] from 203.0.113.9:443", True),
        ("[Errno 111] from 203.0.113.7:80", "[Errno 110] from 203.0.113.7:80", False),
        ("closed with code 1006 after 3s", "closed with code 1011 after 3s", False),
        ("exit code 1 of job 17", "exit code 137 of job 17", False),
    ],
)
def test_two_messages_are_one_exactly_when_only_values_differ(one: str, other: str, same: bool) -> None:
    assert (mask(one) == mask(other)) is same
