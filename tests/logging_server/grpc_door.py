"""The service over gRPC, plain and with TLS: `google.logging.v2.LoggingServiceV2`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import google.rpc.code_pb2 as codes
import grpc
from google.cloud.logging_v2.types import ListLogEntriesRequest, ListLogsRequest, ListLogsResponse

from .certificates import Certificates
from .protos import ResponseProto
from .queries import Request
from .service import LoggingService, Page
from .statuses import ApiError

SERVICE = "google.logging.v2.LoggingServiceV2"
THREADS = 16
_STATUSES = {code.value[0]: code for code in grpc.StatusCode}
_UNKNOWN_FIELD = b"\xfa\x3e"  # number 1007, length-delimited: a client keeps it unread


class GrpcDoor:
    """A gRPC server on two ports of 127.0.0.1 of the system's choice."""

    def __init__(self, service: LoggingService, certificates: Certificates) -> None:
        self._service = service
        self._server = grpc.server(ThreadPoolExecutor(THREADS), options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, self._handlers()),))
        credentials = grpc.ssl_server_credentials([(certificates.key_pem, certificates.chain_pem)])
        self.endpoint = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self.tls_endpoint = f"127.0.0.1:{self._server.add_secure_port('127.0.0.1:0', credentials)}"

    def start(self) -> None:
        self._server.start()

    def _handlers(self) -> dict[str, Any]:
        # without a response serializer the handler's bytes go out as they are
        return {
            "ListLogEntries": grpc.unary_unary_rpc_method_handler(
                self._list_entries, request_deserializer=ListLogEntriesRequest.pb().FromString
            ),
            "ListLogs": grpc.unary_unary_rpc_method_handler(
                self._list_logs, request_deserializer=ListLogsRequest.pb().FromString
            ),
        }

    def _list_entries(self, message: Any, context: grpc.ServicerContext) -> bytes:
        request = Request(
            resource_names=tuple(message.resource_names),
            filter=message.filter,
            order_by=message.order_by,
            page_size=message.page_size,
            page_token=message.page_token,
        )
        headers = dict(context.invocation_metadata())
        try:
            return self._service.list_entries(request, door="grpc", headers=headers, render=render)
        except ApiError as refusal:
            _abort(context, refusal)

    def _list_logs(self, message: Any, context: grpc.ServicerContext) -> bytes:
        names = self._service.log_names(message.parent)
        return bytes(ListLogsResponse.pb()(log_names=names).SerializeToString())


def render(page: Page) -> bytes:
    """A serialised ListLogEntriesResponse, put together from serialised entries."""
    framed, positions = page.store.framed, page.positions
    data = b"".join([framed[position] for position in positions])
    if page.next_token:
        data += ResponseProto(next_page_token=page.next_token).SerializeToString()
    if page.padding:
        data += _UNKNOWN_FIELD + _varint(page.padding) + bytes(page.padding)
    return data


def _varint(number: int) -> bytes:
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    data.append(number)
    return bytes(data)


def _abort(context: grpc.ServicerContext, refusal: ApiError) -> NoReturn:
    status = refusal.proto()
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(_STATUSES[codes.Code.Value(refusal.status)], refusal.message)
    raise AssertionError("abort raises")
