"""`explain-trace`: a pasted stack trace as a tree."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import typer

from analyzer.cli.failing import failing_clearly
from analyzer.cli.manual import manual
from analyzer.errors import SourceError

NOT_FOUND = 1


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "explain-trace",
        help="A pasted stack trace as a tree.\n\n"
        "Which exception caused which, which frames are yours (*), which exception is the root; of every trace in the "
        "text, in any language that is read, also where it was escaped, cut or decorated by a logger.",
        epilog=manual(
            examples=["analyzer explain-trace pasted.txt", "analyzer explain-trace - --json"],
            exits=[(0, "at least one trace was found"), (1, "no stack trace in the text")],
            see=["where", "docs/traces/index.md"],
        ),
    )(explain_trace)


@failing_clearly
def explain_trace(
    file: str = typer.Argument("-", metavar="[FILE]", help="A file with the text; - or nothing: standard input."),
    as_json: bool = typer.Option(False, "--json", help="A list of stack traces as JSON."),
) -> None:
    """Every stack trace in a text: what hangs under what, which frames are ours (*), which exception is the root."""
    from analyzer.config import load_config
    from analyzer.events import parse_stack_traces
    from analyzer.redaction import build_redactor
    from analyzer.reports.hostile import clean_values
    from analyzer.reports.trace_tree import draw_trace
    from analyzer.rules import load_rules

    config = load_config(environ=os.environ, folder=Path.cwd())
    own = tuple(Path(rule) for rule in config["rules"])
    if file == "-" and sys.stdin.isatty():
        typer.echo("paste the text, then press Ctrl-D", err=True)
    text = build_redactor(own, config["salt"] or None).text(_read(file))
    found = parse_stack_traces(text, frame_rules=load_rules("frames", own))
    if as_json:
        shown = [clean_values(trace.to_dict()) for trace in found]
        typer.echo(json.dumps(shown, indent=1, sort_keys=True, ensure_ascii=False))
    elif found:
        typer.echo("\n\n".join(draw_trace(trace) for trace in found))
    if not found:
        if not as_json:
            typer.echo("no stack trace in this text", err=True)
        raise typer.Exit(NOT_FOUND)


def _read(file: str) -> str:
    """Bytes that are no UTF-8 become U+FFFD: a pasted text may have been cut anywhere."""
    if file == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        return Path(file).read_bytes().decode("utf-8", "replace")
    except OSError as err:
        raise SourceError(f"{file}: {err.strerror or err}", "name a file with the text, or pipe it in") from err
