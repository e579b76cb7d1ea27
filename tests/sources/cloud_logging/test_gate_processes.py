"""The rate gate between real processes, some of which die in the middle. Their clock runs sixty times too fast, so
that many minutes fit into a test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gate_clocks import Clock, Made, longest_run, most_in_a_minute, too_early

from analyzer.sources.cloud_logging.gate import Gate

FASTER = 60
CALLER = f"""
import os, random, sys, time
from pathlib import Path
from analyzer.sources.cloud_logging.gate import Gate

folder, journal, limit, calls, max_open = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
zero = float(os.environ["ZERO"])
clock = lambda: zero + (time.time() - zero) * {FASTER}
out = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
write = lambda *words: os.write(out, (" ".join(map(str, words)) + "\\n").encode())
gate = Gate(folder, "demo", limit, max_open=max_open, clock=clock, sleep=lambda s: time.sleep(s / {FASTER}))
for number in range(calls):
    with gate.call() as call:
        write("start", call.started_ns, repr(clock()))
        time.sleep(random.random() * 0.004)
        refused = random.random() < 0.02
        write("end", call.started_ns, repr(clock()), 3.0 if refused else "")
        if refused:
            call.refused(3.0)
"""


def child(folder: Path, journal: Path, limit: int, calls: int, max_open: int, zero: float) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", CALLER, str(folder), str(journal), str(limit), str(calls), str(max_open)]
    return subprocess.Popen(words, env={**os.environ, "ZERO": repr(zero)})


def read(journal: Path, died: float) -> list[Made]:
    """The calls of one process; one that has no end ended with the process. Starts are the gate's own."""
    calls: dict[str, Made] = {}
    for line in journal.read_text().splitlines() if journal.exists() else []:
        kind, name, at, *wait = line.split()
        if kind == "start":
            calls[name] = Made(int(name) / 1e9, died)
        else:
            calls[name].ended = float(at)
            calls[name].wait = float(wait[0]) if wait else None
    return list(calls.values())


@pytest.mark.parametrize("max_open", [1, 80])
def test_processes_that_are_killed_and_started_again_keep_to_the_limit(tmp_path: Path, max_open: int) -> None:
    limit, zero = 120, time.time()
    calls: list[Made] = []
    running = {
        tmp_path / f"{number}.txt": child(tmp_path, tmp_path / f"{number}.txt", limit, 90, max_open, zero)
        for number in range(3)
    }
    for victim in range(3):
        journal = tmp_path / f"{victim}.txt"
        while not (journal.exists() and journal.read_text().count("start") > 12):
            time.sleep(0.005)
            assert running[journal].poll() is None
        running[journal].kill()
        running[journal].wait()
        died = zero + (time.time() - zero) * FASTER
        calls += read(journal, died)
        again = tmp_path / f"{victim}-again.txt"
        del running[journal]
        running[again] = child(tmp_path, again, limit, 60, max_open, zero)
    for journal, process in running.items():
        assert process.wait(timeout=120) == 0
        calls += read(journal, float("inf"))
    assert len(calls) >= 3 * 12 + 3 * 60
    assert most_in_a_minute(calls) <= limit
    assert longest_run([c.started for c in calls], 60 / limit) < 6.01
    if max_open == 1:  # else a call may pass the gate while another's refusal is on its way to it
        assert too_early(calls) == []


def dying(tmp_path: Path, *, reaped: bool) -> subprocess.Popen[bytes]:
    """A process that was killed in a call."""
    code = (
        "import sys, time; from pathlib import Path; from analyzer.sources.cloud_logging.gate import Gate\n"
        "with Gate(Path(sys.argv[1]), 'demo').call(): print('in', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"in\n"
    process.kill()
    if reaped:
        process.wait()
    else:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    return process


@pytest.mark.parametrize("reaped", [True, False])
def test_a_call_of_a_dead_process_is_found_and_everyone_waits_for_what_it_may_have_been_told(
    tmp_path: Path, reaped: bool
) -> None:
    clock = Clock(time.time())
    gate = Gate(tmp_path, "demo", clock=clock, sleep=clock.sleep)
    with gate.call() as call:
        call.refused(1.5)
    clock.now += 10
    with dying(tmp_path, reaped=reaped) as process:
        assert gate.used().calls == 2
        assert 1.5 < gate.waiting_s() <= 1.8
        assert process.stdout is not None
    found = clock()
    with gate.call():
        assert found + 1.5 < clock() <= found + 1.8
    clock.now = found + 59
    assert gate.used().calls == 2
    clock.now = found + 61
    assert gate.used().calls == 1


def test_ctrl_c_ends_the_waiting_at_once_and_leaves_no_call_open(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from analyzer.sources.cloud_logging.gate import Gate\n"
        "gate = Gate(Path(sys.argv[1]), 'demo', 1, on_wait=lambda s: print(s, flush=True))\n"
        "with gate.call(): pass\n"
        "try:\n    with gate.call(): print('let through')\n"
        "except KeyboardInterrupt: print('interrupted')"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert float(process.stdout.readline()) > 50
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().splitlines()[-1] == "interrupted"
        assert process.wait() == 0
    assert Gate(tmp_path, "demo").used().calls == 1
