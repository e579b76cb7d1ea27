"""Places in the code are looked up at their commits, in whichever repository has them; what none has is told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from analyzer.analysis import analyze
from analyzer.errors import RepositoryError
from analyzer.pipeline import verify
from analyzer.pipeline.cited_code import GitSource
from analyzer.redaction import build_redactor
from analyzer.reports import canonical, seal

SOURCE = (
    "import logging\n\nlog = logging.getLogger(__name__)\n\n\n"
    "class {name}:\n    def serve(self, order):\n"
    '        log.error("%s: the {noun} could not be served, token=hunter2hunter2", order)\n'
)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def made(tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A report on two services, each with a repository, and the options that check it."""
    for name, noun in (("Bakery", "bread"), ("Mill", "flour")):
        folder = tmp_path / name.lower()
        folder.mkdir()
        (folder / f"{noun}.py").write_text(SOURCE.format(name=name, noun=noun))
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", f"Serve {noun}")
    rows = [
        {
            "insertId": f"e{number}",
            "timestamp": f"2026-05-01T10:00:0{number}Z",
            "severity": "ERROR",
            "resource": {"type": "cloud_run_revision", "labels": {"service_name": service}},
            "textPayload": f"ord-{number}: the {noun} could not be served, token=hunter2hunter2",
        }
        for number, (service, noun) in enumerate([("bakery", "bread"), ("mill", "flour"), ("mill", "flour")])
    ]
    logs = tmp_path / "logs.jsonl"
    logs.write_text("".join(json.dumps(row) + "\n" for row in rows))
    repo = [f"{name}={tmp_path / name}" for name in ("bakery", "mill")]
    report = json.loads(canonical(analyze(logs, repo=repo, cache_dir=tmp_path / "cache").to_dict()))
    return report, {"logs": [str(logs)], "repo": repo}


def test_each_service_is_looked_up_in_its_repository(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, options = made
    files = {path["file"] for cluster in report["clusters"] for path in cluster["code_paths"]}
    assert files == {"bread.py", "flour.py"}
    assert "hunter2" not in json.dumps(report)
    found = verify(report, **options)
    assert [str(claim) for claim in found.false_claims] == []
    for number, cluster in enumerate(report["clusters"]):
        changed = json.loads(json.dumps(report))
        changed["clusters"][number]["code_paths"][0]["excerpt"][-1]["text"] = "        pass"
        places = [claim.where for claim in verify(seal(changed), **options).false_claims]
        assert [place for place in places if "/excerpt/" in place], cluster["title"]


def test_a_repository_that_is_not_given_is_told_as_not_checked(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, options = made
    found = verify(report, repo=options["repo"][:1])
    assert found.holds
    commit = next(p["commit"] for c in report["clusters"] for p in c["code_paths"] if p["file"] == "flour.py")
    assert f"commit {commit}: in none of the repositories that were given" in found.not_checked


def test_a_work_tree_that_was_changed_is_told_as_not_checked(
    made: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    _, options = made
    file = tmp_path / "mill" / "flour.py"
    file.write_text("# changed\n" + file.read_text())
    report = json.loads(canonical(analyze(options["logs"], repo=options["repo"]).to_dict()))
    found = verify(report, **options)
    assert [str(claim) for claim in found.false_claims] == []
    assert any(what.startswith("flour.py: read from a work tree") for what in found.not_checked)


def test_only_ids_of_commits_are_looked_up_and_only_files_of_their_trees(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "secret.py").write_text("y = 1\n")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-qm", "One")
    commit = git(tmp_path, "rev-parse", "HEAD")
    source = GitSource([tmp_path], build_redactor())
    assert source.has(commit)
    assert not any(source.has(name) for name in ("main", "HEAD", "", "--all", "HEAD~0", "0" * 40))
    assert source.length(commit, "a.py") == 2
    for file in ("secret.py", "../a.py", "/etc/passwd", ".git/config", "a.py\0"):
        assert source.length(commit, file) is None
    with pytest.raises(RepositoryError, match="no repository that was given"):
        source.length("0" * 40, "a.py")
