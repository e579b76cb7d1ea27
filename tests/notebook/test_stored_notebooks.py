"""The notebooks as they are stored: without output, for any kernel, and for a reader who has files of his own.

That they run is checked by `.ci/run`, which executes them.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EXPECTED = {"comparing_cycles", "first_look", "following_an_error", "writing_a_rule"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    return found


def cells(notebook: dict[str, Any], kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def test_the_notebooks_that_are_promised_are_there_and_on_their_page() -> None:
    assert {path.stem for path in NOTEBOOKS} >= EXPECTED
    page = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in page for path in NOTEBOOKS)


def test_a_notebook_is_stored_without_output(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        assert not cell["metadata"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_a_notebook_asks_for_no_kernel_of_one_machine(notebook: dict[str, Any]) -> None:
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


def test_a_notebook_begins_with_what_it_is_for_and_how_to_use_own_files(notebook: dict[str, Any]) -> None:
    first = notebook["cells"][0]
    assert first["cell_type"] == "markdown"
    text = "".join(first["source"])
    assert text.startswith("# ")
    assert re.search(r"\*\*Your own (?:files|lines)", text)


def test_a_notebook_explains_more_than_every_other_step(notebook: dict[str, Any]) -> None:
    assert len(cells(notebook, "markdown")) * 2 >= len(cells(notebook, "code"))


def test_executing_a_notebook_proves_something(notebook: dict[str, Any]) -> None:
    trees = [ast.parse(text) for text in cells(notebook, "code")]
    assert any(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree))


def test_a_notebook_writes_into_a_temporary_folder_only(notebook: dict[str, Any]) -> None:
    code = "\n".join(cells(notebook, "code"))
    written = re.findall(r"(?:save|write_text|to_csv|to_json)\(([^)]*)", code)
    assert "mkdtemp" in code
    assert not any(target.lstrip().startswith(("'", '"')) for target in written)
