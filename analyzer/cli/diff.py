"""`analyzer diff A B`: what changed between two saved cycles or reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.cli.saved import HistoryOption, history_url, percent, saved_report
from analyzer.cli.suggesting import saved_cycles

_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "diff",
        help="What changed between two saved cycles or reports.\n\n"
        "Errors new, ongoing, regressed, resolved and not seen, with counts; tests whose status or error changed; pass "
        "rates with an exact test.",
        epilog=manual(
            examples=["analyzer diff 1 2", "analyzer diff before.json after.json --json"],
            exits=[(0, "done, whatever changed"), (2, "no such cycle or report")],
            see=["history list", "analyze", "docs/changes.md"],
        ),
    )(diff)


@failing_clearly
def diff(
    a: str = typer.Argument(
        ...,
        metavar="A",
        help="The earlier: name or key of a saved cycle, or REPORT.json.",
        autocompletion=saved_cycles,
    ),
    b: str = typer.Argument(..., metavar="B", help="The later, in the same way.", autocompletion=saved_cycles),
    as_json: bool = typer.Option(False, "--json", help="The answer as JSON."),
    history: str = HistoryOption,
) -> None:
    """Errors new, ongoing, regressed, resolved; tests; pass rates."""
    from analyzer.pipeline.diffing import diff_reports

    before, after = saved_report(a, history), saved_report(b, history)
    found = diff_reports(before, after, names=(a, b), resolved_before=_resolved_before(after, b, history))
    if as_json:
        typer.echo(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=True))
    else:
        _print(found)


def _resolved_before(after: dict[str, Any], name: str, history: str | None) -> tuple[str, ...]:
    """What cycles before a saved one found resolved; a file stands for itself."""
    from analyzer.history import open_history
    from analyzer.model import parse_time

    cycle = after["cycle"]
    if Path(name).is_file() or name.endswith(".json") or not cycle["window"]["from"]:
        return ()
    past = open_history(history_url(history), create=False).past(cycle["services"], parse_time(cycle["window"]["from"]))
    return tuple(sorted({fingerprint for earlier in past.cycles for fingerprint in earlier.resolved}))


def _print(found: dict[str, Any]) -> None:
    from analyzer.reports.hostile import one_line, shorten

    for letter in ("a", "b"):
        side = found[letter]
        start, end = (side["window"][edge] or "no time" for edge in ("from", "to"))
        typer.echo(
            f"{letter.upper()}: {one_line(side['name'])}  {start} .. {end}  "
            f"{side['errors']:,} errors  {percent(side['pass_rate'])}"
        )
    if found["a"]["services"] != found["b"]["services"]:
        typer.echo("the two are of different services")
    for change in ("regressed", "new", "ongoing", "resolved", "not_seen"):
        rows = found["clusters"][change]
        typer.echo(f"{change.replace('_', ' ')}: {len(rows)}")
        for row in rows[:_SHOWN]:
            typer.echo(f"  {row['before']:>6,} -> {row['after']:<6,} {row['fingerprint']}  {shorten(row['title'], 90)}")
        if len(rows) > _SHOWN:
            typer.echo(f"  and {len(rows) - _SHOWN:,} more; --json lists all")
    _print_tests(found["tests"])


def _print_tests(tests: dict[str, Any] | None) -> None:
    from analyzer.reports.hostile import shorten

    if tests is None:
        typer.echo("tests: not in both")
        return
    delta = tests["delta"]
    if delta and delta["pass_rate"] is not None:
        said = f"{'significant' if delta['significant'] else 'not significant'} (p {delta['p_value']:.2g})"
        typer.echo(f"tests: {delta['pass_rate']:+.1%} on {delta['common_tests']:,} common tests, {said}")
    for row in tests["transitions"][:_SHOWN]:
        typer.echo(
            f"  {row['change'].replace('_', ' ')}: {shorten(row['test'], 90)}  "
            f"{row['from'] or 'absent'} -> {row['to'] or 'absent'}"
        )
    if len(tests["transitions"]) > _SHOWN:
        typer.echo(f"  and {len(tests['transitions']) - _SHOWN:,} more; --json lists all")
    for text in tests["warnings"]:
        typer.echo(f"  {shorten(text, 200)}")
