"""`entries.list` over REST: through the official client's own authorized session; the only surface with `errorGroups`.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
"""

from __future__ import annotations

import re
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from google.cloud import logging

from analyzer.sources.cloud_logging.authorizing import authorize, token_error
from analyzer.sources.cloud_logging.listing import CALL_SECONDS, CallError, Page, Query, Trouble, trouble_of
from analyzer.sources.cloud_logging.rows import row_of_json
from analyzer.sources.decoding import loads

_STATUS_OF_HTTP = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s", re.ASCII)
_MAX_TOLD = 500


class RestListing:
    """Pages over one HTTP session."""

    name = "REST"

    def __init__(self, client: logging.Client, credentials: Any, *, direct: bool) -> None:
        self.date: str | None = None
        """the header `Date` of the last call's answer, also of a refusal: the server's clock, in whole seconds"""
        self._url = client._connection.build_api_url("/entries:list")
        self._session = client._http
        self._credentials = credentials
        if direct:
            self._session.trust_env = False  # a server named by hand is asked itself, not by way of a proxy

    def page(self, query: Query, token: str) -> Page:
        """One POST of entries:list."""
        authorize(self._credentials)
        body = {
            "resourceNames": list(query.resources),
            "filter": query.filter,
            "orderBy": query.order_by,
            "pageSize": query.page_size,
        }
        if token:
            body["pageToken"] = token
        self.date = None
        try:
            answer = self._session.post(self._url, json=body, timeout=CALL_SECONDS, max_allowed_time=CALL_SECONDS)
            content = answer.content
            self.date = answer.headers.get("Date")
        except requests.Timeout as err:
            raise CallError(Trouble.TOO_SLOW, f"no answer within {CALL_SECONDS:.0f} s") from err
        except requests.RequestException as err:
            raise CallError(trouble_of("UNAVAILABLE", str(err), with_token=False), str(err)) from err
        except (GoogleAuthError, OSError) as err:
            raise token_error(err, self._credentials) from err
        if answer.status_code != requests.codes.ok:
            raise _call_error(answer.status_code, content, with_token=bool(token))
        try:
            found = loads(content.decode("utf-8", "replace"))
        except ValueError as err:
            raise CallError(Trouble.PASSING, "the answer is not JSON") from err
        entries = found.get("entries") or ()
        return Page(
            rows=[row_of_json(entry) for entry in entries],
            token=str(found.get("nextPageToken") or ""),
        )

    def close(self) -> None:
        """Close the session."""
        self._session.close()


def connect(credentials: Any, project: str, url: str | None = None) -> RestListing:
    """Google's own endpoint, or `http(s)://host:port`; trusts what REQUESTS_CA_BUNDLE names."""
    # a call repeated by the session itself would be one that the rate gate knows nothing of
    session = AuthorizedSession(credentials, refresh_status_codes=())
    client = logging.Client(
        project=project,
        credentials=credentials,
        client_options={"api_endpoint": url} if url else None,
        _http=session,
        _use_grpc=False,
    )
    return RestListing(client, credentials, direct=bool(url) and str(url).startswith("http:"))


def _call_error(code: int, content: bytes, *, with_token: bool) -> CallError:
    status, message, delay = _STATUS_OF_HTTP.get(code, "UNKNOWN"), f"HTTP {code}", None
    try:
        told = loads(content.decode("utf-8", "replace"))["error"]
        status = str(told.get("status") or status)
        message = str(told.get("message") or message)
        for detail in told.get("details") or ():
            if str(detail.get("@type", "")).endswith("google.rpc.RetryInfo") and (
                found := _SECONDS.fullmatch(str(detail.get("retryDelay")))
            ):
                delay = max(delay or 0.0, float(found[1]))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass  # not Google's error: what the status code says is all there is
    return CallError(trouble_of(status, message[:_MAX_TOLD], with_token=with_token), message[:_MAX_TOLD], delay)
