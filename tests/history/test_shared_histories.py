"""Several processes at once, and processes that die: exact totals, no half cycle."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, text

from analyzer.history import open_history, parse_place
from analyzer.history.engines import Database
from benchmarks.made_reports import count_in, fingerprint

ROOT = Path(__file__).parents[2]
SAVING = Path(__file__).parent / "saving.py"


def start(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", SAVING, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcomes(running: Sequence[subprocess.Popen[str]]) -> list[tuple[int, int, str]]:
    """(exit code, cycles said to be kept, what stands on stderr) of each process."""
    done = [(process.communicate(), process) for process in running]
    return [(process.returncode, len(out.splitlines()), err) for (out, err), process in done]


@pytest.mark.parametrize(
    ("processes", "cycles", "clusters"), [(3, 4, 50), pytest.param(8, 20, 500, marks=pytest.mark.full)]
)
def test_processes_that_save_at_once_lose_nothing(url: str, processes: int, cycles: int, clusters: int) -> None:
    # nobody has made the history yet: they all find none and make one
    running = [start(url, 1000 * number, cycles, clusters) for number in range(processes)]
    assert outcomes(running) == [(0, cycles, "")] * processes
    history = open_history(url)
    saved = [1000 * number + cycle for number in range(processes) for cycle in range(cycles)]
    counts = {fingerprint(n): [count_in(cycle, n) for cycle in saved] for n in range(clusters)}
    wanted = {f: (sum(c), 2 * sum(c), sum(x > 0 for x in c)) for f, c in counts.items() if any(c)}
    assert {t.fingerprint: (t.count, t.entries, t.cycles) for t in history.totals()} == wanted
    assert len(history.cycles()) == len(saved)
    assert history.check() == ()


def test_processes_that_save_the_same_cycle_at_once_leave_one_of_it(url: str) -> None:
    running = [start(url, 7, 5, 60, 0) for _ in range(3)]
    assert outcomes(running) == [(0, 5, "")] * 3
    history = open_history(url)
    assert [(t.fingerprint, t.count) for t in history.totals()] == sorted(
        (fingerprint(n), count_in(7, n)) for n in range(60) if count_in(7, n)
    )
    assert history.check() == ()


def test_pruning_while_others_save_takes_no_text_from_them(url: str) -> None:
    history = open_history(url)
    running = [start(url, 1000 * number, 6, 40) for number in range(2)]
    while any(process.poll() is None for process in running):
        history.prune(keep=1)
    assert outcomes(running) == [(0, 6, "")] * 2
    assert history.check() == ()


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.full)])
def test_a_process_killed_at_any_moment_leaves_whole_cycles(url: str, kills: int) -> None:
    moments = random.Random(20_260_301)
    kept: list[str] = []
    for number in range(kills):
        process = start(url, 1000 * number, 1000, 120)
        assert process.stdout is not None
        assert process.stderr is not None
        # one in five dies while it starts, where the tables are made; the others after their first cycle, so that a
        # slow machine shows as much as a fast one
        if number % 5:
            kept.append(process.stdout.readline().strip())
        time.sleep(moments.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        kept += [line for line in process.stdout.read().splitlines() if len(line) == 20]
        assert (process.stderr.read(), process.wait()) == ("", -signal.SIGKILL)
        process.stdout.close()
        process.stderr.close()
    history = open_history(url)
    assert history.check() == ()
    assert set(kept) <= {cycle.key for cycle in history.cycles()}
    assert len(kept) >= kills - (kills + 4) // 5


def test_a_write_whose_connection_is_lost_is_tried_again_and_kept_once(postgres_url: str) -> None:
    database = Database(parse_place(postgres_url))
    history = open_history(postgres_url)
    victims: list[int] = []

    def write(connection: Connection) -> None:
        connection.execute(text("INSERT INTO analyzer_known VALUES ('s1:a', 'r', '2026-05-31')"))
        if not victims:
            victims.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            with Database(parse_place(postgres_url)).engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:victim)"), {"victim": victims[0]})
        connection.execute(text("SELECT 1"))

    database.write(write)
    assert [error.fingerprint for error in history.known()] == ["s1:a"]


def test_of_two_that_deadlock_both_are_kept(postgres_url: str) -> None:
    history = open_history(postgres_url)
    for name in ("a", "b"):
        history.add_known(f"s1:{name}", "x", "2026-05-31")
    both_hold_one = Barrier(2)
    tried: list[str] = []

    def lock_both(first: str, second: str) -> None:
        database = Database(parse_place(postgres_url))
        said = "UPDATE analyzer_known SET reason = reason || :by WHERE fingerprint = :f"

        def work(connection: Connection) -> None:
            connection.execute(text(said), {"f": first, "by": first[-1]})
            tried.append(first)
            if tried.count(first) == 1:
                both_hold_one.wait(timeout=30)
            connection.execute(text(said), {"f": second, "by": first[-1]})

        database.write(work)

    threads = [Thread(target=lock_both, args=order) for order in (("s1:a", "s1:b"), ("s1:b", "s1:a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 3, "one of the two was refused and tried again"
    assert [sorted(error.reason) for error in history.known()] == [["a", "b", "x"]] * 2
