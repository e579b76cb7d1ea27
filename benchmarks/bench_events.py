"""What the events stage costs: `python -m benchmarks.bench_events [--entries N] [--logs FILE.jsonl]`.

Entries a CPU second (and a second) from decoded entries to events: stitching, stacks, the second redaction of joined
texts. A first run warms up; then the median of five, each with a redactor and a memory of known texts of its own.
`--against boltons` also reads Python tracebacks alone with that library, in turns with ours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from analyzer.events import read_events, stacktraces
from analyzer.events.stacktraces import read_stacks
from analyzer.model import Entry
from analyzer.redaction import build_redactor
from analyzer.rules import load_rules
from analyzer.sources import decode_entry
from benchmarks.made_up_entries import make_entries

_RUNS = 5


def main() -> int:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=100_000, metavar="N")
    options.add_argument("--logs", metavar="FILE", help="JSON lines of LogEntry dicts in place of made-up ones")
    options.add_argument("--against", choices=["boltons"])
    chosen = options.parse_args()
    entries = _entries(chosen.entries, chosen.logs)
    texts = [t for e in entries if "\n" in (t := e.text_payload or str((e.json_payload or {}).get("message", "")))]
    _report_stage(entries)
    _report_stacks(texts)
    if chosen.against:
        return _compare(texts)
    return 0


def _entries(count: int, logs: str | None) -> list[Entry]:
    redactor = build_redactor()
    if logs is None:
        rows = make_entries(count)
    else:
        rows = iter([json.loads(line) for line in Path(logs).read_text(encoding="utf-8").splitlines()])
    return [decode_entry(row, redactor=redactor, position=number) for number, row in enumerate(rows)]


def _report_stage(entries: Sequence[Entry]) -> None:
    frames = load_rules("frames")
    found = 0

    def run() -> None:
        nonlocal found
        redactor = build_redactor()
        stacktraces._known_texts.cache_clear()
        result = read_events(entries, redact=redactor.text, redact_all=redactor.texts, frame_rules=frames)
        found = len(result.events)

    cpu, wall = _median(run)
    _say(
        f"{len(entries):,} entries, {found:,} events: {len(entries) / cpu:,.0f} entries a CPU second, "
        f"{len(entries) / wall:,.0f} a second"
    )


def _report_stacks(texts: Sequence[str]) -> None:
    size = sum(map(len, texts)) / 1e6

    def new() -> None:
        for text in texts:
            stacktraces._known_texts.cache_clear()
            read_stacks(text)

    def known() -> None:
        for text in texts:
            read_stacks(text)

    for name, run in (("each parsed anew", new), ("those that differ in values once", known)):
        cpu, _ = _median(run)
        _say(
            f"{len(texts):,} texts with stacks, {name}: {size / cpu:.1f} MB a CPU second, "
            f"{cpu / len(texts) * 1e6:.0f} µs a text"
        )


def _compare(texts: Sequence[str]) -> int:
    try:
        from boltons.tbutils import ParsedException
    except ImportError:
        _say("boltons is not installed: pip install boltons")
        return 2
    mark = "Traceback (most recent call last):"
    tracebacks = [text[text.index(mark) :] for text in texts if mark in text]
    ratios = []
    for _ in range(_RUNS):
        ours = _cpu(lambda: [(stacktraces._known_texts.cache_clear(), read_stacks(t)) for t in tracebacks])
        theirs = _cpu(lambda: [ParsedException.from_string(t) for t in tracebacks])
        ratios.append(ours / theirs)
    _say(
        f"{len(tracebacks):,} Python tracebacks, CPU of ours over boltons': {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f})"
    )
    return 0


def _median(run: Callable[[], object]) -> tuple[float, float]:
    """Median CPU and wall seconds."""
    run()
    times = []
    for _ in range(_RUNS):
        wall = time.perf_counter()
        times.append((_cpu(run), time.perf_counter() - wall))
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def _cpu(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
