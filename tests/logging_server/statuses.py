"""What the API answers when it says no: a `google.rpc.Status`, for both surfaces.

Codes: https://cloud.google.com/apis/design/errors ; details: google/rpc/error_details.proto.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import google.rpc.code_pb2 as codes
from google.protobuf.json_format import MessageToDict
from google.rpc import error_details_pb2, status_pb2

HTTP_CODES = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


class ApiError(Exception):
    """A refusal: `status` is a name of `google.rpc.Code`; `retry_delay_s` and `info` become its details."""

    def __init__(
        self, status: str, message: str, *, retry_delay_s: float | None = None, info: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_delay_s = retry_delay_s
        self.info = info

    def proto(self) -> status_pb2.Status:
        """The status with its details, as gRPC carries it in `grpc-status-details-bin`."""
        status = status_pb2.Status(code=codes.Code.Value(self.status), message=self.message)
        if self.info is not None:
            status.details.add().Pack(error_details_pb2.ErrorInfo(**self.info))
        if self.retry_delay_s is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromNanoseconds(round(self.retry_delay_s * 1e9))
            status.details.add().Pack(retry)
        return status

    def document(self) -> dict[str, Any]:
        """The body of a REST answer."""
        error: dict[str, Any] = {"code": HTTP_CODES[self.status], "message": self.message, "status": self.status}
        details = [MessageToDict(detail) for detail in self.proto().details]
        if details:
            error["details"] = details
        return {"error": error}


def invalid(message: str) -> ApiError:
    """INVALID_ARGUMENT with a message."""
    return ApiError("INVALID_ARGUMENT", message)
