"""What is known of messages: every one that was really raised is read by its rule, and nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.causes.knowledge import MAX_CHARS, Knowledge
from analyzer.errors import RuleError
from analyzer.model import QUERY_NAMES, QueryKind
from analyzer.rules import check_samples, fixed_texts, load_rules, read_pack

RAISING = Path(__file__).parent.parent / "samples" / "raising"
RECORDED = [json.loads(line) for line in (RAISING / "recorded.jsonl").read_text(encoding="utf-8").splitlines()]
RULES = load_rules("causes")
KNOWLEDGE = Knowledge(RULES)
BY_ID = {rule.id: rule for rule in RULES}
OWN = r"""
[[rule]]
id = "causes.own.shop"
why = "the till says so"
pattern = '{pattern}'
query = "{query}"
exception = "ShopClosed"
kind = "{kind}"
says = "{says}"
confirms = "the hours of the shop"
match = ["shop 17 is closed"]
miss = ["shop 17 is open"]
"""
GOOD = {"pattern": r"\Ashop (?P<key>\d+) is closed\Z", "query": "key", "kind": "code", "says": "shop {key} is closed"}


def wrongly_read(rows: list[dict]) -> list[str]:
    """Rows that another rule reads, or none."""
    wrong = []
    for row in rows:
        query = KNOWLEDGE.explain(row["message"], row["exception"] or None)
        if query is None or query.rule != row["rule"]:
            wrong.append(f"{row['rule']}: {row['exception']}: {row['message'][:200]} -> {query and query.rule}")
    return wrong


def test_every_recorded_message_is_read_by_the_rule_it_names() -> None:
    assert wrongly_read(RECORDED) == []


def test_every_rule_that_captures_names_was_seen_to_capture_them() -> None:
    captured = {row["rule"] for row in RECORDED if any(_captured(row))}
    seen = {row["rule"] for row in RECORDED}
    assert [rule.id for rule in RULES if rule.pattern.groupindex and rule.id in seen - captured] == []
    nothing = [row for row in RECORDED if BY_ID[row["rule"]].pattern.groupindex and not any(_captured(row))]
    assert len(nothing) < len(RECORDED) / 10


def _captured(row: dict) -> list[str | None]:
    query = KNOWLEDGE.explain(row["message"], row["exception"] or None)
    return list(BY_ID[row["rule"]].pattern.match(query.text).groups())


def test_the_class_is_not_needed_where_the_words_are_enough() -> None:
    """Without its class a message is read by the same rule, or by none where the rule says that it needs one."""
    wrong = []
    for row in RECORDED:
        query = KNOWLEDGE.explain(row["message"])
        needs = BY_ID[row["rule"]].extra.get("needs_exception")
        if (query.rule if query else None) not in ({None} if needs else {row["rule"]}):
            wrong.append(f"{row['rule']}: {row['message'][:200]} -> {query and query.rule}")
    assert len(wrong) < len(RECORDED) / 50, wrong


def test_a_known_class_that_does_not_fit_is_not_explained() -> None:
    read = Counter(
        KNOWLEDGE.explain(row["message"], "ShopError") is not None
        for row in RECORDED
        if BY_ID[row["rule"]].extra.get("exception") and not row["message"].startswith("(")
    )
    assert read[True] == 0
    assert KNOWLEDGE.explain("list index out of range", "KeyError") is None
    assert KNOWLEDGE.explain("'total'") is None
    assert KNOWLEDGE.explain("'total'", "KeyError").names == {"key": "total"}
    assert KNOWLEDGE.explain("'total'", "shop.MultiValueDictKeyError").rule == "causes.python.key-quoted"


def test_every_rule_was_seen_or_says_why_not() -> None:
    seen = {row["rule"] for row in RECORDED}
    reasons = {rule.id for rule in RULES if rule.extra.get("unrecorded")}
    assert sorted(set(BY_ID) - seen - reasons) == []
    assert sorted(reasons & seen) == []
    assert len(reasons) < 0.15 * len(RULES)


def test_the_standard_library_of_this_python_says_what_the_rules_read() -> None:
    done = subprocess.run(
        [sys.executable, str(RAISING), "--standard"], capture_output=True, text=True, timeout=300, check=False
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert len(rows) > 600, done.stderr
    assert wrongly_read(rows) == []


@pytest.mark.parametrize(
    ("family", "library"),
    [
        ("lib_sqlalchemy", "sqlalchemy"), ("lib_mongo", "pymongo"), ("lib_redis", "redis"), ("lib_grpc", "grpc"),
        ("lib_pydantic", "pydantic"), ("lib_starlette", "fastapi"), ("lib_django", "django"), ("lib_celery", "celery"),
        ("lib_servers", "gunicorn"), ("lib_tokens", "jwt"),
    ],
)  # fmt: skip
def test_libraries_that_are_installed_say_what_the_rules_read(family: str, library: str) -> None:
    pytest.importorskip(library)
    done = subprocess.run([sys.executable, str(RAISING), family], capture_output=True, text=True, timeout=300)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if not rows:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert len(wrongly_read(rows)) <= len(rows) / 10, wrongly_read(rows)


def test_recorded_messages_hold_nothing_of_the_machine_that_recorded_them() -> None:
    text = "\n".join(row["message"] for row in RECORDED)
    for machine in (".pyenv", "/work/", "/tmp/raising", "/root", "kbvenv", "site-packages/analyzer"):
        assert machine not in text


def test_samples_hold() -> None:
    assert [(f.rule.id, f.text, f.problem) for f in check_samples(RULES)] == []


def test_texts_that_look_like_a_message_are_not_explained() -> None:
    for text in (
        "this is not a valid Email",
        "Order has no discount.",
        "404 orders today",
        "the connection is closed for the night",
        "object of interest",
        "name is required",
        "division",
        "",
        " ",
    ):
        assert KNOWLEDGE.explain(text) is None, text


def test_the_most_specific_rule_wins() -> None:
    assert KNOWLEDGE.explain("'NoneType' object has no attribute 'total'").rule == "causes.python.none-attribute"
    assert KNOWLEDGE.explain("'Order' object has no attribute 'total'").rule == "causes.python.attribute"
    assert KNOWLEDGE.explain("'coroutine' object has no attribute 'total'").names["type"] == "coroutine"


@pytest.mark.parametrize(
    ("text", "rule", "names", "exception", "starts"),
    [
        (
            "Cannot place the order: Object of type Color is not JSON serializable",
            "causes.json.unserializable", {"type": "Color", "encoder": "json"}, "TypeError", "Object of type",
        ),
        ("checkout failed - KeyError: 'total'", "causes.python.key-quoted", {"key": "total"}, "KeyError", "'total'"),
        (
            "job 7 raised TypeError(\"'NoneType' object is not iterable\") at 12:00",
            "causes.python.not-iterable", {"type": "NoneType", "operation": "iterate"}, "TypeError", "'NoneType'",
        ),
        (
            "error=ConnectionRefusedError(111, 'Connection refused')",
            "causes.network.refused", {}, "ConnectionRefusedError", "Connection refused",
        ),
        (
            "startup: (psycopg2.OperationalError) connection to server at \"10.0.0.5\", port 5432 failed: "
            "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n\n"
            "(Background on this error at: https://sqlalche.me/e/20/e3q8)",
            "causes.postgres.connection-refused", {"host": "10.0.0.5", "port": "5432"}, "psycopg2.OperationalError",
            "connection to server",
        ),
        (
            "cannot save ('Object of type set is not JSON serializable')",
            "causes.json.unserializable", {"type": "set", "encoder": "json"}, "TypeError", "Object of type",
        ),
    ],
)  # fmt: skip
def test_a_message_is_found_behind_the_words_of_a_wrapper(
    text: str, rule: str, names: dict, exception: str, starts: str
) -> None:
    query, start = next((q, s) for q, s in KNOWLEDGE.explain_within(text) if q.rule == rule)
    assert (query.names, query.exception) == (names, exception)
    assert text[start:].startswith(starts)


def test_a_longer_message_comes_before_the_one_inside_it() -> None:
    text = (
        "sync: HTTPSConnectionPool(host='shop.example', port=443): Max retries exceeded with url: /rows (Caused by "
        "NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f0000000000>: Failed to establish a new "
        "connection: [Errno 111] Connection refused'))"
    )
    found = KNOWLEDGE.explain_within(text)
    assert [q.rule for q, _ in found] == ["causes.requests.refused", "causes.network.refused"]
    assert found[0][0].names == {"host": "shop.example", "port": "443", "url": "/rows"}
    assert [start for _, start in found] == sorted(start for _, start in found)


def test_a_whole_message_is_within_itself() -> None:
    missed = [
        row["message"]
        for row in RECORDED
        if not BY_ID[row["rule"]].extra.get("needs_exception")
        and KNOWLEDGE.explain(row["message"])
        and row["rule"] not in [q.rule for q, _ in KNOWLEDGE.explain_within(row["message"])]
        and KNOWLEDGE.explain(row["message"]).rule == row["rule"]
    ]
    assert missed == []


def test_queries_carry_only_names_of_their_kind() -> None:
    for row in RECORDED:
        query = KNOWLEDGE.explain(row["message"], row["exception"] or None)
        assert set(query.names) <= QUERY_NAMES[query.kind], row
    assert set(QUERY_NAMES) == set(QueryKind)


def test_advice_says_the_captured_names() -> None:
    query = KNOWLEDGE.explain("Object of type Color is not JSON serializable")
    advice = KNOWLEDGE.advice(query.rule, query.names)
    assert advice.kind == "code"
    assert "`Color`" in advice.says
    assert "`Color`" in advice.confirms
    assert "…" in KNOWLEDGE.advice(query.rule).says
    with pytest.raises(RuleError, match=r"no such rule: causes\.none"):
        KNOWLEDGE.advice("causes.none")


def test_a_project_adds_its_own_rules(tmp_path: Path) -> None:
    (tmp_path / "causes").mkdir()
    (tmp_path / "causes" / "shop.toml").write_text(_own(), encoding="utf-8")
    knowledge = Knowledge.load([tmp_path])
    assert knowledge.explain("shop 17 is closed", "till.ShopClosed").names == {"key": "17"}
    assert knowledge.explain("shop 17 is closed", "ValueError") is None
    assert knowledge.explain("Circular reference detected").rule == "causes.json.circular"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"query": "shop"}, "query is one of"),
        ({"kind": "weather"}, "kind is one of"),
        ({"pattern": r"shop (?P<key>\d+) is closed"}, "the whole message"),
        ({"pattern": r"\Ashop (?P<host>\d+) is closed\Z"}, "no name host"),
        ({"says": "shop {number} is closed"}, "no name number"),
    ],
)
def test_a_rule_that_says_nothing_usable_is_refused(tmp_path: Path, change: dict, problem: str) -> None:
    pack = tmp_path / "shop.toml"
    pack.write_text(_own(**change), encoding="utf-8")
    with pytest.raises(RuleError, match=problem):
        read_pack(pack, "causes")


def _own(**change: str) -> str:
    text = OWN
    for name, value in {**GOOD, **change}.items():
        text = text.replace(f"{{{name}}}", value, 1)
    return text


def test_fixed_texts_are_in_every_match() -> None:
    for rule in RULES:
        size, needles = fixed_texts(rule.pattern.pattern)
        for sample in rule.match:
            assert size <= len(sample.text)
            assert not needles or any(needle in sample.text for needle in needles), rule.id


def test_nearly_every_rule_has_a_fixed_text_to_be_found_by() -> None:
    without = [rule.id for rule in RULES if not fixed_texts(rule.pattern.pattern)[1]]
    assert all(BY_ID[name].extra.get("needs_exception") for name in without), without
    assert len(without) < 20


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.text("():'\" [Errno]KeyError.,=-", max_size=300))
def test_any_text_is_taken_and_read_twice_alike(text: str) -> None:
    found = KNOWLEDGE.explain_within(text)
    assert found == KNOWLEDGE.explain_within(text)
    assert KNOWLEDGE.explain(text) == KNOWLEDGE.explain(text)
    assert all(0 <= start < len(text) for _, start in found)


def test_a_text_without_end_is_cut() -> None:
    query = KNOWLEDGE.explain("[Errno 2] No such file or directory: 'x'" + " y" * MAX_CHARS)
    assert query is None or len(query.text) <= MAX_CHARS
    hostile = "(" * 3_000 + "KeyError('" * 2_000 + ": " * 3_000
    assert KNOWLEDGE.explain_within(hostile) == KNOWLEDGE.explain_within(hostile)
