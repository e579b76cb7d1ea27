"""JUnit XML of any flavour to attempts: one per printed test case and try, with the text of its failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.cycles.attempts import Attempt, TestFile
from analyzer.cycles.case_times import Span, case_spans, seconds_of, time_of
from analyzer.cycles.failures import describe_failure
from analyzer.cycles.identifiers import environment_of, ids_of, labels_of
from analyzer.cycles.xml_reading import read_xml
from analyzer.errors import TestsError
from analyzer.model import TestStatus

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
_CLEAN_UP = "failed on teardown"
"""how pytest begins the message of a clean-up that failed; it is a case of its own where the test failed too"""
_UNITTEST_SET_UP = re.compile(r"((?:setUp|tearDown)(?:Class|Module)) \(([^()]{1,300})\)")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_SPACES = re.compile(r"\s+")


def read_junit(path: Path, *, redact: Callable[[str], str]) -> TestFile:
    """Every test case of a JUnit XML file: pytest, unittest, surefire, gradle, jest, vitest, go and their like.

    Raises TestsError where the file is missing, broken, or no JUnit file.
    """
    root = junit_root(path)
    attempts: list[Attempt] = []
    warnings: list[str] = []
    for suite, cases in _suites(root):
        spans = case_spans(suite, [seconds_of(case.get("time")) for case in cases], root=root)
        tries = [
            attempt for case, span in zip(cases, spans, strict=True) for attempt in _attempts(case, suite, span, redact)
        ]
        attempts += tries
        claimed = _count(suite, "failures") + _count(suite, "errors")
        has_children = suite.find("testsuite") is not None
        if claimed and not has_children and not any(_bad(a.status) for a in tries):
            name = redact(suite.get("name") or "without a name")
            warnings.append(f"{path.name}: suite {name} counts {claimed} failures, but lists none of them")
    if not attempts:
        warnings.append(f"{path.name}: holds no test cases")
    times = [ns for suite in root.iter("testsuite") if (ns := time_of(suite.get("timestamp"))) is not None]
    return TestFile(
        name=path.name,
        attempts=tuple(attempts),
        started_ns=min(times, default=None),
        warnings=tuple(warnings),
        environment=_environment(root, redact),
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


def _attempts(case: Element, suite: Element, span: Span, redact: Callable[[str], str]) -> list[Attempt]:
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
    properties = [*_properties(suite), *_properties(case)]
    labels = tuple(labels_of(properties, redact=redact))
    printed = [element.text or "" for kind in ("system-out", "system-err") for element in case.findall(kind)]

    def attempt(status: TestStatus, told: list[Any], seconds: float | None, more: Sequence[str] = ()) -> Attempt:
        texts = [(r.message, r.type, _body(r)) for r in told]
        ids = ids_of([*more, *(t for m, _, body in texts for t in (m or "", body))], _properties(case), redact=redact)
        return Attempt(
            test=test,
            suite=where,
            status=status,
            seconds=seconds,
            failure=describe_failure(texts, redact=redact) if told else None,
            clean_up=bool(told) and not failures and (told[0].message or "").startswith(_CLEAN_UP),
            labels=labels,
            file=redact(case.get("file") or "") or None,
            started_ns=span[0],
            ended_ns=span[1],
            ids=tuple(ids),
        )

    flaky = [*parsed.flaky_failures(), *parsed.flaky_errors()]
    reruns = [*parsed.rerun_failures(), *parsed.rerun_errors()]
    final = attempt(status, told, seconds_of(case.get("time")), printed)
    # A flaky try came before the pass. A rerun came after the failure that the case itself shows.
    earlier = [attempt(TestStatus.FAILED, [r], None) for r in flaky]
    later = [attempt(TestStatus.FAILED, [r], None) for r in reruns]
    if later and not _bad(status):
        return [*earlier, *later, final]
    return [*earlier, final, *later]


def _properties(element: Element) -> list[tuple[str, str]]:
    """(name, value) of the properties of a case or suite itself, not of what lies inside."""
    return [(p.get("name") or "", p.get("value") or p.text or "") for p in element.findall("properties/property")]


def _environment(root: Element, redact: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    suites = [element for element, _ in _suites(root)]
    told = environment_of((pair for suite in suites for pair in _properties(suite)), redact=redact)
    hosts = {redact(host) for suite in suites if (host := (suite.get("hostname") or "").strip())}
    return tuple(sorted({*told, *(("hostname", host) for host in hosts)}))


def _body(result: Any) -> str:
    return getattr(result, "stack_trace", None) or result.text or ""


def _test_id(case: Element, suite: Element) -> str:
    """`classname::name`; the suite stands in for a missing class.

    A case without a name, or with the name of its class, is the set-up of that class; jest by default gives both
    the whole title.
    """
    name = tidy_name(case.get("name") or "")
    set_up = _UNITTEST_SET_UP.fullmatch(name)
    if set_up:
        return f"{set_up[2]}::{set_up[1]}"
    classname = case.get("classname")
    if classname is None:
        group = tidy_name(suite.get("name") or "")
        classname = "" if group.casefold() in _TOOL_SUITES else group
    classname = tidy_name(classname)
    package, _, short = classname.rpartition(".")
    if name == classname or (package and name == short and short[:1].isupper()):
        return classname or "(unnamed test)"
    return "::".join(part for part in (classname, name) if part) or "(unnamed test)"


def tidy_name(text: str) -> str:
    """One line; addresses of objects in parameters differ from run to run."""
    return _ADDRESS.sub("0x…", _SPACES.sub(" ", text).strip())


def _count(suite: Element, name: str) -> int:
    text = suite.get(name) or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _bad(status: TestStatus) -> bool:
    return status in (TestStatus.FAILED, TestStatus.ERROR)
