"""kill -9 at any instant costs at most what was not kept yet; the next pull goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.logging_server import Faults, LoggingServer, Mix, logging_server
from tests.sources.cloud_logging.killing import killed_pull
from tests.sources.cloud_logging.pulls import FAULTS


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_a_pull_that_is_killed_again_and_again_ends_with_the_truth(
    server: LoggingServer, mix: Mix, tmp_path: Path, surface: str
) -> None:
    server.set_faults(Faults.all_at(0.1, seed=4, exhausted_s=0.2, slow_s=0.1))
    found, _ = killed_pull(server, mix, surface, tmp_path, kills=3, seed=1)
    assert len(found) == len(set(found))
    assert set(found) == server.truth()
    assert server.stats()["impolite"] == 0


@pytest.mark.full
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_ten_kills_and_all_faults_at_once_leave_the_truth(tmp_path: Path, surface: str, seed: int) -> None:
    mix = Mix(count=12_000, seed=seed, huge_texts=False)
    with logging_server(made=mix, faults=Faults.all_at(0.3, seed=seed, exhausted_s=0.2, slow_s=0.1)) as server:
        found, met = killed_pull(server, mix, surface, tmp_path, kills=10, seed=seed)
        assert met >= 8
        assert len(found) == len(set(found))
        assert set(found) == server.truth()
        assert server.stats()["impolite"] == 0


@pytest.mark.full
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_ten_kills_and_one_fault_leave_the_truth(tmp_path: Path, surface: str, fault: str) -> None:
    mix = Mix(count=20_000, seed=9, huge_texts=False)
    with logging_server(made=mix, faults=Faults(**{fault: 0.3, "exhausted_s": 0.2, "slow_s": 0.1})) as server:
        found, _ = killed_pull(server, mix, surface, tmp_path, kills=10, seed=9)
        assert len(found) == len(set(found))
        assert set(found) == server.truth()
        assert server.stats()["impolite"] == 0
