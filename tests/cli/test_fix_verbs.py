"""The verb `fix`, as one runs it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from typer.testing import CliRunner

from analyzer.cli import app


def test_a_claim_is_kept_once_listed_and_not_verified_before_a_cycle_judged_it(tmp_path: Path) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), *who, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    runner, kept = CliRunner(), ["--history", f"sqlite:///{tmp_path}/history.db"]
    add = ["fix", "add", "HEAD", "--cluster", "no host", "--repo", str(tmp_path), *kept]
    assert runner.invoke(app, add).output.startswith("claimed: ")
    assert runner.invoke(app, add).output.startswith("already claimed: ")
    listed = runner.invoke(app, ["fix", "list", *kept]).output
    assert "not judged yet" in listed
    assert "no host" in listed
    assert runner.invoke(app, ["fix", "verify", "HEAD", "--repo", str(tmp_path), *kept]).exit_code == 2
