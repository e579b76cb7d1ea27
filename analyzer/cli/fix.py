"""`analyzer fix add|list|verify`: claimed fixes and their verdicts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.cli.saved import HistoryOption, history_url, opened
from analyzer.cli.suggesting import claimable_ids, claimed_commits, saved_fingerprints
from analyzer.errors import ConfigError, ReportError

if TYPE_CHECKING:
    from analyzer.model import Cluster, Relevance

NOT_VERIFIED = 1


def register(app: typer.Typer) -> None:
    """Add the verb group."""
    group = typer.Typer(help="Claimed fixes: add, list, verify.", no_args_is_help=True, rich_markup_mode=None)
    group.command(
        "add",
        help="Claim that a commit cures an error.\n\n"
        "The claim is kept in the history, and every later cycle judges it. A trailer Fixes-Cluster in the message of "
        "the commit, or analyze --fix, claims the same.",
        epilog=manual(
            examples=[
                "analyzer fix add 3b883f6 --cluster s2:e454a40b3ed75428",
                'analyzer fix add 3b883f6 --cluster "SeatState is not JSON serializable" --repo shop',
            ],
            exits=[(0, "claimed, or already claimed"), (2, "no such commit or repository")],
            see=["fix verify", "fix list", "docs/fixes.md"],
        ),
    )(add)
    group.command(
        "list",
        help="The claims, with the last verdict on each.",
        epilog=manual(examples=["analyzer fix list", "analyzer fix list --json"], see=["fix add", "fix verify"]),
    )(list_)
    group.command(
        "verify",
        help="The verdict on a commit; exit 0 only where it is verified.\n\n"
        "Prints what the newest cycle of the history, or --report, said of the commit, with the evidence. With "
        "--before-deploy it tells from the code alone whether a changed line can raise or prevent the error.",
        epilog=manual(
            examples=[
                "analyzer fix verify 3b883f6",
                "analyzer fix verify 3b883f6 --report report.json --json",
                "analyzer fix verify 3b883f6 --before-deploy --report report.json --cluster s2:e454a40b3ed75428",
            ],
            exits=[
                (0, "verified; with --before-deploy: a changed line can raise or prevent it"),
                (1, "another verdict; with --before-deploy: it cannot, or that is not known"),
                (2, "no such commit, or no cycle judged it"),
            ],
            see=["fix add", "siblings", "docs/fixes.md"],
        ),
    )(verify)
    app.add_typer(group, name="fix")


@failing_clearly
def add(
    commit: str = typer.Argument(..., metavar="SHA", help="The commit, or its beginning."),
    cluster: str = typer.Option(
        ...,
        "--cluster",
        metavar="ID|TEXT",
        help="Fingerprint, or a part of the text of the error.",
        autocompletion=saved_fingerprints,
    ),
    repo: str = typer.Option(".", "--repo", metavar="DIR", help="The repository that has the commit."),
    history: str = HistoryOption,
) -> None:
    """Keep a claim: every later cycle judges it."""
    from analyzer.codepaths import resolve_commit
    from analyzer.config import load_config
    from analyzer.redaction import build_redactor

    config = load_config(environ=os.environ, folder=Path.cwd())
    redactor = build_redactor(tuple(Path(r) for r in config["rules"]), config["salt"] or None)
    full = resolve_commit(Path(repo), commit)
    text = redactor.text(cluster)
    new = opened(history, create=True).add_claim(full, text)
    typer.echo(f"{'claimed' if new else 'already claimed'}: {full[:12]} cures {_one_line(text)}")


@failing_clearly
def list_(
    as_json: bool = typer.Option(False, "--json", help="The answer as a JSON list."),
    history: str = HistoryOption,
) -> None:
    """One line a claim, in the order in which they were added."""
    from analyzer.history import history_exists

    source = opened(history) if history_exists(history_url(history)) else None
    reports = list(_newest_first(history)) if source else []
    rows = []
    for claim in source.claims() if source else ():
        found: tuple[str | None, Mapping[str, Any]] = next(
            (
                (str(report["cycle"]["name"]), fix)
                for report in reports
                for fix in report.get("fixes") or ()
                if fix["commit"] == claim.commit and fix["claim_text"] == claim.text
            ),
            (None, {}),
        )
        rows.append({"commit": claim.commit, "text": claim.text, "verdict": found[1].get("verdict"), "cycle": found[0]})
    if as_json:
        typer.echo(json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False))
        return
    for row in rows:
        said = f"{row['verdict']} (cycle {row['cycle']})" if row["verdict"] else "not judged yet"
        typer.echo(_one_line(f"{str(row['commit'])[:12]}  {said}  {row['text']}"))
    if not rows:
        typer.echo("no claims: analyzer fix add SHA --cluster ID")


@failing_clearly
def verify(
    commit: str = typer.Argument(
        ..., metavar="SHA", help="The commit, or its beginning.", autocompletion=claimed_commits
    ),
    before_deploy: bool = typer.Option(
        False, "--before-deploy", help="Ask whether it can cure the error, before it is out."
    ),
    repo: str = typer.Option(".", "--repo", metavar="DIR", help="The repository that has the commit."),
    report: str = typer.Option(None, "--report", metavar="FILE", help="A saved report; default: the history."),
    cluster: str = typer.Option(
        None, "--cluster", metavar="ID|TEXT", help="Only what is claimed of this error.", autocompletion=claimable_ids
    ),
    as_json: bool = typer.Option(False, "--json", help="The answer as JSON."),
    history: str = HistoryOption,
) -> None:
    """Print the verdict with its evidence; with --before-deploy what the changed lines can do about the error."""
    from analyzer.codepaths import resolve_commit
    from analyzer.reports.files import read_saved

    reports = [read_saved(Path(report))] if report else list(_newest_first(history))
    known = {f["commit"] for r in reports for f in r.get("fixes") or () if f["commit"].startswith(commit.lower())}
    # A commit that was judged is known by the report: no repository is needed to tell the verdict.
    full = known.pop() if len(known) == 1 and not before_deploy else resolve_commit(Path(repo), commit)
    if before_deploy:
        texts = [cluster] if cluster else _claimed_texts(full, history)
        _relevance(full, texts, reports, repo, as_json=as_json)
        return
    judged = ([f for f in r.get("fixes") or () if _is_asked(f, full, cluster)] for r in reports)
    fixes = next((found for found in judged if found), [])
    if not fixes:
        raise ReportError(
            f"no report judged {full[:12]}",
            f"analyzer fix add {full[:12]} --cluster ID, then analyze a cycle; or give --report FILE",
        )
    if as_json:
        typer.echo(json.dumps(fixes, indent=1, sort_keys=True, ensure_ascii=False))
    else:
        for line in _lines(fixes):
            typer.echo(_one_line(line))
    if any(fix["verdict"] != "verified" for fix in fixes):
        raise typer.Exit(NOT_VERIFIED)


def _relevance(
    full: str, texts: Sequence[str], reports: Sequence[Mapping[str, Any]], repo: str, *, as_json: bool
) -> None:
    from analyzer.fixes import combine_relevance, is_about
    from analyzer.model import Cluster, Effect

    if not texts:
        raise ConfigError(f"which error is {full[:12]} to cure?", "say --cluster ID, or a part of the error's text")
    pool = [Cluster.from_dict(c) for r in reports for c in r["clusters"]]
    chosen = {c.fingerprint: c for c in reversed(pool) if any(is_about(t, c) for t in texts)}
    found = combine_relevance(_asked(full, list(chosen.values()), repo)) if chosen else None
    if found is None:
        raise ReportError("no known cycle has that error", "give the report that shows it: --report FILE.json")
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=1, sort_keys=True, ensure_ascii=False))
    else:
        typer.echo(f"{full[:12]}: {found.effect.value}")
        for item in found.evidence:
            typer.echo(_one_line("  why: " + item.text + (f" ({item.file}:{item.line})" if item.file else "")))
        for path in found.remaining:
            typer.echo(_one_line(f"  remains: {path.file}:{path.line}"))
    if found.effect is not Effect.CAN:
        raise typer.Exit(NOT_VERIFIED)


def _asked(full: str, clusters: Sequence[Cluster], repo: str) -> list[Relevance]:
    from analyzer.config import load_config
    from analyzer.pipeline.relevance import judge_relevance
    from analyzer.pipeline.repositories import Repositories, parse_repositories
    from analyzer.redaction import build_redactor

    config = load_config(environ=os.environ, folder=Path.cwd())
    own = tuple(Path(rule) for rule in config["rules"])
    folders, _ = parse_repositories([repo], [])
    repositories = Repositories(
        folders=folders,
        revisions={},
        redactor=build_redactor(own, config["salt"] or None),
        cache_dir=Path(config["cache_dir"]) if config["cache_dir"] else None,
    )
    return [judge_relevance(full, cluster, repositories=repositories, rules=own) for cluster in clusters]


def _newest_first(history: str | None) -> Iterator[dict[str, Any]]:
    from analyzer.history import history_exists

    if not history_exists(history_url(history)):
        return
    source = opened(history)
    for cycle in source.cycles():
        report = source.report(cycle.key)
        if report is not None:
            yield report


def _claimed_texts(full: str, history: str | None) -> list[str]:
    from analyzer.history import history_exists

    if not history_exists(history_url(history)):
        return []
    return [claim.text for claim in opened(history).claims() if claim.commit == full]


def _is_asked(fix: Mapping[str, Any], full: str, cluster: str | None) -> bool:
    return fix["commit"] == full and (cluster is None or cluster == fix["claim_text"] or cluster in fix["claims"])


def _lines(fixes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for fix in fixes:
        yield f"{fix['commit'][:12]} {fix['verdict']}: {fix['claim_text']}"
        for item in fix.get("evidence") or ():
            text = item if isinstance(item, str) else item["text"]
            yield f"  why: {text}"
        if fix.get("next_step"):
            yield f"  next: {fix['next_step']}"


def _one_line(text: str) -> str:
    from analyzer.reports.hostile import one_line

    return one_line(text)
