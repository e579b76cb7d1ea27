"""The reference and the picture of imports are what the code says now."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import make_reference  # noqa: E402 - tools/ is a folder of programs, not a package


@pytest.mark.parametrize("page", sorted(make_reference.pages()), ids=lambda page: page.name)
def test_a_made_page_is_current(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == make_reference.pages()[page], "run python tools/make_reference.py"


def test_the_reference_has_every_verb_and_every_public_name() -> None:
    from typer.main import get_command

    import analyzer
    from analyzer.cli import app

    command = (ROOT / "docs" / "reference" / "command.md").read_text(encoding="utf-8")
    library = (ROOT / "docs" / "reference" / "library.md").read_text(encoding="utf-8")
    assert all(f"\n### analyzer {verb}\n" in command for verb in get_command(app).commands)  # type: ignore[attr-defined]
    assert all(f"\n## {name}\n" in library for name in analyzer.__all__)


def test_every_public_thing_has_a_docstring() -> None:
    library = (ROOT / "docs" / "reference" / "library.md").read_text(encoding="utf-8")
    assert "```\n\n#" not in library, "a signature without a word on it"


def test_the_picture_of_imports_has_nothing_below_the_diagonal() -> None:
    rows = [line.split() for line in make_reference.imports_picture().splitlines() if line[:2].strip().isdigit()]
    rows = [row for row in rows if not row[1].isdigit()]
    assert len(rows) > 15
    for number, row in enumerate(rows):
        cells = row[2:]
        assert cells[number] == "-"
        assert "x" not in cells[:number]
