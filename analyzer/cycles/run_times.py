"""When a run of tests began and ended, as its files say.

A time without a zone is ambiguous. Older pytest writes local time, Gradle, Ant and Jest write UTC, and files say
no more. Here that of a suite named `pytest` is the machine's local time, any other is UTC; a warning says so wherever
the two differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cycles.case_times import NANOS, names_zone, seconds_of, time_of
from analyzer.cycles.json_reports import is_json, read_json
from analyzer.cycles.junit import junit_root
from analyzer.errors import TestsError
from analyzer.model import format_time

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SHOWS_TIME = ("testsuites", "testsuite", "testcase")


def run_times(paths: Sequence[Path], *, warn: Callable[[str], None] | None = None) -> tuple[int, int]:
    """First start and last end, in Unix nanoseconds, of the files or of the `*.xml` (else `*.json`) of directories.

    Raises `TestsError` where a file is missing, broken or no test file, or where no file says a time.
    """
    spans: list[tuple[int, int]] = []
    for path in _files(paths):
        if is_json(path):
            told = read_json(path, redact=str)
            if told.started_ns is not None:
                spans.append((told.started_ns, max(told.started_ns, told.ended_ns or 0)))
            continue
        root, unsure = junit_root(path), False
        for element in (e for e in root.iter() if e.tag in _SHOWS_TIME):
            started = time_of(element.get("timestamp"))
            if started is None:
                continue
            if not names_zone(element.get("timestamp")):
                local = _local(started)
                unsure = unsure or local != started
                started = local if _is_pytest(element, root) else started
            spans.append((started, started + round(_seconds(element) * NANOS)))
        if unsure and warn:
            begins = format_time(min(start for start, _ in spans))
            warn(f"{path.name}: its times name no zone; the run is taken to begin at {begins}")
    if not spans:
        raise TestsError(
            f"{', '.join(str(p) for p in paths)}: no suite says when it ran",
            "Give --from and --to instead, or let the test runner write timestamps (pytest --junitxml=FILE does).",
        )
    return min(start for start, _ in spans), max(end for _, end in spans)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        inner = (sorted(path.glob("*.xml")) or sorted(path.glob("*.json"))) if path.is_dir() else [path]
        if not inner:
            raise TestsError(f"{path}: no test file in this directory", "Name the file that the test runner wrote.")
        yield from inner


def _seconds(element: Element) -> float:
    """How long it took; where a suite does not say, its cases one after the other."""
    own = seconds_of(element.get("time"))
    if own is not None:
        return own
    return sum(seconds_of(case.get("time")) or 0.0 for case in element.iter("testcase"))


def _is_pytest(element: Element, root: Element) -> bool:
    """Told by the suite's name, which projects rarely change; a root around it is named `pytest tests`."""
    suites = [element] if element.tag == "testsuite" else list(root.iter("testsuite"))
    return any((suite.get("name") or "").casefold() == "pytest" for suite in suites)


def _local(utc_ns: int) -> int:
    """The moment at which the clocks of this machine show what UTC shows at `utc_ns`; the first of two."""
    seconds, rest = divmod(utc_ns, NANOS)
    wall = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return int(wall.timestamp()) * NANOS + rest
