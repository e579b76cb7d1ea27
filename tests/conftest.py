"""Settings of all tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Hundreds of tests start `python -m analyzer`: where bytecode is not kept, each compiles the whole package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

GOLDEN = Path(__file__).parent / "golden"

# Limits are counts, never seconds: a busy machine is no bug. All else stays as hypothesis has it here or in CI.
settings.register_profile("house", settings.default, deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden; review the diff as prose")


@pytest.fixture(autouse=True, scope="session")
def _nothing_of_the_user_is_touched() -> Iterator[None]:
    """No test saves into the history of whoever runs it, or finds there what another test saved.

    In the environment, for the programs that tests start; by names that no test takes out of it. A test of the
    history names one of its own.
    """
    with tempfile.TemporaryDirectory(prefix="analyzer-data-") as folder, pytest.MonkeyPatch.context() as environ:
        environ.setenv("XDG_DATA_HOME", folder)
        environ.setenv("CI", "true")
        environ.delenv("ANALYZER_DATA_DIR", raising=False)
        environ.delenv("ANALYZER_HISTORY", raising=False)
        yield


@pytest.fixture(scope="session")
def demo_reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The demo's cycles one after the other, as `analyzer demo` runs them. Read only: all tests share them."""
    from analyzer.cli.demo import analyse_cycles
    from analyzer.demo import unpack

    incident = unpack(tmp_path_factory.mktemp("demo-cycles") / "demo")
    return [found.to_dict() for _, found in analyse_cycles(incident)]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with `tests/golden/<name>`, or writes it there under `--update-golden`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), f"tests/golden/{name} is missing: run pytest --update-golden and review it"
        assert text == path.read_text(encoding="utf-8"), "changed on purpose? run pytest --update-golden, read the diff"

    return compare
