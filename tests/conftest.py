"""Settings of all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

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
