"""Pulling a window from the test server: entries per CPU second, memory, calls, and opening it again.

    python -m benchmarks.bench_pull [--entries 1000000] [--surface grpc|rest] [--rounds 5]

The server is a process of its own, so only the client's seconds count. Each pull is a fresh process, its cache empty;
start-up and imports are in its figures, and told apart by a pull of an empty window.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from analyzer.sources.cloud_logging.rows import rfc3339
from tests.logging_server import LoggingServer, Mix, logging_server


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process cost."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def main() -> None:
    """Print one line a measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--surface", choices=("grpc", "rest"), default="grpc")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    mix = Mix(count=options.entries, seed=1, huge_texts=False)
    with logging_server(made=mix) as server:
        pulls, starts, again, calls = [], [], [], 0
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as folder:
                starts.append(run(server, mix, options.surface, Path(folder), empty=True))
                server.reset()
                pulls.append(run(server, mix, options.surface, Path(folder)))
                calls = server.stats()["calls"]
                server.reset()
                again.append(run(server, mix, options.surface, Path(folder)))
                if server.stats()["calls"]:
                    raise SystemExit("the second pull made calls")
    cpu, start = median([p.cpu_s for p in pulls]), median([s.cpu_s for s in starts])
    print(f"{options.entries:,} entries over {options.surface}, median of {options.rounds}")
    print(f"pull       {cpu:8.2f} CPU s  {median([p.wall_s for p in pulls]):8.2f} s wall")
    print(f"           {options.entries / cpu:8,.0f} entries a CPU s, all included")
    print(f"           {options.entries / (cpu - start):8,.0f} entries a CPU s without start-up ({start:.2f} CPU s)")
    print(f"           {max(p.peak_mb for p in pulls):8.0f} MB peak")
    print(f"           {calls:8,} calls for {-(-options.entries // 1_000):,} full pages")
    cpu, wall = median([a.cpu_s for a in again]), median([a.wall_s for a in again])
    print(f"open again {cpu:8.2f} CPU s  {wall:8.2f} s wall, 0 calls")


def run(server: LoggingServer, mix: Mix, surface: str, cache: Path, *, empty: bool = False) -> Spent:
    """One `analyzer pull --all` in a process of its own."""
    endpoint = server.grpc_endpoint if surface == "grpc" else server.rest_endpoint
    low, high = (0, 1_000_000_000) if empty else (mix.start_ns, mix.end_ns)
    command = [sys.executable, "-m", "analyzer", "pull", "--project", mix.project, "--all", "--quiet"]
    command += ["--from", rfc3339(low), "--to", rfc3339(high), "--endpoint", endpoint, "--max-requests", "60000"]
    started = time.perf_counter()
    pid = os.posix_spawn(sys.executable, command, {**os.environ, "ANALYZER_CACHE_DIR": str(cache)})
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"the pull failed: {status}")
    return Spent(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)


if __name__ == "__main__":
    main()
