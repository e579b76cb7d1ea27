"""Which revision of the demo ran which commit, and what became of it, as story.toml says."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

import analyzer
from analyzer.demo import DemoIncident, read_story, unpack
from analyzer.deploys.commits import is_same_commit
from analyzer.model import Deploys, parse_time

STORY = read_story()


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> DemoIncident:
    return unpack(tmp_path_factory.mktemp("deploys") / "demo")


@pytest.fixture(scope="module")
def deploys(incident: DemoIncident, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Deploys]:
    """Cycle → what is told of its deploys, each cycle with the one before as its baseline."""
    folder = tmp_path_factory.mktemp("reports")
    found: dict[str, Deploys] = {}
    before: Path | None = None
    for cycle in incident.cycles:
        done = analyzer.analyze(
            cycle.logs, repo=incident.repository, cycle=cycle.name, baseline=before, cache_dir=folder / "cache"
        )
        found[cycle.name] = Deploys.from_dict(done.to_dict()["deploys"])
        before = done.save(folder / f"{cycle.name}.json")
    return found


def truths() -> list[Any]:
    """(cycle, service, what story.toml says of the revision) of each revision that was deployed or served."""
    return [
        pytest.param(cycle["name"], service, said, id=f"cycle-{cycle['name']}-{said['revision']}")
        for cycle in STORY["cycle"]
        for kind in ("services", "refused")
        for service, said in cycle.get(kind, {}).items()
    ]


@pytest.mark.parametrize(("cycle", "service", "said"), truths())
def test_each_revision_has_its_state_its_times_and_never_a_false_commit(
    deploys: dict[str, Deploys], incident: DemoIncident, cycle: str, service: str, said: dict[str, Any]
) -> None:
    [found] = [r for r in deploys[cycle].revisions if r.revision == said["revision"]]
    assert (found.service, found.state) == (service, said["state"])
    if "deployed" in said:
        assert found.deployed_ns == parse_time(said["deployed"])
    assert found.commit is None or is_same_commit(found.commit, said["commit"])
    if said.get("labelled"):
        assert (found.commit, found.source) == (said["commit"], "label")
        assert found.evidence[0].entry_ids
    else:  # the mailer often says too little of its code, and that is said
        assert found.oldest or service == "ticket-mailer"
        assert found.oldest or any("facts of the logs fit" in e.text for e in found.evidence)
    if found.oldest and found.newest:
        command = ["git", "rev-list", "--first-parent", f"{found.oldest}^..{found.newest}"]
        line = subprocess.run(command, cwd=incident.repository, check=True, capture_output=True, text=True).stdout
        assert said["commit"] in line.split()


def test_only_revisions_of_the_story_are_told(deploys: dict[str, Deploys]) -> None:
    for cycle in STORY["cycle"]:
        said = {d["revision"] for kind in ("services", "refused") for d in cycle.get(kind, {}).values()}
        assert {r.revision for r in deploys[cycle["name"]].revisions} == said


def test_the_refused_mailer_is_noted_and_never_served(deploys: dict[str, Deploys]) -> None:
    refused = STORY["cycle"][3]["refused"]["ticket-mailer"]["revision"]
    events = [e.event for e in deploys["4"].timeline if e.revision == refused]
    assert events == ["deployed", "refused"]
    assert any(refused in note.text and "refused" in note.text for note in deploys["4"].notes)


def test_requests_of_a_minute_are_those_of_the_revisions_in_it(deploys: dict[str, Deploys]) -> None:
    for found in deploys.values():
        asked = sum(count for minute in found.traffic for _, count in minute.requests)
        assert asked == sum(revision.requests for revision in found.revisions) > 0
