"""What standard output is: how wide, how high, and whether colours reach a person."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 80, 24
"""Of a terminal nobody knows the size of, and of what is no terminal: a file holds the same whoever writes it."""
_WIDEST = 120
_OFF = ("", "0", "false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Cells, lines, and whether to write colours."""

    width: int
    height: int
    color: bool


def screen() -> Screen:
    """That of standard output; lines are at most 120 cells wide, longer ones read badly."""
    terminal = sys.stdout.isatty()
    color = wants_color(os.environ, terminal=terminal)
    if not terminal:
        return Screen(width=WIDTH, height=HEIGHT, color=color)
    size = shutil.get_terminal_size((WIDTH, HEIGHT))
    return Screen(width=min(size.columns, _WIDEST), height=size.lines, color=color)


def wants_color(environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Colours on terminals only, never where `NO_COLOR` is set or the terminal is `dumb`.

    `FORCE_COLOR` or `CLICOLOR_FORCE` (neither empty, `0` nor `false`) ask for them elsewhere too, as in a CI log that
    shows them; `NO_COLOR` wins. See no-color.org and bixense.com/clicolors.
    """
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "").lower() not in _OFF for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and environ.get("TERM") != "dumb"
