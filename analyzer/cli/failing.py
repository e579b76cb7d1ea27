"""Every way to fail, in one place: message and hint on stderr, the documented exit code, nothing lost."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from analyzer.errors import AnalyzerError

P = ParamSpec("P")
INTERRUPTED = 130
CANNOT = 2


def failing_clearly(verb: Callable[P, None]) -> Callable[P, None]:
    """A verb whose errors become a message, a hint and an exit code."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            verb(*args, **kwargs)
            sys.stdout.flush()
        except AnalyzerError as err:
            complain(err.message, err.hint)
            raise typer.Exit(err.exit_code) from None
        except KeyboardInterrupt:
            complain("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # the reader went away (`| head`): not our failure, and Python must not complain at exit either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as err:  # the last line of defence: a crash is exit 2 with a way to report it
            if os.environ.get("ANALYZER_DEBUG"):
                traceback.print_exc()
            complain(
                f"crashed: {type(err).__name__}: {err}",
                "this is a defect of analyzer; run again with ANALYZER_DEBUG=1 for the trace to report",
            )
            raise typer.Exit(CANNOT) from None

    return run


def complain(message: str, hint: str = "") -> None:
    """An error on stderr. Control characters of hostile file names never reach the terminal."""
    from analyzer.reports.hostile import one_line as terminal_text

    typer.echo(f"error: {terminal_text(message)}", err=True)
    if hint:
        typer.echo(f"hint: {terminal_text(hint)}", err=True)


def warn(message: str) -> None:
    """A warning on stderr; `--quiet` does not silence it."""
    from analyzer.reports.hostile import one_line as terminal_text

    typer.echo(f"warning: {terminal_text(message)}", err=True)
