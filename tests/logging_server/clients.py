"""The real client libraries, pointed at a test server without a change: as a user's program would make them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import google.cloud.logging
import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcTransport
from google.cloud.logging_v2.types import ListLogEntriesRequest, ListLogEntriesResponse

from .entries import PROJECT
from .launching import LoggingServer

Identity = tuple[str, int, str]


@contextmanager
def grpc_client(server: LoggingServer, max_bytes: int = -1) -> Iterator[LoggingServiceV2Client]:
    """The generated client over a plain channel; `max_bytes` of an answer, -1 without limit, 4 MB is gRPC's default."""
    options = [("grpc.max_receive_message_length", max_bytes)]
    with grpc.insecure_channel(server.grpc_endpoint, options=options) as channel:
        yield LoggingServiceV2Client(transport=LoggingServiceV2GrpcTransport(channel=channel))


@contextmanager
def rest_client(server: LoggingServer, project: str = PROJECT) -> Iterator[google.cloud.logging.Client]:
    """The handwritten client over http."""
    options = {"api_endpoint": server.rest_endpoint}
    client = google.cloud.logging.Client(
        project=project, credentials=AnonymousCredentials(), _use_grpc=False, client_options=options
    )
    try:
        yield client
    finally:
        client._http.close()


def list_once(
    client: LoggingServiceV2Client, resource_names: Sequence[str] = (f"projects/{PROJECT}",), **parameters: Any
) -> Any:
    """One call, without the library's own retries: the raw ListLogEntriesResponse."""
    request = ListLogEntriesRequest(resource_names=resource_names, **parameters)
    pager = client.list_log_entries(request, retry=None, timeout=30)
    return ListLogEntriesResponse.pb(next(pager.pages))


def pages(client: LoggingServiceV2Client, **parameters: Any) -> Iterator[Any]:
    """Raw responses until one has no token; a failed call raises."""
    token = ""
    while True:
        page = list_once(client, page_token=token, **parameters)
        yield page
        token = page.next_page_token
        if not token:
            return


def identity(entry: Any) -> Identity:
    """(logName, timestamp in ns, insertId) of a raw LogEntry."""
    return entry.log_name, entry.timestamp.ToNanoseconds(), entry.insert_id
