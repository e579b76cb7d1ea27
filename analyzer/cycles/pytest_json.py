"""The JSON of pytest-json-report to attempts, under the names that the same tests have in JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analyzer.cycles.attempts import Attempt, TestFile
from analyzer.cycles.case_times import NANOS, time_of_seconds
from analyzer.cycles.failures import describe_failure
from analyzer.cycles.identifiers import environment_of, ids_of, labels_of, tidy_labels
from analyzer.cycles.json_values import items, mapping, number, pairs, text
from analyzer.cycles.junit import tidy_name
from analyzer.model import TestStatus

_Told = tuple[str | None, str | None, str]
"""message, type and body of a failure"""
_STAGES = ("setup", "call", "teardown")
_NO_MARKERS = {
    "", "()", "pytestmark", "parametrize", "usefixtures", "skip", "skipif", "xfail", "filterwarnings", "flaky",
    "asyncio", "anyio", "trio", "timeout",
}  # fmt: skip
"""keywords that say how pytest runs a test, not which tier it belongs to"""
_MARKER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")
_PATH_END = re.compile(r"\.pyi?$")


def is_pytest_json(document: object) -> bool:
    """Whether a JSON document was written by pytest-json-report."""
    told = mapping(document)
    if "exitcode" not in told or "root" not in told:
        return False
    return isinstance(told.get("tests", []), list) and isinstance(told.get("summary"), Mapping)


def read_pytest_json(document: object, *, name: str, redact: Callable[[str], str]) -> TestFile:
    """Every test, and every module that could not be collected, in the order of the file.

    `created` is when the file was written, `duration` how long the session took.
    """
    told = mapping(document)
    root = text(told.get("root"))
    attempts = [_collecting(mapping(c), redact) for c in items(told.get("collectors")) if _failed(mapping(c))]
    for test in map(mapping, items(told.get("tests"))):
        attempts += _attempts(test, root, redact)
    warnings = []
    failed = any(a.status.outcome == "failed" for a in attempts)
    if number(told.get("exitcode")) == 1 and not failed:
        warnings.append(f"{name}: pytest ended with failures, but the file lists none of them")
    if not attempts:
        warnings.append(f"{name}: holds no test cases")
    ended, took = time_of_seconds(told.get("created")), number(told.get("duration"))
    started = ended - round(took * NANOS) if ended is not None and took is not None else None
    return TestFile(
        name=name,
        attempts=tuple(attempts),
        started_ns=started,
        ended_ns=ended,
        warnings=tuple(warnings),
        environment=tuple(environment_of(pairs(told.get("environment")), redact=redact)),
    )


def _failed(collector: Mapping[str, Any]) -> bool:
    return text(collector.get("outcome")) == "failed"


def _collecting(collector: Mapping[str, Any], redact: Callable[[str], str]) -> Attempt:
    """A module that could not be imported: an error under the module's name, as in JUnit XML."""
    body = text(collector.get("longrepr"))
    node = text(collector.get("nodeid"))
    return Attempt(
        test=_test_id(node),
        suite=("", ""),
        status=TestStatus.ERROR,
        seconds=None,
        failure=describe_failure([("collection failure", None, body)], redact=redact),
        file=redact(node.partition("::")[0]) or None,
    )


def _attempts(test: Mapping[str, Any], root: str, redact: Callable[[str], str]) -> list[Attempt]:
    """The last try of a test. Of earlier ones (outcome `rerun`) the file says only that there was one."""
    node = text(test.get("nodeid"))
    stages = [(when, mapping(test.get(when))) for when in _STAGES]
    status, told = _status(text(test.get("outcome")), stages)
    properties = [pair for one in items(test.get("user_properties")) for pair in _property(one)]
    metadata = pairs(test.get("metadata"))
    printed = [text(stage.get(kind)) for _, stage in stages for kind in ("stdout", "stderr")]
    printed += [text(mapping(line).get("msg")) for _, stage in stages for line in items(stage.get("log"))[:1_000]]
    durations = [d for _, stage in stages if (d := number(stage.get("duration"))) is not None]
    labels = [*labels_of([*properties, *metadata], redact=redact), *_markers(test, node, root)]
    failure = describe_failure(told, redact=redact) if told else None
    ids = ids_of(
        [*printed, *(t for m, _, body in told for t in (m or "", body))], [*properties, *metadata], redact=redact
    )
    last = Attempt(
        test=_test_id(node),
        suite=("", ""),
        status=status,
        seconds=sum(durations) if durations else None,
        failure=failure,
        labels=tuple(tidy_labels(labels, redact=redact)),
        file=redact(node.partition("::")[0]) or None,
        ids=tuple(ids),
    )
    if text(test.get("outcome")) != "rerun":
        return [last]
    return [Attempt(test=last.test, suite=("", ""), status=TestStatus.FAILED, seconds=None), last]


def _status(outcome: str, stages: list[tuple[str, Mapping[str, Any]]]) -> tuple[TestStatus, Sequence[_Told]]:
    """Status and (message, type, body) of what is told: by the stages, for plugins make up outcomes of their own."""
    bad = [(when, stage) for when, stage in stages if text(stage.get("outcome")) == "failed"]
    if bad:
        bad.sort(key=lambda pair: pair[0] != "call")
        told = [(_message(when, stage), None, text(stage.get("longrepr"))) for when, stage in bad]
        status = TestStatus.FAILED if bad[0][0] == "call" else TestStatus.ERROR
        return status, told
    if outcome in ("failed", "error"):
        return (TestStatus.FAILED if outcome == "failed" else TestStatus.ERROR), [(None, None, "")]
    skipped = [stage for _, stage in stages if text(stage.get("outcome")) == "skipped"]
    if skipped or outcome in ("skipped", "xfailed"):
        reasons = [text(stage.get("longrepr")) for stage in skipped]
        shown = [(_skip_reason(reason), None, "") for reason in reasons if reason][:1]
        return TestStatus.SKIPPED, shown
    return TestStatus.PASSED, []


def _message(when: str, stage: Mapping[str, Any]) -> str:
    """As pytest words it in JUnit XML, so that a change of the format is no change of the error."""
    told = text(mapping(stage.get("crash")).get("message"))
    return told if when == "call" or not told else f'failed on {when} with "{told}"'


def _skip_reason(longrepr: str) -> str:
    """pytest gives the text of a tuple: file, line, `Skipped: reason`."""
    found = re.fullmatch(r"\(.{1,500}, \d{1,7}, ([\"'])(?:Skipped: )?(.{0,2000})\1\)", longrepr, re.DOTALL)
    return found[2] if found else longrepr


def _property(one: object) -> list[tuple[str, str]]:
    """A user property is an object, or a pair in a list."""
    if isinstance(one, list) and len(one) == 2:
        return [(text(one[0]), text(one[1]))]
    return pairs(one)


def _test_id(node: str) -> str:
    """`tests/test_x.py::TestC::test_a[1]` → `tests.test_x.TestC::test_a[1]`, as pytest names it in JUnit XML."""
    path, brackets, parameters = node.partition("[")
    parts = [part for part in path.split("::") if part not in ("", "()")]
    if not parts:
        return "(unnamed test)"
    module = _PATH_END.sub("", parts[0]).replace("\\", "/").strip("/").replace("/", ".")
    names = [module, *parts[1:]]
    last = f"{names[-1]}{brackets}{parameters}"
    owner = ".".join(names[:-1])
    return tidy_name(f"{owner}::{last}" if owner else last)


def _markers(test: Mapping[str, Any], node: str, root: str) -> list[str]:
    """Keywords that are neither parts of the test's path and name nor pytest's own."""
    bare, _, inside = node.partition("[")
    parameters = inside.removesuffix("]")
    names = {part for step in node.split("::") for part in step.replace("\\", "/").split("/")}
    names |= {part for step in bare.split("::") for part in step.replace("\\", "/").split("/")}
    names |= {parameters, *parameters.split("-"), *root.replace("\\", "/").split("/")}
    words = [text(word) for word in items(test.get("keywords"))]
    return [w for w in words if w not in names and w not in _NO_MARKERS and _MARKER.fullmatch(w)]
