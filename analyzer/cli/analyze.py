"""`analyzer analyze`: one cycle, end to end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analyzer.cli import live_options as live
from analyzer.cli.failing import failing_clearly, warn
from analyzer.cli.outputs import check_outputs, check_size, write_outputs
from analyzer.cli.progress import done, progress
from analyzer.cli.screen import screen
from analyzer.errors import ConfigError, HistoryError

if TYPE_CHECKING:
    from analyzer.config import Config
    from analyzer.pipeline import LiveOptions
    from analyzer.redaction import Redactor
    from analyzer.sources import Source
    from analyzer.sources.cloud_logging.source import CloudLogging

SAYS_NO = 1
PARTLY = 3
NOT_PULLED = "not pulled"
"""how the reason of a gap begins that a source left"""


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
    tests: list[str] = typer.Option(None, "--tests", help="JUnit XML, pytest-json-report or CTRF; repeat for several."),
    cycle: str = typer.Option(None, "--cycle", help="Name of this cycle."),
    baseline: str = typer.Option(None, "--baseline", help="A saved report or cycle, previous, green, or none."),
    history: str = typer.Option(None, "--history", help="Database of saved cycles, or none."),
    impact: str = typer.Option(None, "--impact", help="TOML file: what areas of the tests are worth."),
    fix: list[str] = typer.Option(None, "--fix", help="SHA=ID|TEXT, a claimed fix; repeat for several."),
    output: list[str] = typer.Option(None, "-o", "--output", help="FILE.html, .md, .sarif or .json; several times."),
    markdown: str = typer.Option("standard", "--markdown", help="Size of .md files: summary, standard or full."),
    fail_on: str = typer.Option(None, "--fail-on", help="Exit 1 on: new, regressed, any, never."),
    members: bool = typer.Option(None, "--members", help="Every entry id of every cluster in the JSON."),
    rules: list[str] = typer.Option(None, "--rules", help="DIR with rule packs of your own."),
    engine: str = typer.Option(None, "--engine", help="local or dask."),
    jobs: int = typer.Option(None, "--jobs", min=0, help="Processes to use; 0 is one per core."),
    as_json: bool = typer.Option(False, "--json", help="The report JSON on stdout, and nothing but that."),
    quiet: bool = typer.Option(False, "--quiet", help="No summary, no progress; warnings stay."),
    project: live.Project = None,  # type: ignore[assignment]
    since: live.Since = None,  # type: ignore[assignment]
    from_: live.From = None,  # type: ignore[assignment]
    to: live.To = None,  # type: ignore[assignment]
    around: live.Around = None,  # type: ignore[assignment]
    service: live.Service = None,  # type: ignore[assignment]
    every: live.Every = False,
    sample: live.Sample = None,  # type: ignore[assignment]
    trace: live.Trace = None,  # type: ignore[assignment]
    impersonate: live.Impersonate = None,  # type: ignore[assignment]
    endpoint: live.Endpoint = None,  # type: ignore[assignment]
    transport: live.Transport = None,  # type: ignore[assignment]
    max_requests: live.MaxRequests = None,  # type: ignore[assignment]
    dry_run: live.DryRun = False,
) -> None:
    """Read, cluster, locate, compare and explain one cycle."""
    from analyzer.config import load_config

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
        "project": project,
        "service": service,
        "impersonate": impersonate,
        "endpoint": endpoint,
        "transport": transport,
        "max_requests": max_requests,
    }
    config = load_config(options, environ=os.environ, folder=Path.cwd())
    window = (since, from_, to, around)
    if logs and (project or dry_run or any(window)):
        raise ConfigError("log files and options of a pull together", "name LOGS…, or --project ID and a window")
    if not logs and not any(window):
        raise ConfigError(
            "no logs were given", "analyzer analyze LOGS… (- reads standard input), or --project ID --since 2h"
        )
    wanted = None
    if not logs:
        wanted = live.live_options(
            config, since=since, from_=from_, to=to, around=around, every=every, sample=sample, trace=trace
        )
    kept = _history(config)
    compares = config["fail_on"] in ("new", "regressed")
    if compares and (config["baseline"] == "none" or (kept is None and config["baseline"] in ("previous", "green"))):
        raise _nothing_to_compare(config["fail_on"])
    if config["engine"] != "local":
        raise ConfigError(f"--engine {config['engine']} is not built yet", "leave it out: the local engine reads files")
    targets = check_outputs(config["output"])
    size = check_size(markdown)

    from analyzer.analysis import analyze as run

    if wanted and dry_run:
        from analyzer.cli.estimating import print_estimate
        from analyzer.redaction import build_redactor

        print_estimate(
            _open(wanted, config)(build_redactor([Path(r) for r in config["rules"]], config["salt"] or None))
        )
        return
    found = run(
        logs or (),
        live=_watched(wanted, config, quiet=quiet) if wanted else None,
        repo=config["repo"],
        revision=config["revision"],
        tests=config["tests"],
        baseline=config["baseline"],
        history=kept,
        cycle=config["cycle"],
        fixes=config["fix"],
        impact=config["impact"] or None,
        members=config["members"],
        rules=config["rules"],
        salt=config["salt"] or None,
        jobs=config["jobs"],
        cache_dir=config["cache_dir"] or None,
        stdin=sys.stdin.buffer if "-" in (logs or ()) else None,
        progress=progress(quiet),
    )
    done(quiet)
    report = found.to_dict()
    for text in report["ledger"]["warnings"]:
        warn(text)
    try:
        write_outputs(report, targets, size=size)
    finally:
        show(report, as_json=as_json, quiet=quiet)
    if not quiet:
        for target in targets:
            typer.echo(f"wrote {target}", err=True)
    if kept is not None:
        found.remember(kept)
    if compares and report["cycle"]["baseline"] is None:
        raise _nothing_to_compare(config["fail_on"])
    if any(str(gap["reason"]).startswith(NOT_PULLED) for gap in report["ledger"]["gaps"]):
        raise typer.Exit(PARTLY)
    if tripped(report, config["fail_on"]):
        raise typer.Exit(SAYS_NO)


def _open(options: LiveOptions, config: Config) -> Callable[[Redactor], CloudLogging]:
    """What opens the window, once there is a redactor."""
    from analyzer.pipeline import open_live

    folder = Path(config["cache_dir"]) if config["cache_dir"] else None
    return partial(open_live, options, cache_dir=folder, now_ns=time.time_ns(), warn=warn)


def _watched(options: LiveOptions, config: Config, *, quiet: bool) -> Callable[[Redactor], Source]:
    """The same, read with what `pull` shows."""
    from analyzer.cli.pulling import Watched

    return lambda redactor: Watched(_open(options, config)(redactor), redactor, options, quiet=quiet)


def show(report: Mapping[str, Any], *, as_json: bool, quiet: bool) -> None:
    """The result on stdout: the JSON, or a summary that fits one screen."""
    from analyzer import reports

    if as_json:
        sys.stdout.write(reports.canonical(report).decode("utf-8"))
    elif not quiet:
        seen = screen()
        typer.echo(
            reports.terminal_summary(report, width=seen.width, height=seen.height, color=seen.color), color=seen.color
        )


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


def _history(config: Config) -> str | None:
    """The history to use; a run goes on without the user's own where that cannot be had and nobody asked for it."""
    from analyzer.history import open_history

    url = str(config["history"])
    if url == "none":
        return None
    try:
        open_history(url)
    except HistoryError as err:
        if config.values["history"].origin != "default":
            raise
        warn(f"no history: {err.message}; this cycle is not saved")
        return None
    return url


def _nothing_to_compare(fail_on: str) -> ConfigError:
    return ConfigError(
        f"--fail-on {fail_on} needs something to compare with",
        "add --baseline REPORT.json, or --history with an earlier cycle of the same services",
    )
