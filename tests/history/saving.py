"""A program that saves made-up cycles: python saving.py URL FIRST COUNT CLUSTERS [STEP]; a line for each that is kept.

With STEP 0 the same cycle is saved over and over.
"""

from __future__ import annotations

import sys

from analyzer.history import open_history
from benchmarks.made_reports import made_report


def main(url: str, first: str, count: str, clusters: str, step: str = "1") -> None:
    """Save the cycles."""
    history = open_history(url)
    for number in range(int(count)):
        key = history.save(made_report(int(first) + number * int(step), clusters=int(clusters), tests=20))
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
