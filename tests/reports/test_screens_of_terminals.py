"""The summary on a real terminal: its size, its colours, and nothing of either where there is none."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from bakery_reports import second_cycle
from rich.cells import cell_len

from analyzer.cli.screen import wants_color
from analyzer.reports import seal

COLOUR = re.compile(r"\x1b\[\d+m")
ASKED = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "report.json"
    path.write_text(json.dumps(seal(second_cycle())), encoding="utf-8")
    return path


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ASKED}
    return {**kept, "TERM": "xterm-256color", **more}


def on_a_terminal(saved: Path, columns: int, lines: int, **more: str) -> str:
    """What a person sees of the summary in a terminal of this size."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    command = [sys.executable, "-m", "analyzer", "report", str(saved)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=environment(**more)
    ) as running:
        os.close(theirs)
        seen = b""
        # Once the other side is closed Linux answers with an error where other systems answer with nothing.
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 65_536):
                seen += piece
        assert running.wait() == 0
    os.close(ours)
    return seen.decode().replace("\r\n", "\n").removesuffix("\n")


def in_a_pipe(saved: Path, **more: str) -> str:
    command = [sys.executable, "-m", "analyzer", "report", str(saved)]
    done = subprocess.run(command, env=environment(**more), capture_output=True, text=True, check=True)
    return done.stdout.removesuffix("\n")


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40), (40, 24)])
def test_a_terminal_gets_one_screen_of_its_own_size_in_colour(saved: Path, columns: int, lines: int) -> None:
    seen = on_a_terminal(saved, columns, lines)
    assert COLOUR.search(seen)
    rows = COLOUR.sub("", seen).split("\n")
    assert len(rows) < lines
    assert columns - 25 < max(map(cell_len, rows)) <= columns
    assert "\x1b" not in COLOUR.sub("", seen)


def test_a_pipe_gets_80_cells_without_colour_whatever_the_environment_says(saved: Path) -> None:
    piped = in_a_pipe(saved, COLUMNS="200", LINES="70")
    assert "\x1b" not in piped
    assert max(map(cell_len, piped.split("\n"))) <= 80
    assert len(piped.split("\n")) <= 23
    assert piped == COLOUR.sub("", on_a_terminal(saved, 80, 24))


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"NO_COLOR": "0", "FORCE_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_are_left_out_where_they_are_not_wanted(saved: Path, more: dict[str, str]) -> None:
    assert "\x1b" not in on_a_terminal(saved, 80, 24, **more)


def test_forced_colours_reach_a_pipe(saved: Path) -> None:
    assert COLOUR.search(in_a_pipe(saved, FORCE_COLOR="1"))


@pytest.mark.parametrize(
    ("environ", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": ""}, True, True),
        ({"NO_COLOR": "no"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "false"}, True, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_who_gets_colours(environ: dict[str, str], terminal: bool, wanted: bool) -> None:
    assert wants_color(environ, terminal=terminal) is wanted
