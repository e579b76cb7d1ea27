"""Made incidents with known roots: the cause named first has the true root, and none is named where there is none."""

from __future__ import annotations

from benchmarks.made_cascades import make_cascade
from benchmarks.made_faults import FAULTS
from benchmarks.score_made_cascades import score


def test_the_same_seed_makes_the_same_entries() -> None:
    assert make_cascade(5) == make_cascade(5)
    assert make_cascade(5) != make_cascade(5 + len(FAULTS))


def test_roots_of_made_incidents_are_found_and_none_is_invented() -> None:
    scores = score([make_cascade(seed) for seed in range(2 * len(FAULTS))])
    assert scores.rate("root") >= 0.95
    assert scores.rate("both") == 1
    assert scores.rate("abstains") == 1
    assert scores.rate("claims") == 1
    assert sum(scores.brier) / len(scores.brier) <= 0.1
