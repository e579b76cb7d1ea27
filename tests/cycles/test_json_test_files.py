"""pytest-json-report and CTRF, and what else JUnit files tell of a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.cycles import read_tests, run_times
from analyzer.errors import TestsError
from analyzer.model import TestResult, TestRun, TestStatus, parse_time

LATE = {"attempt": 1, "status": "failed", "message": "late"}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def plain(text: str) -> str:
    return text


def read(tmp_path: Path, *documents: object) -> TestRun:
    paths = []
    for number, document in enumerate(documents):
        path = tmp_path / f"results{number}.out"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        paths.append(path)
    return read_tests(paths, redact=plain)


def only(run: TestRun) -> TestResult:
    (result,) = run.results
    return result


def stage(outcome: str = "passed", **more: Any) -> dict[str, Any]:
    return {"duration": 0.25, "outcome": outcome, **more}


def pytest_test(node: str, outcome: str = "passed", **more: Any) -> dict[str, Any]:
    return {"nodeid": node, "outcome": outcome, "setup": stage(), "call": stage(), "teardown": stage(), **more}


def pytest_json(*tests: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {"created": 1_795_787_858.5, "duration": 2.5, "exitcode": 0, "root": "/srv/shop", "summary": {}}
    return {**head, "environment": {}, "tests": list(tests), **more}


def ctrf(*tests: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"reportFormat": "CTRF", "results": {"tool": {"name": "jest"}, "summary": {}, "tests": list(tests), **more}}


def junit(*cases: str, name: str = "api", more: str = "", root: str = "") -> str:
    return f'<testsuites {root}><testsuite name="{name}" {more}>{"".join(cases)}</testsuite></testsuites>'


# --- pytest-json-report ----------------------------------------------------------------------------------------------


def test_a_test_has_the_same_name_in_json_and_in_junit(tmp_path: Path) -> None:
    case = '<testcase classname="tests.e2e.test_cart.TestCart" name="test_pay[eur/1]" time="0.1"/>'
    in_json = read(tmp_path, pytest_json(pytest_test("tests/e2e/test_cart.py::TestCart::test_pay[eur/1]")))
    assert only(in_json).test == only(read(tmp_path, junit(case))).test


def test_a_failed_set_up_is_an_error_and_a_failed_call_decides_over_its_clean_up(tmp_path: Path) -> None:
    bad = stage("failed", crash={"message": "OSError: no disk"}, longrepr="E   OSError: no disk")
    call = stage("failed", crash={"message": "AssertionError: no answer"}, longrepr="E   AssertionError: no answer")
    run = read(
        tmp_path,
        pytest_json(
            pytest_test("t.py::test_a", "error", setup=bad),
            pytest_test("t.py::test_b", "error", call=call, teardown=bad),
        ),
    )
    assert [r.status for r in run.results] == [TestStatus.ERROR, TestStatus.FAILED]
    assert (run.results[0].message or "").startswith('failed on setup with "OSError: no disk"')
    assert (run.results[1].message or "").startswith("AssertionError: no answer\n\n")


def test_expected_failures_skips_and_modules_that_cannot_be_imported_are_told(tmp_path: Path) -> None:
    run = read(
        tmp_path,
        pytest_json(
            pytest_test("t.py::test_x", "xfailed", call=stage("skipped")),
            pytest_test("t.py::test_y", "xpassed"),
            pytest_test("t.py::test_z", "skipped", setup=stage("skipped", longrepr="('t.py', 3, 'Skipped: later')")),
            collectors=[{"nodeid": "u.py", "outcome": "failed", "longrepr": "E   ModuleNotFoundError: parcels"}],
        ),
    )
    assert [(r.test, r.status.value) for r in run.results] == [
        ("t::test_x", "skipped"),
        ("t::test_y", "passed"),
        ("t::test_z", "skipped"),
        ("u", "error"),
    ]
    assert [r.message for r in run.results[2:]] == [
        "later",
        "ModuleNotFoundError: parcels\n\nE   ModuleNotFoundError: parcels",
    ]


def test_a_rerun_counts_as_an_attempt_and_markers_are_the_keywords_that_name_nothing_else(tmp_path: Path) -> None:
    words = ["test_a[slow]", "test_a", "tier1", "pytestmark", "flaky", "slow", "t.py", "shop", ""]
    run = read(tmp_path, pytest_json(pytest_test("t.py::test_a[slow]", "rerun", keywords=words)))
    assert only(run).labels == ("tier1",)
    assert (only(run).attempts, only(run).suspicious) == (2, "flaky: failed once before it passed")


def test_a_session_that_failed_without_a_failed_test_is_told(tmp_path: Path) -> None:
    assert "lists none" in read(tmp_path, pytest_json(pytest_test("t.py::a"), exitcode=1)).warnings[0]


# --- CTRF ------------------------------------------------------------------------------------------------------------


def test_ctrf_gives_times_labels_and_a_name_of_its_suites(tmp_path: Path) -> None:
    test = {
        "name": "pays", "status": "passed", "duration": 1500, "suite": ["cart", "euro"], "tags": ["smoke"],
        "labels": {"priority": "P1"}, "start": 1_795_787_858_000, "stop": 1_795_787_859_500, "filePath": "cart.spec.ts",
    }  # fmt: skip
    run = read(tmp_path, ctrf(test, environment={"testEnvironment": "staging", "buildName": "7"}))
    result = only(run)
    assert (result.test, result.seconds, result.file) == ("cart > euro::pays", 1.5, "cart.spec.ts")
    assert result.labels == ("priority:P1", "smoke", "suite:cart")
    assert (result.ended_ns or 0) - (result.started_ns or 0) == 1_500_000_000
    assert run.environment == (("testenvironment", "staging"),)
    assert [(g.label, g.total, g.passed) for g in run.groups] == [(label, 1, 1) for label in result.labels]


@pytest.mark.parametrize(
    ("more", "attempts", "note"),
    [
        ({"retries": 2, "flaky": True}, 3, "flaky: failed 2 times before it passed"),
        ({"flaky": True}, 2, "flaky: failed once before it passed"),
        ({"retries": 1, "retryAttempts": [LATE]}, 2, "flaky: failed once before it passed"),
        ({"retries": 1, "retryAttempts": [{**LATE, "attempt": 2, "status": "passed"}, LATE]}, 2,
         "flaky: failed once before it passed"),
        ({"retries": 0, "flaky": False}, 1, None),
    ],
)  # fmt: skip
def test_retries_of_ctrf_are_folded(tmp_path: Path, more: dict[str, Any], attempts: int, note: str | None) -> None:
    result = only(read(tmp_path, ctrf({"name": "a", "status": "passed", "duration": 1, **more})))
    assert (result.attempts, result.suspicious, result.status) == (attempts, note, TestStatus.PASSED)


def test_half_a_pair_of_characters_does_not_reach_the_report(tmp_path: Path) -> None:
    test = '{"name": "\\ud800", "status": "passed", "duration": 1, "labels": {"\\udfff": "\\ud800"}}'
    run = read(tmp_path, f'{{"reportFormat": "CTRF", "results": {{"tests": [{test}]}}}}')
    assert (only(run).test, only(run).labels) == ("?", ("?:?",))


def test_a_status_that_is_no_result_is_skipped_and_other_is_told(tmp_path: Path) -> None:
    tests = [{"name": status, "status": status, "duration": 0} for status in ("pending", "other", "skipped")]
    run = read(tmp_path, ctrf(*tests))
    assert run.skipped == 3
    assert any("status other" in warning for warning in run.warnings)


# --- which file is what ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"testResults": []}', "Jest's own JSON"),
        ('{"name": "shop"}', "JSON of another kind"),
        ("[1]", "a JSON list"),
        ('{"tests": [', "broken JSON"),
        ('{"exitcode": 0, "root": "/", "summary": {}}', "summary only"),
        ("[" * 100_000, "broken JSON"),
    ],
)
def test_json_that_holds_no_tests_is_said_with_a_hint(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TestsError, match=says) as caught:
        read(tmp_path, text)
    assert caught.value.hint


def test_a_directory_of_all_formats_is_one_run(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(junit('<testcase classname="c" name="a"/>'))
    (tmp_path / "b.json").write_text(json.dumps(ctrf({"name": "b", "status": "passed", "duration": 1})))
    (tmp_path / "c.json").write_text(json.dumps(pytest_json(pytest_test("c.py::test_c"))))
    (tmp_path / "package.json").write_text("{}")
    run = read_tests([tmp_path], redact=plain)
    assert run.total == 3
    assert any("1 JSON files without test results (package.json)" in warning for warning in run.warnings)


def test_the_window_of_a_run_is_read_from_json_too(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(pytest_json(pytest_test("c.py::test_c"))))
    assert run_times([path]) == (1_795_787_856_000_000_000, 1_795_787_858_500_000_000)


KEYS = [
    "name", "status", "duration", "suite", "tags", "labels", "start", "stop", "retries", "retryAttempts", "flaky",
    "extra", "nodeid", "outcome", "setup", "call", "longrepr", "crash", "message", "keywords", "user_properties",
    "filePath",
]  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["failed", "passed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VALUES, max_size=4), st.booleans(), VALUES)
def test_whatever_stands_in_a_report_the_totals_add_up(
    tmp_path: Path, tests: list[Any], is_ctrf: bool, other: object
) -> None:
    path = tmp_path / "fuzzed.json"
    more = {"summary": {}, "environment": other, "collectors": other, "created": other, "duration": other}
    made = ctrf(*tests, environment=other, summary=other) if is_ctrf else pytest_json(*tests, **more)
    path.write_text(json.dumps(made))
    run = read_tests([path], redact=plain)
    assert run.total == run.passed + run.failed + run.skipped == len(run.results)
    assert run.total <= len(tests) + (len(other) if isinstance(other, list) else 0)
    assert TestRun.from_dict(run.to_dict()).to_dict() == run.to_dict()
    json.dumps(run.to_dict(), ensure_ascii=False, allow_nan=False).encode()


# --- what else JUnit tells -------------------------------------------------------------------------------------------


def test_properties_give_labels_and_ids_and_suites_their_environment(tmp_path: Path) -> None:
    told = {"marker": "smoke", "tier": "1", "trace_id": TRACE}
    of_case = "".join(f'<property name="{name}" value="{value}"/>' for name, value in told.items())
    of_suite = '<properties><property name="base_url" value="https://staging.example.com"/></properties>'
    case = f'<testcase classname="c" name="a"><properties>{of_case}</properties></testcase>'
    run = read(tmp_path, junit(of_suite, case, more='hostname="runner"'))
    assert (only(run).labels, only(run).ids) == (("smoke", "tier:1"), (TRACE,))
    assert run.environment == (("base_url", "https://staging.example.com"), ("hostname", "runner"))


def test_ids_stand_in_failures_and_output_and_secrets_are_no_ids(tmp_path: Path) -> None:
    secret = "9" * 32
    text = f"sent traceparent: 00-{TRACE}-00f067aa0ba902b7-01, X-Request-Id: req-20817aa, key {secret}"
    path = tmp_path / "j.xml"
    path.write_text(junit(f'<testcase classname="c" name="a"><failure message="m">{text}</failure></testcase>'))
    run = read_tests([path], redact=lambda t: t.replace(f"key {secret}", "<token>"))
    assert only(run).ids == (TRACE, "req-20817aa")


def test_a_class_set_up_has_the_name_of_its_class(tmp_path: Path) -> None:
    bad = "<error message='no container'/>"
    run = read(
        tmp_path,
        junit(
            f'<testcase name="a.FooTest" classname="a.FooTest">{bad}</testcase>',
            f'<testcase name="BarTest" classname="a.BarTest">{bad}</testcase>',
            f'<testcase name="setUpClass (tests.test_x.TestC)" classname="">{bad}</testcase>',
        ),
    )
    assert [r.test for r in run.results] == ["a.BarTest", "a.FooTest", "tests.test_x.TestC::setUpClass"]


def two_cases(**more: str) -> str:
    cases = '<testcase classname="c" name="a" time="2"/><testcase classname="c" name="b" time="3"/>'
    return junit(cases, name=more.get("name", "api"), more=more["more"], root=more.get("root", ""))


def test_cases_lie_before_the_end_of_their_suite(tmp_path: Path) -> None:
    run = read(tmp_path, two_cases(more='timestamp="2026-11-24T10:00:00Z" time="6"'))
    start = parse_time("2026-11-24T10:00:01Z")
    assert start is not None
    spans = [((r.started_ns or 0) - start, (r.ended_ns or 0) - start) for r in run.results]
    assert spans == [(0, 2_000_000_000), (2_000_000_000, 5_000_000_000)]


@pytest.mark.parametrize(
    "more",
    [
        {"more": 'timestamp="2026-11-24T10:00:00Z" time="3"'},  # side by side
        {"more": 'timestamp="2026-11-24T10:00:00Z" time="600"'},  # most of it in no case
        {"more": 'timestamp="2026-11-24T10:00:00" time="6"', "name": "pytest"},  # local time of an unknown machine
        {"more": 'timestamp="0001-01-01T00:00:00Z" time="6"'},
        {"more": 'timestamp="2026-11-24T10:00:00Z" time="6"', "root": 'name="vitest tests"'},  # when it was written
        {"more": 'time="6"'},
    ],
)
def test_where_a_file_does_not_tell_when_a_case_ran_nothing_is_made_up(tmp_path: Path, more: dict[str, str]) -> None:
    assert {r.started_ns for r in read(tmp_path, two_cases(**more)).results} == {None}


def test_a_clean_up_is_no_attempt(tmp_path: Path) -> None:
    fails, again = '<failure message="boom"/>', '<error message="failed on teardown with &quot;x&quot;"/>'
    cases = [f'<testcase classname="c" name="a">{inner}</testcase>' for inner in (fails, again)]
    assert only(read(tmp_path, junit(*cases))).attempts == 1
