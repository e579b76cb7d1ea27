"""Requests: which entries tell of one, on which route, and in which of them an error event happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analyzer.events import read_access_line, read_text
from analyzer.model import Entry, ErrorEvent, HttpRequest
from analyzer.pipeline.contexts import request_ids
from analyzer.signatures import SCANNER_PROBE, route

_MAX_SHARING = 50
"""requests of one service that may share an id; an id of more of them is no id of a request"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """The requests of a window."""

    routes: Mapping[str, str]
    """entry id → `GET /parcels/<id>`, "" for a scanner's probe; one entry a request"""
    by_event: Mapping[str, tuple[str, tuple[str, ...]]]
    """first entry id of an event → (what tells its request from others, the routes that it may have had)"""


def read_requests(entries: Sequence[Entry], events: Sequence[ErrorEvent]) -> Requests:
    """Every request once, by the log of requests; of a service that has none there, by the access lines it prints.

    An event happened in the request of its own service that shares its trace or request id. Where ids tell nothing
    there is nothing in `by_event`: nearness in time proves no request.
    """
    logged = {entry.entry_id: shown for entry in entries if (shown := _logged(entry)) is not None}
    with_log = {entry.service for entry in entries if entry.entry_id in logged}
    told = dict(logged)
    for entry in entries:
        if entry.service not in with_log and (shown := _printed(entry)) is not None:
            told[entry.entry_id] = shown
    sharing: dict[tuple[str, str], list[str]] = defaultdict(list)
    wanted = {event.entry_ids[0] for event in events}
    ids_of_entry: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if entry.entry_id in told or entry.entry_id in wanted:
            ids = ids_of_entry[entry.entry_id] = _ids(entry)
            if entry.entry_id in told:
                for one in ids:
                    sharing[entry.service, one].append(entry.entry_id)
    by_event: dict[str, tuple[str, tuple[str, ...]]] = {}
    for event in events:
        first = event.entry_ids[0]
        if first in told:
            by_event[first] = (first, (told[first],) if told[first] else ())
            continue
        for one in ids_of_entry.get(first, ()):
            found = sharing.get((event.service, one), ())
            if 0 < len(found) <= _MAX_SHARING:
                key = found[0] if len(found) == 1 else one
                by_event[first] = (key, tuple(sorted({told[i] for i in found if told[i]})))
                break
    return Requests(routes=told, by_event=by_event)


def _ids(entry: Entry) -> tuple[str, ...]:
    own = request_ids(entry)
    # A trace is named in full on one entry and by its id alone on another.
    return (entry.trace.rpartition("/")[2], *own) if entry.trace else own


def _logged(entry: Entry) -> str | None:
    request = entry.http_request
    if request is None or request.status is None:
        return None
    # A program that logs the request beside its own text logs it with every line.
    if _is_log_of_requests(entry.log_name) or not (entry.text_payload or entry.json_payload):
        return _shown(request)
    return None


@lru_cache(maxsize=4096)
def _is_log_of_requests(log_name: str) -> bool:
    log_id = log_name.rpartition("/")[2].replace("%2F", "/").replace("%2f", "/")
    return log_id.endswith("requests") or log_id.endswith("request_log")


def _printed(entry: Entry) -> str | None:
    if entry.http_request is not None or entry.proto_payload is not None:
        return None
    text = entry.text_payload
    if text is not None and '" ' not in text:
        return None
    found = read_access_line(read_text(entry))
    return _shown(found[1]) if found else None


def _shown(request: HttpRequest) -> str:
    return _route((request.method or "?").upper(), (request.url or "").partition("?")[0])


@lru_cache(maxsize=65_536)
def _route(method: str, url: str) -> str:
    path = route(url)
    return "" if path == SCANNER_PROBE else f"{method} {path}"
