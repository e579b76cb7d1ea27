"""`show`, `report`, `schema`: look at saved reports."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.cli.outputs import check_outputs, write_outputs
from analyzer.cli.suggesting import shown_ids
from analyzer.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(
        "show",
        help="One cluster or cause of a saved report.\n\n"
        "Everything that the report knows of it: counts, template, places in the code with their lines, examples with "
        "the ids of their entries; of a cause its evidence, chain, siblings and suspects.",
        epilog=manual(
            examples=[
                "analyzer show report.json s2:9f2c",
                "analyzer show report.json cause 1",
                "analyzer show report.json 1 --json",
            ],
            exits=[(2, "no such report, or the id names no cluster or several")],
            see=["report", "history show", "docs/json-report.md"],
        ),
    )(show)
    app.command(
        "report",
        help="Render a saved report again.\n\n"
        "From the JSON alone, offline; the same report gives the same bytes. Without -o the summary is printed.",
        epilog=manual(
            examples=["analyzer report report.json -o report.html -o report.md", "analyzer report report.json"],
            exits=[(2, "no such report, or a file that cannot be written")],
            see=["show", "schema", "docs/json-report.md"],
        ),
    )(report)
    app.command(
        "schema",
        help="The JSON Schema of the report.\n\nEvery report validates against it. Keys are added, never renamed.",
        epilog=manual(examples=["analyzer schema > report.schema.json"], see=["report", "docs/json-report.md"]),
    )(schema)


@failing_clearly
def show(
    saved: str = typer.Argument(..., metavar="REPORT.json", help="A saved report."),
    wanted: list[str] = typer.Argument(
        ..., metavar="ID", help="A fingerprint, its beginning, or the rank of a cause: 1.", autocompletion=shown_ids
    ),
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
def report(
    saved: str = typer.Argument(..., metavar="SAVED.json", help="A saved report."),
    output: list[str] = typer.Option(
        None, "-o", "--output", metavar="FILE", help="FILE.html, .md, .sarif or .json; repeat for several."
    ),
) -> None:
    """Render a saved report again; without -o, print its summary."""
    from analyzer.cli.analyze import show as summary
    from analyzer.reports.files import read_saved

    data = read_saved(Path(saved))
    targets = check_outputs(output or [])
    if any(t.resolve() == Path(saved).resolve() for t in targets):
        raise ConfigError(f"-o {saved} is the report itself", "write to another file")
    write_outputs(data, targets)
    if not targets:
        summary(data, as_json=False, quiet=False)


@failing_clearly
def schema() -> None:
    """The JSON Schema that every report validates against."""
    from analyzer import reports

    typer.echo(json.dumps(reports.schema(), indent=1, sort_keys=True))
