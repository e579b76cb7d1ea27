"""Test files to one test run: reruns folded, totals that add up, passes that look odd."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from analyzer.cycles.junit import Attempt, TestFile, read_junit
from analyzer.cycles.statistics import wilson_interval
from analyzer.errors import TestsError
from analyzer.model import TestResult, TestRun, TestStatus

_INSTANT = 0.0005
"""seconds; JUnit files have three decimals, so this is what is written as 0"""
_USUAL = 0.010
"""seconds that siblings take in the median before an instant pass is odd"""


def read_tests(paths: Sequence[Path], *, redact: Callable[[str], str]) -> TestRun:
    """One test run of JUnit files, or of the `*.xml` of directories; results sorted by test.

    Tries of one test are folded, in the order of time where every file gives one, else of `paths`: the last try that
    was not skipped decides, and `suspicious` says where tries disagreed. The same test in two suites of one file
    (two browsers, two modules) is two tests; the suite's name, else its host, is added in brackets.
    Raises TestsError where a file is missing, broken, or not JUnit.
    """
    files, warnings = _read(paths, redact)
    if files and all(file.started_ns is not None for file in files):
        files = sorted(files, key=lambda file: (file.started_ns or 0, file.name))
    tries: dict[str, list[Attempt]] = defaultdict(list)
    for file in files:
        warnings += file.warnings
        for test, attempts in _by_test(file.attempts).items():
            tries[test] += attempts
    results = [_fold(test, attempts) for test, attempts in sorted(tries.items())]
    return total(_named(_suspected(results), redact), warnings=warnings)


def total(results: Iterable[TestResult], *, warnings: Iterable[str] = ()) -> TestRun:
    """The run of these results: `total` is their number, `failed` includes errors."""
    ordered = tuple(sorted(results, key=lambda result: result.test))
    outcomes = [result.status.outcome for result in ordered]
    passed, failed, skipped = (outcomes.count(kind) for kind in ("passed", "failed", "skipped"))
    decided = passed + failed
    return TestRun(
        total=len(ordered),
        passed=passed,
        failed=failed,
        skipped=skipped,
        pass_rate=passed / decided if decided else None,
        pass_rate_interval=wilson_interval(passed, decided),
        results=ordered,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _read(paths: Sequence[Path], redact: Callable[[str], str]) -> tuple[list[TestFile], list[str]]:
    files: list[TestFile] = []
    warnings: list[str] = []
    for path in paths:
        if not path.is_dir():
            files.append(read_junit(path, redact=redact))
            continue
        found = 0
        for inner in sorted(path.glob("*.xml")):
            try:
                files.append(read_junit(inner, redact=redact))
                found += 1
            except TestsError as error:
                warnings.append(f"left out: {error.message}")
        if not found:
            raise TestsError(f"{path}: no JUnit file in this directory", "Name the JUnit XML files with --tests.")
    return files, warnings


def _by_test(attempts: Iterable[Attempt]) -> Mapping[str, list[Attempt]]:
    """The tries of a file by test; a test that stands in several suites is several tests."""
    by_suite: dict[str, dict[tuple[str, str], list[Attempt]]] = defaultdict(lambda: defaultdict(list))
    for attempt in attempts:
        by_suite[attempt.test][attempt.suite].append(attempt)
    found: dict[str, list[Attempt]] = defaultdict(list)
    for test, suites in by_suite.items():
        names = {name for name, _ in suites}
        for (name, host), tries in suites.items():
            label = "" if len(suites) == 1 else (name if len(names) == len(suites) else f"{name} {host}").strip()
            if len(names) == 1 and len(suites) > 1:
                label = host
            found[f"{test} [{label}]" if label else test] += tries
    return found


def _fold(test: str, attempts: Sequence[Attempt]) -> TestResult:
    """One result of all tries: the last that was not skipped decides."""
    ran = [a for a in attempts if a.status is not TestStatus.SKIPPED] or list(attempts)
    last = ran[-1]
    failed = [a for a in ran if a.status.outcome == "failed"]
    passed = sum(a.status is TestStatus.PASSED for a in ran)
    note = None
    if failed and passed:
        order = f"failed {_times(len(failed))} before it passed" if last.status is TestStatus.PASSED else ""
        note = f"flaky: {order or f'passed {_times(passed)} before it failed'}"
    shown = last
    if last.status.outcome == "failed":
        # pytest writes a failed clean-up as a second case of the test: the failure is the error to show.
        shown = next((a for a in reversed(failed) if a.status is TestStatus.FAILED), last)
    return TestResult(
        test=test,
        status=shown.status,
        seconds=shown.seconds if shown.seconds is not None else _first_seconds(ran),
        message=shown.failure.text if shown.failure else None,
        suspicious=note,
    )


def _suspected(results: Sequence[TestResult]) -> list[TestResult]:
    """The results with `ran 0 ms` at passes that took no time where their siblings take some."""
    timed = [r for r in results if r.status is TestStatus.PASSED and r.seconds is not None]
    by_class: dict[str, list[float]] = defaultdict(list)
    for result in timed:
        by_class[result.test.rpartition("::")[0]].append(result.seconds or 0.0)
    usual_of_all = median([r.seconds or 0.0 for r in timed]) if timed else 0.0
    usual = {name: median(seconds) if len(seconds) > 2 else usual_of_all for name, seconds in by_class.items()}
    odd = {r.test for r in timed if (r.seconds or 0.0) < _INSTANT and usual[r.test.rpartition("::")[0]] >= _USUAL}
    return [
        replace(r, suspicious="; ".join(filter(None, (r.suspicious, "ran 0 ms")))) if r.test in odd else r
        for r in results
    ]


def _named(results: Iterable[TestResult], redact: Callable[[str], str]) -> list[TestResult]:
    """The results under redacted names; two that become equal are numbered, so that none is lost."""
    seen: dict[str, int] = defaultdict(int)
    named = []
    for result in results:
        name = redact(result.test)
        seen[name] += 1
        named.append(replace(result, test=name if seen[name] == 1 else f"{name} #{seen[name]}"))
    return named


def _first_seconds(attempts: Iterable[Attempt]) -> float | None:
    return next((a.seconds for a in attempts if a.seconds is not None), None)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
