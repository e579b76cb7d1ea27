"""The made-up entries: their mix, their secrets, and that a seed decides all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.logging_server import Mix, make_entries, parse_ns
from tests.logging_server.bulk import add_mix
from tests.logging_server.entries import LATEST_S
from tests.logging_server.fleet import PLANTED
from tests.logging_server.protos import to_proto
from tests.logging_server.store import Store
from tests.logging_server.times import NANOS, format_time

MIX = Mix(count=8000, seed=3, late=0.1, huge_texts=False)


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    return list(make_entries(MIX))


def test_a_seed_decides_all(entries: list[dict[str, Any]]) -> None:
    assert list(make_entries(MIX)) == entries
    assert list(make_entries(replace(MIX, seed=4))) != entries


def test_identities_are_distinct_and_times_in_the_window(entries: list[dict[str, Any]]) -> None:
    identities = {(row["logName"], row["timestamp"], row["insertId"]) for row in entries}
    assert len(identities) == len(entries) == MIX.count
    assert all(MIX.start_ns <= parse_ns(row["timestamp"]) < MIX.end_ns for row in entries)


def test_the_mix_is_about_that_of_a_project(entries: list[dict[str, Any]]) -> None:
    shares = Counter(
        "request" if "httpRequest" in row else next((key for key in row if key.endswith("Payload")), "none")
        for row in entries
    )
    assert 0.45 <= shares["textPayload"] / MIX.count <= 0.55
    assert 0.27 <= shares["jsonPayload"] / MIX.count <= 0.33
    assert 0.17 <= shares["request"] / MIX.count <= 0.23
    assert shares["protoPayload"] > 0
    assert any("split" in row for row in entries)
    assert 0.35 <= sum("severity" not in row for row in entries) / MIX.count <= 0.5


def test_an_entry_has_the_size_of_a_real_one(entries: list[dict[str, Any]]) -> None:
    mean = sum(to_proto(row)[0].ByteSize() for row in entries) / MIX.count
    assert 600 <= mean <= 850


def test_some_arrive_late_but_none_later_than_the_latest(entries: list[dict[str, Any]]) -> None:
    delays = [parse_ns(row["receiveTimestamp"]) - parse_ns(row["timestamp"]) for row in entries]
    assert min(delays) > 0
    assert max(delays) < LATEST_S * NANOS
    assert 0.08 <= sum(delay > 120 * NANOS for delay in delays) / MIX.count <= 0.13


def test_every_kind_of_secret_is_planted(entries: list[dict[str, Any]]) -> None:
    text = json.dumps(entries)
    for values in PLANTED.values():
        assert all(value in text for value in values)


def test_a_large_mix_has_as_many_identities_as_asked_for() -> None:
    first, again, other = Store(), Store(), Store()
    mix = Mix(count=3000, seed=1, late=0.1, huge_texts=False)
    for store, seed in ((first, 1), (again, 1), (other, 2)):
        assert add_mix(store, replace(mix, seed=seed), made=500) == mix.count
    assert first.framed == again.framed
    assert first.framed != other.framed
    late = sum(received - sent > 120 * NANOS for sent, received in zip(first.timestamps, first.received, strict=True))
    assert 0.08 <= late / mix.count <= 0.13


def test_the_store_stays_sorted_and_tells_what_its_messages_say() -> None:
    store = Store()
    for seed in (1, 2):
        add_mix(store, Mix(count=500, seed=seed, huge_texts=False))
    keys = [store.identity(position) for position in range(len(store))]
    assert keys == sorted(keys, key=lambda key: (key[1], key[2], key[0]))
    for position in range(len(store)):
        message = store.message(position)
        assert keys[position] == (message.log_name, message.timestamp.ToNanoseconds(), message.insert_id)
        assert store.received[position] == message.receive_timestamp.ToNanoseconds()
        assert store.severities[position] == message.severity
        assert store.positions[store.serials[position]] == position


@pytest.mark.parametrize(
    "text",
    ["2026-07-01T10:00:00Z", "2026-07-01T10:00:00.120Z", "2026-07-01T10:00:00.000000123Z", "1969-12-31T23:59:59.5Z"],
)
def test_a_time_is_printed_with_as_many_digits_as_it_needs(text: str) -> None:
    assert parse_ns(format_time(parse_ns(text))) == parse_ns(text)
    assert len(format_time(parse_ns(text))) in (20, 24, 27, 30)
