"""`analyzer report`: a saved report rendered again, or checked. `inspect` adds it to the command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analyzer.cli.failing import failing_clearly, warn
from analyzer.cli.outputs import check_outputs, check_size, write_outputs
from analyzer.cli.progress import done, progress
from analyzer.cli.saved import HistoryOption, saved_report
from analyzer.cli.suggesting import markdown_sizes, saved_cycles
from analyzer.errors import ConfigError, ReportError

if TYPE_CHECKING:
    from analyzer.reports.verifying import Verification

SAYS_NO = 1


@failing_clearly
def report(
    saved: str = typer.Argument(
        ..., metavar="SAVED.json", help="A saved report, or a cycle of the history.", autocompletion=saved_cycles
    ),
    output: list[str] = typer.Option(
        None, "-o", "--output", metavar="FILE", help="FILE.html, .md, .sarif or .json; repeat for several."
    ),
    markdown: str = typer.Option(
        "standard",
        "--markdown",
        metavar="SIZE",
        help="Size of .md files: summary, standard or full.",
        autocompletion=markdown_sizes,
    ),
    verify: bool = typer.Option(
        False, "--verify", help="Check its digest, sums and citations; exit 1 if one is false."
    ),
    logs: list[str] = typer.Option(
        None, "--logs", metavar="LOGS", help="With --verify: read these logs again, and compare; repeat for several."
    ),
    repo: list[str] = typer.Option(
        None,
        "--repo",
        metavar="DIR",
        help="With --verify: look up excerpts and commits in DIR or SERVICE=DIR[:SUBDIR]; repeat for several.",
    ),
    rules: list[str] = typer.Option(
        None, "--rules", metavar="DIR", help="Rule packs that the analysis had; repeat for several."
    ),
    as_json: bool = typer.Option(False, "--json", help="The report JSON on stdout; with --verify what was found."),
    quiet: bool = typer.Option(False, "--quiet", help="No summary, no progress; warnings and false claims stay."),
    history: str = HistoryOption,
) -> None:
    """Render a saved report again; without -o and --verify, print its summary."""
    from analyzer.cli.analyze import show
    from analyzer.reports import check_integrity

    if (logs or repo) and not verify:
        raise ConfigError("--logs and --repo check a report", "add --verify")
    check_size(markdown)
    targets = check_outputs(output or [])
    if any(t.resolve() == Path(saved).resolve() for t in targets):
        raise ConfigError(f"-o {saved} is the report itself", "write to another file")
    data = saved_report(saved, history)
    whole = check_integrity(data)
    if not whole:
        if any(target.suffix == ".json" for target in targets) or (as_json and not verify):
            raise ReportError(
                f"{saved} was changed after it was written: it is not sealed again", "cp keeps the file as it is"
            )
        warn(f"{saved} was changed after it was written")
    found = _verified(data, logs, repo, rules, quiet=quiet) if verify else None
    if found is not None:
        _tell(found, as_json=as_json, quiet=quiet)
    write_outputs(data, targets, size=markdown, saved=saved)
    if found is not None:
        if not found.holds:
            raise typer.Exit(SAYS_NO)
    elif not targets or as_json:
        show(data, as_json=as_json, quiet=quiet)


def _verified(
    data: Mapping[str, Any], logs: list[str] | None, repo: list[str] | None, rules: list[str] | None, *, quiet: bool
) -> Verification:
    from analyzer.config import load_config
    from analyzer.pipeline import verify

    config = load_config({"rules": rules}, environ=os.environ, folder=Path.cwd())
    found = verify(
        data,
        logs=logs or (),
        repo=repo or (),
        rules=config["rules"],
        salt=config["salt"] or None,
        stdin=sys.stdin.buffer if "-" in (logs or ()) else None,
        progress=progress(quiet),
    )
    done(quiet)
    return found


def _tell(found: Verification, *, as_json: bool, quiet: bool) -> None:
    """False claims on stdout, a line each; what was not checked on stderr."""
    from analyzer.reports.hostile import one_line

    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=1, sort_keys=True, ensure_ascii=False))
    else:
        for claim in found.false_claims:
            typer.echo(one_line(f"false: {claim}"))
        if not quiet:
            number = len(found.false_claims)
            said = (
                f"verified: {found.checks:,} checks" if found.holds else f"{number:,} of {found.checks:,} checks fail"
            )
            typer.echo(said)
    for what in found.not_checked:
        typer.echo(one_line(f"not checked: {what}"), err=True)
