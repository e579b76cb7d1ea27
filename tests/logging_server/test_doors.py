"""Both surfaces, plain and with TLS, through the unmodified client libraries; and what only REST tells."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.protobuf.json_format import MessageToDict

from tests.logging_server import Faults, LoggingServer, logging_server, make_entries
from tests.logging_server.clients import list_once, pages, rest_client
from tests.logging_server.conftest import MADE
from tests.logging_server.entries import PROJECT
from tests.logging_server.launching import ROOT

LIST: dict[str, Any] = {"resourceNames": [f"projects/{PROJECT}"], "pageSize": 1000}
PRINT_COUNT = """
import sys
import google.cloud.logging
from google.auth.credentials import AnonymousCredentials
endpoint, use_grpc = sys.argv[1], sys.argv[2] == "grpc"
client = google.cloud.logging.Client(
    project="shop-staging", credentials=AnonymousCredentials(), _use_grpc=use_grpc,
    client_options={"api_endpoint": endpoint},
)
print(sum(1 for _ in client.list_entries(filter_='timestamp>="2026-01-01"', page_size=1000)))
"""


def post(server: LoggingServer, document: Any, **headers: str) -> requests.Response:
    with requests.Session() as session:
        return session.post(server.rest_endpoint + "/v2/entries:list", json=document, headers=headers)


def rest_entries(server: LoggingServer, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token = ""
    while True:
        page = post(server, LIST | parameters | ({"pageToken": token} if token else {})).json()
        found += page.get("entries", [])
        token = page.get("nextPageToken", "")
        if not token:
            return found


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_an_unmodified_client_pulls_over_tls(server: LoggingServer, surface: str) -> None:
    # a process of its own: gRPC reads its roots once
    roots = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": server.ca_file, "REQUESTS_CA_BUNDLE": server.ca_file}
    endpoint = server.grpc_tls_endpoint if surface == "grpc" else server.rest_tls_endpoint
    command = [sys.executable, "-c", PRINT_COUNT, endpoint.replace("127.0.0.1", "localhost"), surface]
    done = subprocess.run(command, env=os.environ | roots, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout == "2500\n", done.stderr
    assert server.stats()["doors"] == {surface: 3}


def test_the_certificate_is_refused_by_who_does_not_know_its_authority(server: LoggingServer) -> None:
    with requests.Session() as session, pytest.raises(requests.exceptions.SSLError):
        session.get(server.rest_tls_endpoint + "/v2/projects/p/logs")


def test_the_handwritten_rest_client_pulls_all(server: LoggingServer) -> None:
    with rest_client(server) as client:
        found = list(client.list_entries(filter_='timestamp>="2026-01-01"', page_size=1000))
    assert len({(entry.log_name, entry.timestamp, entry.insert_id) for entry in found}) == 2500


def test_both_surfaces_give_the_same_entries_but_error_groups(
    server: LoggingServer, client: LoggingServiceV2Client
) -> None:
    over_rest = rest_entries(server)
    over_grpc = [MessageToDict(entry) for page in pages(client, page_size=1000) for entry in page.entries]
    groups = [entry.pop("errorGroups", None) for entry in over_rest]
    assert over_rest == over_grpc
    assert sum(group is not None for group in groups) == sum("errorGroups" in entry for entry in make_entries(MADE))


def test_rest_prints_as_the_api_does() -> None:
    entry = {
        "logName": f"projects/{PROJECT}/logs/printed",
        "timestamp": "2026-07-02T10:00:00.120000000Z",
        "receiveTimestamp": "2026-07-02T10:00:00.000000123Z",
        "insertId": "p1",
        "jsonPayload": {"whole": 3, "half": 1.5, "none": None, "list": [1, [2]], "text": "ü"},
        "httpRequest": {"requestSize": 12, "latency": "1.500s", "status": 200},
        "severity": "DEFAULT",
        "errorGroups": [{"id": "CJ9"}],
    }
    with logging_server([entry]) as server:
        text = post(server, LIST).text
    (printed,) = json.loads(text)["entries"]
    assert printed == {
        **{key: value for key, value in entry.items() if key != "severity"},
        "timestamp": "2026-07-02T10:00:00.120Z",
        "httpRequest": {"requestSize": "12", "latency": "1.500s", "status": 200},
    }
    assert '"whole":3' in text
    assert '"whole":3.0' not in text


def test_an_empty_page_is_an_empty_object(server: LoggingServer) -> None:
    assert post(server, LIST | {"filter": "log_id(nothing)"}).text == "{}"


def test_rest_answers_gzip_when_asked(server: LoggingServer) -> None:
    with requests.Session() as session:
        address = server.rest_endpoint + "/v2/entries:list"
        packed = session.post(address, json=LIST, headers={"Accept-Encoding": "gzip"}, stream=True).raw.read()
        plain = session.post(address, json=LIST, headers={"Accept-Encoding": "identity"}).content
    assert json.loads(gzip.decompress(packed))["entries"] == json.loads(plain)["entries"]
    assert len(packed) < len(plain) / 3


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("unavailable", 503, "UNAVAILABLE"),
        ("internal", 500, "INTERNAL"),
        ("aborted", 409, "ABORTED"),
        ("deadline", 504, "DEADLINE_EXCEEDED"),
        ("permission", 403, "PERMISSION_DENIED"),
        ("unauthenticated", 401, "UNAUTHENTICATED"),
    ],
)
def test_rest_refuses_with_googles_error_document(server: LoggingServer, fault: str, code: int, status: str) -> None:
    server.set_faults(Faults.of({fault: 1}))
    answer = post(server, LIST)
    assert answer.status_code == code
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["status"] == status


def test_exhaustion_over_rest_carries_retry_info(server: LoggingServer) -> None:
    server.set_faults(exhausted=1, exhausted_s=3.2)
    error = post(server, LIST).json()["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.200s"} in error["details"]
    with rest_client(server) as client, pytest.raises(exceptions.TooManyRequests) as refusal:
        list(client.list_entries())
    assert refusal.value.details[-1]["retryDelay"] == "3.200s"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"resource_names": ["projects/p"]}, "Unknown name 'resource_names'"),
        ({"resourceNames": "projects/p"}, "Invalid value"),
        ({"resourceNames": ["projects/p"], "pageSize": "9"}, "Invalid value"),
        ([], "an object is expected"),
        ({}, "resource_names must have"),
    ],
    ids=str,
)
def test_a_wrong_body_is_refused(server: LoggingServer, document: Any, why: str) -> None:
    answer = post(server, document)
    assert answer.status_code == 400
    assert why in answer.json()["error"]["message"]


def test_a_huge_answer_over_rest_is_still_json(server: LoggingServer) -> None:
    server.set_faults(huge=1)
    answer = post(server, LIST | {"pageSize": 3})
    assert len(answer.content) > 5_000_000
    assert len(answer.json()["entries"]) == 3


def test_the_quota_is_counted_for_the_project_the_header_names(server: LoggingServer) -> None:
    post(server, LIST, **{"x-goog-user-project": "payer"})
    assert [call["project"] for call in server.journal()] == ["payer"]


def test_logs_are_listed_on_both_surfaces(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    names = list(client.list_logs(parent=f"projects/{PROJECT}"))
    assert f"projects/{PROJECT}/logs/run.googleapis.com%2Frequests" in names
    with requests.Session() as session:
        answer = session.get(f"{server.rest_endpoint}/v2/projects/{PROJECT}/logs").json()
        assert answer["logNames"] == names
        assert session.get(server.rest_endpoint + "/v2/nothing").status_code == 404
    assert server.stats()["other_calls"] == {"ListLogs": 2}
    assert server.stats()["calls"] == 0


def test_one_service_stands_behind_both_doors(server: LoggingServer, client: LoggingServiceV2Client) -> None:
    server.set_quota(calls=1, window_s=3600)
    list_once(client)
    assert post(server, LIST).status_code == 429
