"""Causes outside the code: what texts and tests say of them, and where they say nothing."""

from __future__ import annotations

import pytest

from analyzer.causes import outside, settings_in_text
from analyzer.causes.outside import of_the_test, outside_the_code
from analyzer.causes.settings_in_text import malformed_values
from analyzer.model import (
    Change,
    Cluster,
    EventKind,
    HttpRequest,
    QueryKind,
    Severity,
    TestResult,
    TestRun,
    TestStatus,
)
from analyzer.rules import backtracking_danger


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        (
            "TILL_ID contained whitespace - sanitized from 'till-1\\n' to 'till-1'",
            "till-1\\n",
            "TILL_ID begins or ends",
        ),
        ("bad value for TILL_ID: 'till-1\n'", "till-1\n", "line break"),
        ('could not translate host name "$DB_HOST" to address', "$DB_HOST", "not filled in"),
        ("invalid literal for int() with base 10: '${PORT}'", "${PORT}", "not filled in"),
        ("Invalid URL 'https://{{ .Values.host }}/x'", "https://{{ .Values.host }}/x", "not filled in"),
        ("bucket 'backup-$(date +%F)' is not there", "backup-$(date +%F)", "not filled in"),
        ("invalid literal for int() with base 10: '\"8080\"'", '"8080"', "still has quotes"),
        ('could not translate host name ""db.example.com"" to address', '"db.example.com"', "still has quotes"),
        ("invalid literal for int() with base 10: '\"8080'", '"8080', "on one side only"),
        ('could not translate host name "None" to address', "None", "was not set"),
        ("connection to host 'redis://None:6379' failed", "redis://None:6379", "was not set"),
    ],
)
def test_a_value_in_a_wrong_form_is_seen_in_the_text(text: str, value: str, words: str) -> None:
    (found,) = malformed_values(text)
    assert (found.value, found.kind) == (value, "configuration")
    assert words in found.sentence


@pytest.mark.parametrize(
    "text",
    [
        "user typed 'hello ' and left",
        "invalid literal for int() with base 10: 'abc'",
        "the guest said \"it's 'fine'\"",
        "can't open the till, don't know why",
        "SELECT * FROM t WHERE a = '$1'",
        "update refused: '$set' is empty",
        "price is $100 and $200",
        "run $(date) by hand",
        "name 'None' is not defined",
        "",
    ],
)
def test_what_users_and_programs_write_is_no_setting(text: str) -> None:
    assert malformed_values(text) == []


@pytest.mark.parametrize(
    ("text", "query", "event", "kind"),
    [
        ("connection to 10.0.0.7:5432 failed: Connection refused", None, EventKind.APPLICATION, "infrastructure"),
        ("Memory limit of 512 MiB exceeded with 530 MiB used", None, EventKind.PLATFORM, "infrastructure"),
        ('relation "orders" does not exist', QueryKind.DATABASE, EventKind.APPLICATION, "infrastructure"),
        ("No module named 'x'", QueryKind.MODULE, EventKind.APPLICATION, "packaging"),
        ("'TILL_KEY'", QueryKind.ENVIRONMENT, EventKind.APPLICATION, "configuration"),
        ("revision is not ready", None, EventKind.DEPLOY, "infrastructure"),
        ("TILL_ID is 'x\\n'", QueryKind.CONNECTION, EventKind.APPLICATION, "configuration"),
    ],
)
def test_a_text_may_say_what_lies_outside_the_code(
    text: str, query: QueryKind | None, event: EventKind, kind: str
) -> None:
    found = outside_the_code(text, query, event)
    assert found is not None
    assert found.kind == kind
    assert 0 < found.weight <= 0.5


def test_most_texts_say_nothing_of_it() -> None:
    for text in ("'NoneType' object has no attribute 'x'", "list index out of range", ""):
        assert outside_the_code(text, QueryKind.ATTRIBUTE, EventKind.APPLICATION) is None


def _cluster(core: str, change: Change | None = None) -> Cluster:
    return Cluster(
        fingerprint="s1:a",
        title=core,
        template=core,
        core=core,
        severity=Severity.ERROR,
        count=1,
        entries=1,
        change=change,
    )


def _run(*results: tuple[str, TestStatus, tuple[str, ...]]) -> TestRun:
    return TestRun(results=tuple(TestResult(test=t, status=s, clusters=c) for t, s, c in results))


def test_a_passing_test_that_asks_for_the_error_explains_it() -> None:
    tests = _run(("tests/test_door.py::test_expired_token_is_rejected", TestStatus.PASSED, ()))
    found = of_the_test(_cluster("Login rejected: token expired"), tests)
    assert found is not None
    assert (found.kind, found.weight) == ("test", 0.3)
    assert "test_expired_token_is_rejected passed" in found.sentences[0]
    assert of_the_test(_cluster("Database is gone"), tests) is None


def test_an_error_that_a_failing_test_holds_is_never_the_tests_own() -> None:
    tests = _run(
        ("test_expired_token_is_rejected", TestStatus.PASSED, ()),
        ("test_guest_may_enter", TestStatus.FAILED, ("s1:a",)),
    )
    assert of_the_test(_cluster("Login rejected: token expired"), tests) is None


def test_probes_are_believed_and_a_test_client_alone_is_not() -> None:
    probe = HttpRequest(method="GET", url="/", status=500, user_agent="kube-probe/1.29")
    client = HttpRequest(method="GET", url="/", status=500, user_agent="python-requests/2.32")
    person = HttpRequest(method="GET", url="/", status=500, user_agent="Mozilla/5.0")
    error = _cluster("Door is shut")
    assert of_the_test(error, None, requests=[probe, probe]) is not None
    assert of_the_test(error, None, requests=[client]) is None
    assert of_the_test(error, None, requests=[probe, person]) is None
    old = _cluster("Door is shut", Change.ONGOING)
    assert of_the_test(old, None, requests=[client], baseline_passed=True) is not None
    assert of_the_test(old, None, requests=[client], baseline_passed=False) is None


def test_every_pattern_takes_linear_time() -> None:
    patterns = [p.pattern for p, *_ in outside._COMPILED]
    for module in (outside, settings_in_text):
        patterns += [value.pattern for value in vars(module).values() if hasattr(value, "pattern")]
    assert [p for p in patterns if backtracking_danger(p)] == []
    malformed_values("'" * 4_000 + '"' * 4_000 + "${" * 4_000)
