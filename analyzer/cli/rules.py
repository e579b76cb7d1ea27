"""`rules check` and `rules list`: the packs against their own samples."""

from __future__ import annotations

from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly

FAILED = 1


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(help="The rule packs in patterns/ and your own.", no_args_is_help=True, rich_markup_mode=None)
    group.command("check", help="Run every sample of every rule.")(check)
    group.command("list", help="Every rule with the reason why it exists.")(list_rules)
    app.add_typer(group, name="rules")


@failing_clearly
def check(rules: list[str] = typer.Option(None, "--rules", help="DIR with rule packs of your own.")) -> None:
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
def list_rules(rules: list[str] = typer.Option(None, "--rules", help="DIR with rule packs of your own.")) -> None:
    """One line a rule."""
    from analyzer.rules import KINDS, load_rules

    folders = tuple(Path(r) for r in rules or ())
    for kind in KINDS:
        for rule in load_rules(kind, folders):
            typer.echo(f"{kind}  {rule.id}  {rule.why}")
