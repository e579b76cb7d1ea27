"""Pages and tokens, asked for through the real gRPC client."""

from __future__ import annotations

from typing import Any

import pytest
from google.api_core.exceptions import InvalidArgument
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client

from tests.logging_server import LoggingServer, format_time, logging_server
from tests.logging_server.clients import grpc_client, identity, list_once, pages
from tests.logging_server.entries import END_NS, PROJECT, START_NS
from tests.logging_server.times import NANOS

HOUR = f'timestamp>="{format_time(START_NS)}" timestamp<"{format_time(END_NS)}"'


def entry(name: str, second: int, *, late_s: float = 0.1, project: str = PROJECT, text: str = "") -> dict[str, Any]:
    at = START_NS + second * NANOS
    return {
        "logName": f"projects/{project}/logs/app",
        "insertId": name,
        "timestamp": format_time(at),
        "receiveTimestamp": format_time(at + round(late_s * NANOS)),
        "textPayload": text or name,
    }


def names(client: LoggingServiceV2Client, **parameters: Any) -> list[str]:
    return [found.insert_id for page in pages(client, **parameters) for found in page.entries]


@pytest.mark.parametrize("page_size", [1000, 999, 300])
def test_the_pages_of_a_window_hold_every_entry_once_in_order(
    server: LoggingServer, client: LoggingServiceV2Client, page_size: int
) -> None:
    found = [list(map(identity, page.entries)) for page in pages(client, filter=HOUR, page_size=page_size)]
    assert [len(page) for page in found[:-1]] == [page_size] * (2500 // page_size)
    whole = [row for page in found for row in page]
    assert len(whole) == 2500
    assert set(whole) == server.truth()
    assert whole == sorted(whole, key=lambda row: (row[1], row[2], row[0]))


def test_a_filter_gives_what_the_truth_says(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    text = HOUR + " (severity>=ERROR OR httpRequest.status>=500)"
    found = {identity(row) for page in pages(client, filter=text, page_size=100) for row in page.entries}
    assert found == server.truth(text)
    assert 0 < len(found) < 2500


def test_without_a_size_a_page_has_fifty(client: LoggingServiceV2Client) -> None:
    assert len(list_once(client).entries) == 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"page_size": 1001},
        {"page_size": -1},
        {"resource_names": []},
        {"resource_names": ["projects/p"] * 101},
        {"resource_names": ["p"]},
        {"filter": "x" * 20_001},
        {"order_by": "severity"},
        {"page_token": "made-up"},
    ],
    ids=str,
)
def test_parameters_outside_the_documented_bounds_are_refused(
    client: LoggingServiceV2Client, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidArgument):
        list_once(client, **wrong)


def test_the_bounds_themselves_are_accepted(client: LoggingServiceV2Client) -> None:
    list_once(client, page_size=1000, resource_names=[f"projects/{PROJECT}"] * 100, filter='"' + "x" * 19_998 + '"')


@pytest.mark.parametrize(
    "other", [{"filter": ""}, {"page_size": 20}, {"order_by": "timestamp desc"}, {"resource_names": ["projects/p"]}]
)
def test_a_token_belongs_to_its_query(client: LoggingServiceV2Client, other: dict[str, Any]) -> None:
    query: dict[str, Any] = {"filter": HOUR, "page_size": 10, "order_by": "", "resource_names": [f"projects/{PROJECT}"]}
    token = list_once(client, **query).next_page_token
    assert list_once(client, **query, page_token=token).entries
    with pytest.raises(InvalidArgument, match="doesn't match arguments"):
        list_once(client, **(query | other), page_token=token)


def test_a_token_asked_twice_gives_the_same_page(client: LoggingServiceV2Client) -> None:
    token = list_once(client, filter=HOUR, page_size=10).next_page_token
    first, again = (list_once(client, filter=HOUR, page_size=10, page_token=token) for _ in range(2))
    assert list(first.entries) == list(again.entries)


def test_descending_turns_times_around_and_keeps_ids_of_one_time_in_order() -> None:
    rows = [entry("b", 1), entry("a", 1), entry("c", 2), entry("d", 3)]
    with logging_server(rows) as server, grpc_client(server) as client:
        assert names(client, page_size=3) == ["a", "b", "c", "d"]
        assert names(client, order_by="timestamp desc", page_size=3) == ["d", "c", "a", "b"]


def test_one_identity_is_kept_once_and_other_projects_are_not_given() -> None:
    rows = [entry("a", 1), entry("a", 1, text="again"), entry("a", 2), entry("z", 1, project="other")]
    with logging_server(rows) as server, grpc_client(server) as client:
        assert len(server.truth()) == 3
        assert names(client) == ["a", "a"]
        assert names(client, resource_names=["projects/other/locations/global/buckets/b/views/_AllLogs"]) == ["z"]
        assert names(client, resource_names=["projects/other", f"projects/{PROJECT}"]) == ["a", "z", "a"]


def test_a_page_ends_before_it_grows_larger_than_its_bytes() -> None:
    rows = [entry(f"{n}", n, text="x" * 1000) for n in range(6)] + [entry("6", 6, text="x" * 9000)]
    with logging_server(rows, page_bytes=3500) as server, grpc_client(server) as client:
        assert [len(page.entries) for page in pages(client, page_size=1000)] == [3, 3, 1]


def test_an_entry_is_seen_once_the_servers_clock_has_reached_its_arrival() -> None:
    rows = [entry("soon", 1), entry("late", 2, late_s=1800), entry("last", 3)]
    with logging_server(rows) as server, grpc_client(server) as client:
        server.freeze(START_NS + 60 * NANOS)
        assert names(client, page_size=2) == ["soon", "last"]
        assert len(list(pages(client, page_size=2))) == 1
        server.freeze(START_NS + 1802 * NANOS)
        assert names(client, page_size=2) == ["soon", "late", "last"]
        server.set_clock(-100 * 365 * 86_400)
        assert names(client) == []
        assert len(server.truth()) == 3


def test_entries_added_between_pages_come_if_they_are_still_ahead() -> None:
    with logging_server([entry("b", 2), entry("d", 4), entry("f", 6)]) as server, grpc_client(server) as client:
        for order, first, rest in (("", ["b", "d"], ["e", "f"]), ("timestamp desc", ["f", "e"], ["d", "b", "a"])):
            page = list_once(client, page_size=2, order_by=order)
            assert [row.insert_id for row in page.entries] == first
            server.add([entry("a", 1), entry("e", 5)])
            following = list_once(client, page_size=2, order_by=order, page_token=page.next_page_token)
            assert [row.insert_id for row in following.entries] == rest[:2]
