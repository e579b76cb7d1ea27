"""Are confidences what they say? `python -m benchmarks.calibrate_causes ROWS [--held-out ROWS] [--on cause|path]`.

ROWS is what `score_made_incidents --rows` wrote. Each group of causes that were made alike (kind, role of the first
path, whether it is unique, or what `--by` names) is listed with the confidence it was given, how often it was right,
and what that share may be; a confidence outside is too high or too low. Then the best monotone map from confidence to
share right (pool adjacent violators), and what it would save, on the held-out rows where there are some. With
`--weights`: what each written weight of evidence is, and what the outcomes say that it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from analyzer.cycles.statistics import wilson_interval
from benchmarks.judging import Row, brier
from benchmarks.weighing import chance_of, fit, written_weights

Pair = tuple[float, bool]
_FEW = 5
_MOVED = 0.5
"""log-odds from which on a weight is said to be wrong"""


def main() -> int:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("rows", type=Path, nargs="+")
    options.add_argument("--held-out", type=Path, metavar="ROWS", help="judge the map on these")
    options.add_argument("--on", choices=("cause", "path"), default="cause", help="whose confidence")
    options.add_argument("--by", default="kind,role,unique", help="fields of a row, with commas")
    options.add_argument(
        "--having", action="append", default=[], metavar="TEXT", help="group also by: an evidence sentence holds TEXT"
    )
    options.add_argument(
        "--weights", action="store_true", help="the written weights of places, and what they should be"
    )
    options.add_argument("--trust", type=float, default=1.0, help="how firmly weights are held at what is written")
    chosen = options.parse_args()
    rows = [row for file in chosen.rows for row in _read(file)]
    pair = _pairs(chosen.on)
    lines = _weights(rows, chosen.trust) if chosen.weights else _report(rows, chosen, pair)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def isotonic(pairs: Iterable[Pair]) -> list[tuple[float, float]]:
    """(confidence from which on, share right), both ascending: the monotone step function nearest to the outcomes.

    Pool adjacent violators: Ayer et al., An empirical distribution function for sampling with incomplete information,
    1955.
    """
    blocks: list[tuple[float, float, int]] = []  # first confidence, sum of outcomes, count
    for confidence, right in sorted(pairs):
        if blocks and blocks[-1][0] == confidence:  # equal confidences are one block
            start, total, count = blocks.pop()
            blocks.append((start, total + right, count + 1))
        else:
            blocks.append((confidence, float(right), 1))
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            _, total, count = blocks.pop()
            start, before, held = blocks.pop()
            blocks.append((start, before + total, held + count))
    return [(start, total / count) for start, total, count in blocks]


def mapped(steps: Sequence[tuple[float, float]], confidence: float) -> float:
    """The share right that a map gives a confidence."""
    value = steps[0][1]
    for start, share in steps:
        if confidence >= start:
            value = share
    return value


def _read(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _pairs(on: str) -> Callable[[Sequence[Row]], list[Pair]]:
    if on == "path":
        return lambda rows: [(r["path_confidence"], r["function1"]) for r in rows if r["role"] == "cause"]
    return lambda rows: [(r["confidence"], r["right"]) for r in rows if r["causes"] and not r["control"]]


def _report(
    rows: Sequence[Row], chosen: argparse.Namespace, pair: Callable[[Sequence[Row]], list[Pair]]
) -> Iterator[str]:
    keys = chosen.by.split(",")
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        said = " ".join(row["evidence"])
        name = [f"{key}={row[key]}" for key in keys] + [f"“{t}” {'yes' if t in said else 'no'}" for t in chosen.having]
        groups[tuple(name)].append(row)
    yield f"{'group':60} {'N':>4} {'mean':>6} {'right':>6} {'95 %':>12}"
    for name, held in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        pairs = pair(held)
        if not pairs:
            continue
        mean, right = sum(c for c, _ in pairs) / len(pairs), sum(r for _, r in pairs)
        low, high = wilson_interval(right, len(pairs)) or (0.0, 1.0)
        verdict = "" if low <= mean <= high else "too high" if mean > high else "too low"
        verdict = f"{verdict} (few)" if verdict and len(pairs) < _FEW else verdict
        cells = f"{len(pairs):4} {mean:6.2f} {right / len(pairs):6.2f}   {low:.2f}..{high:.2f}"
        yield f"{' '.join(name):60} {cells}  {verdict}".rstrip()
    pairs = [(round(c, 2), r) for c, r in pair(rows)]
    if not pairs:
        return
    steps = isotonic(pairs)
    yield ""
    held = Counter(max(start for start, _ in steps if start <= c) for c, _ in pairs)
    yield "monotone map: " + ", ".join(f"from {start:.2f} on {share:.2f} (of {held[start]})" for start, share in steps)
    tested = pair(_read(chosen.held_out)) if chosen.held_out else pairs
    after = brier([(mapped(steps, c), r) for c, r in tested])
    where = "held out" if chosen.held_out else "the same rows, so at best"
    yield f"Brier as written {brier(tested):.3f}, through the map {after:.3f} ({len(tested)}, {where})"


def _weights(rows: Sequence[Row], trust: float) -> Iterator[str]:
    """The right share with and without each piece of evidence, what it is given, and what it should be given."""
    written = written_weights()
    outcomes = [(row["features"], row["function1"]) for row in rows if row["features"]]
    if not written or not outcomes:
        yield "no place was weighed"
        return
    fitted = fit(outcomes, written, trust=trust)
    prior = next(iter(written))
    yield f"{'evidence':20} {'N':>4} {'right':>6} {'without':>8} {'written':>8} {'fitted':>7}"
    for name, weight in written.items():
        with_it = [right for held, right in outcomes if name == prior or name in held]
        without = [right for held, right in outcomes if name != prior and name not in held]
        shares = [f"{sum(x) / len(x):.2f}" if x else "-" for x in (with_it, without)]
        moved = fitted[name] - weight
        verdict = "says too much" if moved < -_MOVED else "says too little" if moved > _MOVED else ""
        cells = f"{len(with_it):4} {shares[0]:>6} {shares[1]:>8} {weight:8.1f} {fitted[name]:7.1f}"
        yield f"{name:20} {cells}  {verdict}".rstrip()
    for title, weights in (("written", written), ("fitted", fitted)):
        pairs = [(chance_of(held, weights), right) for held, right in outcomes]
        yield f"Brier with the weights {title}: {brier(pairs):.3f} of {len(pairs)}"


if __name__ == "__main__":
    raise SystemExit(main())
