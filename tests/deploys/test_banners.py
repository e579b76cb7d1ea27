from __future__ import annotations

import pytest

from analyzer.deploys.banners import read_banners
from analyzer.model import PrintedLine

SHA = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"


def line(message: str, *, instance: str = "i1", fields: dict[str, str] | None = None) -> PrintedLine:
    return PrintedLine(
        service="api",
        revision="r1",
        instance=instance,
        message=message,
        fields=tuple(sorted((fields or {}).items())),
    )


def told(*lines: PrintedLine) -> str | None:
    found = read_banners(lines).get(("api", "r1"))
    return found.commit if found else None


@pytest.mark.parametrize(
    "message",
    [
        "Starting api, commit 0a1b2c3d4e",
        "git sha: 0a1b2c3d4e",
        "version=0a1b2c3d4e env=staging",
        "build 'release': \"0a1b2c3d4e\", 4 workers",
        "GIT_COMMIT=0a1b2c3d4e",
        "api (revision 0a1b2c3d4e)",
        "Commit SHA: 0A1B2C3D4E",
    ],
)
def test_a_start_up_line_names_its_commit(message: str) -> None:
    assert told(line(message)) == "0a1b2c3d4e"


@pytest.mark.parametrize(
    "message",
    [
        "version=1.4.2",
        "commit 12345678 rows",  # a number
        "release: decade-old",
        "commit abc",
        "build=deadbeef.example.com",
        "recommit0a1b2c3d4e",
        "took 0a1b2c3d4e",
    ],
)
def test_what_only_looks_like_a_commit_names_none(message: str) -> None:
    assert told(line(message)) is None


def test_a_key_of_the_payload_names_it_too() -> None:
    assert told(line("started", fields={"git_commit": SHA, "level": "info"})) == SHA


def test_short_and_full_forms_of_one_commit_agree_and_two_commits_do_not() -> None:
    assert told(line(f"commit {SHA[:8]}"), line(f"sha={SHA}", instance="i2")) == SHA
    assert told(line(f"commit {SHA[:8]}"), line("commit fedcba98")) is None


def test_only_the_first_lines_of_an_instance_are_its_banner() -> None:
    chatter = [line(f"request {n}") for n in range(60)]
    assert told(*chatter, line(f"webhook for commit {SHA}")) is None
    assert told(*chatter, line(f"commit {SHA}", instance="i2")) == SHA
