"""Python, TOML, JSON and YAML on the pages are what they say they are, and name what there is."""

from __future__ import annotations

import ast
import json
import re
import tomllib

import pytest
from docs_commands import ROOT, pages

import analyzer

FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SNIPPETS = [
    pytest.param(kind, text, id=f"{page.relative_to(ROOT).as_posix()}-{number}-{kind}")
    for page in pages()
    if page.parent.name != "reference"
    for number, (kind, text) in enumerate(FENCE.findall(page.read_text(encoding="utf-8")), 1)
    if kind in ("python", "toml", "json")
]


@pytest.mark.parametrize(("kind", "text"), SNIPPETS)
def test_a_snippet_is_of_its_language(kind: str, text: str) -> None:
    if kind == "toml":
        tomllib.loads(text)
    elif kind == "json":
        json.loads(text)
    else:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "analyzer":
                assert node.attr in analyzer.__all__


def test_every_page_begins_with_its_title_and_has_no_other() -> None:
    for page in pages():
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1, page.relative_to(ROOT)


def test_how_to_pages_fit_a_screen_or_two() -> None:
    long = [page.name for page in (ROOT / "docs" / "how-to").glob("*.md") if len(page.read_text().splitlines()) > 60]
    assert long == []


def test_an_agent_can_read_its_page_whole() -> None:
    assert len((ROOT / "docs" / "agents.md").read_bytes()) < 8_000


def test_a_page_that_is_not_made_by_hand_says_so() -> None:
    for page in (ROOT / "docs" / "reference").glob("*.md"):
        assert page.read_text(encoding="utf-8").startswith("<!-- made by tools/make_reference.py"), page.name


def test_every_key_that_the_agents_page_names_is_in_the_schema() -> None:
    schema = (ROOT / "analyzer" / "reports" / "schema.json").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
    keys = page.partition("## Keys of the report")[2].partition("[Every key]")[0]
    for name in re.findall(r"`([a-z_.\[\]0-9]+)`", keys):
        for part in re.split(r"\.|\[\d*\]", name):
            assert not part or f'"{part}"' in schema, part
