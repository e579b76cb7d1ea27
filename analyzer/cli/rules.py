"""`rules check` and `rules list`: the packs against their own samples."""

from __future__ import annotations

from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual

FAILED = 1
OwnRules = typer.Option(None, "--rules", metavar="DIR", help="Rule packs of your own besides; repeat for several.")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(help="The rule packs in patterns/ and your own.", no_args_is_help=True, rich_markup_mode=None)
    group.command(
        "check",
        help="Run every sample of every rule.\n\nThe shipped packs, and those of --rules.",
        epilog=manual(
            examples=["analyzer rules check", "analyzer rules check --rules rules"],
            exits=[(0, "every sample holds"), (1, "a sample does not hold"), (2, "a pack is not valid")],
            see=["rules list", "docs/rules.md"],
        ),
    )(check)
    group.command(
        "list",
        help="Every rule with the reason why it exists.",
        epilog=manual(
            examples=["analyzer rules list"], exits=[(2, "a pack is not valid")], see=["rules check", "docs/rules.md"]
        ),
    )(list_rules)
    app.add_typer(group, name="rules")


@failing_clearly
def check(rules: list[str] = OwnRules) -> None:
    """Exit 1 where a sample does not hold, 2 where a pack is not valid."""
    from analyzer.rules import KINDS, check_samples, load_rules

    folders = tuple(Path(r) for r in rules or ())
    everything = [rule for kind in KINDS for rule in load_rules(kind, folders)]
    failures = check_samples(everything)
    for failure in failures:
        typer.echo(f"{failure.rule.file}: {failure.rule.id}: {failure.text!r} {failure.problem}")
    samples = sum(len(r.match) + len(r.miss) for r in everything)
    typer.echo(f"{len(everything)} rules, {samples} samples, {len(failures)} failed")
    if failures:
        raise typer.Exit(FAILED)


@failing_clearly
def list_rules(rules: list[str] = OwnRules) -> None:
    """One line a rule."""
    from analyzer.rules import KINDS, load_rules

    folders = tuple(Path(r) for r in rules or ())
    for kind in KINDS:
        for rule in load_rules(kind, folders):
            typer.echo(f"{kind}  {rule.id}  {rule.why}")
