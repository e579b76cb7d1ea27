"""JUnit XML of any flavour to attempts: one per printed test case and try, with the text of its failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.cycles.failures import FailureText, describe_failure
from analyzer.cycles.xml_reading import read_xml
from analyzer.errors import TestsError
from analyzer.model import TestStatus, parse_time

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_OTHER_FORMATS = {
    "assemblies": "xUnit.net XML",
    "assembly": "xUnit.net XML",
    "testrun": "a Visual Studio .trx file",
    "test-run": "NUnit XML",
    "test-results": "NUnit XML",
    "testng-results": "TestNG XML",
    "coverage": "a coverage report",
    "html": "an HTML page",
    "robot": "Robot Framework XML",
}
_NOT_RUN = {"notrun", "skipped", "disabled", "suppressed"}
_TOOL_SUITES = {"", "pytest", "unittest", "root suite", "jest tests", "mocha tests", "jasmine"}
"""suite names that say which tool wrote the file, and nothing about the test"""
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of one test, as printed. Attempts of a file come in the order of the file."""

    test: str
    """`classname::name`"""
    suite: tuple[str, str]
    """name and host of the innermost suite: tells the same test of two projects from a rerun"""
    status: TestStatus
    seconds: float | None
    failure: FailureText | None = None
    """redacted; for a skipped test its reason"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFile:
    """What one file holds; `started_ns` is the earliest time a suite gives."""

    __test__ = False

    name: str
    attempts: tuple[Attempt, ...]
    started_ns: int | None
    warnings: tuple[str, ...] = ()


def read_junit(path: Path, *, redact: Callable[[str], str]) -> TestFile:
    """Every test case of a JUnit XML file: pytest, unittest, surefire, gradle, jest, go and their like.

    Raises TestsError where the file is missing, broken, or no JUnit file.
    """
    root = junit_root(path)
    attempts: list[Attempt] = []
    warnings: list[str] = []
    for suite, cases in _suites(root):
        tries = [attempt for case in cases for attempt in _attempts(case, suite, redact)]
        attempts += tries
        claimed = _count(suite, "failures") + _count(suite, "errors")
        has_children = suite.find("testsuite") is not None
        if claimed and not has_children and not any(_bad(a.status) for a in tries):
            name = redact(suite.get("name") or "without a name")
            warnings.append(f"{path.name}: suite {name} counts {claimed} failures, but lists none of them")
    if not attempts:
        warnings.append(f"{path.name}: holds no test cases")
    times = [ns for suite in root.iter("testsuite") if (ns := parse_time(suite.get("timestamp") or "")) is not None]
    return TestFile(
        name=path.name, attempts=tuple(attempts), started_ns=min(times, default=None), warnings=tuple(warnings)
    )


def junit_root(path: Path) -> Element:
    """The root of a JUnit file. Raises TestsError like `read_junit`."""
    root = read_xml(path)
    if root.tag not in ("testsuites", "testsuite"):
        other = _OTHER_FORMATS.get(root.tag.casefold(), f"XML with the root <{root.tag[:40]}>")
        raise TestsError(
            f"{path}: is {other}, not JUnit XML", "Let the test runner write JUnit XML (pytest --junitxml=FILE)."
        )
    return root


def _suites(root: Element) -> Iterator[tuple[Element, list[Element]]]:
    """Every suite, at any depth and in the file's order, with its own cases; Node writes cases without a suite."""
    for element in root.iter():
        if element.tag in ("testsuite", "testsuites"):
            yield element, element.findall("testcase")


def _attempts(case: Element, suite: Element, redact: Callable[[str], str]) -> list[Attempt]:
    """The tries of one case, oldest first. Surefire keeps earlier tries as children of the final one."""
    from junitparser import Error, Failure, Skipped, xunit2  # not needed to import the stage

    test_case: Any = xunit2.TestCase  # the library has no types here
    parsed = test_case.fromelem(case)
    results: list[Any] = list(parsed.result)
    failures = [r for r in results if isinstance(r, Failure)]
    errors = [r for r in results if isinstance(r, Error)]
    skips = [r for r in results if isinstance(r, Skipped)]
    status = TestStatus.PASSED
    told: list[Any] = []
    if failures or errors:
        # pytest writes both where a test fails and its clean-up too; it is one failed test.
        status, told = TestStatus.FAILED if failures else TestStatus.ERROR, [*failures, *errors]
    elif skips or _NOT_RUN & {case.get("status", "").casefold(), case.get("result", "").casefold()}:
        status, told = TestStatus.SKIPPED, skips
    test, where = _test_id(case, suite), (suite.get("name") or "", suite.get("hostname") or "")

    def attempt(status: TestStatus, told: list[Any], seconds: float | None) -> Attempt:
        text = describe_failure([(r.message, r.type, _body(r)) for r in told], redact=redact) if told else None
        return Attempt(test=test, suite=where, status=status, seconds=seconds, failure=text)

    flaky = [*parsed.flaky_failures(), *parsed.flaky_errors()]
    reruns = [*parsed.rerun_failures(), *parsed.rerun_errors()]
    final = attempt(status, told, seconds_of(case.get("time")))
    # A flaky try came before the pass. A rerun came after the failure that the case itself shows.
    earlier = [attempt(TestStatus.FAILED, [r], None) for r in flaky]
    later = [attempt(TestStatus.FAILED, [r], None) for r in reruns]
    if later and not _bad(status):
        return [*earlier, *later, final]
    return [*earlier, final, *later]


def _body(result: Any) -> str:
    return getattr(result, "stack_trace", None) or result.text or ""


def _test_id(case: Element, suite: Element) -> str:
    """`classname::name`; the suite stands in for a missing class, and a nameless case is its class's set-up."""
    name = _tidy(case.get("name") or "")
    classname = case.get("classname")
    if classname is None:
        group = _tidy(suite.get("name") or "")
        classname = "" if group.casefold() in _TOOL_SUITES else group
    classname = _tidy(classname)
    return "::".join(part for part in (classname, name) if part) or "(unnamed test)"


def _tidy(text: str) -> str:
    """One line; addresses of objects in parameters differ from run to run."""
    return _ADDRESS.sub("0x…", _SPACES.sub(" ", text).strip())


def seconds_of(text: str | None) -> float | None:
    """A duration in seconds, also `1,234.5`; None where there is none or no sensible one."""
    text = (text or "").strip()
    if "," in text:
        text = text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?", text) else text.replace(",", ".")
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def _count(suite: Element, name: str) -> int:
    text = suite.get(name) or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _bad(status: TestStatus) -> bool:
    return status in (TestStatus.FAILED, TestStatus.ERROR)
