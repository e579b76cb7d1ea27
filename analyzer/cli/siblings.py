"""`siblings`: other places with the same defect, and those that only look like it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.outputs import replace_file
from analyzer.cli.progress import done, progress
from analyzer.errors import ConfigError, ReportError

if TYPE_CHECKING:
    from analyzer.model import CodePath
    from analyzer.pipeline.siblings import Siblings

_SUFFIXES = (".ast-grep.yml", ".semgrep.yml", ".sarif", ".json")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("siblings", help="Other places with the defect of a cluster or fix.")(siblings)


@failing_clearly
def siblings(
    cluster: str = typer.Option(None, "--cluster", metavar="ID", help="A fingerprint, or the rank of a cause."),
    report: str = typer.Option(None, "--report", metavar="FILE", help="The saved report that holds it."),
    from_fix: str = typer.Option(None, "--from-fix", metavar="SHA", help="A commit: what it repaired, elsewhere."),
    repo: str = typer.Option(None, "--repo", metavar="DIR", help="The repository; with --from-fix by default ."),
    output: list[str] = typer.Option(
        None, "-o", "--output", help="FILE.sarif, .json, .ast-grep.yml or .semgrep.yml; repeat for several."
    ),
    as_json: bool = typer.Option(False, "--json", help="The answer as JSON."),
) -> None:
    """Print the places that would fail alike, and the harmless look-alikes with the reason each."""
    from analyzer.config import load_config
    from analyzer.pipeline.siblings import siblings_of_cluster, siblings_of_fix
    from analyzer.reports.files import read_saved
    from analyzer.reports.hostile import clean_values

    if bool(from_fix) == bool(cluster or report) or (bool(cluster) != bool(report)):
        raise ConfigError(
            "say whose siblings: of a cluster, or of a fix",
            "analyzer siblings --cluster ID --report FILE.json, or analyzer siblings --from-fix SHA",
        )
    targets = _checked(output or [], rules=bool(from_fix))
    config = load_config(environ=os.environ, folder=Path.cwd())
    cache_dir = Path(config["cache_dir"]) if config["cache_dir"] else None
    own = [Path(rule) for rule in config["rules"]]
    say = progress(quiet=not sys.stderr.isatty())
    salt = config["salt"] or None
    if from_fix:
        found = siblings_of_fix(from_fix, repo=repo or ".", cache_dir=cache_dir, rules=own, salt=salt, progress=say)
    else:
        found = siblings_of_cluster(
            read_saved(Path(report)), cluster, repo=repo, cache_dir=cache_dir, rules=own, salt=salt, progress=say
        )
    done(quiet=False)
    for target in targets:
        try:
            replace_file(target, _rendered(found, target.name).encode())
        except OSError as err:
            raise ReportError(f"{target}: {err.strerror or err}", "choose a file that is yours to write") from err
    if as_json:
        typer.echo(_json(clean_values(found.to_dict())))
    else:
        for line in _lines(found):
            typer.echo(line)


def _checked(outputs: list[str], *, rules: bool) -> list[Path]:
    """The files to write; refused before the work starts."""
    targets = []
    for text in outputs:
        target = Path(text)
        suffix = next((s for s in _SUFFIXES if target.name.endswith(s)), None)
        if suffix is None:
            raise ReportError(f"-o {text}: the suffix picks the format", f"use one of {', '.join(_SUFFIXES)}")
        if suffix.endswith(".yml") and not rules:
            raise ReportError(
                f"-o {text}: a search rule is made from the form that a fix repaired", "use it with --from-fix SHA"
            )
        if target.is_dir() or not target.parent.is_dir():
            raise ReportError(f"-o {text} cannot be written", "name a file in a folder that is there")
        targets.append(target)
    return targets


def _rendered(found: Siblings, name: str) -> str:
    from analyzer import __version__
    from analyzer.reports.hostile import clean_values
    from analyzer.reports.sarif import sarif_text
    from analyzer.reports.search_rules import ast_grep_rules, semgrep_rules
    from analyzer.reports.sibling_findings import sibling_sarif

    if name.endswith(".ast-grep.yml"):
        return ast_grep_rules(found.shapes, commit=found.commit or "")
    if name.endswith(".semgrep.yml"):
        return semgrep_rules(found.shapes, commit=found.commit or "")
    if name.endswith(".sarif"):
        return sarif_text(sibling_sarif(clean_values(found.to_dict()), version=__version__, commit=found.commit))
    return _json(clean_values(found.to_dict())) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)


def _lines(found: Siblings) -> Iterator[str]:
    from analyzer.reports.hostile import one_line

    yield from _asked(found)
    fail = len(found.siblings)
    yield ""
    yield (
        f"{fail} {'place' if fail == 1 else 'places'} would fail alike"
        if fail
        else "no other place is known that would fail alike"
    )
    for path in found.siblings:
        yield ""
        yield from _place(path)
    if found.look_alikes:
        yield ""
        count = len(found.look_alikes)
        yield f"{count} {'place looks' if count == 1 else 'places look'} alike and cannot fail like that"
        for item in found.look_alikes:
            yield one_line(f"{item.file}:{item.line}  {item.why_not}")
    if found.reason:
        yield ""
        yield "note: " + one_line(found.reason)


def _asked(found: Siblings) -> Iterator[str]:
    from analyzer.reports.hostile import one_line

    if "fix" in found.query:
        yield f"fix {str(found.query['fix'])[:12]}"
        for shape in found.shapes:
            yield one_line(f"repaired: {shape.text} ({shape.file}:{shape.line})")
        return
    read = f"commit {found.commit[:12]}" if found.commit else "as the report says"
    yield one_line(f"{found.query['kind']}: {found.query['text']} ({read})")
    if found.origin is not None:
        yield one_line(f"fails at: {found.origin.file}:{found.origin.line} {found.origin.function or ''}")


def _place(path: CodePath) -> Iterator[str]:
    from analyzer.reports.hostile import clean, one_line

    owner = f"  {path.owner}" if path.owner else ""
    yield one_line(f"{path.file}:{path.line}  {path.function or '<module>'}  {path.confidence:.0%}{owner}")
    digits = len(str(path.excerpt[-1].line)) if path.excerpt else 0
    for shown in path.excerpt:
        mark = ">" if shown.marked else " "
        yield f"  {mark} {shown.line:>{digits}} | " + clean(shown.text).replace("\n", " ").rstrip()
    for sentence in path.evidence:
        yield "    why: " + one_line(sentence)
