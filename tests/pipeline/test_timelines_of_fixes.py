"""Made timelines of fixes through the whole analysis: the verdict that follows from what really happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.made_timelines import KINDS
from benchmarks.score_made_timelines import faults, judge_seeds


@pytest.mark.parametrize("seed", range(300, 300 + len(KINDS)))
def test_a_fix_gets_the_verdict_that_what_happened_deserves(seed: int, tmp_path: Path) -> None:
    ((timeline, fix),) = judge_seeds([seed], tmp_path)
    assert fix["verdict"] in timeline.wanted, (timeline.kind, fix["evidence"])


@pytest.mark.full
def test_two_hundred_timelines_have_no_wrong_claim_and_abstain_only_where_nothing_can_be_known(tmp_path: Path) -> None:
    found = judge_seeds(range(1, 201), tmp_path)
    bad = faults(found)
    assert bad == {name: [] for name in bad}
