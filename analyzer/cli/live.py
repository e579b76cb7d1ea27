"""Pulling from Cloud Logging: named in the contract, not built yet, and said so."""

from __future__ import annotations

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.errors import SourceError

_HINT = (
    "save the window first: gcloud logging read 'severity>=WARNING' --project P --freshness=2h --format=json "
    "> logs.json"
)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("pull", help="Fetch a window from Cloud Logging (not yet).", context_settings=_ANYTHING)(pull)


_ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True}


@failing_clearly
def pull() -> None:
    """Say that it cannot be done yet, and what to do instead."""
    raise SourceError("pulling from Cloud Logging is not built yet", _HINT)


def refuse_live(*options: object) -> None:
    """Raise `SourceError` where an option asks for live entries."""
    if any(options):
        raise SourceError("reading from Cloud Logging is not built yet", _HINT)
