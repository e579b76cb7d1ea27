"""Requests: the route behind a URL, and probes of scanners."""

from __future__ import annotations

import re
from functools import lru_cache

from analyzer.model import ErrorEvent
from analyzer.rules import Rule, load_rules
from analyzer.signatures.masking import mask

SCANNER_PROBE = "<scanner probe>"
_MAX_URL_CHARS = 2_000
_MAX_SEGMENTS = 16
_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,20}:)?//[^/?#]*+")
_VERSION = re.compile(r"v[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}", re.IGNORECASE)
_GENERATED = re.compile(r"(?=(?:[^0-9]{0,60}[0-9]){3}).{6,}")
_ACCESS = re.compile(
    r'"?\b(?P<method>[A-Z]{3,7}) (?P<url>[^\s"]{1,2000}) HTTP/[0-9.]{1,3}"? (?P<status>[1-5][0-9]{2})\b'
)
_TITLE = re.compile(r"HTTP (?P<method>[A-Z]{3,7}) (?P<status>[1-5][0-9]{2}) (?P<url>\S{1,2000})")


def route(url: str) -> str:
    """The path of a URL with `<id>` for what varies: no host, no query. Probes are all `<scanner probe>`."""
    url = url.strip()[:_MAX_URL_CHARS]
    if url == SCANNER_PROBE:
        return url
    origin = _ORIGIN.match(url)
    path = re.split(r"[?#;\s]", url[origin.end() :] if origin else url, maxsplit=1)[0]
    probe = f"HTTP GET 404 /{path.lstrip('/')}"
    if any(rule.pattern.search(probe) for rule in _probe_rules()):
        return SCANNER_PROBE
    segments = [s for s in path.split("/") if s]
    shown = [_segment(s) for s in segments[:_MAX_SEGMENTS]]
    return "/" + "/".join(shown + ["…"] * (len(segments) > _MAX_SEGMENTS))


def request_of(event: ErrorEvent) -> tuple[str, str, str] | None:
    """(method, status, route) of a request event; read from its text where there are no fields; None if neither."""
    given = event.request
    if given is not None and given.status is not None:
        return (given.method or "?").upper(), str(given.status), route(given.url or "")
    found = _ACCESS.search(event.message[:_MAX_URL_CHARS]) or _TITLE.match(event.message[:_MAX_URL_CHARS])
    return (found["method"], found["status"], route(found["url"])) if found else None


def _segment(segment: str) -> str:
    if _VERSION.fullmatch(segment):
        return segment.lower()
    return "<id>" if "<" in mask(segment) or _GENERATED.fullmatch(segment) else segment


@lru_cache(maxsize=1)
def _probe_rules() -> tuple[Rule, ...]:
    """The shipped ones only: a project's own noise rules must not move a fingerprint."""
    return tuple(rule for rule in load_rules("noise") if rule.extra.get("route") == SCANNER_PROBE)
