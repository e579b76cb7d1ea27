"""What the index of a repository costs: `python -m benchmarks.bench_where REPO COMMIT [--move N] [--messages N]`.

Cold, warm and moved answers are processes of their own, so the start of Python is in their wall and CPU seconds: cold
without a cache; warm with it; moved with the cache of the commit N before, by first parents. Warm and moved are medians
of five. Queries are asked of an open index, each message once a round, a fresh index a round, median of five rounds;
messages are log, print and raise templates of the commit, evenly taken, with values in their holes.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from analyzer.codepaths import open_repository, resolve_commit
from analyzer.codepaths.extraction import extract
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.git import open_git

_RUNS = 5
_ASK = """
import sys, pathlib
from analyzer.codepaths import open_repository
index = open_repository(pathlib.Path(sys.argv[1]), sys.argv[2], cache_dir=pathlib.Path(sys.argv[4]), redact=str)
for path in index.statements(sys.argv[3], limit=5):
    print(f"  {path.confidence:.3f} {path.role.value:6} {path.file}:{path.line} {path.function}")
"""
_VALUES = ("1842", "orders", "7f3a9c", "0.25", "eu-west", "timeout after 30s", "None", "a/b.json", "True", "user-17")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one process."""

    wall: float
    cpu: float
    answers: str

    def __str__(self) -> str:
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s CPU"


def main() -> int:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("repository", type=Path)
    options.add_argument("commit")
    options.add_argument("message", nargs="?", default="connection failed: timeout")
    options.add_argument("--move", type=int, default=50, metavar="N", help="commits between the two indexes")
    options.add_argument("--messages", type=int, default=500, metavar="N")
    chosen = options.parse_args()
    repository, message = chosen.repository, chosen.message
    commit = resolve_commit(repository, chosen.commit)
    with tempfile.TemporaryDirectory() as kept:
        cache = Path(kept) / "cache"
        cold = _ask(repository, commit, message, cache)
        sys.stdout.write(
            f"{_size(repository, commit)}\ncold: {cold}; {_megabytes(cache):.1f} MB on disk\n{cold.answers}"
        )
        warm = [_ask(repository, commit, message, cache) for _ in range(_RUNS)]
        sys.stdout.write(f"warm: {_median(warm)}\n")
        _report_queries(repository, commit, cache, chosen.messages)
        shutil.rmtree(cache)
        before = resolve_commit(repository, f"{commit}~{chosen.move}")
        _ask(repository, before, message, cache)
        moved = []
        for number in range(_RUNS):
            copy = shutil.copytree(cache, Path(kept) / str(number))
            moved.append(_ask(repository, commit, message, copy))
            shutil.rmtree(copy)
        sys.stdout.write(f"moved by {chosen.move} commits from {before[:9]}: {_median(moved)}\n")
    return 0


def _ask(repository: Path, commit: str, message: str, cache: Path) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _ASK, str(repository), commit, message, str(cache)],
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall=wall, cpu=cpu, answers=done.stdout)


def _median(costs: list[Cost]) -> Cost:
    wall, cpu = (statistics.median(values) for values in zip(*((c.wall, c.cpu) for c in costs), strict=True))
    return Cost(wall=wall, cpu=cpu, answers="")


def _report_queries(repository: Path, commit: str, cache: Path, count: int) -> None:
    messages = _make_messages(repository, commit, count)
    medians, tails, opened = [], [], []
    for _ in range(_RUNS):
        start = time.perf_counter()
        index = open_repository(repository, commit, cache_dir=cache, redact=str)
        index.statements("a question that loads the words")
        opened.append(time.perf_counter() - start)
        taken = []
        for message in messages:
            start = time.perf_counter()
            index.statements(message, limit=3)
            taken.append((time.perf_counter() - start) * 1000)
        index.close()
        taken.sort()
        medians.append(statistics.median(taken))
        tails.append(taken[int(0.95 * (len(taken) - 1))])
    sys.stdout.write(
        f"{len(messages)} queries: median {statistics.median(medians):.2f} ms, p95 {statistics.median(tails):.2f} ms; "
        f"opened and first asked in this process {statistics.median(opened):.2f} s\n"
    )


def _make_messages(repository: Path, commit: str, count: int) -> list[str]:
    """Messages that statements of the commit can print, none twice; the same ones every time."""
    git = open_git(repository)
    assert git is not None
    files = {path: blob for path, blob in git.tree(commit).items() if path.endswith(".py")}
    few = [files[path] for path in sorted(files)[:: max(1, len(files) // 400)]]
    texts = {
        statement.text
        for _, code in git.blobs(few)
        for statement in extract(code or b"").statements
        if statement.kind in ("log", "print", "raise") and len(statement.text.split()) > 2
    }
    ordered = sorted(texts)[:: max(1, len(texts) // count)][:count]
    values = itertools.cycle(_VALUES)
    return ["".join(next(values) if c == HOLE else c for c in text) for text in ordered]


def _size(repository: Path, commit: str) -> str:
    git = open_git(repository)
    assert git is not None
    listed = git.run("ls-tree", "-r", "-l", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape").split("\0")
    sizes = [int(size) for line in listed if line.endswith(".py") and (size := line.split(maxsplit=4)[3]).isdecimal()]
    return f"{commit[:9]}: {len(sizes)} Python files, {sum(sizes) / 1e6:.1f} MB"


def _megabytes(cache: Path) -> float:
    return sum(file.stat().st_size for file in cache.rglob("*") if file.is_file()) / 1e6


if __name__ == "__main__":
    sys.exit(main())
