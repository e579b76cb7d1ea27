"""README shows what the command really prints, and names only verbs that exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def help_of(*verbs: str) -> str:
    env = {**os.environ, "COLUMNS": "100", "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", *verbs, "--help"], capture_output=True, text=True, check=True, env=env
    )
    return done.stdout.replace("python -m analyzer", "analyzer").strip()


def test_the_readme_shows_the_real_help() -> None:
    shown = re.search(r"<!-- help -->\n```text\n(.*?)\n```", README.read_text(), re.S)
    assert shown is not None
    assert shown.group(1).split() == help_of().split()


def test_every_command_of_the_readme_has_help() -> None:
    verbs = set(re.findall(r"^analyzer ([a-z-]+)", README.read_text(), re.M))
    assert {"analyze", "where", "show", "report"} <= verbs
    for verb in sorted(verbs):
        assert "Usage:" in help_of(verb)
