"""Requests: entries of a front end, and the access lines servers print."""

from __future__ import annotations

import re

from analyzer.model import HttpRequest

_ACCESS = re.compile(
    r"(?:[\w.:\[\]<>-]{1,100} (?:- ){0,2}(?:\S{1,60} )?(?:\[[^\]\n]{1,60}\] )?)?"
    r'(?P<line>"(?P<method>[A-Z]{3,10}|WebSocket) (?P<url>[^\s"]{1,8000})(?: HTTP/[\d.]{1,5})?" '
    r"(?P<status>[1-5]\d\d))(?=\s|$)"
)


def read_access_line(text: str) -> tuple[str, HttpRequest] | None:
    """(the quoted request with its status, the request) of an access line without decorations, else None."""
    found = _ACCESS.match(text)
    if not found:
        return None
    request = HttpRequest(method=found["method"], url=found["url"], status=int(found["status"]))
    return found["line"], request


def describe_request(request: HttpRequest) -> str:
    """`HTTP <METHOD> <status> <url>`: the message of a request entry without a text of its own."""
    parts = ("HTTP", request.method, str(request.status) if request.status else None, request.url)
    return " ".join(p for p in parts if p)
