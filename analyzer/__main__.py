"""`python -m analyzer` and the `analyzer` command."""

from __future__ import annotations

import os


def main() -> None:
    """Run the command line; or answer a shell that completes one (see `analyzer completion`)."""
    line = os.environ.pop("_ANALYZER_COMPLETE", None)
    if line is not None:
        from analyzer.cli.completion import answer

        answer(line)
        return
    from analyzer.cli import app

    app()


if __name__ == "__main__":
    main()
