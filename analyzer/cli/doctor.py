"""`analyzer doctor`: what works here and what to do about the rest."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import typer

from analyzer.cli import live_options as live
from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual

SAYS_NO = 1
_STATUS_WIDTH = 9


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "doctor",
        help="What works here and what to do about the rest.\n\n"
        "Checks Python, settings, rule packs, git, repository, cache, history and languages; with --project also "
        "credentials, role, quota and clock, in at most three calls. One line a check, the remedy below it. Without a "
        "project nothing is asked over a network.",
        epilog=manual(
            examples=["analyzer doctor", "analyzer doctor --project my-staging --json"],
            exits=[(0, "no check failed; warnings are no failure"), (1, "a check failed")],
            see=["config show", "pull", "docs/command.md"],
        ),
    )(doctor)


@failing_clearly
def doctor(
    project: live.Project = None,  # type: ignore[assignment]
    repo: list[str] = typer.Option(
        None, "--repo", metavar="DIR", help="DIR or SERVICE=DIR[:SUBDIR]; default: this folder."
    ),
    impersonate: live.Impersonate = None,  # type: ignore[assignment]
    endpoint: live.Endpoint = None,  # type: ignore[assignment]
    transport: live.Transport = None,  # type: ignore[assignment]
    as_json: bool = typer.Option(False, "--json", help="The checks as a JSON list on stdout."),
) -> None:
    """One line a check, its remedy below it."""
    from analyzer.pipeline.doctor import run_checks
    from analyzer.reports.hostile import clean_values, one_line

    given = {
        "project": project,
        "repo": repo,
        "impersonate": impersonate,
        "endpoint": endpoint,
        "transport": transport,
    }
    checks = []
    for check in run_checks(given, environ=os.environ, folder=Path.cwd()):
        checks.append(check)
        if as_json:
            continue
        typer.echo(f"{check.status:<{_STATUS_WIDTH}}{one_line(check.name)}  {one_line(check.finding)}")
        if check.remedy:
            typer.echo(f"{'':<{_STATUS_WIDTH}}{one_line(check.remedy)}")
        sys.stdout.flush()  # an answer may be a while in coming
    if as_json:
        rows = [clean_values(check.to_dict()) for check in checks]
        typer.echo(json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False))
    if any(check.status == "failed" for check in checks):
        raise typer.Exit(SAYS_NO)
