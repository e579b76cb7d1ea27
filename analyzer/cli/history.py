"""`analyzer history list|show|export|import|prune`: saved cycles."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.cli.saved import NONE_YET, HistoryOption, history_url, opened, percent
from analyzer.cli.suggesting import saved_cycles, saved_names
from analyzer.errors import HistoryError

if TYPE_CHECKING:
    from analyzer.history import SavedCycle

_FINGERPRINT = re.compile(r"s\d{1,3}:[0-9a-f]{0,16}", re.ASCII)
"""or the beginning of one"""


def register(app: typer.Typer) -> None:
    """Add the verb group."""
    group = typer.Typer(
        help="Saved cycles: list, show, export, import, prune.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command(
        "list",
        help="Saved cycles, newest first.\n\nOne line a cycle: key, name, window, services, errors, pass rate.",
        epilog=manual(
            examples=["analyzer history list", "analyzer history list --service shop --limit 5 --json"],
            see=["history show", "diff"],
        ),
    )(list_)
    group.command(
        "show",
        help="A saved cycle, or one error over all of them.\n\n"
        "Of a cycle its summary; of a fingerprint how often it occurred, since when and in which cycles.",
        epilog=manual(
            examples=[
                "analyzer history show 3",
                "analyzer history show 3 --json > report.json",
                "analyzer history show s2:e454a40b3ed75428",
            ],
            exits=[(2, "no such cycle or error")],
            see=["show", "history list", "diff"],
        ),
    )(show)
    group.command(
        "export",
        help="Everything as JSON lines.\n\nCycles, claims and accepted errors; the same history gives the same bytes.",
        epilog=manual(examples=["analyzer history export -o history.jsonl"], see=["history import", "docs/history.md"]),
    )(export)
    group.command(
        "import",
        help="Take in an export, or a saved report.\n\n"
        "Twice is once. An accepted error that is there keeps what is said of it.",
        epilog=manual(
            examples=["analyzer history import history.jsonl", "analyzer history import report.json"],
            exits=[(2, "no such file, or it is neither")],
            see=["history export"],
        ),
    )(import_)
    group.command(
        "prune",
        help="Delete saved cycles.\n\nOptions given together must all hold. Claims of fixes and accepted errors stay.",
        epilog=manual(
            examples=["analyzer history prune --older-than 90d --keep 10", "analyzer history prune --cycle 3"],
            exits=[(2, "nothing was named to delete, or no such cycle")],
            see=["history list"],
        ),
    )(prune)
    app.add_typer(group, name="history")


@failing_clearly
def list_(
    service: list[str] = typer.Option(
        None, "--service", metavar="NAME", help="Only cycles of exactly these services; repeat for several."
    ),
    limit: int = typer.Option(30, "--limit", metavar="N", min=1, help="At most so many cycles."),
    as_json: bool = typer.Option(False, "--json", help="The answer as a JSON list."),
    history: str = HistoryOption,
) -> None:
    """One line a cycle."""
    from analyzer.history import history_exists

    found = opened(history).cycles(service or None) if history_exists(history_url(history)) else ()
    if as_json:
        typer.echo(json.dumps([cycle.to_dict() for cycle in found[:limit]], indent=1, sort_keys=True))
        return
    for cycle in found[:limit]:
        typer.echo(_line(cycle))
    if len(found) > limit:
        typer.echo(f"and {len(found) - limit:,} older; --limit {len(found)} shows all")
    if not found:
        typer.echo(NONE_YET)


@failing_clearly
def show(
    wanted: str = typer.Argument(
        ..., metavar="NAME", help="Name or key of a cycle, or a fingerprint.", autocompletion=saved_names
    ),
    as_json: bool = typer.Option(False, "--json", help="The report, byte for byte; of a fingerprint its life."),
    history: str = HistoryOption,
) -> None:
    """The summary of a saved cycle; or in which cycles an error occurred."""
    from analyzer.cli.analyze import show as show_report

    source = opened(history)
    if _FINGERPRINT.fullmatch(wanted):
        _show_cluster(wanted, as_json=as_json, history=history)
        return
    report = source.report(wanted)
    if report is None:
        raise HistoryError(f"no saved cycle is called {wanted}", "analyzer history list shows them")
    show_report(report, as_json=as_json, quiet=False)


@failing_clearly
def export(
    output: str = typer.Option(
        None, "-o", "--output", metavar="FILE", help="Where to write instead of standard output."
    ),
    history: str = HistoryOption,
) -> None:
    """The whole history as JSON lines."""
    from analyzer.history.moving import export_history

    source = opened(history)
    if not output:
        export_history(source, sys.stdout.buffer)
        return
    partial = Path(f"{output}.part")
    try:
        with partial.open("wb") as out:
            told = export_history(source, out)
        partial.replace(output)
    except OSError as err:
        raise HistoryError(f"-o {output} cannot be written: {err.strerror or err}", "choose another file") from err
    finally:
        partial.unlink(missing_ok=True)
    typer.echo(f"wrote {output}: {told.cycles} cycles, {told.claims} claims, {told.known} accepted errors", err=True)


@failing_clearly
def import_(
    file: str = typer.Argument(..., metavar="FILE", help="From history export, or -o FILE.json; - is standard input."),
    history: str = HistoryOption,
) -> None:
    """Take in what another history held; twice is once."""
    from analyzer.history.moving import import_history

    target = opened(history, create=True)
    if file == "-":
        told = import_history(target, cast("IO[bytes]", sys.stdin.buffer), name="standard input")
    else:
        try:
            with Path(file).open("rb") as lines:
                told = import_history(target, lines, name=file)
        except OSError as err:
            raise HistoryError(f"cannot read {file}: {err.strerror or err}", "give a file to import") from err
    typer.echo(f"{told.cycles} cycles, {told.claims} claims, {told.known} accepted errors")


@failing_clearly
def prune(
    keep: int = typer.Option(None, "--keep", metavar="N", min=0, help="Spare the newest N of each set of services."),
    older_than: str = typer.Option(
        None, "--older-than", metavar="AGE", help="Only what ended longer ago than this: 90d."
    ),
    cycle: list[str] = typer.Option(
        None,
        "--cycle",
        metavar="NAME",
        help="Only this one, by name or key; repeat for several.",
        autocompletion=saved_cycles,
    ),
    history: str = HistoryOption,
) -> None:
    """Delete cycles; claims and accepted errors stay."""
    from analyzer.sources.windows import read_window

    before = read_window(since=older_than, now_ns=time.time_ns()).from_ns if older_than else None
    source = opened(history)
    keys = []
    for name in cycle or ():
        found = source.resolve(name)
        if found is None:
            raise HistoryError(f"no saved cycle is called {name}", "analyzer history list shows them")
        keys.append(found.key)
    deleted = source.prune(keep=keep, before_ns=before, keys=keys if cycle else None)
    typer.echo(f"deleted {deleted:,} cycles")


def _line(cycle: SavedCycle) -> str:
    from analyzer.model import format_time
    from analyzer.reports.hostile import shorten

    start, end = ((format_time(time_ns) or "no time")[:16] for time_ns in (cycle.from_ns, cycle.to_ns))
    return (
        f"{cycle.key}  {shorten(cycle.name, 30)}  {start} .. {end}  {shorten(', '.join(cycle.services), 60)}  "
        f"{cycle.errors:,} errors  {percent(cycle.pass_rate)}"
    )


def _show_cluster(wanted: str, *, as_json: bool, history: str | None) -> None:
    from analyzer.model import format_time
    from analyzer.reports.hostile import shorten

    source = opened(history)
    totals = source.totals(wanted)
    if not totals:
        raise HistoryError(f"no saved cycle has {wanted}", "give a fingerprint of a report, or its beginning")
    if len(totals) > 1:
        raise HistoryError(
            f"{len(totals)} errors begin with {wanted}", "; ".join(total.fingerprint for total in totals[:5])
        )
    (total,) = totals
    cycles = source.occurrences(total.fingerprint)
    if as_json:
        rows = [{**cycle.to_dict(), "count": count} for cycle, count in cycles]
        typer.echo(json.dumps({**total.to_dict(), "in": rows}, indent=1, sort_keys=True))
        return
    typer.echo(f"{total.fingerprint}  {shorten(total.title, 100)}")
    first, last = format_time(total.first_ns), format_time(total.last_ns)
    typer.echo(f"{total.count:,} times in {total.cycles:,} cycles, from {first} to {last}")
    for cycle, count in cycles:
        typer.echo(f"{count:>8,}  {_line(cycle)}")
