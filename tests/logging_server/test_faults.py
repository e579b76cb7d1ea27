"""Every fault and the quota, as the real gRPC client sees them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo

from tests.logging_server import Faults, LoggingServer, Quota, ServerError, logging_server
from tests.logging_server.clients import Identity, grpc_client, identity, list_once, pages
from tests.logging_server.faults import draw

ERRORS = {
    "unavailable": exceptions.ServiceUnavailable,
    "internal": exceptions.InternalServerError,
    "aborted": exceptions.Aborted,
    "deadline": exceptions.DeadlineExceeded,
    "exhausted": exceptions.ResourceExhausted,
    "permission": exceptions.PermissionDenied,
    "unauthenticated": exceptions.Unauthenticated,
}


def patient_pull(client: LoggingServiceV2Client, **parameters: Any) -> list[Identity]:
    """Identities as they came; a failed call is asked again at once."""
    rows: list[Identity] = []
    token = ""
    for _ in range(1000):
        try:
            page = list_once(client, page_token=token, **parameters)
        except exceptions.GoogleAPICallError:
            continue
        rows += map(identity, page.entries)
        token = page.next_page_token
        if not token:
            return rows
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize(("name", "kind"), ERRORS.items(), ids=ERRORS)
def test_a_fault_is_the_exception_of_its_status(
    server: LoggingServer, client: LoggingServiceV2Client, name: str, kind: type[Exception]
) -> None:
    server.set_faults(Faults.of({name: 1}))
    with pytest.raises(kind):
        list_once(client)
    server.set_faults()
    assert list_once(client).entries


def test_a_refusal_for_lack_of_permission_names_it(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_faults(permission=True)
    with pytest.raises(exceptions.PermissionDenied) as refusal:
        list_once(client)
    (info,) = refusal.value.details
    assert isinstance(info, ErrorInfo)
    assert info.metadata["permission"] == "logging.logEntries.list"


def test_the_librarys_own_retries_survive_short_outages(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_faults(unavailable=0.3, internal=0.3, seed=2)
    request = {"resource_names": ["projects/shop-staging"], "page_size": 500}
    assert sum(1 for _ in client.list_log_entries(request)) == 2500
    assert server.stats()["outcomes"]["OK"] == 5


@pytest.mark.parametrize("name", ["unavailable", "internal", "aborted", "deadline", "empty", "short", "disorder"])
def test_under_a_fault_every_entry_is_still_delivered_once(
    server: LoggingServer, client: LoggingServiceV2Client, name: str
) -> None:
    server.set_faults(Faults.of({name: 0.3, "seed": 5}))
    rows = patient_pull(client, page_size=100)
    assert Counter(rows) == Counter(dict.fromkeys(server.truth(), 1))
    assert server.stats()["faults"][name] > 0


def test_empty_and_short_pages_have_a_token(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_faults(empty=1)
    page = list_once(client, page_size=1000)
    assert not page.entries
    again = list_once(client, page_size=1000, page_token=page.next_page_token)
    assert again.next_page_token not in ("", page.next_page_token)
    server.set_faults(short=1)
    page = list_once(client, page_size=1000)
    assert 0 < len(page.entries) < 1000
    assert page.next_page_token


def test_duplicates_come_in_a_page_and_across_pages(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_faults(duplicates=0.5, seed=1)
    found = [list(map(identity, page.entries)) for page in pages(client, page_size=100)]
    assert all(len(page) <= 100 for page in found)
    assert {row for page in found for row in page} == server.truth()
    assert any(len(set(page)) < len(page) for page in found)
    assert any(set(first) & set(second) for first, second in pairwise(found))


def test_disorder_goes_across_neighbouring_pages(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_faults(disorder=1)
    found = [[row[1] for row in map(identity, page.entries)] for page in pages(client, page_size=500)]
    assert any(page != sorted(page) for page in found)
    assert any(max(first) > min(second) for first, second in pairwise(found))


def test_a_dead_token_stays_dead_and_the_query_lives(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    token = list_once(client, page_size=10).next_page_token
    server.set_faults(dead_token=1)
    with pytest.raises(exceptions.InvalidArgument, match="page_token"):
        list_once(client, page_size=10, page_token=token)
    server.set_faults()
    with pytest.raises(exceptions.InvalidArgument, match="page_token"):
        list_once(client, page_size=10, page_token=token)
    assert list_once(client, page_size=10).entries


def test_a_huge_answer_is_too_much_for_a_channel_left_as_it_is(
    server: LoggingServer, client: LoggingServiceV2Client
) -> None:
    server.set_faults(huge=1)
    assert len(list_once(client, page_size=10).entries) == 10
    with (
        grpc_client(server, max_bytes=4 * 2**20) as limited,
        pytest.raises(exceptions.ResourceExhausted, match="larger than max"),
    ):
        list_once(limited, page_size=10)


def test_a_slow_answer_outlasts_a_short_deadline(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_faults(slow=1, slow_s=1.0)
    with pytest.raises(exceptions.DeadlineExceeded):
        client.list_log_entries({"resource_names": ["projects/shop-staging"]}, retry=None, timeout=0.2)


def test_exhaustion_says_when_to_come_back_and_the_journal_knows_who_came_earlier(
    server: LoggingServer, client: LoggingServiceV2Client
) -> None:
    server.set_faults(exhausted=1, exhausted_s=3600)
    with pytest.raises(exceptions.ResourceExhausted) as refusal:
        list_once(client)
    (retry,) = [detail for detail in refusal.value.details if isinstance(detail, RetryInfo)]
    assert retry.retry_delay.seconds == 3600
    assert server.stats()["impolite"] == 0
    server.set_faults()
    list_once(client, resource_names=["projects/other"])
    assert server.stats()["impolite"] == 0
    list_once(client)
    assert server.stats()["impolite_by_project"] == {"shop-staging": 1}
    assert [call["early_s"] > 3000 for call in server.journal()] == [False, False, True]


def test_the_quota_of_a_project_refuses_what_is_over_it(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_quota(calls=3, window_s=3600)
    for _ in range(3):
        list_once(client)
    with pytest.raises(exceptions.ResourceExhausted) as refusal:
        list_once(client)
    (retry,) = [detail for detail in refusal.value.details if isinstance(detail, RetryInfo)]
    assert 3500 < retry.retry_delay.seconds <= 3600
    list_once(client, resource_names=["projects/other"])
    figures = server.stats()
    assert (figures["calls"], figures["accepted"], figures["refused"]) == (5, 4, 1)
    assert figures["peak_accepted_per_minute"] == figures["peak_accepted_per_60s"] == 3
    server.reset()
    list_once(client)


def test_faults_and_quota_can_be_given_at_the_start() -> None:
    with logging_server(faults=Faults(permission=True), quota=Quota(calls=1)) as server, grpc_client(server) as client:
        with pytest.raises(exceptions.PermissionDenied):
            list_once(client)
        server.set_faults()
        list_once(client)
        with pytest.raises(exceptions.ResourceExhausted):
            list_once(client)


def test_the_journal_tells_each_call(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_faults(unavailable=1)
    with pytest.raises(exceptions.ServiceUnavailable):
        list_once(client, filter="severity>=ERROR", page_size=7)
    server.set_faults()
    list_once(client, page_size=7, order_by="timestamp desc")
    first, second = server.journal()
    assert (first["outcome"], first["faults"], first["rows"]) == ("UNAVAILABLE", ["unavailable"], 0)
    assert (second["outcome"], second["faults"], second["rows"]) == ("OK", [], 7)
    assert (first["filter"], second["order_by"], second["page_size"]) == ("severity>=ERROR", "timestamp desc", 7)
    assert first["arrived"] <= second["arrived"]


def test_the_nth_call_draws_the_same_faults_for_a_seed() -> None:
    some = Faults.all_at(0.3, seed=4)
    drawn = [draw(some, number).names for number in range(1000)]
    assert drawn == [draw(some, number).names for number in range(1000)]
    assert drawn != [draw(Faults.all_at(0.3, seed=5), number).names for number in range(1000)]
    # a fault keeps its own sequence, whatever else is switched on
    alone = [draw(Faults(internal=0.3, seed=4), number).names for number in range(1000)]
    assert ["internal" in names for names in drawn] == ["internal" in names for names in alone]
    assert 250 <= sum(map(len, alone)) <= 350


def test_a_probability_above_one_and_an_unknown_fault_are_refused(server: LoggingServer) -> None:
    with pytest.raises(ValueError, match="probability"):
        Faults(unavailable=30)
    with pytest.raises(ValueError, match="no field 'flood'"):
        Faults.of({"flood": 1})
    with pytest.raises(ServerError, match="no field"):
        server._ask("/faults", b'{"flood": 1}')
