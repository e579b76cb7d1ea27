"""`python -m analyzer` and the `analyzer` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from analyzer.cli import app

    app()


if __name__ == "__main__":
    main()
