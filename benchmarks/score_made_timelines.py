"""Verdicts on fixes over made timelines: python -m benchmarks.score_made_timelines [--seeds 1-140] [--failures]

`right` verdicts, those wrongly `verified` or `wrong_path` (must be none), and `abstained`: inconclusive although what
happened can be known. The last line is `SCORE …`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import analyzer
from benchmarks.made_timelines import CLAIM, Timeline, make_timeline


def judge(timeline: Timeline, folder: Path, cache: Path) -> dict[str, object]:
    """The last report's fix, every cycle analysed and saved in turn."""
    history = f"sqlite:///{folder / 'history.sqlite3'}"
    found: dict[str, object] = {}
    for number, logs in enumerate(timeline.logs, 1):
        analysis = analyzer.analyze(
            logs, repo=timeline.repository, cycle=str(number), baseline="previous", history=history,
            fixes=[f"{timeline.fix}={CLAIM}"], cache_dir=cache,
        )  # fmt: skip
        analysis.remember(history)
        (found,) = analysis.to_dict()["fixes"]
    return found


def judge_seeds(seeds: Iterable[int], folder: Path) -> list[tuple[Timeline, dict[str, object]]]:
    """Each timeline with the fix as the last report has it."""
    out = []
    for seed in seeds:
        timeline = make_timeline(seed, folder / str(seed))
        out.append((timeline, judge(timeline, folder / str(seed), folder / "cache")))
    return out


def faults(found: Iterable[tuple[Timeline, dict[str, object]]]) -> dict[str, list[str]]:
    """What is wrong, by kind of fault, a line each."""
    out: dict[str, list[str]] = {"wrong verified": [], "wrong wrong_path": [], "abstained": [], "wrong": []}
    for timeline, fix in found:
        verdict = str(fix["verdict"])
        if verdict in timeline.wanted:
            continue
        name = f"wrong {verdict}" if f"wrong {verdict}" in out else "wrong"
        name = "abstained" if verdict == "inconclusive" else name
        out[name].append(f"seed {timeline.seed} {timeline.kind}: {verdict}, wanted {' or '.join(timeline.wanted)}")
    return out


def main() -> int:
    """Print the table and the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1-140")
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    with tempfile.TemporaryDirectory() as work:
        found = judge_seeds(range(int(first), int(last or first) + 1), Path(work))
    right = Counter(t.kind for t, fix in found if fix["verdict"] in t.wanted)
    for kind, count in sorted(Counter(t.kind for t, _ in found).items()):
        print(f"{kind:14} {right[kind]:3} of {count}")
    bad = faults(found)
    if options.failures:
        for lines in bad.values():
            print("".join(f"  {line}\n" for line in lines), end="")
        for timeline, fix in found:
            if fix["verdict"] not in timeline.wanted:
                print(timeline.seed, [e["text"] for e in fix["evidence"]])  # type: ignore[attr-defined]
    print(
        f"SCORE timelines={len(found)} right={right.total() / len(found):.3f} "
        + " ".join(f"{name.replace(' ', '_')}={len(lines)}" for name, lines in bad.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
