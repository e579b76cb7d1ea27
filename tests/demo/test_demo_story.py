"""What story.toml says about the recorded cycles really holds, in the repository and in the logs."""

from __future__ import annotations

import ast
import gzip
import json
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analyzer.demo import DemoIncident, read_story, unpack
from analyzer.model import parse_time

STORY = read_story()
CYCLES = [pytest.param(cycle, id=f"cycle-{cycle['name']}") for cycle in STORY["cycle"]]


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> DemoIncident:
    return unpack(tmp_path_factory.mktemp("story") / "demo")


def git(incident: DemoIncident, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=incident.repository, check=True, capture_output=True, text=True)
    return done.stdout


@cache
def source_of(repository: Path, commit: str, file: str) -> str:
    command = ["git", "show", f"{commit}:{file}"]
    return subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout


def entries_of(incident: DemoIncident, cycle: dict[str, Any]) -> list[dict[str, Any]]:
    data = gzip.decompress((incident.root / f"cycle-{cycle['name']}" / "logs.jsonl.gz").read_bytes())
    return [json.loads(line) for line in data.splitlines()]


def text_of(entry: dict[str, Any]) -> str:
    return str(entry.get("textPayload") or entry.get("jsonPayload", {}).get("message", ""))


def function_at(source: str, line: int) -> str:
    """`Class.method` around a line, `<module>` outside."""
    found = ["<module>"]

    def walk(node: ast.AST, names: list[str]) -> None:
        for child in ast.iter_child_nodes(node):
            inner = names
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and child.lineno <= line <= (child.end_lineno or 0):
                inner = [*names, child.name]
                found.append(".".join(inner))
            walk(child, inner)

    walk(ast.parse(source), [])
    return found[-1]


def test_commit_ids_are_those_of_the_story(incident: DemoIncident) -> None:
    assert git(incident, "rev-list", "--reverse", "HEAD").split() == STORY["commits"]
    assert 12 <= len(STORY["commits"]) <= 16


@pytest.mark.parametrize("cycle", CYCLES)
def test_entries_have_ids_times_and_resources(incident: DemoIncident, cycle: dict[str, Any]) -> None:
    entries = entries_of(incident, cycle)
    assert len(entries) == cycle["entries"]
    assert 200 <= len(entries) <= 600
    assert len({entry["insertId"] for entry in entries}) == len(entries)
    known = {(cycle["services"] | cycle.get("refused", {}))[name]["revision"] for name in cycle["services"]}
    known |= {deploy["revision"] for deploy in cycle["services"].values()} | {""}
    for entry in entries:
        moment = parse_time(entry["timestamp"])
        received = parse_time(entry["receiveTimestamp"])
        assert moment is not None
        assert received is not None
        assert moment <= received
        assert entry["resource"]["type"] == "cloud_run_revision"
        assert entry["resource"]["labels"]["revision_name"] in known
        assert {"textPayload", "jsonPayload", "protoPayload", "httpRequest"} & entry.keys()
    times = sorted(entry["timestamp"] for entry in entries)
    assert (times[0], times[-1]) == (cycle["first_entry"], cycle["last_entry"])


@pytest.mark.parametrize("cycle", CYCLES)
def test_junit_totals_are_those_of_the_story(incident: DemoIncident, cycle: dict[str, Any]) -> None:
    root = ElementTree.parse(incident.root / f"cycle-{cycle['name']}" / "junit.xml").getroot()
    cases = root.findall(".//testcase")
    assert len(cases) == cycle["tests"]["tests"] == 26
    assert sum(case.find("failure") is not None for case in cases) == cycle["tests"]["failures"]
    assert sum(case.find("skipped") is not None for case in cases) == cycle["tests"]["skipped"] == 1


@pytest.mark.parametrize("cycle", CYCLES)
def test_named_places_hold_the_named_code_at_the_deployed_commit(incident: DemoIncident, cycle: dict[str, Any]) -> None:
    for error in cycle["errors"]:
        deploy = cycle.get("refused", {}).get(error["service"]) or cycle["services"][error["service"]]
        assert any(place["role"] in ("cause", "emit") for place in error["places"])
        for place in error["places"]:
            source = source_of(incident.repository, deploy["commit"], place["file"])
            assert place["holds"] in source.splitlines()[place["line"] - 1]
            if "function" in place:
                assert function_at(source, place["line"]) == place["function"]


@pytest.mark.parametrize("cycle", CYCLES)
def test_frames_in_the_logs_point_at_lines_of_the_deployed_commit(
    incident: DemoIncident, cycle: dict[str, Any]
) -> None:
    commits = {
        deploy["revision"]: deploy["commit"]
        for kind in ("services", "refused")
        for deploy in cycle.get(kind, {}).values()
    }
    labels = frames = 0
    for entry in entries_of(incident, cycle):
        commit = commits.get(entry["resource"]["labels"]["revision_name"], "")
        for file, line, code in re.findall(r'File "/srv/app/(.+?)", line (\d+).*\n    (.+)', text_of(entry)):
            assert source_of(incident.repository, commit, file).splitlines()[int(line) - 1].strip() == code.strip()
            frames += 1
        said = entry.get("jsonPayload", {}).get("labels")
        if said:
            module = said["module"].replace(".", "/")
            file = f"{module}.py" if module != "cinema/front" else "cinema/front/__main__.py"
            source = source_of(incident.repository, commit, file).splitlines()
            assert "logger." in source[int(said["line"]) - 1]
            labels += 1
    assert labels > 50
    assert (frames > 0) == (cycle["name"] in "34")


@pytest.mark.parametrize("cycle", CYCLES)
def test_errors_of_the_story_are_in_the_logs_and_others_are_not(incident: DemoIncident, cycle: dict[str, Any]) -> None:
    texts = [text_of(entry) for entry in entries_of(incident, cycle)]
    for error in cycle["errors"]:
        assert sum(error["message"] in text for text in texts) == error["occurrences"]
    absent = {error["message"] for other in STORY["cycle"] for error in other["errors"]}
    absent -= {error["message"] for error in cycle["errors"]}
    assert not [message for message in absent if any(message in text for text in texts)]


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_seat_error_comes_without_a_stack_trace(incident: DemoIncident, cycle: dict[str, Any]) -> None:
    entries = entries_of(incident, cycle)
    asked = [entry for entry in entries if entry.get("jsonPayload", {}).get("context", {}).get("exc_info")]
    assert asked
    assert not any("Traceback" in json.dumps(entry) for entry in asked)
    assert not any("TypeError" in text_of(entry) and "SeatState" in text_of(entry) for entry in entries)


def test_the_claimed_fix_of_cycle_2_was_made_after_the_deploy_and_before_the_tests(incident: DemoIncident) -> None:
    cycle = STORY["cycle"][1]
    made = parse_time(git(incident, "show", "-s", "--format=%cI", cycle["claims"][0]["commit"]).strip())
    deployed, tested = parse_time(cycle["services"]["box-office"]["deployed"]), parse_time(cycle["tests_from"])
    assert made is not None
    assert deployed is not None
    assert tested is not None
    assert deployed + 300 * 10**9 < made < tested


def test_fixes_of_cycles_3_and_4_are_in_what_was_deployed(incident: DemoIncident) -> None:
    for cycle in STORY["cycle"][2:]:
        deployed = git(incident, "rev-list", cycle["services"]["box-office"]["commit"]).split()
        assert [claim["commit"] in deployed for claim in cycle["claims"]] == [True] * len(cycle["claims"])


def test_commit_labels_appear_in_cycle_4_alone(incident: DemoIncident) -> None:
    for cycle in STORY["cycle"]:
        said = {entry.get("labels", {}).get("commit-sha") for entry in entries_of(incident, cycle)} - {None}
        assert said == ({cycle["services"]["box-office"]["commit"]} if cycle["name"] == "4" else set())


def test_the_package_missing_in_the_image_is_in_the_tree(incident: DemoIncident) -> None:
    commit = STORY["cycle"][3]["refused"]["ticket-mailer"]["commit"]
    assert "cinema/mailer/texts/__init__.py" in git(incident, "ls-tree", "-r", "--name-only", commit).split()


@pytest.fixture(scope="module")
def sources() -> Path:
    folder = Path(__file__).parents[2] / "demo"
    if not folder.is_dir():
        pytest.skip("the sources of the demo are not part of this checkout")
    return folder


def test_the_history_is_built_from_the_sources_in_this_tree(sources: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-B", sources / "history.py", tmp_path / "repo"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert [line.split()[1] for line in done.stdout.splitlines()] == STORY["commits"]


def test_a_cycle_run_again_has_the_same_errors_and_outcomes(sources: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-B", sources / "record.py", "--out", tmp_path, "--cycle", "3", "--pause-s", "0"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    again = tomllib.loads((tmp_path / "story.toml").read_text(encoding="utf-8"))
    assert again["commits"] == STORY["commits"]
    [cycle] = again["cycle"]
    recorded = STORY["cycle"][2]
    assert cycle["errors"] == recorded["errors"]
    assert cycle["tests"] == recorded["tests"]
