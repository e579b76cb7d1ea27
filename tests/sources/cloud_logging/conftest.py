"""One server for all pulls of the session's small sizes; each test with a cache and a rate gate of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.logging_server import LoggingServer, Mix, logging_server

SMALL = Mix(count=4_000, seed=3, huge_texts=False)


@pytest.fixture(scope="session")
def running() -> Iterator[LoggingServer]:
    with logging_server(made=SMALL) as server:
        yield server


@pytest.fixture
def server(running: LoggingServer) -> Iterator[LoggingServer]:
    yield running
    running.set_faults()
    running.set_quota()
    running.set_clock(0)
    running.reset()


@pytest.fixture
def mix() -> Mix:
    return SMALL


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, which is also where the rate gate keeps its state."""
    monkeypatch.setenv("ANALYZER_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"
