"""Test results as JSON: which format it is, told by content, and the attempts in it."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analyzer.cycles.attempts import TestFile
from analyzer.cycles.ctrf import is_ctrf, read_ctrf
from analyzer.cycles.pytest_json import is_pytest_json, read_pytest_json
from analyzer.errors import TestsError

_HINT = "Give --tests JUnit XML (pytest --junitxml=FILE), a pytest-json-report file, or a CTRF report (ctrf.io)."
_OTHER_FORMATS = (
    ("testResults", "Jest's own JSON"),
    ("passes", "Mocha's JSON"),
    ("suites", "Playwright's or Mochawesome's JSON"),
    ("historyId", "an Allure result"),
    ("Action", "the event stream of go test -json"),
    ("schema", "a JSON document with a schema of its own"),
)
"""a key of the outermost object → what it most likely is"""


def is_json(path: Path) -> bool:
    """Whether the first character of a file says JSON; False also where it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4_096)
    except OSError:
        return False
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    return start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[")


def read_json(path: Path, *, redact: Callable[[str], str]) -> TestFile:
    """Every test of a pytest-json-report or CTRF file.

    Raises TestsError where the file is missing, cut, or JSON of another kind.
    """
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise TestsError(f"{path}: no such file", _HINT) from None
    except OSError as error:
        raise TestsError(
            f"{path}: cannot be read ({error.strerror or error})", "Check the path and its rights."
        ) from None
    except (ValueError, RecursionError) as error:
        where = f" ({error.msg} in line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise TestsError(
            f"{path}: broken JSON{where}", "Was the run interrupted while it wrote? Run the tests again."
        ) from None
    if is_ctrf(document):
        return read_ctrf(document, name=path.name, redact=redact)
    if is_pytest_json(document):
        if "tests" not in document:
            raise TestsError(
                f"{path}: a pytest-json-report file with its summary only", "Run pytest without --json-report-summary."
            )
        return read_pytest_json(document, name=path.name, redact=redact)
    raise TestsError(f"{path}: is {_guess(document)}: neither a pytest-json-report file nor CTRF", _HINT)


def _guess(document: object) -> str:
    if not isinstance(document, Mapping):
        return "a JSON list" if isinstance(document, list) else "a JSON value"
    keys: Mapping[str, Any] = document
    return next((name for key, name in _OTHER_FORMATS if key in keys), "JSON of another kind")
