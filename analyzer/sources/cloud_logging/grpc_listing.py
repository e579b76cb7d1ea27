"""`entries.list` over gRPC: the official client's GAPIC surface, one page a call, on the raw messages.

Neither the handwritten `Client.list_entries` (microseconds only, its token out of reach) nor the client's own retry
(which does not know quota) is used. gRPC cannot carry `errorGroups`.
"""

from __future__ import annotations

from typing import Any

import grpc
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcTransport
from google.cloud.logging_v2.types import ListLogEntriesRequest, ListLogEntriesResponse
from google.rpc.error_details_pb2 import RetryInfo

from analyzer.sources.cloud_logging.authorizing import authorize, token_error
from analyzer.sources.cloud_logging.listing import CALL_SECONDS, CallError, Page, Query, trouble_of
from analyzer.sources.cloud_logging.proto_rows import row_of_proto

_OPTIONS = (
    ("grpc.max_receive_message_length", -1),  # a channel made by hand has 4 MB; a page may be larger
    ("grpc.enable_http_proxy", 0),
)


class GrpcListing:
    """Pages over one channel."""

    name = "gRPC"

    def __init__(self, client: LoggingServiceV2Client, credentials: Any = None) -> None:
        self._client = client
        self._credentials = credentials

    def page(self, query: Query, token: str) -> Page:
        """One call of ListLogEntries."""
        if self._credentials is not None:
            authorize(self._credentials)
        request = ListLogEntriesRequest(
            resource_names=list(query.resources),
            filter=query.filter,
            order_by=query.order_by,
            page_size=query.page_size,
            page_token=token,
        )
        try:
            pager = self._client.list_log_entries(request=request, retry=None, timeout=CALL_SECONDS)
            answer = ListLogEntriesResponse.pb(next(iter(pager.pages)))
        except GoogleAPICallError as err:
            raise _call_error(err, with_token=bool(token)) from err
        except GoogleAuthError as err:
            raise token_error(err, self._credentials) from err
        return Page(
            rows=[row_of_proto(entry) for entry in answer.entries],
            token=answer.next_page_token,
        )

    def close(self) -> None:
        """Close the channel."""
        self._client.transport.close()


def connect_plain(target: str) -> GrpcListing:
    """A server without TLS, `host:port`: an emulator or a proxy. No credentials are ever sent there."""
    channel = grpc.insecure_channel(target, options=_OPTIONS)
    return GrpcListing(LoggingServiceV2Client(transport=LoggingServiceV2GrpcTransport(channel=channel)))


def connect(credentials: Any, target: str | None = None) -> GrpcListing:
    """Google's own endpoint, or `host:port` with TLS; trusts what GRPC_DEFAULT_SSL_ROOTS_FILE_PATH names.

    The very object is used, not a copy: what `authorize` does to it counts, and both surfaces share one token.
    """
    host = target or LoggingServiceV2GrpcTransport.DEFAULT_HOST
    transport = LoggingServiceV2GrpcTransport(host=host, credentials=credentials)
    return GrpcListing(LoggingServiceV2Client(transport=transport), credentials)


def _call_error(err: GoogleAPICallError, *, with_token: bool) -> CallError:
    status = err.grpc_status_code.name if err.grpc_status_code is not None else "UNKNOWN"
    message = err.message or str(err)
    waits = [d.retry_delay for d in err.details if isinstance(d, RetryInfo)]
    delay = max((w.seconds + w.nanos / 1e9 for w in waits), default=None)
    return CallError(trouble_of(status, message, with_token=with_token), message, delay)
