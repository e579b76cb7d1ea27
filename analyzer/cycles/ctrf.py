"""A report in the Common Test Report Format (https://ctrf.io) to attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analyzer.cycles.attempts import Attempt, TestFile
from analyzer.cycles.case_times import NANOS, time_of_seconds
from analyzer.cycles.failures import describe_failure
from analyzer.cycles.identifiers import environment_of, ids_of, labels_of, tidy_labels
from analyzer.cycles.json_values import items, mapping, number, pairs, text
from analyzer.cycles.junit import tidy_name
from analyzer.model import TestStatus

_STATUS = {"passed": TestStatus.PASSED, "failed": TestStatus.FAILED}
"""skipped, pending and other are no result"""
_MAX_TRIES = 100


def is_ctrf(document: object) -> bool:
    """Whether a JSON document is CTRF; early reporters did not write `reportFormat`."""
    results = mapping(mapping(document).get("results"))
    if not isinstance(results.get("tests"), list):
        return False
    return text(mapping(document).get("reportFormat")) == "CTRF" or "tool" in results


def read_ctrf(document: object, *, name: str, redact: Callable[[str], str]) -> TestFile:
    """Every test with its retries, in the order of the file. Times are Unix milliseconds, durations too."""
    results = mapping(mapping(document).get("results"))
    attempts: list[Attempt] = []
    others = 0
    for test in map(mapping, items(results.get("tests"))):
        attempts += _attempts(test, redact)
        others += text(test.get("status")) == "other"
    summary = mapping(results.get("summary"))
    warnings = []
    if others:
        warnings.append(f"{name}: {others} tests have the status other; they count as skipped")
    failed = number(summary.get("failed")) or 0
    if failed and not any(a.status.outcome == "failed" for a in attempts):
        warnings.append(f"{name}: counts {failed:.0f} failures, but lists none of them")
    if not attempts:
        warnings.append(f"{name}: holds no test cases")
    return TestFile(
        name=name,
        attempts=tuple(attempts),
        started_ns=_time(summary.get("start")),
        ended_ns=_time(summary.get("stop")),
        warnings=tuple(warnings),
        environment=tuple(environment_of(pairs(results.get("environment")), redact=redact)),
    )


def _attempts(test: Mapping[str, Any], redact: Callable[[str], str]) -> list[Attempt]:
    """The tries of one test, oldest first: those of `retryAttempts`, else as many as `retries` and `flaky` claim."""
    suites = _suites(test)
    group = " > ".join(suites) or text(test.get("filePath"))
    named = pairs(test.get("labels"))
    labels = [text(tag) for tag in items(test.get("tags"))] + [f"{key}:{value}" for key, value in named]
    labels += [f"suite:{suite}" for suite in suites[:1]] + [text(test.get("type"))]
    common: dict[str, Any] = {
        "test": "::".join(part for part in (tidy_name(group), tidy_name(text(test.get("name")))) if part)
        or "(unnamed test)",
        "suite": (text(test.get("browser")), text(test.get("device"))),
        "labels": tuple(tidy_labels([*labels, *labels_of(pairs(test.get("extra")), redact=redact)], redact=redact)),
        "file": redact(text(test.get("filePath"))) or None,
    }
    final = _attempt(
        test, common, redact, properties=[*named, *pairs(test.get("extra")), *pairs(test.get("parameters"))]
    )
    earlier = [mapping(one) for one in items(test.get("retryAttempts"))]
    earlier.sort(key=lambda one: number(one.get("attempt")) or 0)
    retries = int(min(number(test.get("retries")) or 0, _MAX_TRIES))
    if "retries" in test and len(earlier) > retries and text(earlier[-1].get("status")) == text(test.get("status")):
        earlier.pop()  # some reporters list the try that decided once more
    if earlier:
        return [*(_attempt(one, common, redact) for one in earlier), final]
    if final.status is TestStatus.PASSED and not (retries or test.get("flaky") is True):
        return [final]
    untold = retries or int(final.status is TestStatus.PASSED and test.get("flaky") is True)
    # Who tries again does so because it failed; no text of it is kept.
    return [*(Attempt(**common, status=TestStatus.FAILED, seconds=None) for _ in range(untold)), final]


def _attempt(
    one: Mapping[str, Any],
    common: Mapping[str, Any],
    redact: Callable[[str], str],
    *,
    properties: list[tuple[str, str]] | None = None,
) -> Attempt:
    status = _STATUS.get(text(one.get("status")), TestStatus.SKIPPED)
    message, body = text(one.get("message")), text(one.get("trace"))
    took = number(one.get("duration"))
    printed = [text(line) for kind in ("stdout", "stderr") for line in items(one.get(kind))]
    told = [(message, None, body)] if status is TestStatus.FAILED or message else []
    start, stop = _time(one.get("start")), _time(one.get("stop"))
    if start is not None and stop is None and took is not None:
        stop = start + round(took * NANOS / 1000)
    return Attempt(
        **common,
        status=status,
        seconds=took / 1000 if took is not None else None,
        failure=describe_failure(told, redact=redact) if told and status is not TestStatus.PASSED else None,
        started_ns=start if stop is not None and start is not None and start <= stop else None,
        ended_ns=stop if start is not None and stop is not None and start <= stop else None,
        ids=tuple(ids_of([message, body, *printed], properties or [], redact=redact)),
    )


def _suites(test: Mapping[str, Any]) -> list[str]:
    """From the outermost in; early reporters wrote one text `a > b`."""
    told = test.get("suite")
    names = told.split(" > ") if isinstance(told, str) else [text(one) for one in items(told)]
    return [name.strip() for name in names if name.strip()]


def _time(value: object) -> int | None:
    """Unix nanoseconds of a Unix time in milliseconds, or (as some reporters write) in seconds."""
    told = number(value)
    return time_of_seconds(told / 1000 if told is not None and told > 1e11 else told)
