"""`--dry-run`: what would be asked, how many calls, how many minutes, what would be cheaper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from analyzer.cli.pulling import counted, window_text
from analyzer.reports.hostile import one_line

if TYPE_CHECKING:
    from analyzer.sources.cloud_logging.source import CloudLogging


def print_estimate(source: CloudLogging) -> None:
    """One call for each missing range, at most; the result on stdout."""
    from analyzer.sources.cloud_logging.costs import LONG_MINUTES, cheaper_doors, estimate, minutes

    found = estimate(source, lambda text: typer.echo(one_line(text), err=True))
    typer.echo(f"{', '.join(source.resources)}: {window_text(source.window)}")
    for tier in found:
        about = "" if tier.exact else "about "
        typer.echo(f"{tier.tier}: {about}{counted(tier.calls, 'call')}, {about}{tier.entries:,} entries")
        typer.echo(f"  filter: {one_line(tier.filter) or '(none)'}")
    calls = sum(t.calls for t in found)
    spent = minutes(calls, source.per_minute)
    typer.echo(
        f"in all: {counted(calls, 'call')}, {spent:.1f} minutes at {source.per_minute} calls a minute "
        f"(this estimate took {counted(source.calls, 'call')}; nothing was kept)"
    )
    if spent > LONG_MINUTES:
        typer.echo("cheaper doors to the same entries:")
        for line in cheaper_doors(source.layers()[0][1], source.window):
            typer.echo(f"  {line}")
