"""What the demo says of its incident: the true place first, its twin as a sibling, its look-alikes as harmless."""

from __future__ import annotations

from typing import Any

import pytest

import analyzer
from analyzer.demo import read_story, unpack

STORY = read_story()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    incident = unpack(tmp_path_factory.mktemp("causes") / "demo")
    cache = tmp_path_factory.mktemp("cache")
    found = []
    for cycle in STORY["cycle"]:
        folder = incident.root / f"cycle-{cycle['name']}"
        found.append(
            analyzer.analyze(
                [str(folder / "logs.jsonl.gz")],
                repo=[str(incident.repository)],
                tests=[str(folder / "junit.xml")],
                cache_dir=str(cache),
            ).to_dict()
        )
    return found


def places(report: dict[str, Any]) -> list[tuple[str, int]]:
    """The first place of every cause that claims something."""
    return [(c["code_paths"][0]["file"], c["code_paths"][0]["line"]) for c in report["causes"] if c["code_paths"]]


@pytest.mark.parametrize("number", range(4))
def test_every_true_cause_is_the_first_place_of_a_cause(reports: list[dict[str, Any]], number: int) -> None:
    true = {
        (place["file"], place["line"])
        for error in STORY["cycle"][number]["errors"]
        for place in error.get("places", ())
        if place["role"] == "cause"
    }
    assert true
    assert true <= set(places(reports[number]))


def test_the_enum_comes_first_while_it_is_there_and_its_twin_is_a_sibling(reports: list[dict[str, Any]]) -> None:
    for report in reports[:3]:
        first = report["causes"][0]
        assert (first["code_paths"][0]["file"], first["code_paths"][0]["line"]) == ("cinema/seating/claims.py", 23)
        assert first["confidence"] > 0.9
        assert ("cinema/seating/claims.py", 34) in {(s["file"], s["line"]) for s in first["siblings"]}
        harmless = {(x["file"], x["line"]) for x in first["look_alikes"]}
        assert any(file == "cinema/seating/desk.py" for file, _ in harmless)
        assert first["suspect_commits"][0]["commit"] == STORY["cycle"][0]["errors"][0]["origin"]


def test_the_negative_test_is_no_cause_above_a_half(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        about = [c for c in report["causes"] if "no seat Z99" in c["summary"]]
        assert all(c["confidence"] <= 0.5 for c in about)


def test_no_report_names_a_path_outside_the_repository(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        for cause in report["causes"]:
            for path in (*cause["code_paths"], *cause["siblings"]):
                assert not path["file"].startswith(("/", ".."))
