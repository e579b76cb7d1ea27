"""`analyzer pull`: a window from Cloud Logging into the cache, resumable."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import typer

from analyzer.cli import live_options as live
from analyzer.cli.failing import failing_clearly, warn
from analyzer.cli.manual import REFUSED, grouped, manual

PARTLY = 3


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "pull",
        cls=grouped(live.HEADINGS),
        help="Fetch a window from Cloud Logging into the cache.\n\n"
        "Asks for what matters first and never twice; goes on where it was stopped. Needs --project and a window: "
        "--since, --from with --to, or --around.",
        epilog=manual(
            examples=[
                "analyzer pull --project my-staging --since 2h",
                "analyzer pull --project my-staging --around junit.xml -o window.jsonl",
                "analyzer pull --project my-staging --since 2h --dry-run",
            ],
            exits=[REFUSED, (130, "interrupted; what came is kept")],
            see=["analyze", "cache list", "docs/pulling.md"],
        ),
    )(pull)


@failing_clearly
def pull(
    project: live.Project = None,  # type: ignore[assignment]
    since: live.Since = None,  # type: ignore[assignment]
    from_: live.From = None,  # type: ignore[assignment]
    to: live.To = None,  # type: ignore[assignment]
    around: live.Around = None,  # type: ignore[assignment]
    service: live.Service = None,  # type: ignore[assignment]
    every: live.Every = False,
    sample: live.Sample = None,  # type: ignore[assignment]
    trace: live.Trace = None,  # type: ignore[assignment]
    output: str = typer.Option(
        None,
        "-o",
        "--output",
        metavar="FILE",
        help="FILE.jsonl (REST names) or .parquet: write the window's entries too.",
    ),
    impersonate: live.Impersonate = None,  # type: ignore[assignment]
    endpoint: live.Endpoint = None,  # type: ignore[assignment]
    transport: live.Transport = None,  # type: ignore[assignment]
    max_requests: live.MaxRequests = None,  # type: ignore[assignment]
    rules: list[str] = typer.Option(
        None, "--rules", metavar="DIR", help="Redaction rules of your own besides; repeat for several."
    ),
    dry_run: live.DryRun = False,
    quiet: bool = typer.Option(False, "--quiet", help="No summary, no progress; warnings stay."),
) -> None:
    """Bring a window into the cache."""
    from analyzer.cli.pulling import counted, pull_watched, window_text
    from analyzer.config import load_config
    from analyzer.pipeline.live import open_live
    from analyzer.redaction import build_redactor

    given = {
        "project": project,
        "service": service,
        "impersonate": impersonate,
        "endpoint": endpoint,
        "transport": transport,
        "max_requests": max_requests,
        "rules": rules,
    }
    config = load_config(given, environ=os.environ, folder=Path.cwd())
    options = live.live_options(
        config, since=since, from_=from_, to=to, around=around, every=every, sample=sample, trace=trace
    )
    target = Path(output) if output else None
    if target:
        from analyzer.sources.cloud_logging.export import check_export

        check_export(target)
    redactor = build_redactor([Path(r) for r in config["rules"]], config["salt"] or None)
    cache_dir = Path(config["cache_dir"]) if config["cache_dir"] else None
    source = open_live(options, redactor, cache_dir=cache_dir, now_ns=time.time_ns(), warn=warn)
    if dry_run:
        from analyzer.cli.estimating import print_estimate

        print_estimate(source)
        return
    gc.freeze()  # what is loaded by now stays; looking through it again and again costs a tenth of a long pull
    gc.set_threshold(100_000, 20, 100)
    pulled = pull_watched(source, redactor, options, verb="pull", quiet=quiet)
    written = None
    if target:
        from analyzer.sources.cloud_logging.export import export

        written = export(source.rows(), target)
    if not quiet:
        tiers = ", ".join(f"{name} {count:,}" for name, count in source.counts())
        typer.echo(f"{', '.join(source.resources)}: {window_text(source.window)}")
        typer.echo(f"entries by tier: {tiers}; {counted(pulled.calls, 'call')}")
        typer.echo(f"cache: {source.store.folder}")
        if target:
            typer.echo(f"wrote {written:,} entries to {target}", err=True)
    if pulled.gaps:
        raise typer.Exit(PARTLY)
