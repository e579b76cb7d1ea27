"""What comes back: regressed, merely away, or an old revision that still has it."""

from __future__ import annotations

from typing import Any

import pytest
from making_clusters import cluster

from analyzer.cycles import Baseline, compare_clusters
from analyzer.model import (
    Change,
    Cluster,
    Deploys,
    Fix,
    Past,
    PastCycle,
    RevisionDeploy,
    RevisionTraffic,
    SeenOn,
)


def past(number: int, *revisions: str, **more: Any) -> PastCycle:
    return PastCycle(
        key=f"k{number}",
        name=str(number),
        from_ns=number * 1000,
        to_ns=number * 1000 + 900,
        services=("api",),
        revisions=tuple(("api", revision, None) for revision in revisions),
        **more,
    )


def back_on(*revisions: str) -> Cluster:
    rows = tuple(SeenOn(service="api", revision=revision, count=1) for revision in revisions)
    return cluster("s1:a", count=len(rows), seen_on=rows)


def judge(
    now: Cluster,
    *cycles: PastCycle,
    deploys: Deploys | None = None,
    baseline: Baseline | None = None,
) -> Cluster:
    last = cycles[-1] if cycles else past(0)
    (found,) = compare_clusters(
        [now],
        baseline or Baseline(name=last.name, from_ns=last.from_ns, to_ns=last.to_ns),
        similarity=lambda one, other: 0.0,
        services_seen=("api",),
        past=Past(cycles=cycles),
        deploys=deploys,
    )
    return found


HAD_IT = past(1, "api-00001-abc", seen=("s1:a",))
CURED = past(2, "api-00002-xyz", resolved=("s1:a",))


def test_an_error_that_no_cycle_knows_is_new() -> None:
    assert judge(back_on("api-00001-abc"), past(1, "api-00001-abc", seen=("s1:b",))).change is Change.NEW


@pytest.mark.parametrize("revision", ["api-00002-xyz", "api-00003-old"])
def test_back_on_the_cured_revision_or_a_newer_one_is_regressed(revision: str) -> None:
    found = judge(back_on(revision), HAD_IT, CURED)
    assert found.change is Change.REGRESSED
    assert found.change_reason == f"cycle 2 found it resolved; back on {revision}"


def test_an_older_revision_that_drains_raises_no_regression() -> None:
    found = judge(back_on("api-00001-abc"), HAD_IT, CURED)
    assert found.change is Change.ONGOING
    assert "older than api-00002-xyz" in str(found.change_reason)


def test_one_new_revision_among_draining_ones_is_enough() -> None:
    assert judge(back_on("api-00001-abc", "api-00003-new"), HAD_IT, CURED).change is Change.REGRESSED


def test_a_name_without_number_is_ordered_by_the_cycle_in_which_it_first_served() -> None:
    had, cured = past(1, "api-red", seen=("s1:a",)), past(2, "api-red", "api-blue", resolved=("s1:a",))
    assert judge(back_on("api-red"), had, cured).change is Change.ONGOING
    assert judge(back_on("api-green"), had, cured).change is Change.REGRESSED


def test_two_revisions_in_no_order_are_abstained_from() -> None:
    had, cured = past(1, "old", seen=("s1:a",)), past(2, "blue", "red", resolved=("s1:a",))
    found = judge(back_on("blue"), had, cured)
    assert found.change is Change.ONGOING
    assert "not known" in str(found.change_reason)


@pytest.mark.parametrize(("first", "second", "change"), [(1, 2, Change.ONGOING), (2, 1, Change.REGRESSED)])
def test_deploys_put_names_in_order(first: int, second: int, change: Change) -> None:
    deploys = Deploys(
        revisions=(
            RevisionDeploy(service="api", revision="blue", ready_ns=first),
            RevisionDeploy(service="api", revision="red", ready_ns=second),
        )
    )
    had, cured = past(1, "old", seen=("s1:a",)), past(2, "red", resolved=("s1:a",))
    assert judge(back_on("blue"), had, cured, deploys=deploys).change is change


def test_an_unnamed_revision_after_named_ones_is_abstained_from() -> None:
    assert judge(back_on(""), HAD_IT, CURED).change is Change.ONGOING


def test_where_no_cycle_names_revisions_what_was_resolved_is_regressed() -> None:
    assert judge(back_on(""), past(1, seen=("s1:a",)), past(2, resolved=("s1:a",))).change is Change.REGRESSED


def test_what_was_cured_and_came_back_since_is_not_cured() -> None:
    again = past(3, "api-00003-new", seen=("s1:a",))
    quiet = past(4, "api-00004-new")
    found = judge(back_on("api-00005-new"), HAD_IT, CURED, again, quiet)
    assert found.change is Change.ONGOING
    assert "cycle 3 had it" in str(found.change_reason)


def test_a_cure_of_long_ago_still_counts() -> None:
    found = judge(back_on("api-00005-new"), HAD_IT, CURED, past(3, "api-00003-new"), past(4, "api-00004-new"))
    assert found.change is Change.REGRESSED


def test_a_verified_fix_is_a_cure() -> None:
    fix = Fix(commit="0" * 40, claims=("s1:a",), claim_text="x", verdict="verified")
    assert judge(back_on("api-00003-new"), HAD_IT, past(2, "api-00002-xyz", fixes=(fix,))).change is Change.REGRESSED


def test_an_alias_is_the_same_error() -> None:
    now = cluster("s1:z", aliases=("s1:a",), seen_on=(SeenOn(service="api", revision="api-00003-n", count=3),))
    assert judge(now, HAD_IT, CURED).change is Change.REGRESSED


def test_a_baseline_that_is_only_a_file_counts_as_a_cycle_at_its_time() -> None:
    cured = Baseline(
        name="file",
        from_ns=2000,
        to_ns=2900,
        clusters=(cluster("s1:a", count=0, entries=0, change=Change.RESOLVED),),
        exposure=(RevisionTraffic(service="api", revision="api-00002-xyz", entries=9),),
    )
    assert judge(back_on("api-00001-abc"), HAD_IT, baseline=cured).change is Change.ONGOING
    assert judge(back_on("api-00003-new"), HAD_IT, baseline=cured).change is Change.REGRESSED
    assert judge(back_on("api-00003-new"), HAD_IT, past(3, seen=("s1:a",)), baseline=cured).change is Change.ONGOING
