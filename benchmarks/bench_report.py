"""How large the page of a large report is, and how long it takes: from the saved JSON's text to the page's bytes.

`python -m benchmarks.bench_report [--clusters N] [--runs N]`; the bars are 3 MB and a second for 1,000 clusters.
`--write FILE` leaves the page there, to be opened.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from analyzer.reports import render
from benchmarks.made_large_reports import made_large_report


def main() -> None:
    """Make, render, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clusters", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    text = json.dumps(made_large_report(clusters=asked.clusters))
    walls, cpus = [], []
    page = b""
    for run in range(asked.runs + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        page = render(json.loads(text), "html").encode()
        if run:  # the first also compiles the templates
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        else:
            print(f"first    {time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} s CPU")
    print(f"clusters {asked.clusters:,}")
    print(f"JSON     {len(text.encode()):,} bytes")
    print(f"page     {len(page):,} bytes")
    print(f"median   {statistics.median(walls):.2f} s, {statistics.median(cpus):.2f} s CPU, of {asked.runs}")
    if asked.write:
        asked.write.write_bytes(page)


if __name__ == "__main__":
    main()
