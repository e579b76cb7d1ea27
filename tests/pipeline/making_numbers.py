"""Made-up cycles of three small services: log entries of all kinds, test files, areas of impact."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

SERVICES = ("bakery", "mill", "shop")
PLATFORM = ("cloudaudit.googleapis.com%2Factivity", "run.googleapis.com%2Fvarlog%2Fsystem")
PROGRAM = ("run.googleapis.com%2Fstderr", "run.googleapis.com%2Frequests")
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/{service}/oven.py", line 3, in bake\n    heat({n})\n'
    '  File "/srv/{service}/fire.py", line 9, in heat\n    raise ValueError("cold")\n'
    "ValueError: oven {n} is cold"
)
TEXTS = (
    "ERROR oven {n} is cold",
    "oven {n} is cold",
    "could not sell order {n}: no rye",
    "WARNING flour for {n} loaves is stale",
    "could not read crumbs of tray {n}",
    "could not read crumbs of shelf {n}",
    "started on port 8080",
    TRACE,
    "caught it:\n" + TRACE,
)
REQUESTS = (
    ("GET", 200, "/bread/{n}"),
    ("GET", 404, "/bread/{n}"),
    ("POST", 500, "/orders"),
    ("GET", 503, "/bread/{n}"),
    ("GET", 404, "/.env"),
    ("GET", 404, "/wp-login.php"),
)
BAD = ('{"insertId": "cut', "[1, 2", "no json at all")
TESTS = tuple(f"tests.test_{area}.Test{area.title()}::test_{n}" for area in ("bread", "orders") for n in range(4))
LABELS = ("smoke", "slow")
START = 36_000
"""seconds of the day at which a cycle begins; the one after it begins an hour later"""

Entry = dict[str, Any]
Tries = tuple[str, int, tuple[str, ...], tuple[str, ...]]
"""test, text of its failure, outcome of each try, labels"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCycle:
    """What goes into one analysis, and what is known of it beforehand."""

    entries: tuple[Entry, ...]
    copies: tuple[Entry, ...]
    """of entries that have an id, so each is a duplicate"""
    bad: tuple[str, ...]
    tests: tuple[Tries, ...]

    @property
    def lines(self) -> list[str]:
        """The lines of the log file."""
        return [*(json.dumps(entry) for entry in (*self.entries, *self.copies)), *self.bad]

    def written(self, folder: Path, lines: list[str]) -> dict[str, Any]:
        """The options of `analyze` for these lines and the tests."""
        folder.mkdir(exist_ok=True)
        logs = folder / "logs.jsonl"
        logs.write_text("\n".join(lines) + "\n")
        if not self.tests:
            return {"logs": logs}
        (folder / "junit.xml").write_text(junit(self.tests))
        return {"logs": logs, "tests": folder / "junit.xml"}

    def outcomes(self) -> dict[str, str]:
        """How each test ended: as its last try that was not skipped."""
        ended = {}
        for test, _, tries, _ in self.tests:
            ran = [one for one in tries if one != "skipped"]
            ended[test] = {"error": "failed"}.get(ran[-1], ran[-1]) if ran else "skipped"
        return ended


def cycles(hour: int = 0) -> st.SearchStrategy[MadeCycle]:
    """A cycle of at most 15 minutes that begins so many hours after the first."""
    # Each service says something: only cycles of the same services are compared by themselves.
    said = [(0, service, 1, "INFO", "started on port 8080", 1, None, "program") for service in SERVICES]
    drawn = st.lists(_DRAWN, max_size=24).map(lambda rows: said + rows)
    return st.builds(
        _cycle,
        st.just(hour),
        drawn,
        st.lists(st.integers(0, 26), max_size=4),
        st.lists(st.sampled_from(BAD), max_size=3),
        _TESTS,
    )


_DRAWN = st.tuples(
    st.integers(0, 899),  # second
    st.sampled_from(SERVICES),
    st.integers(1, 3),  # number of the revision; 3 stands for none
    st.sampled_from([None, "DEFAULT", "INFO", "WARNING", "ERROR", "CRITICAL"]),
    st.one_of(st.none(), st.sampled_from(REQUESTS), st.sampled_from(TEXTS), st.sampled_from(TEXTS).map(lambda t: [t])),
    st.integers(1, 4),  # the value in the text
    st.sampled_from([None, "a" * 32, "b" * 32, "c" * 32]),  # trace
    st.sampled_from(["program", "program", "program", "platform", "without id"]),
)
_TESTS = st.lists(
    st.tuples(
        st.sampled_from(TESTS),
        st.integers(0, len(TEXTS) - 3),
        st.lists(st.sampled_from(["passed", "failed", "error", "skipped"]), min_size=1, max_size=3).map(tuple),
        st.lists(st.sampled_from(LABELS), unique=True).map(tuple),
    ),
    unique_by=lambda row: row[0],
    max_size=len(TESTS),
).map(tuple)


def _cycle(hour: int, drawn: list[Any], copied: list[int], bad: list[str], tests: tuple[Tries, ...]) -> MadeCycle:
    entries = tuple(_entry(hour, number, *row) for number, row in enumerate(drawn))
    copies = tuple(entries[at] for at in copied if at < len(entries) and "insertId" in entries[at])
    # A file of which most lines are no JSON is plain text, and its lines are entries.
    return MadeCycle(entries=entries, copies=copies, bad=tuple(bad[: len(entries) // 4]), tests=tests)


def _entry(
    hour: int,
    number: int,
    second: int,
    service: str,
    revision: int,
    severity: str | None,
    payload: Any,
    value: int,
    trace: str | None,
    kind: str,
) -> Entry:
    at = START + 3600 * hour + second
    logs = PLATFORM if kind == "platform" else PROGRAM
    labels = {"service_name": service} | ({"revision_name": f"{service}-{revision:05}-abc"} if revision < 3 else {})
    entry: Entry = {
        # Two neighbours share an id: they stand in different logs.
        "insertId": f"{hour}e{number // 2}",
        "logName": f"projects/example/logs/{logs[number % 2]}",
        "timestamp": f"2026-05-01T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z",
        "resource": {"type": "cloud_run_revision", "labels": labels},
    }
    if kind == "without id":
        del entry["insertId"]
    if severity:
        entry["severity"] = severity
    if trace:
        entry["trace"] = f"projects/example/traces/{trace}"
    if isinstance(payload, str):
        entry["textPayload"] = payload.format(n=value, service=service)
    elif isinstance(payload, list):
        entry["jsonPayload"] = {"message": payload[0].format(n=value, service=service)}
    elif payload:
        method, status, url = payload
        url = f"https://{service}.example.com{url.format(n=value)}"
        entry["httpRequest"] = {"requestMethod": method, "status": status, "requestUrl": url}
    return entry


def junit(tests: tuple[Tries, ...]) -> str:
    """The tests as pytest writes them, every try a case."""
    cases = []
    for test, text, tries, labels in tests:
        name, _, case = test.partition("::")
        marks = "".join(f'<property name="marker" value="{label}"/>' for label in labels)
        message = quoteattr(TEXTS[text].format(n=7, service="shop"))
        for one in tries:
            inner = {"passed": "", "skipped": "<skipped/>", "failed": f"<failure message={message}/>"}
            body = inner.get(one, f"<error message={message}/>")
            marked = f"<properties>{marks}</properties>" if marks else ""
            cases.append(f'<testcase classname="{name}" name="{case}" time="0.1">{marked}{body}</testcase>')
    return f'<testsuites><testsuite name="pytest" tests="{len(cases)}">{"".join(cases)}</testsuite></testsuites>'


@st.composite
def areas(draw: st.DrawFn) -> str:
    """An `impact.toml` of at most five areas, some in a pool of their unit."""
    caps = {unit: draw(st.one_of(st.none(), st.integers(0, 300))) for unit in ("loaves", "USD")}
    tables = []
    for number in range(draw(st.integers(1, 5))):
        unit, pooled = draw(st.sampled_from(["loaves", "USD"])), draw(st.booleans())
        cap = caps[unit] if pooled else draw(st.one_of(st.none(), st.integers(0, 300)))
        what = draw(st.sampled_from(['tests = ["tests.test_bread*"]', 'labels = ["smoke"]', 'tests = ["*::test_1"]']))
        lines = [f'[[area]]\nname = "area {number}"', f"value = {draw(st.integers(0, 200))}", f'unit = "{unit}"', what]
        lines += [f'pool = "shared {unit}"'] if pooled else []
        lines += [f"cap = {cap}"] if cap is not None else []
        tables.append("\n".join(lines))
    return "\n\n".join(tables)
