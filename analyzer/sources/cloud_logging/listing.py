"""What the puller wants of a surface of `entries.list`: one page for one call, and a plain word for every refusal.

Quotas and errors: https://cloud.google.com/logging/quotas , https://google.aip.dev/193
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from analyzer.sources.cloud_logging.rows import Row

PAGE_SIZE = 1_000
"""the API's limit; a smaller page spends the same quota"""
CALL_SECONDS = 90.0
SIGN_IN = "gcloud auth application-default login"
TRUST = (
    "name a file with the certificates of the server's authority: in REQUESTS_CA_BUNDLE for REST and for tokens, in "
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH for gRPC; a server without TLS is http://host:port, or host:port for gRPC"
)
"""what to do about a server that is not trusted"""
READ_SCOPE = "https://www.googleapis.com/auth/logging.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What all pages of one question have in common; a token belongs to exactly these."""

    resources: tuple[str, ...]
    filter: str
    page_size: int = PAGE_SIZE
    order_by: str = "timestamp desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer. An empty page with a token is not the end; a page without one is."""

    rows: list[Row]
    token: str


class Trouble(Enum):
    """Why a call gave no page, by what it asks for next."""

    PASSING = "passing"
    """try again later, with the same token"""
    TOO_SLOW = "too slow"
    """the same; twice on one page: ask for less"""
    EXHAUSTED = "quota exhausted"
    """wait as long as the answer says"""
    TOKEN = "dead token"
    """begin anew, without the token"""
    BAD_REQUEST = "bad request"
    DENIED = "permission denied"
    UNAUTHENTICATED = "not authenticated"
    NOT_FOUND = "not found"
    TOO_LARGE = "too large"
    """the answer does not fit through the channel: asking again never helps"""
    UNTRUSTED = "not trusted"
    """the server's certificate is of no authority known here, or it speaks no TLS"""


class CallError(Exception):
    """A call that gave no page. `hint` says what mends it, where only who raises it knows."""

    def __init__(
        self, trouble: Trouble, message: str, retry_after_s: float | None = None, *, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.message = message
        self.retry_after_s = retry_after_s
        self.hint = hint


class Listing(Protocol):
    """One surface of `entries.list`, connected."""

    @property
    def name(self) -> str:
        """`gRPC` or `REST`."""

    def page(self, query: Query, token: str) -> Page:
        """One call, never repeated in here; raises `CallError`."""

    def close(self) -> None:
        """Let go of the connection."""


_BY_STATUS = {
    "UNAVAILABLE": Trouble.PASSING,
    "INTERNAL": Trouble.PASSING,
    "ABORTED": Trouble.PASSING,
    "CANCELLED": Trouble.PASSING,
    "UNKNOWN": Trouble.PASSING,
    "DATA_LOSS": Trouble.PASSING,
    "DEADLINE_EXCEEDED": Trouble.TOO_SLOW,
    "RESOURCE_EXHAUSTED": Trouble.EXHAUSTED,
    "PERMISSION_DENIED": Trouble.DENIED,
    "UNAUTHENTICATED": Trouble.UNAUTHENTICATED,
    "NOT_FOUND": Trouble.NOT_FOUND,
    "OUT_OF_RANGE": Trouble.TOKEN,
}
_NO_TLS = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER")
"""OpenSSL's words; both surfaces tell of it as of a server that is away"""


def trouble_of(status: str, message: str, *, with_token: bool) -> Trouble:
    """What a status of google.rpc.Code means here; an invalid argument beside a token is the token's death."""
    if status in ("INVALID_ARGUMENT", "FAILED_PRECONDITION"):
        return Trouble.TOKEN if with_token else Trouble.BAD_REQUEST
    if status == "RESOURCE_EXHAUSTED" and "larger than max" in message:
        return Trouble.TOO_LARGE
    if status == "UNAVAILABLE" and any(words in message for words in _NO_TLS):
        return Trouble.UNTRUSTED
    if status == "OUT_OF_RANGE" and not with_token:
        return Trouble.BAD_REQUEST
    return _BY_STATUS.get(status, Trouble.BAD_REQUEST)
