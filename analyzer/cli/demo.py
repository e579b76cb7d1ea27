"""`analyzer demo`: the bundled incident, offline."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.cli.progress import done, progress

if TYPE_CHECKING:
    from analyzer.analysis import Analysis
    from analyzer.demo import DemoCycle, DemoIncident


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "demo",
        help="Analyse the bundled incident, offline.\n\n"
        "Unpacks four recorded deploy-and-test cycles and their repository, analyses each against the one before it "
        "and writes the reports. A former demo in the folder is replaced; one that holds anything else is refused.",
        epilog=manual(
            examples=["analyzer demo", "analyzer demo --into somewhere/else"],
            exits=[(2, "the folder cannot be used, or git is missing")],
            see=["analyze", "show", "docs/tutorial.md"],
        ),
    )(demo)


@failing_clearly
def demo(
    folder: str = typer.Option("analyzer-demo", "--into", metavar="DIR", help="Where to write."),
    quiet: bool = typer.Option(False, "--quiet", help="No summary, no progress."),
) -> None:
    """Unpack the recorded cycles and their repository, analyse each against the one before, write the reports."""
    from analyzer.cli.analyze import show
    from analyzer.cli.outputs import write_outputs
    from analyzer.demo import unpack

    target = Path(folder)
    incident = unpack(target)
    say = progress(quiet)
    page = target
    for cycle, found in analyse_cycles(incident, say):
        base = target / f"cycle-{cycle.name}"
        write_outputs(found.to_dict(), [base / "report.html", base / "report.md", base / "report.json"])
        page = base / "report.html"
    done(quiet)
    show(found.to_dict(), as_json=False, quiet=quiet)
    typer.echo(f"report: {page}")
    if sys.stdout.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(page.resolve().as_uri())


def analyse_cycles(
    incident: DemoIncident, say: Callable[[str], None] | None = None, *, members: bool = False
) -> Iterator[tuple[DemoCycle, Analysis]]:
    """Each cycle against the one before, kept in a history beside the logs."""
    from analyzer.analysis import analyze

    history = f"sqlite:///{(incident.root / 'history.sqlite3').resolve()}"
    for cycle in incident.cycles:
        if say:
            say(f"cycle {cycle.name}")
        found = analyze(
            cycle.logs,
            repo=incident.repository,
            revision=cycle.commit,
            tests=cycle.junit,
            cycle=cycle.name,
            baseline="previous",
            history=history,
            members=members,
            cache_dir=incident.root / "cache",
            fixes=[f"{fix.commit}={fix.claims}" for fix in cycle.fixes],
        )
        found.remember(history)
        yield cycle, found
