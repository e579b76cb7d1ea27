"""How long a history takes, CPU of this process and wall: python benchmarks/bench_history.py [URL] [CLUSTERS]"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Run it and say how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    print(f"{what:<42} {time.process_time() - cpu:7.3f} CPU s  {time.perf_counter() - wall:7.3f} s")
    return result


def main(url: str, clusters: int) -> None:
    """Save 31 cycles and ask for the past of the last one."""
    from analyzer.history import open_history
    from benchmarks.made_reports import HOUR_NS, START_NS, made_report

    history = timed("open a new history", lambda: open_history(url))
    timed("open it again", lambda: open_history(url))
    reports = [made_report(cycle, clusters=clusters, tests=200) for cycle in range(31)]
    timed(f"save one of {clusters:,} clusters", lambda: history.save(reports[0]))
    timed("save it again", lambda: history.save(reports[0]))
    timed("save 30 more", lambda: [history.save(report) for report in reports[1:]])
    services, begin = ("orders", "ovens"), START_NS + 30 * HOUR_NS
    past = timed("past() of 30 cycles", lambda: history.past(services, begin))
    assert len(past.cycles) == 30
    timed("previous()", lambda: history.previous(services, begin))
    timed("cycles()", history.cycles)
    timed("named(text)", lambda: history.named("Oven 7 did"))
    timed("totals()", history.totals)
    if url.startswith("sqlite:///"):
        print(f"{Path(url.removeprefix('sqlite:///')).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    if len(sys.argv) > 1:
        main(sys.argv[1], size)
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(f"sqlite:///{Path(folder) / 'history.sqlite3'}", size)
