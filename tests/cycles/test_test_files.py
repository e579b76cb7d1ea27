from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.cycles import read_tests
from analyzer.errors import TestsError
from analyzer.model import TestResult, TestRun, TestStatus


def plain(text: str) -> str:
    return text


def read(tmp_path: Path, *texts: str | bytes) -> TestRun:
    paths = []
    for number, text in enumerate(texts):
        path = tmp_path / f"junit{number}.xml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        paths.append(path)
    return read_tests(paths, redact=plain)


def suite(*cases: str, name: str = "pytest", more: str = "") -> str:
    return f'<testsuites><testsuite name="{name}" {more}>{"".join(cases)}</testsuite></testsuites>'


def case(name: str = "test_a", inner: str = "", time: str = "0.5", classname: str = "tests.test_x.TestC") -> str:
    return f'<testcase classname="{classname}" name="{name}" time="{time}">{inner}</testcase>'


FAILURE = (
    '<failure message="AssertionError: no answer">tests/test_x.py:3: in test_a\nE   AssertionError: no answer</failure>'
)


def only(run: TestRun) -> TestResult:
    (result,) = run.results
    return result


def test_a_pytest_file_gives_totals_rate_interval_and_ids(tmp_path: Path) -> None:
    run = read(
        tmp_path,
        suite(
            case("test_a"),
            case("test_b", FAILURE),
            case("test_c", '<error message="failed on setup with &quot;OSError: no disk&quot;">E   OSError</error>'),
            case("test_d", '<skipped type="pytest.skip" message="no network">x</skipped>'),
        ),
    )
    assert (run.total, run.passed, run.failed, run.skipped) == (4, 1, 2, 1)
    assert run.pass_rate == pytest.approx(1 / 3)
    assert run.pass_rate_interval is not None
    assert [r.test for r in run.results] == [f"tests.test_x.TestC::test_{x}" for x in "abcd"]
    assert [r.status.value for r in run.results] == ["passed", "failed", "error", "skipped"]
    assert run.results[0].message is None
    assert run.results[1].message == (
        "AssertionError: no answer\n\ntests/test_x.py:3: in test_a\nE   AssertionError: no answer"
    )
    assert run.results[3].message is not None
    assert run.results[3].message.startswith("no network")


def test_failure_and_error_of_one_test_are_one_failed_test(tmp_path: Path) -> None:
    clean_up = '<error message="failed on teardown with &quot;OSError: busy&quot;">E   OSError: busy</error>'
    one_case = only(read(tmp_path, suite(case("test_a", FAILURE + clean_up))))
    two_cases = only(read(tmp_path, suite(case("test_a", FAILURE), case("test_a", clean_up))))
    assert one_case.status is two_cases.status is TestStatus.FAILED
    assert one_case.message is not None
    assert one_case.message.startswith("AssertionError: no answer\n\n")
    assert "OSError: busy" in one_case.message
    assert two_cases.suspicious is None


def test_a_pass_after_failures_is_a_flaky_pass(tmp_path: Path) -> None:
    result = only(read(tmp_path, suite(case("test_a", FAILURE), case("test_a", FAILURE), case("test_a"))))
    assert result.status is TestStatus.PASSED
    assert result.message is None
    assert result.suspicious == "flaky: failed 2 times before it passed"


def test_a_failure_after_a_pass_stays_a_failure(tmp_path: Path) -> None:
    result = only(read(tmp_path, suite(case("test_a"), case("test_a", FAILURE))))
    assert result.status is TestStatus.FAILED
    assert result.suspicious == "flaky: passed once before it failed"


def test_surefire_reruns_are_folded(tmp_path: Path) -> None:
    flaky = (
        '<flakyFailure message="boom" type="java.lang.AssertionError">'
        "<stackTrace>at A.b(A.java:1)</stackTrace></flakyFailure>"
    )
    rerun = (
        '<failure message="boom 1" type="java.io.IOException">java.io.IOException: boom 1</failure>'
        '<rerunFailure message="boom 2" type="java.io.IOException">'
        "<stackTrace>java.io.IOException: boom 2\n\tat A.b(A.java:1)</stackTrace></rerunFailure>"
    )
    run = read(
        tmp_path, suite(case("flaky", flaky, classname="a.FooTest"), case("stays", rerun, classname="a.FooTest"))
    )
    first, second = run.results
    assert (first.status, first.suspicious) == (TestStatus.PASSED, "flaky: failed once before it passed")
    assert second.status is TestStatus.FAILED
    assert second.suspicious is None
    assert second.message is not None
    assert second.message.startswith("java.io.IOException: boom 2\n")
    assert (run.total, run.passed, run.failed) == (2, 1, 1)


def test_a_rerun_in_a_second_file_decides_by_its_time_not_by_its_name(tmp_path: Path) -> None:
    later = suite(case("test_a"), more='timestamp="2026-01-02T10:05:00+00:00"')
    earlier = suite(case("test_a", FAILURE), more='timestamp="2026-01-02T10:00:00+00:00"')
    assert only(read(tmp_path, later, earlier)).status is TestStatus.PASSED
    assert only(read(tmp_path, earlier, later)).status is TestStatus.PASSED


def test_one_test_in_two_browsers_is_two_tests(tmp_path: Path) -> None:
    ok = '<testcase name="signs in" classname="login.spec.ts"/>'
    body = "[firefox] › login.spec.ts:3:1 › signs in ────\n\n    Error: no button\n\n      at login.spec.ts:4:9"
    failure = f'<failure message="login.spec.ts:3:1 signs in" type="FAILURE">{body}</failure>'
    bad = f'<testcase name="signs in" classname="login.spec.ts">{failure}</testcase>'
    one = f'<testsuite name="login.spec.ts" hostname="chromium">{ok}</testsuite>'
    two = f'<testsuite name="login.spec.ts" hostname="firefox">{bad}</testsuite>'
    run = read(tmp_path, f"<testsuites>{one}{two}</testsuites>")
    assert [(r.test, r.status.value) for r in run.results] == [
        ("login.spec.ts::signs in [chromium]", "passed"),
        ("login.spec.ts::signs in [firefox]", "failed"),
    ]
    assert run.results[1].message is not None
    assert run.results[1].message.startswith("Error: no button\n\n")


def test_nested_suites_and_cases_without_a_suite_are_read(tmp_path: Path) -> None:
    run = read(
        tmp_path,
        '<testsuites><testcase name="alone" classname="test"/>'
        '<testsuite name="outer"><testsuite name="inner"><testcase name="deep"/></testsuite></testsuite></testsuites>',
    )
    assert [r.test for r in run.results] == ["inner::deep", "test::alone"]


def test_a_suite_as_root_is_a_junit_file(tmp_path: Path) -> None:
    assert read(tmp_path, f'<testsuite name="a.FooTest">{case()}</testsuite>').total == 1


def test_a_failed_class_set_up_counts_under_the_class(tmp_path: Path) -> None:
    broken = '<error message="no container" type="java.lang.IllegalStateException">at A.setUp(A.java:3)</error>'
    result = only(read(tmp_path, suite(case("", broken, classname="a.FooTest"))))
    assert (result.test, result.status) == ("a.FooTest", TestStatus.ERROR)
    assert result.message is not None
    assert result.message.startswith("java.lang.IllegalStateException: no container\n")


def test_a_collection_error_tells_its_error_not_the_words_collection_failure(tmp_path: Path) -> None:
    body = "tests/test_x.py:1: in &lt;module&gt;\nE   ModuleNotFoundError: No module named 'parcels'"
    inner = f'<error message="collection failure">{body}</error>'
    result = only(read(tmp_path, suite(case("tests.test_x", inner, classname=""))))
    assert result.test == "tests.test_x"
    assert result.message is not None
    assert result.message.startswith("ModuleNotFoundError: No module named 'parcels'\n\n")


def test_a_go_failure_is_told_by_its_own_lines(tmp_path: Path) -> None:
    body = "=== RUN   TestPing\n    ping_test.go:12: expected 3 pings, got 4\n--- FAIL: TestPing (0.00s)"
    inner = f'<failure message="Failed" type="">{body}</failure>'
    result = only(read(tmp_path, suite(case("TestPing", inner, classname="example.com/net"), name="example.com/net")))
    assert result.message is not None
    assert result.message.startswith("ping_test.go:12: expected 3 pings, got 4\n\n")


def test_a_jest_failure_is_told_up_to_its_frames(tmp_path: Path) -> None:
    frames = "    at Object.&lt;anonymous&gt; (a.test.js:3:9)"
    body = f"Error: expect(received).toBe(expected)\n\nExpected: 200\nReceived: 503\n{frames}"
    result = only(read(tmp_path, suite(case("answers", f"<failure>{body}</failure>", classname="api answers"))))
    assert result.message is not None
    assert result.message.partition("\n\n")[0] == (
        "Error: expect(received).toBe(expected)\nExpected: 200\nReceived: 503"
    )


def test_a_bare_traceback_is_told_by_its_last_line(tmp_path: Path) -> None:
    body = "Traceback (most recent call last):\n  File \"a.py\", line 3, in t\n    boom()\nKeyError: 'id'"
    result = only(read(tmp_path, suite(case("test_a", f"<error>{body}</error>"))))
    assert result.message is not None
    assert result.message.startswith("KeyError: 'id'\n\n")


def test_addresses_in_parameters_do_not_rename_a_test(tmp_path: Path) -> None:
    result = only(read(tmp_path, suite(case("test_a[&lt;object at 0x7f3a2c104d60&gt;]"))))
    assert result.test == "tests.test_x.TestC::test_a[<object at 0x…>]"


def test_cases_that_were_not_run_are_skipped(tmp_path: Path) -> None:
    text = '<testsuites><testsuite name="s"><testcase name="a" status="notrun" classname="C"/></testsuite></testsuites>'
    assert only(read(tmp_path, text)).status is TestStatus.SKIPPED


def test_an_instant_pass_among_slow_siblings_is_suspicious(tmp_path: Path) -> None:
    slow = [case(f"test_{n}", time="1.2") for n in range(3)]
    run = read(tmp_path, suite(*slow, case("test_z", time="0.000")))
    assert [r.suspicious for r in run.results] == [None, None, None, "ran 0 ms"]


def test_instant_passes_of_fast_tests_are_not_suspicious(tmp_path: Path) -> None:
    run = read(tmp_path, suite(*(case(f"test_{n}", time=f"0.00{n % 2}") for n in range(6))))
    assert {r.suspicious for r in run.results} == {None}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1,234.5", 1234.5), ("1,234", 1234.0), ("0,25", 0.25), ("", None), ("nan", None), ("-1", None), ("x", None)],
)
def test_durations_of_other_locales_are_read(tmp_path: Path, text: str, seconds: float | None) -> None:
    assert only(read(tmp_path, suite(case(time=text)))).seconds == seconds


def test_failure_texts_and_names_are_redacted_whole_before_they_are_cut(tmp_path: Path) -> None:
    secret = "not-a-real-token-" + "x" * 3_000
    body = "filler line\n" * 200 + secret + "\nfiller line" * 200
    path = tmp_path / "junit.xml"
    path.write_text(suite(case(f"test_a[{secret}]", f'<failure message="m {secret}">{body}</failure>')))
    result = only(read_tests([path], redact=lambda text: text.replace(secret, "<token>")))
    assert result.test == "tests.test_x.TestC::test_a[<token>]"
    assert result.message is not None
    assert result.message.startswith("m <token>")
    assert "xxx" not in result.message
    assert len(result.message) <= 4_000


def test_two_tests_that_redaction_makes_equal_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(suite(case("test[a@example.com]"), case("test[b@example.com]", FAILURE)))
    run = read_tests(
        [path], redact=lambda text: text.replace("a@example.com", "<user>").replace("b@example.com", "<user>")
    )
    assert [r.test for r in run.results] == ["tests.test_x.TestC::test[<user>]", "tests.test_x.TestC::test[<user>] #2"]
    assert run.total == 2


def test_a_huge_failure_text_keeps_its_error_and_its_end(tmp_path: Path) -> None:
    body = "noise line\n" * 60_000 + "E   the very end"
    result = only(read(tmp_path, suite(case("test_a", f'<failure message="TimeoutError: late">{body}</failure>'))))
    assert result.message is not None
    assert result.message.startswith("TimeoutError: late\n\n")
    assert result.message.endswith("the very end")
    assert len(result.message) <= 4_000


def test_control_characters_and_wrong_encodings_are_repaired(tmp_path: Path) -> None:
    raw = suite(case("test_a", '<failure message="m">\x1b[31mred&#x1b;[0m &#0;caf\xe9</failure>')).encode("latin-1")
    result = only(read(tmp_path, raw))
    assert result.message is not None
    assert "[31mred[0m caf" in result.message


def test_utf_16_and_namespaces_are_read(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>' + suite(case()).replace(
        "<testsuites>", '<testsuites xmlns="urn:x">'
    )
    assert read(tmp_path, text.encode("utf-16")).total == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<testsuites><testsuite><testcase name=", "broken XML"),
        ('{"tests": []}', "JSON"),
        ("collected 3 items", "not XML"),
        ("  \n", "empty"),
        ("<html><body/></html>", "HTML page"),
        ("<assemblies/>", "xUnit.net"),
        ("<project/>", "root <project>"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><testsuites/>', "document type"),
        ('<!DOCTYPE t SYSTEM "file:///etc/hostname"><testsuites/>', "document type"),
        ("<testsuite>" * 300, "nested deeper"),
    ],
)
def test_what_is_not_junit_is_said_with_a_hint(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TestsError, match=says) as caught:
        read(tmp_path, text)
    assert caught.value.hint


def test_an_entity_bomb_is_refused_also_in_utf_16(tmp_path: Path) -> None:
    entities = '<!ENTITY a "bbbb"><!ENTITY c "&a;&a;">'
    bomb = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [{entities}]><testsuites>&c;</testsuites>'
    with pytest.raises(TestsError, match="document type"):
        read(tmp_path, bomb.encode("utf-16"))


def test_a_missing_file_is_said_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(TestsError, match="no such file") as caught:
        read_tests([tmp_path / "nothing.xml"], redact=plain)
    assert caught.value.hint


def test_a_directory_gives_its_junit_files_and_names_what_it_left_out(tmp_path: Path) -> None:
    (tmp_path / "TEST-a.xml").write_text(suite(case("test_a")))
    (tmp_path / "TEST-b.xml").write_text(suite(case("test_b")))
    (tmp_path / "testng.xml").write_text("<testng-results/>")
    run = read_tests([tmp_path], redact=plain)
    assert run.total == 2
    assert any("TestNG" in warning for warning in run.warnings)


def test_a_directory_without_junit_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TestsError, match="no JUnit file"):
        read_tests([tmp_path], redact=plain)


def test_a_suite_that_hides_its_failures_is_told(tmp_path: Path) -> None:
    run = read(tmp_path, suite(case("test_a"), more='tests="2" failures="1"'))
    assert any("counts 1 failures" in warning for warning in run.warnings)


def test_a_file_without_cases_has_no_pass_rate(tmp_path: Path) -> None:
    run = read(tmp_path, "<testsuites/>")
    assert (run.total, run.pass_rate, run.pass_rate_interval) == (0, None, None)
    assert any("no test cases" in warning for warning in run.warnings)


INNER = [
    "",
    FAILURE,
    '<error message="e">x</error>',
    '<skipped message="s"/>',
    FAILURE + '<error message="e">x</error>',
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(INNER)), max_size=20))
def test_totals_add_up_whatever_the_file_holds(tmp_path: Path, cases: list[tuple[int, str]]) -> None:
    run = read(tmp_path, suite(*(case(f"test_{number}", inner) for number, inner in cases)))
    assert (
        run.total == len({number for number, _ in cases}) == run.passed + run.failed + run.skipped == len(run.results)
    )
    decided = run.passed + run.failed
    assert run.pass_rate == (run.passed / decided if decided else None)
    assert [r.test for r in run.results] == sorted(r.test for r in run.results)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=60).map(lambda t: f"<testsuites>{t}".encode("utf-8", "ignore")))
)
def test_no_bytes_raise_anything_but_a_tests_error(tmp_path: Path, data: bytes) -> None:
    try:
        run = read(tmp_path, data)
    except TestsError as caught:
        problem = caught
    else:
        assert run.total == len(run.results)
        return
    assert problem.hint


def test_the_recorded_files_give_the_numbers_of_a_plain_count() -> None:
    corpora = os.environ.get("ANALYZER_CORPORA")
    if not corpora:
        pytest.skip("ANALYZER_CORPORA is not set")
    files = sorted(Path(corpora).rglob("junit*.xml"))
    assert files
    for path in files:
        run = read_tests([path], redact=plain)
        kinds = [{child.tag for child in element} for element in ET.parse(path).getroot().iter("testcase")]
        failed = sum(bool(kind & {"failure", "error"}) for kind in kinds)
        skipped = sum("skipped" in kind for kind in kinds)
        assert (run.total, run.failed, run.skipped) == (len(kinds), failed, skipped), path
