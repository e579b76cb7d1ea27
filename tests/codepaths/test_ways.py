"""Ways from a handler to what it caught, where a call is not written as one; and what is done where no way is seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.codepaths.origins.reach import from_wrappers, whole_service
from analyzer.codepaths.origins.usage import is_used
from analyzer.codepaths.repository import RepositoryIndex
from analyzer.model import OriginSearch, Query, QueryKind

STEPS = """\
import mixing


def bake(dough):
    return mixing.stir(dough)


def cool(dough):
    return dough


STEPS = {"bake": bake, "cool": lambda dough: cool(dough)}


class Oven:
    def run(self, name, dough):
        step = STEPS[name]
        try:
            return step(dough)
        except Exception as exc:
            self._report(f"step {name} failed: {exc}")

    def open(self, order):
        try:
            return getattr(self, order)()
        except Exception as exc:
            self._report(f"order {order} failed: {exc}")

    def warm(self):
        return mixing.heat()

    def _report(self, text):
        print(text)
"""
MIXING = """\
def stir(dough):
    return dough["water"] / dough["flour"]


def heat():
    return 1


def left_over():
    return 2
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> RepositoryIndex:
    folder = tmp_path_factory.mktemp("bakehouse")
    (folder / "steps.py").write_text(STEPS)
    (folder / "mixing.py").write_text(MIXING)
    return open_repository(folder, redact=str)


def reached(index: RepositoryIndex, message: str) -> set[str]:
    wrappers = [w.path for w in index.wrappers(message)]
    assert wrappers
    return {r.function for r in from_wrappers(index.code, wrappers)}


def test_functions_in_a_table_are_on_the_way(index: RepositoryIndex) -> None:
    assert {"bake", "cool", "stir"} <= reached(index, "step bake failed: 'flour'")


def test_a_method_that_is_got_by_a_name_in_a_variable_is_on_the_way(index: RepositoryIndex) -> None:
    assert {"Oven.warm", "heat"} <= reached(index, "order warm failed: 'flour'")


def test_a_function_that_nobody_names_is_not_used(index: RepositoryIndex) -> None:
    assert not is_used(index.code, "mixing.py", "left_over")
    assert is_used(index.code, "mixing.py", "stir")


def test_a_small_service_is_searched_whole_where_no_way_is_seen(index: RepositoryIndex) -> None:
    names = {r.function for r in whole_service(index.code, ["steps.py"])}
    assert {"stir", "left_over", "Oven.run"} <= names


def asked(folder: Path, code: str, message: str) -> OriginSearch:
    (folder / "times.py").write_text(code)
    run = [sys.executable, "-c", "import times; times.late('2026-01-02T03:04:05')"]
    printed = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False).stderr
    assert printed.strip().splitlines()[-1] == f"TypeError: {message}"
    query = Query(
        kind=QueryKind.OPERATION,
        text=message,
        names={"operation": "compare", "type": "datetime"},
        exception="TypeError",
    )
    return open_repository(folder, redact=str).origins(query)


def test_a_time_without_a_zone_is_found_where_it_meets_one_with_a_zone(tmp_path: Path) -> None:
    code = """\
from datetime import datetime, timedelta, timezone

CLOSES = datetime(2026, 6, 1, 18, 0, tzinfo=timezone.utc)


def late(text):
    taken = datetime.fromisoformat(text).replace(tzinfo=None)
    return taken + timedelta(days=1) > CLOSES


def fine(text):
    return datetime.now(timezone.utc) > CLOSES
"""
    found = asked(tmp_path, code, "can't compare offset-naive and offset-aware datetimes")
    assert [(o.path.file, o.path.line) for o in found.origins] == [("times.py", 8)]
    assert "is made without a zone and `CLOSES` is made with a zone" in found.origins[0].path.evidence[0]


def test_a_difference_of_such_times_is_found_too(tmp_path: Path) -> None:
    code = """\
from datetime import datetime, timezone


def late(text):
    began = datetime.now(timezone.utc)
    ended = datetime.utcnow()
    return ended - began
"""
    found = asked(tmp_path, code, "can't subtract offset-naive and offset-aware datetimes")
    assert [(o.path.file, o.path.line) for o in found.origins] == [("times.py", 7)]
