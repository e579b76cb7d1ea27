"""`where`, `show`, `report`, `schema`: look at code and at saved reports."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.outputs import check_outputs, write_outputs
from analyzer.cli.progress import done, progress
from analyzer.errors import ConfigError

NOT_FOUND = 1


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("where", help="The statements of a repository that can produce a text.")(where)
    app.command("show", help="One cluster or cause of a saved report.")(show)
    app.command("report", help="Render a saved report again.")(report)
    app.command("schema", help="The JSON Schema of the report.")(schema)


@failing_clearly
def where(
    message: str = typer.Argument(..., help="The error text, as it was seen."),
    repo: str = typer.Option(".", "--repo", help="The repository."),
    revision: str = typer.Option(None, "--revision", help="The commit to read; default: the work tree."),
    limit: int = typer.Option(10, "--limit", min=1, help="At most that many places."),
    as_json: bool = typer.Option(False, "--json", help="A list of code paths as JSON."),
) -> None:
    """Print file, line and function of the statements that can produce the text; exit 1 where none can."""
    from analyzer.config import load_config
    from analyzer.pipeline import where as find
    from analyzer.reports.hostile import one_line as terminal_text

    config = load_config(environ=os.environ, folder=Path.cwd())
    found = find(
        message,
        repo=repo,
        revision=revision,
        limit=limit,
        cache_dir=Path(config["cache_dir"]) if config["cache_dir"] else None,
        rules=[Path(r) for r in config["rules"]],
        salt=config["salt"] or None,
        progress=progress(quiet=not sys.stderr.isatty()),
    )
    done(quiet=False)
    if as_json:
        typer.echo(json.dumps([p.to_dict() for p in found], indent=1, sort_keys=True, ensure_ascii=False))
    for path in () if as_json else found:
        sure = "unique" if path.unique else f"{path.confidence:.0%}"
        place = f"{path.file}:{path.line}"
        typer.echo(terminal_text(f"{place}  {path.function or '<module>'}  {path.role.value}, {sure}"))
        for line in path.excerpt:
            if line.marked:
                typer.echo(f"    {terminal_text(line.text.strip())}")
    if not found:
        if not as_json:
            typer.echo("no statement of the repository can produce this text", err=True)
        raise typer.Exit(NOT_FOUND)


@failing_clearly
def show(
    saved: str = typer.Argument(..., metavar="REPORT.json", help="A saved report."),
    wanted: str = typer.Argument(..., metavar="ID", help="A fingerprint, its beginning, or the rank of a cause."),
    as_json: bool = typer.Option(False, "--json", help="The cluster or cause as JSON."),
) -> None:
    """One cluster or cause on the terminal."""
    from analyzer import reports
    from analyzer.reports.files import read_saved

    data = read_saved(Path(saved))
    if as_json:
        typer.echo(json.dumps(reports.find(data, wanted), indent=1, sort_keys=True, ensure_ascii=False))
    else:
        typer.echo(reports.terminal_cluster(data, wanted))


@failing_clearly
def report(
    saved: str = typer.Argument(..., metavar="SAVED.json", help="A saved report."),
    output: list[str] = typer.Option(None, "-o", "--output", help="FILE.html, .md or .json; repeat for several."),
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
