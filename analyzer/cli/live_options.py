"""The options that `pull` and `analyze --project` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from analyzer.config import Config
    from analyzer.pipeline.live import LiveOptions

Project = Annotated[
    list[str],
    typer.Option(
        "--project", metavar="ID", help="Cloud project to pull from, or a resource name (a view); repeat for several."
    ),
]
Since = Annotated[
    str, typer.Option("--since", metavar="AGE", help="From so long ago until now: 2h, 30m, 1d; or a time.")
]
From = Annotated[
    str, typer.Option("--from", metavar="TIME", help="Start of the window, with or without a zone (then local time).")
]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="End of the window; default: now.")]
Around = Annotated[str, typer.Option("--around", metavar="FILE", help="JUnit XML: the window of that test run.")]
Service = Annotated[list[str], typer.Option("--service", metavar="NAME", help="Only this service; repeat for several.")]
Every = Annotated[bool, typer.Option("--all", help="Every entry of the window, not only the tiers.")]
Sample = Annotated[
    float,
    typer.Option(
        "--sample",
        metavar="SHARE",
        min=0.0,
        max=1.0,
        help="Share of entries without a sign of an error; default: 0.01.",
    ),
]
Trace = Annotated[
    list[str], typer.Option("--trace", metavar="ID", help="All entries of this trace too; repeat for several.")
]
Impersonate = Annotated[str, typer.Option("--impersonate", metavar="ACCOUNT", help="Service account to act as.")]
Endpoint = Annotated[
    list[str],
    typer.Option("--endpoint", metavar="URL", help="http://… is REST, host:port plain gRPC, grpcs://… gRPC with TLS."),
]
Transport = Annotated[
    str, typer.Option("--transport", metavar="grpc|rest", help="One way for everything; default: by tier.")
]
MaxRequests = Annotated[int, typer.Option("--max-requests", metavar="N", min=1, help="Calls a minute; default: 54.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="What it would ask, how many calls and minutes; keeps nothing.")
]

HEADINGS = {
    "The window of Cloud Logging": ("project", "since", "from_", "to", "around", "service", "every", "sample", "trace"),
    "How Cloud Logging is asked": ("impersonate", "endpoint", "transport", "max_requests", "dry_run"),
}
"""heading → options, in `--help`"""


def live_options(
    config: Config,
    *,
    since: str | None,
    from_: str | None,
    to: str | None,
    around: str | None,
    every: bool,
    sample: float | None,
    trace: list[str] | None,
) -> LiveOptions:
    """Options and settings together. Raises `ConfigError`."""
    from analyzer.pipeline.live import LiveOptions

    if not config["project"]:
        raise ConfigError("no project was given", "add --project ID")
    if not (since or from_ or around):
        raise ConfigError("no window was given", "add --since 2h, or --from T --to T, or --around JUNIT.xml")
    return LiveOptions(
        project=config["project"],
        since=since,
        from_=from_,
        to=to,
        around=around,
        service=config["service"],
        every=every,
        sample=0.01 if sample is None else sample,
        trace=tuple(trace or ()),
        impersonate=config["impersonate"] or None,
        endpoint=config["endpoint"],
        transport=config["transport"] or None,
        max_requests=config["max_requests"],
    )
