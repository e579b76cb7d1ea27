"""`where`: a pasted text to the statements that can have produced it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.cli.progress import done, progress

if TYPE_CHECKING:
    from analyzer.model import CodePath
    from analyzer.pipeline import Answer

NOT_FOUND = 1
_NAMED_FILES = 3


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "where",
        help="The statements of a repository that can produce a text.\n\n"
        "Compares the text with every string expression of the repository: log calls, raises, return values, keyword "
        "arguments. No logs, no cloud and no stack trace are needed. Prints file, line and function, best first, with "
        "the lines around and why each was chosen.",
        epilog=manual(
            examples=[
                'analyzer where "cannot open ledger 7"',
                'analyzer where "cannot open ledger 7" --repo till --revision 3b883f6 --json',
                "tail -n 1 till.log | analyzer where -",
            ],
            exits=[(0, "at least one statement was found"), (1, "no statement can produce the text")],
            see=["explain-trace", "siblings", "docs/where.md"],
        ),
    )(where)


@failing_clearly
def where(
    message: str = typer.Argument(
        ..., metavar="MESSAGE", help="The error text, as it was seen; - reads it from standard input."
    ),
    repo: str = typer.Option(".", "--repo", metavar="DIR", help="The repository."),
    revision: str = typer.Option(
        None, "--revision", metavar="COMMIT", help="The commit to read; default: the work tree."
    ),
    limit: int = typer.Option(3, "--limit", metavar="N", min=1, help="At most so many places."),
    as_json: bool = typer.Option(False, "--json", help="A list of code paths as JSON."),
) -> None:
    """Print file, line and function of the statements that can produce the text, and why; exit 1 where none can."""
    from analyzer.config import load_config
    from analyzer.pipeline import look_up

    config = load_config(environ=os.environ, folder=Path.cwd())
    answer = look_up(
        sys.stdin.read() if message == "-" else message,
        repo=repo,
        revision=revision,
        limit=limit,
        cache_dir=Path(config["cache_dir"]) if config["cache_dir"] else None,
        rules=[Path(r) for r in config["rules"]],
        salt=config["salt"] or None,
        history=True,
        progress=progress(quiet=not sys.stderr.isatty()),
    )
    done(quiet=False)
    _warn(answer)
    if as_json:
        typer.echo(json.dumps([p.to_dict() for p in answer.paths], indent=1, sort_keys=True, ensure_ascii=False))
    elif answer.paths:
        for line in _lines(answer):
            typer.echo(line)
    else:
        typer.echo(f"unmapped: {answer.why}", err=True)
    if not answer.paths:
        raise typer.Exit(NOT_FOUND)


def _warn(answer: Answer) -> None:
    """What was read without its syntax may hold the statement all the same: said on stderr."""
    from analyzer.reports.hostile import one_line

    if not answer.unparsed:
        return
    named = "; ".join(f"{path}: {reason}" for path, reason in answer.unparsed[:_NAMED_FILES])
    more = len(answer.unparsed) - _NAMED_FILES
    text = f"warning: {len(answer.unparsed)} files were read without their syntax: {named}"
    typer.echo(one_line(text + (f"; and {more} more" if more > 0 else "")), err=True)


def _lines(answer: Answer) -> Iterator[str]:
    from analyzer.reports.hostile import one_line

    read = f"commit {answer.commit[:12]}" if answer.commit else "the files as they lie there"
    yield one_line(f"{answer.location}: {answer.why} ({read})")
    width = max(len(f"{p.file}:{p.line}") for p in answer.paths)
    for path in answer.paths:
        yield ""
        place = f"{path.file}:{path.line}"
        sure = f"{path.confidence:.0%}"
        yield f"{one_line(place):<{width}}  " + one_line(f"{path.function or '<module>'}  {path.role.value}  {sure}")
        yield from _details(path)


def _details(path: CodePath) -> Iterator[str]:
    from analyzer.reports.hostile import clean, one_line

    digits = len(str(path.excerpt[-1].line)) if path.excerpt else 0
    for shown in path.excerpt:
        mark = ">" if shown.marked else " "
        yield f"  {mark} {shown.line:>{digits}} | " + clean(shown.text).replace("\n", " ").rstrip()
    for sentence in path.evidence:
        yield "    why: " + one_line(sentence)
    if path.owner:
        yield "    owner: " + one_line(path.owner)
    if path.link:
        yield "    " + one_line(path.link)
