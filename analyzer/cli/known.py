"""`analyzer known add|list`: errors that are accepted for a time."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly, warn
from analyzer.cli.manual import manual
from analyzer.cli.saved import HistoryOption, history_url, opened
from analyzer.cli.suggesting import saved_fingerprints
from analyzer.errors import HistoryError

_WHOLE = 16
"""hex digits of a whole fingerprint, after its version and a colon"""


def register(app: typer.Typer) -> None:
    """Add the verb group."""
    group = typer.Typer(
        help="Accepted errors: listed apart, never trip --fail-on.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command(
        "add",
        help="Accept an error through a day.\n\n"
        "From then on its clusters are listed apart with the reason and never trip --fail-on, until the day is over. "
        "What was said of the error before is replaced.",
        epilog=manual(
            examples=['analyzer known add s2:e454a40b3ed75428 --reason "the till is replaced" --until 2026-12-31'],
            exits=[(2, "no such error, or no such day")],
            see=["known list", "history show", "docs/history.md"],
        ),
    )(add)
    group.command(
        "list",
        help="The accepted errors.\n\nOne line an error, those whose day is over too.",
        epilog=manual(examples=["analyzer known list", "analyzer known list --json"], see=["known add"]),
    )(list_)
    app.add_typer(group, name="known")


@failing_clearly
def add(
    fingerprint: str = typer.Argument(
        ..., metavar="FINGERPRINT", help="Of the error, or its beginning.", autocompletion=saved_fingerprints
    ),
    reason: str = typer.Option(..., "--reason", metavar="TEXT", help="Why it is accepted; redacted as logs are."),
    until: str = typer.Option(..., "--until", metavar="DATE", help="The last day, UTC, such as 2026-12-31."),
    history: str = HistoryOption,
) -> None:
    """Accept an error, in place of what was said of it before."""
    from analyzer.config import load_config
    from analyzer.redaction import build_redactor
    from analyzer.reports.hostile import one_line

    config = load_config(environ=os.environ, folder=Path.cwd())
    redactor = build_redactor(tuple(Path(r) for r in config["rules"]), config["salt"] or None)
    target = opened(history, create=True)
    totals = target.totals(fingerprint)
    whole = len(fingerprint.partition(":")[2]) >= _WHOLE
    if len(totals) == 1:
        fingerprint = totals[0].fingerprint
    elif len(totals) > 1:
        raise HistoryError(
            f"{len(totals)} errors begin with {fingerprint}", "; ".join(total.fingerprint for total in totals[:5])
        )
    elif not whole:
        raise HistoryError(
            f"no saved cycle has {fingerprint}", "give the whole fingerprint: analyzer show REPORT.json ID"
        )
    target.add_known(fingerprint, one_line(redactor.text(reason)), until)
    if not totals:
        warn(f"no saved cycle has {fingerprint}: it is accepted where such an error occurs")
    if until < _today():
        warn(f"{until} is over: this accepts the error in earlier cycles only")
    typer.echo(f"accepted until {until}: {fingerprint}")


@failing_clearly
def list_(
    as_json: bool = typer.Option(False, "--json", help="The answer as a JSON list."),
    history: str = HistoryOption,
) -> None:
    """One line an error, those that ran out too."""
    from analyzer.history import history_exists
    from analyzer.reports.hostile import one_line

    found = opened(history).known() if history_exists(history_url(history)) else ()
    today = _today()
    if as_json:
        rows = [
            {"fingerprint": e.fingerprint, "reason": e.reason, "until": e.until, "expired": e.until < today}
            for e in found
        ]
        typer.echo(json.dumps(rows, indent=1, sort_keys=True))
        return
    for error in found:
        state = "EXPIRED" if error.until < today else "until"
        typer.echo(f"{error.fingerprint}  {state} {error.until}  {one_line(error.reason)}")
    if not found:
        typer.echo("no error is accepted")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
