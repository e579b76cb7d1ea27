"""Roots found in made incidents: `python -m benchmarks.score_made_cascades [--seeds N] [--first N] [--failures N]`.

No repository is given, so that the logs alone speak. root: the root of `causes[0]` is a true one. both: with two
roots, the first two causes are these. abstains: where no error in the logs is the root of anything, no cause is above
0.5. claims: of all causes above 0.5, how many have a true root (incidents with unrelated traces left out, which are
roots of themselves). Brier: of the confidence of `causes[0]`. The table says how often a confidence of that height was
right; what no trace shows stays `unknown`, at 0.3 at most, and costs Brier.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.model import Cause, Cluster
from analyzer.pipeline import analyze
from benchmarks.made_cascades import Cascade, make_cascade


@dataclass(slots=True)
class Scores:
    """Sums over incidents."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    brier: list[float] = field(default_factory=list)
    bins: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

    def add(self, name: str, good: bool) -> None:
        """One answer."""
        self.right[name] += good
        self.asked[name] += 1

    def rate(self, name: str) -> float:
        """Share of right answers; 1 where nothing was asked."""
        return self.right[name] / self.asked[name] if self.asked[name] else 1.0


def score(cascades: Sequence[Cascade]) -> Scores:
    """Analyse each incident without a repository and compare."""
    scores = Scores()
    for cascade in cascades:
        causes, clusters = _analyzed(cascade)
        _judge(cascade, causes, clusters, scores)
    return scores


def _analyzed(cascade: Cascade) -> tuple[Sequence[Cause], dict[str, Cluster]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "entries.jsonl")
        path.write_text("".join(json.dumps(e) + "\n" for e in cascade.entries), encoding="utf-8")
        report = analyze([str(path)], members=True).report
    return report.causes, {c.fingerprint: c for c in report.clusters}


def _judge(cascade: Cascade, causes: Sequence[Cause], clusters: dict[str, Cluster], scores: Scores) -> None:
    top = causes[0] if causes else None
    confidence = top.confidence if top else 0.0
    if not cascade.roots:
        named = [c for c in causes if c.confidence > 0.5]
        scores.add("abstains", not named)
        scores.brier.append(confidence**2 if top and top.kind != "unknown" else 0.0)
        if named:
            scores.failures.append(f"{cascade.seed} {cascade.tags}: names {named[0].summary} ({named[0].confidence})")
        return
    hit = top is not None and any(_is(top, root, clusters) for root in cascade.roots)
    scores.add("root", hit)
    scores.add(f"root:{cascade.fault}", hit)
    for tag in cascade.tags[1:]:
        scores.add(f"root:{tag}", hit)
    scores.brier.append((confidence - hit) ** 2)
    scores.bins[int(confidence * 10)].append(hit)
    if len(cascade.roots) > 1:
        both = all(any(_is(c, root, clusters) for c in causes[:2]) for root in cascade.roots)
        scores.add("both", both)
        if not both:
            scores.failures.append(f"{cascade.seed} {cascade.tags}: both? {[c.summary[:80] for c in causes[:3]]}")
    surely = [c for c in causes if c.confidence > 0.5 and not any(_is(c, r, clusters) for r in cascade.roots)]
    scores.add("no false claim", not surely)
    for cause in causes:
        if cause.confidence > 0.5 and not cascade.tags.count("traced-noise"):
            scores.add("claims", cause not in surely)
    if not hit:
        wanted = [c.title[:80] for c in clusters.values() if any(r & set(c.members or ()) for r in cascade.roots)]
        got = (top.summary[:100], round(confidence, 2)) if top else None
        scores.failures.append(f"{cascade.seed} {cascade.tags}: wanted {wanted}, got {got}")


def _is(cause: Cause, root: frozenset[str], clusters: dict[str, Cluster]) -> bool:
    named = [x.fingerprint for x in cause.chain if x.role == "root"] or list(cause.fingerprints)
    cluster = clusters.get(named[0])
    first = cluster.exemplars[0].entry_ids if cluster and cluster.exemplars else ()
    return bool(first) and 2 * sum(i in root for i in first) > len(first)


def main() -> int:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=120)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--failures", type=int, default=10)
    chosen = options.parse_args()
    scores = score([make_cascade(seed) for seed in range(chosen.first, chosen.first + chosen.seeds)])
    for name in sorted(scores.asked):
        print(f"{name:28} {scores.right[name]:4}/{scores.asked[name]}")
    print("confidence  right")
    for at in sorted(scores.bins):
        print(f"{at / 10:.1f}-{(at + 1) / 10:.1f}  {sum(scores.bins[at]):4}/{len(scores.bins[at])}")
    for line in scores.failures[: chosen.failures]:
        print(line)
    brier = sum(scores.brier) / len(scores.brier)
    rates = " ".join(f"{name}={scores.rate(name):.4f}" for name in ("root", "both", "abstains"))
    print(f"SCORE {rates} brier={brier:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
