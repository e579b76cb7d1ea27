"""`analyzer report`: a saved report rendered again, and checked, with documented exit codes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from test_command_line import ERROR, JUNIT, analyzer, entry

from analyzer.analysis import analyze
from analyzer.reports import canonical


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs, tests, a repository with one commit, and the report of them."""
    folder = tmp_path_factory.mktemp("report")
    rows = [entry(n, ERROR) for n in range(0, 50, 10)] + [entry(90, "oven preheated", "INFO")]
    (folder / "logs.json").write_text(json.dumps(rows))
    (folder / "junit.xml").write_text(JUNIT)
    (folder / "repo").mkdir()
    (folder / "repo" / "orders.py").write_text(
        "def order(oven):\n"
        "    try:\n"
        "        return bake(oven)\n"
        "    except Exception as e:\n"
        '        return Result(error_message=f"Order refused: {e}")\n'
    )
    git = ["git", "-C", str(folder / "repo"), "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Take orders"]):
        subprocess.run([*git, *command], check=True)
    found = analyze(folder / "logs.json", repo=folder / "repo", tests=folder / "junit.xml", cache_dir=folder / "cache")
    for suffix in ("json", "html", "md"):
        found.save(folder / f"r.{suffix}")
    return folder


def changed(folder: Path, name: str, *, sealed: bool) -> Path:
    """The report with another count of its first cluster, and an uncited sentence."""
    report: dict[str, Any] = json.loads((folder / "r.json").read_text())
    report["clusters"][0]["count"] += 7
    uncited = {"text": "it was\x1b[31m the weather", "entry_ids": [], "file": None, "line": None, "rule": None}
    report["causes"][0]["evidence"].append(uncited)
    data = canonical(report) if sealed else json.dumps(report).encode()
    (folder / name).write_bytes(data)
    return folder / name


def test_a_report_that_holds_is_exit_0_and_stderr_names_what_was_not_checked(folder: Path) -> None:
    whole = analyzer("report", "r.json", "--verify", "--logs", "logs.json", "--repo", "repo", cwd=folder)
    assert (whole.returncode, whole.stdout.startswith("verified: ")) == (0, True), whole.stdout
    assert "--logs" not in whole.stderr
    assert "not checked: test names" in whole.stderr
    alone = analyzer("report", "r.json", "--verify", "--quiet", cwd=folder)
    assert (alone.returncode, alone.stdout) == (0, "")
    for option in ("--logs", "--repo"):
        assert any(line.startswith("not checked: ") and option in line for line in alone.stderr.splitlines())


@pytest.mark.parametrize("sealed", [True, False])
def test_a_false_claim_is_exit_1_with_a_line_for_each(folder: Path, sealed: bool) -> None:
    file = changed(folder, f"changed-{sealed}.json", sealed=sealed)
    found = analyzer("report", file, "--verify", "--logs", "logs.json", "--quiet", cwd=folder)
    lines = found.stdout.splitlines()
    assert found.returncode == 1
    assert lines
    assert all(line.startswith("false: ") for line in lines)
    assert any(line.startswith("false: integrity: ") for line in lines) is not sealed
    assert any("clusters/0/count: says 12; it is 5 (logs)" in line for line in lines)
    assert any("it was the weather; it cites no entry" in line for line in lines)
    assert "\x1b" not in found.stdout


def test_what_was_found_can_be_had_as_json(folder: Path) -> None:
    file = changed(folder, "as-json.json", sealed=True)
    found = analyzer("report", file, "--verify", "--json", "--quiet", cwd=folder)
    said = json.loads(found.stdout)
    assert set(said) == {"checks", "findings", "not_checked"}
    assert {tuple(sorted(item)) for item in said["findings"]} == {("check", "claim", "found", "where")}
    assert "clusters/0/count" in {item["where"] for item in said["findings"]}
    assert any("--repo" in what for what in said["not_checked"])


def test_a_changed_report_renders_with_a_warning_and_is_not_sealed_again(folder: Path) -> None:
    file = changed(folder, "warned.json", sealed=False)
    page = analyzer("report", file, "-o", "warned.html", cwd=folder)
    assert (page.returncode, "changed after it was written" in page.stderr) == (0, True)
    assert (folder / "warned.html").stat().st_size
    for options in (("-o", "again.json"), ("--json",)):
        refused = analyzer("report", file, *options, cwd=folder)
        assert (refused.returncode, refused.stdout) == (2, "")
    assert not (folder / "again.json").exists()


def test_rendering_again_gives_the_bytes_of_the_first_time(folder: Path) -> None:
    for name in ("one", "two"):
        outputs = [x for suffix in ("json", "html", "md") for x in ("-o", f"{name}.{suffix}")]
        assert analyzer("report", "r.json", *outputs, cwd=folder).returncode == 0
    for suffix in ("json", "html", "md"):
        first = (folder / f"r.{suffix}").read_bytes()
        assert first == (folder / f"one.{suffix}").read_bytes() == (folder / f"two.{suffix}").read_bytes()
    shown = analyzer("report", "r.json", "--json", cwd=folder)
    assert shown.stdout.encode() == (folder / "r.json").read_bytes()


def test_a_cycle_of_the_history_renders_and_verifies_by_its_name(folder: Path) -> None:
    history = f"sqlite:///{folder / 'history.db'}"
    found = analyze(folder / "logs.json", history=history, cycle="7", cache_dir=folder / "cache")
    found.remember(history)
    assert analyzer("report", "7", "--history", history, "-o", "seven.json", cwd=folder).returncode == 0
    assert json.loads((folder / "seven.json").read_text()) == found.to_dict()
    assert analyzer("report", "7", "--history", history, "--verify", cwd=folder).returncode == 0
    missing = analyzer("report", "8", "--history", history, cwd=folder)
    assert (missing.returncode, "no saved cycle" in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("r.json", "--logs", "logs.json"), "add --verify"),
        (("r.json", "--verify", "--logs", "gone.json"), "gone.json"),
        (("r.json", "--verify", "--repo", "gone"), "gone"),
        (("r.json", "--verify", "--repo", "cache"), "no git repository"),
        (("r.json", "--markdown", "huge"), "summary, standard, full"),
        (("r.json", "-o", "r.json"), "the report itself"),
        (("newer.json", "--verify"), "upgrade"),
        (("logs.json", "--verify"), "not a report"),
        (("junit.xml", "--verify"), "not JSON"),
    ],
)
def test_what_cannot_be_done_is_exit_2_with_a_hint(folder: Path, options: tuple[str, ...], said: str) -> None:
    (folder / "newer.json").write_text('{"schema": "analyzer.report/9"}')
    (folder / "cache").mkdir(exist_ok=True)
    found = analyzer("report", *options, cwd=folder)
    assert (found.returncode, found.stdout) == (2, "")
    assert said in found.stderr


def test_what_was_found_is_told_where_the_page_cannot_be_written_and_nothing_is_sealed_again(
    folder: Path, tmp_path: Path
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "full.html").symlink_to("/dev/full")
    file = changed(folder, "changed-full.json", sealed=False)
    found = analyzer("report", file, "--verify", "-o", tmp_path / "full.html", cwd=folder)
    assert found.returncode == 2
    assert "false: integrity" in found.stdout
    assert f"the result is kept in {file}" in found.stderr
