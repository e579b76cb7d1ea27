"""One incident, written through every door: the same clusters and counts come out."""

from __future__ import annotations

import gzip
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from door_writers import DOORS, Entries, explorer_csv, gcloud_array
from made_up_incident import COMMIT, incident

import analyzer


def shape(*logs: Path) -> dict[str, Any]:
    """What of a report must not depend on the door: all but exact times."""
    report = analyzer.analyze([str(path) for path in logs], members=True).to_dict()
    ledger = report["ledger"]
    names = ("entries", "error_entries", "warning_entries", "other_entries", "error_events", "warning_events")
    return {
        "ledger": {name: ledger[name] - (ledger["duplicates"] if name == "entries" else 0) for name in names}
        | {name: ledger[name] for name in ("clustered", "noise", "dropped", "without_severity", "without_payload")},
        "clusters": [
            {
                **{
                    name: c[name]
                    for name in ("fingerprint", "aliases", "title", "severity", "kind", "count", "entries")
                },
                **{name: c[name] for name in ("services", "revisions", "exception", "noise")},
                "members": sorted(c["members"]),
            }
            for c in sorted(report["clusters"], key=lambda c: c["fingerprint"])
        ],
        "services": report["deploys"]["services"],
        "timeline": [
            {name: event[name] for name in ("service", "revision", "commit", "event", "entry_ids")}
            for event in report["deploys"]["timeline"]
        ],
    }


def demo(cycle: int) -> Entries:
    packed = resources.files("analyzer") / "demo" / f"cycle-{cycle}" / "logs.jsonl.gz"
    return [json.loads(line) for line in gzip.decompress(packed.read_bytes()).splitlines()]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The incident through the first door."""
    return shape(gcloud_array(incident(), tmp_path_factory.mktemp("expected")))


@pytest.fixture(scope="module")
def expected_of_demo(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Any]]:
    """The demo's first cycles through the first door."""
    return {cycle: shape(gcloud_array(demo(cycle), tmp_path_factory.mktemp("expected"))) for cycle in (1, 2)}


def test_the_incident_is_worth_comparing(expected: dict[str, Any]) -> None:
    found = expected
    assert len(found["clusters"]) >= 12
    assert {c["kind"] for c in found["clusters"]} == {"application", "platform", "request", "deploy"}
    assert {s["service"]: s["commit"] for s in found["services"]} == {
        "bakery": COMMIT,
        "courier": COMMIT,
        "stocktaking": None,
    }
    assert [e["event"] for e in found["timeline"]].count("deployed") == 1


@pytest.mark.parametrize("door", DOORS)
def test_an_incident_is_the_same_through_every_door(door: str, tmp_path: Path, expected: dict[str, Any]) -> None:
    assert shape(DOORS[door](incident(), tmp_path)) == expected


@pytest.mark.parametrize("door", DOORS)
def test_the_demo_s_first_cycles_are_the_same_through_every_door(
    door: str, tmp_path: Path, expected_of_demo: dict[int, dict[str, Any]]
) -> None:
    for cycle, expected in expected_of_demo.items():
        (tmp_path / str(cycle)).mkdir()
        assert shape(DOORS[door](demo(cycle), tmp_path / str(cycle))) == expected


@pytest.mark.parametrize("door", DOORS)
def test_a_door_besides_the_first_adds_nothing(door: str, tmp_path: Path, expected: dict[str, Any]) -> None:
    whole = gcloud_array(incident(), tmp_path)
    assert shape(whole, DOORS[door](incident()[::2], tmp_path)) == expected


def test_all_doors_at_once_are_one_incident(tmp_path: Path, expected: dict[str, Any]) -> None:
    paths = [door(incident(), tmp_path / name) for name, door in DOORS.items() if not (tmp_path / name).mkdir()]
    assert shape(*paths) == expected


def test_the_writers_differ_from_each_other(tmp_path: Path) -> None:
    """A writer that does nothing of its own would prove nothing."""
    row = explorer_csv(incident()[:1], tmp_path).read_text()
    assert "resource.labels.service_name" in row
