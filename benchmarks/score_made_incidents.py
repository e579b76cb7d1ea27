"""Made incidents against their truth: `python -m benchmarks.score_made_incidents [--seed 1] [--count 140] [--jobs 2]`.

Each incident is a small service with a known defect that really ran (`benchmarks/incidents`). What the first cause says
is compared with what is true: the line and the function to blame, other places that fail alike, and silence where the
repository is not to blame. Seeds 1 to 140 are there to develop on, 141 to 200 are held out. Progress goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import analyzer
from benchmarks.incidents import classes, make_incident
from benchmarks.judging import Row, brier, judge, reliability
from benchmarks.weighing import noted_features

_COLUMNS = ("N", "line@1", "function@1", "function@3", "root", "siblings", "precision", "confidence", "right")


def main() -> int:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1, help="the first")
    options.add_argument("--count", type=int, default=140, help="so many from there on")
    options.add_argument("--class", dest="only", metavar="NAME", help=f"one class of: {', '.join(classes())}, …")
    options.add_argument(
        "--by", default="class", help="field of a row to group by: class, shape, hops, position, decoy"
    )
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--cache", type=Path, metavar="DIR", help="keep what the programs printed, for the next time")
    options.add_argument("--keep", type=Path, metavar="DIR", help="leave repositories and logs there")
    options.add_argument("--rows", type=Path, metavar="FILE", help="write a row for each incident, as JSON lines")
    options.add_argument("--failures", type=int, default=0, metavar="N", help="show the first N that are not right")
    options.add_argument("--table", action="store_true", help="print the tables as Markdown")
    chosen = options.parse_args()
    seeds = range(chosen.seed, chosen.seed + chosen.count)
    rows = list(_score_all(seeds, partial(score, only=chosen.only, cache=chosen.cache, keep=chosen.keep), chosen.jobs))
    if chosen.rows:
        lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]
        chosen.rows.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    sys.stdout.write("\n".join(_report(rows, by=chosen.by, markdown=chosen.table)) + "\n")
    for row in [r for r in rows if not _is_good(r)][: chosen.failures]:
        said = f"{row['kind']} {row['confidence']:.2f} at {row['place']} ({row['role']})"
        sys.stdout.write(f"{row['seed']:4} {row['defect']:32} {row['shape']:12} {said}; true: {row['truth']}\n")
    return 0


def score(seed: int, *, only: str | None = None, cache: Path | None = None, keep: Path | None = None) -> Row:
    """Make the incident of a seed, analyse it and judge the first cause."""
    folder = keep / f"{seed:04d}" if keep else Path(tempfile.mkdtemp(prefix="incident-"))
    shutil.rmtree(folder, ignore_errors=True)
    try:
        incident = make_incident(seed, folder, only=only, cache_dir=cache)
        with noted_features() as notes:
            found = analyzer.analyze(
                incident.logs, repo=incident.repository, members=True, jobs=1, cache_dir=folder / "cache"
            )
        report = found.to_dict()
    finally:
        if keep is None:
            shutil.rmtree(folder)
    culprits = [f"{p.file}:{p.line}" for p in incident.truth.culprits]
    row = judge(report, incident.truth)
    file, _, line = (row["place"] if row["role"] == "cause" else ":0").rpartition(":")
    return row | {"truth": culprits, "features": list(notes.get((file, int(line)), ()))}


def _score_all(seeds: Sequence[int], one: Callable[[int], Row], jobs: int) -> Iterator[Row]:
    if jobs < 2:
        for seed in seeds:
            yield one(seed)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for row in pool.map(one, seeds):
            if row["seed"] % 20 == 0:
                sys.stderr.write(f"{row['seed']} of {seeds[-1]}\n")
            yield row


def _is_good(row: Row) -> bool:
    return row["line1"] if row["decidable"] else row["abstained"]


def _report(rows: Sequence[Row], *, by: str, markdown: bool) -> Iterator[str]:
    decidable = [r for r in rows if r["decidable"]]
    outside = [r for r in rows if not r["decidable"] and not r["control"]]
    controls = [r for r in rows if r["control"]]
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in decidable:
        groups[str(row[by])].append(row)
    lines = [("all", decidable), ("without a trace", [r for r in decidable if not r["traced"]])]
    lines += [("with a trace", [r for r in decidable if r["traced"]])]
    lines += [("with a decoy", [r for r in decidable if r["decoy"]]), *sorted(groups.items())]
    yield from _table((by, *_COLUMNS), [(name, *_shares(held)) for name, held in lines if held], markdown)
    yield ""
    yield f"abstains where the repository is not to blame: {_share(outside, 'abstained')} of {len(outside)}"
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in outside:
        kinds[row["class"]].append(row)
    yield "; ".join(f"{name} {_share(held, 'abstained')} of {len(held)}" for name, held in sorted(kinds.items()))
    yield f"controls without a cause: {sum(r['causes'] == 0 for r in controls)} of {len(controls)}"
    said, harmless = sum(r["siblings_said"] for r in rows), sum(r["harmless_said"] for r in rows)
    yield f"siblings named: {said}, of them harmless look-alikes: {harmless}"
    asked = decidable + outside
    for name, held in (("all", asked), ("decidable", decidable), ("outside", outside)):
        cost = brier([(r["confidence"], r["right"]) for r in held])
        yield f"Brier of causes[0].confidence, {name}: {_number(cost)} of {len(held)}"
    claimed = [(r["path_confidence"], r["function1"]) for r in asked if r["role"] == "cause"]
    yield f"Brier of code_paths[0].confidence, of those that say cause: {_number(brier(claimed))} of {len(claimed)}"
    for title, pairs in (
        ("causes[0].confidence", [(r["confidence"], r["right"]) for r in asked]),
        ("code_paths[0].confidence (role cause)", claimed),
    ):
        yield ""
        bins = [(f"{low:.1f}", n, f"{mean:.2f}", f"{right:.2f}") for low, n, mean, right in reliability(pairs)]
        yield from _table((title, "N", "mean", "right"), bins, markdown)


def _shares(rows: Sequence[Row]) -> tuple[object, ...]:
    there, said = sum(r["siblings"] for r in rows), sum(r["siblings_said"] for r in rows)
    found, wrong = sum(r["siblings_found"] for r in rows), sum(r["siblings_wrong"] for r in rows)
    return (
        len(rows),
        *(_share(rows, key) for key in ("line1", "function1", "function3", "root")),
        f"{found}/{there}" if there else "-",
        f"{said - wrong}/{said}" if said else "-",
        f"{sum(r['confidence'] for r in rows) / len(rows):.2f}",
        _share(rows, "right"),
    )


def _share(rows: Sequence[Row], key: str) -> str:
    return f"{sum(bool(r[key]) for r in rows) / len(rows):.2f}" if rows else "-"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]], markdown: bool) -> Iterator[str]:
    if markdown:
        yield "| " + " | ".join(head) + " |"
        yield "| " + " | ".join("---" for _ in head) + " |"
        for row in rows:
            yield "| " + " | ".join(map(str, row)) + " |"
        return
    widths = [max(len(str(r[n])) for r in [head, *rows]) for n in range(len(head))]
    for row in [head, *rows]:
        cells = [
            str(c).ljust(w) if n == 0 else str(c).rjust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


if __name__ == "__main__":
    raise SystemExit(main())
