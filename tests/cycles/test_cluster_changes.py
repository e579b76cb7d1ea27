from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_clusters import cluster

from analyzer.cycles import Baseline, compare_clusters
from analyzer.model import Change, Cluster, EventKind, Exemplar, Facet


def likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def compare(
    now: Sequence[Cluster],
    before: Sequence[Cluster],
    *,
    services_seen: Collection[str] = ("api",),
    resolved_before: Collection[str] = (),
) -> tuple[Cluster, ...]:
    return compare_clusters(
        now,
        Baseline(name="1", clusters=tuple(before)),
        similarity=likeness,
        services_seen=services_seen,
        resolved_before=resolved_before,
    )


def changes(clusters: Sequence[Cluster]) -> list[tuple[str, str | None]]:
    return [(c.fingerprint, c.change.value if c.change else None) for c in clusters]


def test_the_same_fingerprint_is_ongoing_and_an_unknown_one_new() -> None:
    found = compare([cluster("s1:a"), cluster("s1:b", "no parcel by that name")], [cluster("s1:a")])
    assert changes(found) == [("s1:a", "ongoing"), ("s1:b", "new")]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (cluster("s1:b", aliases=("s1:a",)), cluster("s1:a", "x")),
        (cluster("s1:a"), cluster("s1:b", "x", aliases=("s1:a",))),
        (cluster("s1:a", aliases=("s1:c",)), cluster("s1:b", "x", aliases=("s1:c",))),
    ],
)
def test_clusters_are_one_when_their_alias_sets_meet(now: Cluster, before: Cluster) -> None:
    (found,) = compare([now], [before])
    assert found.change is Change.ONGOING
    assert found.alias_reason is None


def test_a_reworded_text_is_the_same_cluster_with_a_reason_and_the_old_fingerprint() -> None:
    (found,) = compare(
        [cluster("s1:b", "could not reach the parcel store of the depot")],
        [cluster("s1:a", "could not reach parcel store of the depot", aliases=("s1:0",))],
    )
    assert found.change is Change.ONGOING
    assert found.aliases == ("s1:0", "s1:a")
    assert found.alias_reason is not None
    assert "s1:a" in found.alias_reason


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("queue <*> of the depot is full", "queue amber is full"),
        ("queue amber is full", "queue <*> of the depot is full"),
    ],
)
def test_a_template_with_other_words_around_the_wildcard_is_another_error(now: str, before: str) -> None:
    found = compare([cluster("s1:b", now)], [cluster("s1:a", before)])
    assert changes(found)[0] == ("s1:b", "new")


@pytest.mark.parametrize(
    ("now", "before"), [("queue <*> is full", "queue amber is full"), ("queue amber is full", "queue <*> is full")]
)
def test_a_word_that_varies_enough_in_one_cycle_only_keeps_the_identity(now: str, before: str) -> None:
    (found,) = compare([cluster("s1:b", now)], [cluster("s1:a", before)])
    assert found.change is Change.ONGOING
    assert found.aliases == ("s1:a",)
    assert found.alias_reason is not None
    assert "queue <*> is full" in found.alias_reason


def test_one_template_takes_all_that_it_describes_and_not_a_value_of_two_words() -> None:
    before = [
        cluster("s1:a", "queue amber is full"),
        cluster("s1:c", "queue basil is full"),
        cluster("s1:d", "queue a b is full"),
    ]
    found = compare([cluster("s1:b", "queue <*> is full")], before)
    assert found[0].aliases == ("s1:a", "s1:c")
    assert changes(found)[1:] == [("s1:d", "resolved")]


LONG = "while the nightly job of the depot was running the scheduler reported that"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        pytest.param(
            cluster("s1:b", "name 'clock' is not defined in the module of the depot"),
            cluster("s1:a", "name 'clocks' is not defined in the module of the depot"),
            id="another quoted name",
        ),
        pytest.param(
            cluster("s1:b", f"{LONG} the upstream answered with status 503"),
            cluster("s1:a", f"{LONG} the upstream answered with status 502"),
            id="another identity number",
        ),
        pytest.param(
            cluster("s1:b", f"{LONG} Object of type LinkPhase is not serializable"),
            cluster("s1:a", f"{LONG} Object of type LinkPhases is not serializable"),
            id="another class",
        ),
        pytest.param(
            cluster("s1:b", f"{LONG} it failed", exception_type="KeyError"),
            cluster("s1:a", f"{LONG} it failed", exception_type="ValueError"),
            id="another exception type",
        ),
        pytest.param(
            cluster("s1:b", f"{LONG} it failed", kind=EventKind.PLATFORM),
            cluster("s1:a", f"{LONG} it failed"),
            id="another kind",
        ),
        pytest.param(
            cluster("s1:b", f"{LONG} it failed", services=("worker",)),
            cluster("s1:a", f"{LONG} it failed"),
            id="another service",
        ),
        pytest.param(
            cluster("s1:b", "HTTP GET <status> /parcels/<id>/label", kind=EventKind.REQUEST),
            cluster("s1:a", "HTTP GET <status> /parcels/<id>/labels", kind=EventKind.REQUEST),
            id="another route",
        ),
        pytest.param(cluster("s1:b", "the depot is closed"), cluster("s1:a", "the door is locked"), id="unlike"),
    ],
)
def test_likeness_does_not_join_what_names_another_error(now: Cluster, before: Cluster) -> None:
    found = compare([now], [before])
    assert changes(found) == [("s1:b", "new"), ("s1:a", "resolved")]
    assert found[0].alias_reason is None


def test_one_old_cluster_is_the_past_of_one_new_cluster_the_likest() -> None:
    found = compare(
        [cluster("s1:c", f"{LONG} it all failed"), cluster("s1:b", f"{LONG} it failed!")],
        [cluster("s1:a", f"{LONG} it failed")],
    )
    assert changes(found) == [("s1:c", "new"), ("s1:b", "ongoing")]


def test_a_gone_cluster_is_listed_with_count_0_and_the_exemplars_of_the_baseline() -> None:
    old = cluster(
        "s1:a",
        exemplars=(Exemplar(entry_ids=("e1",), message="m"),),
        facets=(Facet(slot=0, values=(("x", 1),)),),
        members=("e1", "e2"),
        related=("s1:z",),
        known="accepted",
    )
    (gone,) = compare([], [old])
    assert (gone.count, gone.entries, gone.change) == (0, 0, Change.RESOLVED)
    assert gone.exemplars == old.exemplars
    assert (gone.facets, gone.members, gone.related, gone.known) == ((), None, (), None)


@pytest.mark.parametrize(
    ("services", "seen", "change"),
    [
        (("api",), ("api",), Change.RESOLVED),
        (("api",), ("worker",), Change.NOT_SEEN),
        (("api", "worker"), ("api",), Change.NOT_SEEN),
        ((), ("api",), Change.RESOLVED),
        ((), (), Change.NOT_SEEN),
    ],
)
def test_silence_is_resolved_only_where_the_services_had_entries(
    services: tuple[str, ...], seen: tuple[str, ...], change: Change
) -> None:
    (gone,) = compare([], [cluster("s1:a", services=services)], services_seen=seen)
    assert gone.change is change


def test_what_was_already_gone_in_the_baseline_is_not_listed_again() -> None:
    assert compare([], [cluster("s1:a", count=0, entries=0, change=Change.RESOLVED)]) == ()


def test_what_the_baseline_called_resolved_is_regressed_when_it_is_back() -> None:
    (found,) = compare([cluster("s1:a")], [cluster("s1:a", count=0, entries=0, change=Change.RESOLVED)])
    assert found.change is Change.REGRESSED


def test_what_the_baseline_merely_did_not_see_was_never_away_and_says_so() -> None:
    (found,) = compare([cluster("s1:a")], [cluster("s1:a", count=0, entries=0, change=Change.NOT_SEEN)])
    assert found.change is Change.ONGOING
    assert found.change_reason is not None
    assert "for want of exposure" in found.change_reason


def test_what_an_earlier_cycle_resolved_is_regressed() -> None:
    (found,) = compare([cluster("s1:b", aliases=("s1:a",))], [], resolved_before={"s1:a"})
    assert found.change is Change.REGRESSED


def test_given_order_stays_and_gone_ones_come_last_by_fingerprint() -> None:
    words = ["apples are rotten", "bridges are closed", "candles burn out", "doors do not open", "eggs are broken"]
    a, b, c, d, e = (cluster(f"s1:{word[0]}", word) for word in words)
    found = compare([d, b], [e, a, c, b])
    assert [x.fingerprint for x in found] == ["s1:d", "s1:b", "s1:a", "s1:c", "s1:e"]


def test_hostile_templates_are_compared_in_time() -> None:
    text = "aB" * 200_000 + "." * 200_000 + "'" * 1_001 + "a" * 400_000
    found = compare_clusters(
        [cluster("s1:b", text)],
        Baseline(name="1", clusters=(cluster("s1:a", text + "!"),)),
        similarity=lambda one, other: 0.0,
        services_seen=("api",),
    )
    assert changes(found) == [("s1:b", "new"), ("s1:a", "resolved")]


CYCLES = st.lists(st.sampled_from("abcdef"), unique=True).map(lambda ids: [cluster(f"s1:{x}", x * 20) for x in ids])


@given(CYCLES, CYCLES)
def test_every_cluster_of_both_cycles_is_listed_once(now: list[Cluster], before: list[Cluster]) -> None:
    found = compare(now, before)
    listed = [c.fingerprint for c in found]
    assert len(set(listed)) == len(listed)
    assert {*listed} == {c.fingerprint for c in (*now, *before)}
    assert sum(c.count for c in found) == sum(c.count for c in now)
    assert found == compare(now, before[::-1])
