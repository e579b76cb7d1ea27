"""An entry is stamped when it begins and arrives when it is written: what comes late is found, cheaply."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.model import Window
from tests.logging_server import LoggingServer, Mix, logging_server
from tests.sources.cloud_logging.pulls import identities, opened

MINUTE = 60 * 1_000_000_000
HOUR = 60 * MINUTE
LATE = Mix(count=20_000, seed=11, late=0.1, huge_texts=False)


@pytest.fixture(scope="module")
def running() -> object:
    with logging_server(made=LATE) as server:
        yield server


def visible(server: LoggingServer, until_ns: int, window: Window) -> set[tuple[str, int, str]]:
    from analyzer.sources.cloud_logging.filters import in_window
    from analyzer.sources.cloud_logging.rows import rfc3339

    return set(server.truth(f'{in_window("", window)} AND receiveTimestamp<="{rfc3339(until_ns)}"'))


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_every_late_entry_is_found_by_the_next_pull_with_few_calls(
    server: LoggingServer, cache: Path, surface: str
) -> None:
    window = Window(from_ns=LATE.start_ns, to_ns=LATE.end_ns)
    calls = []
    for after in (0, 10 * MINUTE, 35 * MINUTE, 66 * MINUTE, 75 * MINUTE, 80 * MINUTE):
        now = LATE.end_ns + after
        server.freeze(now)
        source = opened(server, LATE, cache, surface=surface, now_ns=lambda now=now: now)
        calls.append(source.pull().calls)
        found = identities(source)
        assert len(found) == len(set(found))
        assert set(found) == visible(server, now, window)
    assert len(found) == LATE.count
    first, *again, _ = calls
    assert all(count <= max(2, first // 10) for count in again)
    assert calls[-1] == 0  # asked when it was final: nothing can come any more


def test_a_growing_window_asks_only_for_what_is_new_or_late(server: LoggingServer, cache: Path) -> None:
    start, steps = LATE.start_ns, 6
    span = (LATE.end_ns - LATE.start_ns) // steps
    total = 0
    for step in range(1, steps + 1):
        now = start + step * span
        server.freeze(now)
        window = Window(from_ns=start, to_ns=now)
        source = opened(server, LATE, cache, window=window, now_ns=lambda now=now: now)
        total += source.pull().calls
        assert set(identities(source)) == visible(server, now, window)
    # one question for the new part and one for the late ones a pull, besides the pages
    assert total <= LATE.count / 1_000 * 1.1 + 2 * steps


def test_a_clock_that_runs_ahead_of_the_server_loses_nothing(server: LoggingServer, cache: Path) -> None:
    ahead = 5 * MINUTE
    middle = (LATE.start_ns + LATE.end_ns) // 2
    for now in (middle, middle + 3 * MINUTE, middle + 65 * MINUTE):
        server.freeze(now)
        window = Window(from_ns=LATE.start_ns, to_ns=middle)
        source = opened(server, LATE, cache, window=window, now_ns=lambda now=now: now + ahead)
        source.pull()
        assert set(identities(source)) == visible(server, now, window)
