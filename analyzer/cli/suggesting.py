"""What a shell may complete besides names of verbs and options: ids of a report, saved cycles, claimed commits.

Each function takes typer's context and the word so far and gives (value, description) pairs. A value goes onto the
command line as it is, so only what no shell could read as something else is ever one; a description is log text, and
cleaned. Only local files are read: completing must not wait for a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

Pairs = list[tuple[str, str]]

MAX_SHOWN = 100
"""of one list; the rest comes when more letters are typed"""
_WIDTH = 60
_FINGERPRINT = re.compile(r"s[0-9]{1,3}:[0-9a-f]{4,64}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@%+/-]{0,99}", re.ASCII)


def fail_on(incomplete: str) -> Pairs:
    """What `--fail-on` takes."""
    words = {"new": "a new error", "regressed": "an error that is back", "any": "any error", "never": "the default"}
    return [(word, text) for word, text in words.items() if word.startswith(incomplete)]


def markdown_sizes(incomplete: str) -> Pairs:
    """What `--markdown` takes."""
    words = {"summary": "for a chat or a pull request", "standard": "for a ticket", "full": "all that fits"}
    return [(word, text) for word, text in words.items() if word.startswith(incomplete)]


def shown_ids(ctx: typer.Context, incomplete: str) -> Pairs:
    """Clusters and ranks of causes in the report of `show`."""
    return _ids(ctx.params.get("saved"), incomplete, causes=True)


def reported_ids(ctx: typer.Context, incomplete: str) -> Pairs:
    """The same in the file that `--report` named before."""
    return _ids(ctx.params.get("report"), incomplete, causes=True)


def claimable_ids(ctx: typer.Context, incomplete: str) -> Pairs:
    """Clusters of the file that `--report` named before, else of the history."""
    if ctx.params.get("report"):
        return _ids(ctx.params["report"], incomplete, causes=False)
    return saved_fingerprints(ctx, incomplete)


def saved_fingerprints(ctx: typer.Context, incomplete: str) -> Pairs:
    """Errors of the history, those of most cycles first."""
    from analyzer.history.glance import glance_errors

    file = _history_file(ctx)
    errors = glance_errors(file, incomplete, MAX_SHOWN) if file else ()
    return _pairs(((print_, f"{count:,} × {title}") for print_, title, count in errors), incomplete, _FINGERPRINT)


def saved_cycles(ctx: typer.Context, incomplete: str) -> Pairs:
    """Saved cycles by name, newest first; by key where the name would need quotes."""
    from analyzer.history.glance import glance_cycles
    from analyzer.model import format_time

    file = _history_file(ctx)
    rows = []
    for cycle in glance_cycles(file) if file else ():
        told = f"{(format_time(cycle.from_ns) or 'no time')[:16]} {', '.join(cycle.services)}"
        rows.append((cycle.name, told) if _WORD.fullmatch(cycle.name) else (cycle.key, f"{cycle.name} {told}"))
    return _pairs(rows, incomplete, _WORD)


def baselines(ctx: typer.Context, incomplete: str) -> Pairs:
    """What `--baseline` takes besides files."""
    words = {"previous": "the newest saved cycle before this one", "green": "the newest without failures"}
    given = [(word, text) for word, text in {**words, "none": "no comparison"}.items() if word.startswith(incomplete)]
    return given + saved_cycles(ctx, incomplete)


def saved_names(ctx: typer.Context, incomplete: str) -> Pairs:
    """Saved cycles, and errors once the word begins like a fingerprint."""
    return saved_cycles(ctx, incomplete) + (saved_fingerprints(ctx, incomplete) if incomplete[:1] == "s" else [])


def claimed_commits(ctx: typer.Context, incomplete: str) -> Pairs:
    """Commits of the claims in the history."""
    from analyzer.history.glance import glance_claims

    file = _history_file(ctx)
    return _pairs(glance_claims(file) if file else (), incomplete, _WORD)


def _ids(saved: str | None, incomplete: str, *, causes: bool) -> Pairs:
    from analyzer.reports.files import read_saved

    if not saved:
        return []
    report = read_saved(Path(saved).expanduser())
    rows = [(str(cause["rank"]), f"cause: {cause['summary']}") for cause in report["causes"]] if causes else []
    bare = causes and incomplete and not incomplete.startswith("s")  # the digits alone, as `show` takes them
    rows += [
        (_id(cluster, bare=bool(bare)), f"{cluster['count']:,} × {cluster['title']}") for cluster in report["clusters"]
    ]
    return _pairs(rows, incomplete, re.compile(r"[0-9]{1,6}|[0-9a-f]{4,64}|" + _FINGERPRINT.pattern, re.ASCII))


def _id(cluster: Mapping[str, Any], *, bare: bool) -> str:
    fingerprint = str(cluster["fingerprint"])
    return fingerprint.partition(":")[2] if bare else fingerprint


def _pairs(rows: Iterable[tuple[str, str]], incomplete: str, allowed: re.Pattern[str]) -> Pairs:
    from analyzer.reports.hostile import shorten

    def fitting() -> Iterator[tuple[str, str]]:
        seen = set()
        for value, text in rows:
            if value.startswith(incomplete) and value not in seen and allowed.fullmatch(value):
                seen.add(value)
                yield value, shorten(text, _WIDTH)

    return [pair for pair, _ in zip(fitting(), range(MAX_SHOWN), strict=False)]


def _history_file(ctx: typer.Context) -> Path | None:
    """The history where it is a file that is there; one behind a network is not asked."""
    from analyzer.cli.saved import history_url
    from analyzer.history.places import parse_place

    url = history_url(ctx.params.get("history"))
    file = None if url == "none" else parse_place(url).file
    return file if file and file.is_file() else None
