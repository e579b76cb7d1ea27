"""`config show`: the settings and where each comes from."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual


def register(app: typer.Typer) -> None:
    """Add the verb group."""
    group = typer.Typer(help="The settings.", no_args_is_help=True, rich_markup_mode=None)
    group.callback()(lambda: None)  # keeps `show` a verb of its own while it is the only one
    group.command(
        "show",
        help="The settings as a run in this folder would see them.\n\n"
        "analyzer.toml, [tool.analyzer] in pyproject.toml, ANALYZER_* in the environment, options: later wins. A salt "
        "is never shown, nor a password.",
        epilog=manual(examples=["analyzer config show --origin"], see=["doctor", "docs/command.md"]),
    )(show)
    app.add_typer(group, name="config")


@failing_clearly
def show(origin: bool = typer.Option(False, "--origin", help="Say where each value comes from.")) -> None:
    """One line a setting. A salt is never shown, nor a password."""
    from analyzer.config import SETTINGS, load_config
    from analyzer.history import shown_place

    config = load_config(environ=os.environ, folder=Path.cwd())
    for setting in SETTINGS:
        value = config.values[setting.name]
        shown = list(value.value) if setting.kind == "list" else value.value
        if setting.name == "salt" and shown:
            shown = "(set)"
        if setting.name == "history":
            shown = shown_place(str(shown))
        typer.echo(f"{setting.name} = {shown!r}" + (f"  # {value.origin}" if origin else ""))
