"""Progress on stderr: one changing line on a terminal, plain lines elsewhere, nothing with --quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable


def progress(quiet: bool) -> Callable[[str], None] | None:
    """A callback for stages, or None."""
    if quiet:
        return None
    from analyzer.reports.hostile import one_line as terminal_text

    terminal = sys.stderr.isatty()

    def say(text: str) -> None:
        line = terminal_text(text)
        if terminal:
            sys.stderr.write(f"\r\x1b[K{line[:100]}")
            sys.stderr.flush()
        else:
            sys.stderr.write(f"{line}\n")

    return say


def done(quiet: bool) -> None:
    """Clear the changing line."""
    if not quiet and sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
