"""The bundled incident comes out whole, the same everywhere, and never over somebody's files."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from analyzer.demo import MARKER, DemoIncident, unpack
from analyzer.errors import AnalyzerError, RepositoryError


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> DemoIncident:
    return unpack(tmp_path_factory.mktemp("demo") / "analyzer-demo")


def git(repo: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repo, check=True, capture_output=True, text=True).stdout.strip()


def test_head_is_checked_out_clean_and_newer_than_every_deploy(incident: DemoIncident) -> None:
    assert git(incident.repository, "rev-parse", "HEAD") == incident.head
    assert git(incident.repository, "status", "--porcelain") == ""
    ancestors = git(incident.repository, "rev-list", "HEAD").split()[1:]
    assert {commit for cycle in incident.cycles for commit in cycle.commits.values()} <= set(ancestors)


def test_every_cycle_has_logs_tests_and_commits_that_exist(incident: DemoIncident) -> None:
    assert [cycle.name for cycle in incident.cycles] == ["1", "2", "3", "4"]
    for cycle in incident.cycles:
        assert cycle.logs.is_file()
        assert cycle.junit.is_file()
        assert cycle.commit == cycle.commits["box-office"]
        for commit in [*cycle.commits.values(), *(fix.commit for fix in cycle.fixes)]:
            assert git(incident.repository, "cat-file", "-t", commit) == "commit"


def test_settings_of_the_user_do_not_change_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text("[core]\n\tautocrlf = true\n[init]\n\tdefaultBranch = trunk\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "somewhere-else"))
    incident = unpack(tmp_path / "demo")
    monkeypatch.delenv("GIT_DIR")
    assert git(incident.repository, "branch", "--show-current") == "main"
    assert b"\r" not in (incident.repository / "README.md").read_bytes()


def test_a_former_demo_is_refreshed_and_other_files_in_it_stay(tmp_path: Path) -> None:
    first = unpack(tmp_path / "demo")
    first.cycles[0].junit.write_text("spoiled", encoding="utf-8")
    (first.repository / "README.md").unlink()
    (first.root / "notes.txt").write_text("mine", encoding="utf-8")
    again = unpack(tmp_path / "demo")
    assert again.cycles[0].junit.read_bytes().startswith(b"<?xml")
    assert (again.repository / "README.md").is_file()
    assert (again.root / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_run_cut_off_in_the_middle_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "demo" / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "demo" / MARKER).touch()
    assert unpack(tmp_path / "demo").repository.joinpath("Dockerfile").is_file()


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert unpack(tmp_path).root == tmp_path


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "work.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(AnalyzerError, match="not a former demo") as refused:
        unpack(tmp_path)
    assert "new or an empty folder" in refused.value.hint
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["repo", "work.txt"]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine", encoding="utf-8")
    with pytest.raises(AnalyzerError, match="not a former demo"):
        unpack(tmp_path / "demo")


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(AnalyzerError, match="cannot be written"):
        unpack(tmp_path / "file" / "demo")


def test_without_git_the_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="git was not found") as missing:
        unpack(tmp_path / "demo")
    assert "Install git" in missing.value.hint


def test_the_package_carries_less_than_a_megabyte(incident: DemoIncident) -> None:
    folder = Path(str(resources.files("analyzer.demo")))
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert 50_000 < sum(sizes) < 1_000_000


def test_nothing_of_the_recording_machine_is_left(incident: DemoIncident) -> None:
    own = ["/tmp/", "/root/", "/home/", "/Users/", "127.0.0.1"]
    for cycle in incident.cycles:
        texts = gzip.decompress(cycle.logs.read_bytes()).decode() + cycle.junit.read_text(encoding="utf-8")
        assert [word for word in own if word in texts] == []


def test_people_addresses_and_tokens_are_made_up(incident: DemoIncident) -> None:
    for cycle in incident.cycles:
        texts = gzip.decompress(cycle.logs.read_bytes()).decode()
        assert {mail.rpartition("@")[2] for mail in re.findall(r"[\w.-]+@[\w-]+\.\w+", texts)} == {"example.com"}
        assert all("not-a" in token for token in re.findall(r"Bearer (\S+)", texts))
        assert "Bearer " in texts
        remote = {json.loads(line).get("httpRequest", {}).get("remoteIp", "203.0.113.1") for line in texts.splitlines()}
        assert all(address.startswith("203.0.113.") for address in remote)
