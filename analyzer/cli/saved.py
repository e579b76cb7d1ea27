"""What `history`, `diff` and `known` share: the history of this run, and a cycle by name, key or file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analyzer.errors import HistoryError

if TYPE_CHECKING:
    from analyzer.history.store import History

HistoryOption = typer.Option(
    None, "--history", metavar="URL", help="Address of the history; default: as analyze would use."
)
NONE_YET = "no cycle is saved yet"


def history_url(given: str | None) -> str:
    """The option, else the setting."""
    from analyzer.config import load_config

    return str(load_config({"history": given}, environ=os.environ, folder=Path.cwd())["history"])


def opened(given: str | None, *, create: bool = False) -> History:
    """The history; a file that is not there is made only where something is to be kept. Raises `HistoryError`."""
    from analyzer.history import open_history

    return open_history(history_url(given), create=create)


def saved_report(wanted: str, history: str | None) -> dict[str, Any]:
    """The report in a file of this name, else of the saved cycle with this name or key. Raises `AnalyzerError`."""
    from analyzer.reports.files import read_saved

    if Path(wanted).is_file() or wanted.endswith(".json"):
        return read_saved(Path(wanted))
    report = opened(history).report(wanted)
    if report is None:
        raise HistoryError(f"no saved cycle is called {wanted}", "analyzer history list shows them")
    return report


def percent(rate: float | None) -> str:
    """A pass rate for people."""
    return "no tests" if rate is None else f"{rate:.0%} passed"
