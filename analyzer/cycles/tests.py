"""Test files to one test run: reruns folded, totals that add up, passes that look odd."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from analyzer.cycles.attempts import Attempt, TestFile
from analyzer.cycles.json_reports import is_json, read_json
from analyzer.cycles.junit import read_junit
from analyzer.cycles.statistics import wilson_interval
from analyzer.errors import TestsError
from analyzer.model import TestGroup, TestResult, TestRun, TestStatus

_INSTANT = 0.0005
"""seconds; JUnit files have three decimals, so this is what is written as 0"""
_USUAL = 0.010
"""seconds that siblings take in the median before an instant pass is odd"""


def read_tests(paths: Sequence[Path], *, redact: Callable[[str], str]) -> TestRun:
    """One test run of JUnit, pytest-json-report and CTRF files, or of the `*.xml` and `*.json` of directories.

    Results are sorted by test. What a file is, its content tells, not its name. Tries of one test are folded, in the
    order of time where every file gives one, else of `paths`: the last try that was not skipped decides, and
    `suspicious` says where tries disagreed. The same test in two suites of one file (two browsers, two modules) is two
    tests; the suite's name, else its host, is added in brackets.
    Raises TestsError where a file is missing, broken, or none of these.
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
    environment = sorted({pair for file in files for pair in file.environment})
    return total(_named(_suspected(results), redact), warnings=warnings, environment=environment)


def total(
    results: Iterable[TestResult], *, warnings: Iterable[str] = (), environment: Iterable[tuple[str, str]] = ()
) -> TestRun:
    """The run of these results: `total` is their number, `failed` includes errors; the same for every label."""
    ordered = tuple(sorted(results, key=lambda result: result.test))
    return TestRun(
        **_counts(ordered),
        results=ordered,
        warnings=tuple(dict.fromkeys(warnings)),
        groups=_groups(ordered),
        environment=tuple(environment),
    )


def _groups(results: Sequence[TestResult]) -> tuple[TestGroup, ...]:
    """The totals of every label, sorted by label; a test counts in each of its labels."""
    labelled: dict[str, list[TestResult]] = defaultdict(list)
    for result in results:
        for label in dict.fromkeys(result.labels):
            labelled[label].append(result)
    return tuple(TestGroup(label=label, **_counts(labelled[label])) for label in sorted(labelled))


def _counts(results: Sequence[TestResult]) -> dict[str, Any]:
    """The numbers that a run and a group have in common."""
    outcomes = [result.status.outcome for result in results]
    passed, failed, skipped = (outcomes.count(kind) for kind in ("passed", "failed", "skipped"))
    decided = passed + failed
    return {
        "total": len(results),
        "passed": passed,
        "failed": failed,
        "skipped": skipped,
        "pass_rate": passed / decided if decided else None,
        "pass_rate_interval": wilson_interval(passed, decided),
    }


def _read(paths: Sequence[Path], redact: Callable[[str], str]) -> tuple[list[TestFile], list[str]]:
    files: list[TestFile] = []
    warnings: list[str] = []
    for path in paths:
        if not path.is_dir():
            files.append(_read_one(path, redact))
            continue
        found = 0
        strange: list[str] = []
        for inner in sorted([*path.glob("*.xml"), *path.glob("*.json")]):
            try:
                files.append(_read_one(inner, redact))
                found += 1
            except TestsError as error:
                # Folders hold JSON of all kinds: one sentence for all of it.
                if inner.suffix == ".json":
                    strange.append(inner.name)
                else:
                    warnings.append(f"left out: {error.message}")
        if strange:
            names = ", ".join(strange[:3]) + (" …" if len(strange) > 3 else "")
            warnings.append(f"left out: {path}: {len(strange)} JSON files without test results ({names})")
        if not found:
            raise TestsError(
                f"{path}: no JUnit file in this directory, and no JSON file with test results",
                "Name the files that the test runner wrote with --tests.",
            )
    return files, warnings


def _read_one(path: Path, redact: Callable[[str], str]) -> TestFile:
    return read_json(path, redact=redact) if is_json(path) else read_junit(path, redact=redact)


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
    # The clean-up of a try is printed like a try, but tries nothing.
    tries = [a for a in ran if not a.clean_up] or ran
    starts = [a.started_ns for a in ran if a.started_ns is not None]
    ends = [a.ended_ns for a in ran if a.ended_ns is not None]
    return TestResult(
        test=test,
        status=shown.status,
        seconds=shown.seconds if shown.seconds is not None else _first_seconds(ran),
        message=shown.failure.text if shown.failure else None,
        suspicious=note,
        labels=tuple(sorted({label for a in attempts for label in a.labels})),
        file=next((a.file for a in reversed(attempts) if a.file), None),
        attempts=len(tries),
        started_ns=min(starts, default=None),
        ended_ns=max(ends, default=None),
        ids=tuple(sorted({one for a in ran for one in a.ids})),
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
