"""Whatever goes wrong on the way, every entry is pulled, once, and the server is never asked too early."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.model import Window
from tests.logging_server import Faults, LoggingServer, Mix, Quota, logging_server
from tests.sources.cloud_logging.pulls import FAULTS, MANY, identities, opened, pulled

QUICK = {"exhausted_s": 0.15, "slow_s": 0.03}


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_a_quiet_server_is_asked_once_a_page(server: LoggingServer, mix: Mix, cache: Path, surface: str) -> None:
    source = opened(server, mix, cache, surface=surface)
    result, found = pulled(source)
    assert set(found) == server.truth()
    assert len(found) == mix.count
    assert result.gaps == ()
    assert server.stats()["calls"] == result.calls == mix.count // 1_000


@pytest.mark.parametrize("surface", ["grpc", "rest"])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_pulled_set_is_the_truth_under_each_fault(
    server: LoggingServer, mix: Mix, cache: Path, surface: str, fault: str
) -> None:
    server.set_faults(Faults(**{fault: 0.3, "seed": 5, **QUICK}))
    result, found = pulled(opened(server, mix, cache, surface=surface))
    assert len(found) == len(set(found))
    assert set(found) == server.truth()
    assert result.gaps == ()
    assert server.stats()["impolite"] == 0


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_the_pulled_set_is_the_truth_under_all_faults_together(
    server: LoggingServer, mix: Mix, cache: Path, surface: str
) -> None:
    server.set_faults(Faults.all_at(0.15, seed=2, **QUICK))
    result, found = pulled(opened(server, mix, cache, surface=surface))
    assert len(found) == len(set(found))
    assert set(found) == server.truth()
    assert result.gaps == ()
    assert server.stats()["impolite"] == 0


def test_a_second_pull_of_a_final_window_makes_no_call(server: LoggingServer, mix: Mix, cache: Path) -> None:
    opened(server, mix, cache).pull()
    server.reset()
    again = opened(server, mix, cache)
    assert again.pull().calls == 0
    assert server.stats()["calls"] == 0
    assert set(identities(again)) == server.truth()


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_one_source_may_be_pulled_again_and_again(server: LoggingServer, mix: Mix, cache: Path, surface: str) -> None:
    source = opened(server, mix, cache, surface=surface)
    low, high = mix.start_ns, mix.end_ns
    for part in (1, 2, 4):
        source.window = Window(from_ns=low, to_ns=low + (high - low) * part // 4)
        assert source.pull().calls > 0
    assert source.pull().calls == 0
    assert source.calls == server.stats()["calls"]
    assert set(identities(source)) == server.truth()


def test_a_window_cut_in_two_pulls_the_same_entries(server: LoggingServer, mix: Mix, cache: Path) -> None:
    middle = (mix.start_ns + mix.end_ns) // 2
    for low, high in ((mix.start_ns, middle), (middle, mix.end_ns)):
        opened(server, mix, cache, window=Window(from_ns=low, to_ns=high)).pull()
    server.reset()
    whole = opened(server, mix, cache)
    result, found = pulled(whole)
    assert result.calls == 0
    assert sorted(found) == sorted(server.truth())


def test_entries_come_sorted_by_time_log_and_id(server: LoggingServer, mix: Mix, cache: Path) -> None:
    server.set_faults(Faults(disorder=0.5, seed=1))
    _, found = pulled(opened(server, mix, cache))
    assert found == sorted(found, key=lambda i: (i[1], i[0], i[2]))


def test_the_rate_stays_under_the_limit_and_refusals_are_waited_out(
    server: LoggingServer, mix: Mix, cache: Path
) -> None:
    server.set_quota(calls=3, window_s=1.0)
    result, found = pulled(opened(server, mix, cache, max_requests=MANY))
    stats = server.stats()
    assert set(found) == server.truth()
    assert stats["impolite"] == 0
    assert stats["peak_accepted_per_window"] <= 3
    assert result.gaps == ()


def test_the_tiers_together_hold_every_entry_once_when_nothing_is_sampled_away(
    server: LoggingServer, mix: Mix, cache: Path
) -> None:
    source = opened(server, mix, cache, every=False, sample=1.0)
    _, found = pulled(source)
    assert len(found) == len(set(found))
    assert set(found) == server.truth()
    assert sum(count for _, count in source.counts()) == mix.count


@pytest.mark.full
@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_a_long_pull_keeps_the_default_rate_and_spends_few_calls_more_than_full_pages(
    cache: Path, surface: str
) -> None:
    mix = Mix(count=130_000, seed=8, huge_texts=False)
    with logging_server(made=mix, quota=Quota(calls=60)) as server:
        source = opened(server, mix, cache, surface=surface, max_requests=54)
        result, found = pulled(source)
        stats = server.stats()
        assert set(found) == server.truth()
        assert len(found) == mix.count
        assert (stats["refused"], stats["impolite"]) == (0, 0)
        assert stats["peak_accepted_per_60s"] <= 54
        assert result.calls == stats["calls"] <= 1.05 * 130
