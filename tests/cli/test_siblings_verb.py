"""`analyzer siblings` as a user runs it: of a saved cluster and of a fix, as text, JSON, SARIF and search rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Run = subprocess.CompletedProcess[str]
PHASE = "import json\n\n\ndef report(oven):\n    return json.dumps({'phase': oven.phase})\n"
ERROR = "Order refused: Object of type Phase is not JSON serializable"


def analyzer(*args: str | Path, cwd: Path) -> Run:
    env = {k: v for k, v in os.environ.items() if not k.startswith("ANALYZER_")}
    env |= {"ANALYZER_CACHE_DIR": str(cwd / "cache"), "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, args)],
        cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def commit(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.com"]
    if not (folder / ".git").exists():
        subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "a change"], check=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "bakery"
    folder.mkdir()
    commit(folder, {"oven.py": PHASE, "door.py": PHASE, "label.py": PHASE.replace(".phase}", ".phase.value}")})
    commit(folder, {"oven.py": PHASE.replace(".phase}", ".phase.value}")})
    return folder


@pytest.fixture
def report(tmp_path: Path) -> Path:
    row = {
        "insertId": "a1",
        "timestamp": "2026-05-01T10:00:00Z",
        "severity": "ERROR",
        "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": "bakery", "revision_name": "bakery-1"}},
        "textPayload": ERROR,
    }
    logs = tmp_path / "logs.json"
    logs.write_text(json.dumps([row]))
    saved = tmp_path / "report.json"
    done = analyzer("analyze", logs, "-o", saved, "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    data: dict[str, Any] = json.loads(saved.read_text())
    place = {
        "file": "door.py",
        "line": 5,
        "end_line": 5,
        "function": "report",
        "commit": None,
        "role": "sibling",
        "confidence": 0.8,
        "unique": False,
        "evidence": ["a raw phase reaches json.dumps"],
        "excerpt": [],
        "owner": "@doors",
        "link": None,
    }
    data["causes"][0] |= {
        "siblings": [place],
        "look_alikes": [{"file": "label.py", "line": 5, "why_not": "its phase is text\x1b[2J"}],
    }
    saved.write_text(json.dumps(data))
    return saved


def test_a_fix_shows_what_it_repaired_and_where_it_was_not(repository: Path) -> None:
    done = analyzer("siblings", "--from-fix", "HEAD", cwd=repository)
    assert (done.returncode, done.stderr) == (0, "")
    assert "repaired: `oven.phase` reached json.dumps raw" in done.stdout
    assert "1 place would fail alike" in done.stdout
    assert "door.py:5 report 85%" in done.stdout
    assert ">  5 |" in done.stdout or "> 5 |" in done.stdout
    assert "label.py:5 `oven.phase.value` is text before it reaches json.dumps" in done.stdout


def test_the_json_of_a_fix_holds_query_siblings_look_alikes_and_reason(repository: Path) -> None:
    done = analyzer("siblings", "--from-fix", "HEAD", "--json", cwd=repository)
    answer = json.loads(done.stdout)
    assert [p["file"] for p in answer["siblings"]] == ["door.py"]
    assert [p["file"] for p in answer["look_alikes"]] == ["label.py"]
    assert answer["reason"] is None
    assert answer["query"]["shapes"][0]["kind"] == "unserializable"
    assert len(answer["query"]["fix"]) == 40


def test_a_fix_without_siblings_is_done_and_says_so(repository: Path) -> None:
    commit(repository, {"README.md": "words\n"})
    done = analyzer("siblings", "--from-fix", "HEAD", cwd=repository)
    assert done.returncode == 0
    assert "no other place is known that would fail alike" in done.stdout
    assert "documents only" in done.stdout


def test_a_fix_is_written_as_sarif_json_and_rules(repository: Path, tmp_path: Path) -> None:
    names = ("out.sarif", "out.json", "out.ast-grep.yml", "out.semgrep.yml")
    done = analyzer(
        "siblings", "--from-fix", "HEAD", *(arg for n in names for arg in ("-o", tmp_path / n)), cwd=repository
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"]
    assert [(r["level"], "suppressions" in r) for r in results] == [("error", False), ("note", True)]
    assert json.loads((tmp_path / "out.json").read_text())["siblings"]
    assert 'pattern: "$X.phase"' in (tmp_path / "out.ast-grep.yml").read_text()
    assert 'pattern: "$X.phase"' in (tmp_path / "out.semgrep.yml").read_text()


def test_a_saved_cluster_shows_the_siblings_that_its_report_names(report: Path, tmp_path: Path) -> None:
    done = analyzer("siblings", "--cluster", "1", "--report", report, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "door.py:5 report 80% @doors" in done.stdout
    assert "label.py:5 its phase is text" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_saved_cluster_is_searched_for_in_the_repository(report: Path, repository: Path, tmp_path: Path) -> None:
    fingerprint = json.loads(report.read_text())["clusters"][0]["fingerprint"]
    done = analyzer(
        "siblings", "--cluster", fingerprint, "--report", report, "--repo", repository, "--json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["query"]["cluster"] == fingerprint
    assert {"kind", "text", "names", "exception", "rule"} <= answer["query"].keys()
    assert answer["siblings"] or answer["reason"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "say whose siblings"),
        (("--cluster", "1"), "say whose siblings"),
        (("--from-fix", "HEAD", "--cluster", "1", "--report", "r.json"), "say whose siblings"),
        (("--from-fix", "abcdef01"), "no such commit"),
        (("--from-fix", "HEAD", "-o", "x.txt"), "the suffix picks the format"),
        (("--from-fix", "HEAD", "-o", "nowhere/x.json"), "cannot be written"),
        (("--cluster", "1", "--report", "none.json"), "no such file"),
        (("--cluster", "1", "--report", "none.json", "-o", "x.semgrep.yml"), "use it with --from-fix"),
    ],
)
def test_a_usage_error_is_exit_2_with_a_hint(repository: Path, args: tuple[str, ...], said: str) -> None:
    done = analyzer("siblings", *args, cwd=repository)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "hint:" in done.stderr


def test_an_unknown_cluster_is_exit_2(report: Path, tmp_path: Path) -> None:
    done = analyzer("siblings", "--cluster", "s1:ffff", "--report", report, cwd=tmp_path)
    assert done.returncode == 2
    assert "no cluster" in done.stderr


def test_a_form_that_no_other_tool_can_search_for_gives_no_rule(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"use.py": "def f():\n    return math.pi\n", "other.py": "def f():\n    return math.e\n"})
    commit(repository, {"use.py": "import math\n\ndef f():\n    return math.pi\n"})
    done = analyzer("siblings", "--from-fix", "HEAD", "-o", tmp_path / "x.semgrep.yml", cwd=repository)
    assert done.returncode == 2
    assert "write .sarif or .json instead" in done.stderr
