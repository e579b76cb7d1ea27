"""`analyzer analyze`: one cycle, end to end."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from analyzer.cli.failing import failing_clearly, warn
from analyzer.cli.live import refuse_live
from analyzer.cli.outputs import check_outputs, write_outputs
from analyzer.cli.progress import done, progress
from analyzer.errors import ConfigError

SAYS_NO = 1


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("analyze", help="One cycle: read, cluster, locate, compare, explain, report.")(analyze)


@failing_clearly
def analyze(
    logs: list[str] = typer.Argument(None, help="Log files, directories, globs, or - for stdin.", show_default=False),
    repo: list[str] = typer.Option(None, "--repo", help="DIR or SERVICE=DIR[:SUBDIR]; repeat for several."),
    revision: list[str] = typer.Option(
        None, "--revision", help="COMMIT or SERVICE=COMMIT to read the code at; default: labels, else HEAD."
    ),
    tests: list[str] = typer.Option(None, "--tests", help="JUnit XML of this cycle; repeat for several."),
    cycle: str = typer.Option(None, "--cycle", help="Name of this cycle."),
    baseline: str = typer.Option(None, "--baseline", help="A saved report to compare with, or none."),
    history: str = typer.Option(None, "--history", help="Only none, until cycles are saved."),
    impact: str = typer.Option(None, "--impact", help="TOML file: what areas of the tests are worth."),
    fix: list[str] = typer.Option(None, "--fix", help="SHA=ID|TEXT, a claimed fix; repeat for several."),
    output: list[str] = typer.Option(None, "-o", "--output", help="FILE.html, .md or .json; repeat for several."),
    fail_on: str = typer.Option(None, "--fail-on", help="Exit 1 on: new, regressed, any, never."),
    members: bool = typer.Option(None, "--members", help="Every entry id of every cluster in the JSON."),
    rules: list[str] = typer.Option(None, "--rules", help="DIR with rule packs of your own."),
    engine: str = typer.Option(None, "--engine", help="local or dask."),
    jobs: int = typer.Option(None, "--jobs", min=0, help="Processes to use; 0 is one per core."),
    as_json: bool = typer.Option(False, "--json", help="The report JSON on stdout, and nothing but that."),
    quiet: bool = typer.Option(False, "--quiet", help="No summary, no progress; warnings stay."),
    project: list[str] = typer.Option(None, "--project", help="Cloud project to pull from (not yet)."),
    since: str = typer.Option(None, "--since", help="With --project (not yet)."),
    from_: str = typer.Option(None, "--from", help="With --project (not yet)."),
    to: str = typer.Option(None, "--to", help="With --project (not yet)."),
    around: str = typer.Option(None, "--around", help="With --project (not yet)."),
    service: list[str] = typer.Option(None, "--service", help="With --project (not yet)."),
) -> None:
    """Read, cluster, locate, compare and explain one cycle."""
    from analyzer.config import load_config

    refuse_live(project, since, from_, to, around, service)
    if not logs:
        raise ConfigError("no logs were given", "analyzer analyze LOGS… ; - reads standard input")
    options = {
        "repo": repo,
        "revision": revision,
        "tests": tests,
        "cycle": cycle,
        "baseline": baseline,
        "history": history,
        "impact": impact,
        "fix": fix,
        "output": output,
        "fail_on": fail_on,
        "members": members,
        "rules": rules,
        "engine": engine,
        "jobs": jobs,
    }
    config = load_config(options, environ=os.environ, folder=Path.cwd())
    earlier = _baseline(config["baseline"], config["history"])
    if config["fail_on"] in ("new", "regressed") and earlier is None:
        raise ConfigError(
            f"--fail-on {config['fail_on']} needs something to compare with", "add --baseline REPORT.json"
        )
    if config["engine"] != "local":
        raise ConfigError(f"--engine {config['engine']} is not built yet", "leave it out: the local engine reads files")
    targets = check_outputs(config["output"])

    from analyzer.analysis import analyze as run

    found = run(
        logs,
        repo=config["repo"],
        revision=config["revision"],
        tests=config["tests"],
        baseline=earlier,
        cycle=config["cycle"],
        fixes=config["fix"],
        impact=config["impact"] or None,
        members=config["members"],
        rules=config["rules"],
        salt=config["salt"] or None,
        jobs=config["jobs"],
        cache_dir=config["cache_dir"] or None,
        stdin=sys.stdin.buffer if "-" in logs else None,
        progress=progress(quiet),
    )
    done(quiet)
    report = found.to_dict()
    for text in report["ledger"]["warnings"]:
        warn(text)
    try:
        write_outputs(report, targets)
    finally:
        show(report, as_json=as_json, quiet=quiet)
    if not quiet:
        for target in targets:
            typer.echo(f"wrote {target}", err=True)
    if tripped(report, config["fail_on"]):
        raise typer.Exit(SAYS_NO)


def show(report: Mapping[str, Any], *, as_json: bool, quiet: bool) -> None:
    """The result on stdout: the JSON, or a summary that fits one screen."""
    from analyzer import reports

    if as_json:
        sys.stdout.write(reports.canonical(report).decode("utf-8"))
    elif not quiet:
        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        typer.echo(reports.terminal_summary(report, width=width, color=color))


def tripped(report: Mapping[str, Any], fail_on: str) -> bool:
    """Whether a cluster of errors, neither noise nor known, is what `--fail-on` names."""
    if fail_on == "never":
        return False
    loud = [
        c
        for c in report["clusters"]
        if c["count"]
        and c["severity"] in ("ERROR", "CRITICAL", "ALERT", "EMERGENCY")
        and not (c["noise"] or c["known"])
    ]
    return bool(loud) if fail_on == "any" else any(c["change"] == fail_on for c in loud)


def _baseline(value: str, history: str) -> str | None:
    """The report file to compare with; names of saved cycles need the history that is not built yet."""
    if history != "none":
        raise ConfigError(f"--history {history}: cycles are not saved yet", "use --history none and --baseline FILE")
    if value in ("none", "previous"):  # without a history there is no previous cycle
        return None
    if not Path(value).is_file():
        raise ConfigError(f"--baseline {value}: no such file", "give a report saved with -o FILE.json, or none")
    return value
