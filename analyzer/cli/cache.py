"""`analyzer cache list|prune|verify`: what was pulled."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual

if TYPE_CHECKING:
    from analyzer.sources.cloud_logging.store import Store

SAYS_NO = 1


def register(app: typer.Typer) -> None:
    """Add the verb group."""
    group = typer.Typer(help="What was pulled: list, prune, verify.", no_args_is_help=True, rich_markup_mode=None)
    group.command(
        "list",
        help="Windows, entries and bytes by project and tier.",
        epilog=manual(examples=["analyzer cache list"], see=["pull", "cache prune"]),
    )(list_)
    group.command(
        "prune",
        help="Delete what was pulled, all or what is old.\n\nNothing is deleted unless one of the options is given.",
        epilog=manual(
            examples=["analyzer cache prune --older-than 30d", "analyzer cache prune --project my-staging"],
            exits=[(2, "nothing was named to delete")],
            see=["cache list", "docs/pulling.md"],
        ),
    )(prune)
    group.command(
        "verify",
        help="Check every file against its digest.\n\nWhat is damaged is named; --repair drops it.",
        epilog=manual(
            examples=["analyzer cache verify", "analyzer cache verify --repair"],
            exits=[(0, "nothing is damaged, or it was dropped"), (1, "a file is damaged")],
            see=["cache list", "docs/pulling.md"],
        ),
    )(verify)
    app.add_typer(group, name="cache")


@failing_clearly
def list_() -> None:
    """One line a layer."""
    from analyzer.cli.pulling import window_text
    from analyzer.reports.hostile import one_line
    from analyzer.sources.cloud_logging.caching import held

    store = _store()
    found = held(store) if store else []
    for layer in found:
        state = "final" if layer.final else f"{layer.unfinished} slices unfinished" if layer.unfinished else "not final"
        window = window_text(layer.window) if layer.window else "nothing asked"
        typer.echo(
            f"{', '.join(layer.layer.resources)}  {layer.layer.tier}  {window}  {layer.rows:,} entries", nl=False
        )
        typer.echo(f"  {_size(layer.bytes)} in {layer.parts} files  {state}")
        if layer.layer.filter:
            typer.echo(f"  filter: {one_line(layer.layer.filter)}")
    if not found:
        typer.echo("nothing was pulled yet; analyzer pull --project ID --since 2h")


@failing_clearly
def prune(
    older_than: str = typer.Option(
        None, "--older-than", metavar="AGE", help="Only what ends longer ago than this: 30d, 12h."
    ),
    project: str = typer.Option(
        None, "--project", metavar="ID", help="Only what was pulled from this project or resource."
    ),
    every: bool = typer.Option(False, "--all", help="Everything that was pulled."),
) -> None:
    """Delete pulled entries."""
    from analyzer.errors import ConfigError
    from analyzer.sources.cloud_logging.caching import prune as drop
    from analyzer.sources.windows import read_window

    if not (older_than or project or every):
        raise ConfigError("nothing was named to delete", "add --older-than 30d, --project ID, or --all")
    before = read_window(since=older_than, now_ns=time.time_ns()).from_ns if older_than else None
    store = _store()
    resource = None if project is None else project if "/" in project else f"projects/{project}"
    files, size = drop(store, before_ns=before, resource=resource) if store else (0, 0)
    typer.echo(f"deleted {files:,} files, {_size(size)}")


@failing_clearly
def verify(
    repair: bool = typer.Option(False, "--repair", help="Drop what is damaged; the next pull asks for it again."),
) -> None:
    """Check all files."""
    from analyzer.sources.cloud_logging.caching import verify as check

    store = _store()
    damaged = check(store, repair=repair) if store else []
    for damage in damaged:
        typer.echo(f"{damage.file}: {damage.reason}")
    typer.echo(f"{len(damaged)} damaged files" if damaged else "every file is as it was written")
    if damaged and not repair:
        typer.echo("hint: analyzer cache verify --repair", err=True)
        raise typer.Exit(SAYS_NO)


def _store() -> Store | None:
    from analyzer.config import load_config
    from analyzer.places import default_cache_dir
    from analyzer.sources.cloud_logging.store import open_store

    given = load_config(environ=os.environ, folder=Path.cwd())["cache_dir"]
    folder = (Path(given) if given else default_cache_dir()) / "pulled"
    return open_store(folder) if folder.is_dir() else None


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count / 1e3:,.1f} kB"
