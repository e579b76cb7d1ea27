"""`show`, `report`, `schema`: look at saved reports."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.report import report


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("show", help="One cluster or cause of a saved report.")(show)
    app.command("report", help="Render a saved report again.")(report)
    app.command("schema", help="The JSON Schema of the report.")(schema)


@failing_clearly
def show(
    saved: str = typer.Argument(..., metavar="REPORT.json", help="A saved report."),
    wanted: list[str] = typer.Argument(..., metavar="ID", help="A fingerprint, its beginning, or cause 1."),
    as_json: bool = typer.Option(False, "--json", help="The cluster or cause as JSON."),
) -> None:
    """One cluster or cause on the terminal."""
    from analyzer import reports
    from analyzer.reports.files import read_saved

    data = read_saved(Path(saved))
    named = " ".join(wanted)
    if as_json:
        typer.echo(json.dumps(reports.find(data, named), indent=1, sort_keys=True, ensure_ascii=False))
    else:
        typer.echo(reports.terminal_cluster(data, named))


@failing_clearly
def schema() -> None:
    """The JSON Schema that every report validates against."""
    from analyzer import reports

    typer.echo(json.dumps(reports.schema(), indent=1, sort_keys=True))
