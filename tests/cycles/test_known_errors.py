"""Accepted errors: by fingerprint or alias, for a time, and loud when the time is over."""

from __future__ import annotations

import pytest
from making_clusters import cluster

from analyzer.cycles import apply_known
from analyzer.model import KnownError, parse_time

LAST_DAY = KnownError(fingerprint="s1:a", reason="the till is replaced in May", until="2026-05-31")


def at(text: str) -> int:
    found = parse_time(text)
    assert found is not None
    return found


@pytest.mark.parametrize("end", ["2026-05-31T23:59:59.999999999Z", "2026-06-01T00:00:00Z", "2026-01-01T00:00:00Z"])
def test_an_error_is_known_through_the_last_moment_of_its_day(end: str) -> None:
    (one, other), warnings = apply_known([cluster("s1:a"), cluster("s1:b")], [LAST_DAY], at_ns=at(end))
    assert (one.known, other.known, warnings) == ("the till is replaced in May", None, ())


def test_an_acceptance_that_ran_out_is_loud_and_the_error_counts_again() -> None:
    (one,), (warning,) = apply_known([cluster("s1:a")], [LAST_DAY], at_ns=at("2026-06-01T00:00:00.000001Z"))
    assert one.known is None
    assert warning.startswith("EXPIRED: s1:a (the disk of the depot is full) was accepted until 2026-05-31")
    assert "analyzer known add s1:a" in warning


def test_an_alias_finds_its_error() -> None:
    (one,), _ = apply_known([cluster("s1:z", aliases=("s1:a",))], [LAST_DAY], at_ns=0)
    assert one.known == LAST_DAY.reason


def test_of_several_that_fit_the_longest_counts_in_any_order() -> None:
    longer = KnownError(fingerprint="s1:z", reason="longer", until="2026-07-01")
    for known in ([LAST_DAY, longer], [longer, LAST_DAY]):
        (one,), warnings = apply_known([cluster("s1:z", aliases=("s1:a",))], known, at_ns=at("2026-06-15T00:00:00Z"))
        assert (one.known, warnings) == ("longer", ())


def test_what_did_not_occur_is_neither_known_nor_loud() -> None:
    gone = cluster("s1:a", count=0)
    assert apply_known([gone], [LAST_DAY], at_ns=at("2027-01-01T00:00:00Z")) == ((gone,), ())


def test_without_times_nothing_is_accepted_and_that_is_said() -> None:
    (one,), (warning,) = apply_known([cluster("s1:a")], [LAST_DAY], at_ns=None)
    assert one.known is None
    assert "no times" in warning
