"""A pull that is killed again and again, as a process of its own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from analyzer.model import parse_time
from analyzer.sources.cloud_logging.rows import rfc3339
from tests.logging_server import LoggingServer, Mix
from tests.sources.cloud_logging.pulls import MANY, Identity

LONGEST_LIFE_S = 4.0
"""about one second of it goes into starting"""


def pull_command(server: LoggingServer, mix: Mix, surface: str, output: Path, *more: str) -> list[str]:
    endpoint = server.grpc_endpoint if surface == "grpc" else server.rest_endpoint
    window = ("--from", rfc3339(mix.start_ns), "--to", rfc3339(mix.end_ns))
    options = ("--all", "--endpoint", endpoint, "--max-requests", str(MANY), "-o", str(output))
    return [sys.executable, "-m", "analyzer", "pull", "--project", mix.project, *window, *options, *more]


def killed_pull(
    server: LoggingServer, mix: Mix, surface: str, folder: Path, *, kills: int, seed: int
) -> tuple[list[Identity], int]:
    """The entries that the command wrote in the end, and how many of the kills met a running pull."""
    chance = random.Random(seed)
    output = folder / "pulled.jsonl"
    command = pull_command(server, mix, surface, output, "--quiet")
    env = {**os.environ, "ANALYZER_CACHE_DIR": str(folder / "cache")}
    met = 0
    for _ in range(kills):
        process = subprocess.Popen(command, env=env)
        try:
            process.wait(chance.uniform(1.0, LONGEST_LIFE_S))
        except subprocess.TimeoutExpired:
            met += 1
        process.kill()
        process.wait()
    subprocess.run(command, env=env, check=True)
    return written(output), met


def written(output: Path) -> list[Identity]:
    """The identities in a file of JSON lines."""
    with output.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["logName"], parse_time(row["timestamp"]) or 0, row["insertId"]) for row in rows]
