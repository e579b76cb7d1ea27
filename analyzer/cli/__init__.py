"""Options to the same calls a notebook makes, to output and exit code. One module per verb group.

Only what is needed to print `--help` is imported here; the work is imported when a verb runs.
"""

from __future__ import annotations

import typer

from analyzer.cli import (
    analyze,
    cache,
    demo,
    diff,
    doctor,
    explain_trace,
    fix,
    history,
    inspect,
    known,
    pull,
    rules,
    settings,
    siblings,
    where,
)

app = typer.Typer(
    name="analyzer",
    help="From staging logs, a repository and test results to the root cause behind the error.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for verbs in (
    analyze,
    pull,
    where,
    siblings,
    inspect,
    explain_trace,
    fix,
    demo,
    doctor,
    cache,
    history,
    diff,
    known,
    rules,
    settings,
):
    verbs.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        from analyzer import __version__

        typer.echo(f"analyzer {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass
