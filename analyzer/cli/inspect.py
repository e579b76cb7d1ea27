"""`show`, `report`, `schema`: look at saved reports."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.cli.report import report
from analyzer.cli.suggesting import shown_ids


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
        help="Render a saved report again, or check it with --verify.\n\n"
        "From the JSON alone, offline; the same report gives the same bytes. Without -o the summary is printed. "
        "--verify checks the digest, every sum and every citation; with --logs and --repo also counts, members, "
        "excerpts and lines. What was not checked is said on standard error.",
        epilog=manual(
            examples=[
                "analyzer report report.json -o report.html -o report.md",
                "analyzer report report.json -o comment.md --markdown summary",
                "analyzer report report.json --verify --logs logs.json --repo .",
            ],
            exits=[
                (0, "done; with --verify: every claim that was checked holds"),
                (1, "--verify found a false claim"),
                (2, "no such report, or a file that cannot be written"),
            ],
            see=["show", "schema", "docs/reports.md", "docs/verifying.md"],
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
def schema() -> None:
    """The JSON Schema that every report validates against."""
    from analyzer import reports

    typer.echo(json.dumps(reports.schema(), indent=1, sort_keys=True))
