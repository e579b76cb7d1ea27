"""When a run of tests began and ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.cycles import run_times
from analyzer.errors import TestsError
from analyzer.model import format_time, parse_time

SECOND = 1_000_000_000


def junit(path: Path, *suites: str) -> Path:
    path.write_text(f"<testsuites>{''.join(suites)}</testsuites>")
    return path


def suite(timestamp: str = "", *, name: str = "api", time: str = "", cases: str = "") -> str:
    attributes = f'name="{name}"' + (f' timestamp="{timestamp}"' if timestamp else "")
    attributes += f' time="{time}"' if time else ""
    return f"<testsuite {attributes}>{cases}</testsuite>"


def span(*paths: Path) -> tuple[str | None, str | None]:
    start, end = run_times(paths)
    return format_time(start), format_time(end)


def test_a_run_goes_from_the_first_start_to_the_last_end(tmp_path: Path) -> None:
    a = junit(
        tmp_path / "a.xml",
        suite("2026-11-24T10:00:00Z", time="90.5"),
        suite("2026-11-24T11:00:30+01:00", time="10"),
    )
    b = junit(tmp_path / "b.xml", suite("2026-11-24T10:01:00Z", time="60"))
    assert span(a) == ("2026-11-24T10:00:00.000000Z", "2026-11-24T10:01:30.500000Z")
    assert span(a, b) == span(tmp_path) == ("2026-11-24T10:00:00.000000Z", "2026-11-24T10:02:00.000000Z")


def test_a_suite_that_does_not_say_how_long_took_what_its_cases_took(tmp_path: Path) -> None:
    cases = '<testcase name="a" time="1.5"/><testcase name="b" time="1,000.5"/><testcase name="c"/>'
    file = junit(tmp_path / "a.xml", suite("2026-11-24T10:00:00Z", cases=cases))
    assert span(file) == ("2026-11-24T10:00:00.000000Z", "2026-11-24T10:16:42.000000Z")


def test_times_of_single_cases_count(tmp_path: Path) -> None:
    cases = '<testcase name="a" timestamp="2026-11-24T10:05:00Z" time="5"/>'
    assert span(junit(tmp_path / "a.xml", suite(cases=cases)))[1] == "2026-11-24T10:05:05.000000Z"


def test_without_a_zone_pytest_means_this_machine_and_others_utc(tmp_path: Path) -> None:
    wall = datetime(2026, 7, 24, 10, tzinfo=UTC).replace(tzinfo=None)
    said: list[str] = []
    start, _ = run_times([junit(tmp_path / "a.xml", suite("2026-07-24T10:00:00", name="pytest"))], warn=said.append)
    other, _ = run_times([junit(tmp_path / "b.xml", suite("2026-07-24T10:00:00"))], warn=said.append)
    assert start == int(wall.timestamp()) * SECOND
    assert other == parse_time("2026-07-24T10:00:00Z")
    assert len(said) == (0 if start == other else 2)  # where this machine lives by UTC there is nothing to doubt


def test_what_has_no_time_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TestsError, match="no suite says when") as caught:
        run_times([junit(tmp_path / "a.xml", suite(), suite("soon"))])
    assert "--from and --to" in caught.value.hint


def test_what_is_no_test_file_is_refused_as_everywhere(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.xml").write_text("<coverage/>")
    for path in (tmp_path / "missing.xml", tmp_path / "a.xml", tmp_path / "empty"):
        with pytest.raises(TestsError):
            run_times([path])
