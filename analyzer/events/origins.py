"""Where an entry says it comes from: logger, place in the code, error texts beside the message.

Read for events only, since most entries are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analyzer.events.decorations import trusted
from analyzer.events.documents import is_error_key, nested_in_payload
from analyzer.events.json_values import attributes_of, int_of, mapping
from analyzer.events.payloads import STACK_KEYS, Payload
from analyzer.model import Entry, NestedText, SourceLocation

# read otherwise, or never an error text
_NOT_NESTED = frozenset(("textPayload", "text", "labels", "httpRequest", "@type", "logger", "name"))


_PLACE_KEYS = frozenset(
    (
        "record",
        "attributes",
        "labels",
        "context",
        "logging.googleapis.com/sourceLocation",
        "sourceLocation",
        "pathname",
        "module",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an entry claims; interception frames of logging libraries are left out."""

    logger: str | None = None
    location: SourceLocation | None = None
    nested: tuple[NestedText, ...] = ()


def read_origin(entry: Entry, payload: Payload) -> Origin:
    """Logger, place and further error texts of an entry whose payload was read."""
    given = payload.location or trusted(entry.source_location)
    document = payload.document
    if document is None:
        return Origin(location=given) if given is not None else _NOTHING
    if not _says_more(tuple(document), payload.message_key) and not any(
        type(value) in (dict, list) for value in document.values()
    ):
        return Origin(logger=_logger(document, {}), location=given)
    record = mapping(document.get("record"))
    attributes = attributes_of(document.get("attributes"))
    data = {key for key in STACK_KEYS if isinstance(document.get(key), list)}  # frames with locals: never opened
    skip = _NOT_NESTED | data | {payload.message_key}
    return Origin(
        logger=_logger(document, record),
        location=_place(document, record, attributes) or given,
        nested=nested_in_payload(document, skip=skip),
    )


_NOTHING = Origin()


@lru_cache(maxsize=4096)
def _says_more(keys: tuple[str, ...], message_key: str) -> bool:
    """Whether a payload has a key under which a place or an error text may stand, besides its message."""
    return not _PLACE_KEYS.isdisjoint(keys) or any(
        is_error_key(key) for key in keys if key != message_key and key not in _NOT_NESTED
    )


def _logger(payload: Mapping[str, Any], record: Mapping[str, Any]) -> str | None:
    context, labels = mapping(payload.get("context")), mapping(payload.get("labels"))
    for value in (
        payload.get("logger"),
        payload.get("logger_name"),
        context.get("name"),
        payload.get("name"),
        labels.get("python_logger"),
        record.get("name"),
    ):
        if isinstance(value, str) and value:
            return value
    return None


def _place(
    payload: Mapping[str, Any], record: Mapping[str, Any], attributes: Mapping[str, Any]
) -> SourceLocation | None:
    """The first place that is not a logging library's own frame."""
    labels = mapping(payload.get("labels"))
    reported = mapping(mapping(payload.get("context")).get("reportLocation"))
    file = mapping(record.get("file"))
    special = mapping(payload.get("logging.googleapis.com/sourceLocation") or payload.get("sourceLocation"))
    for where, line, function in (
        (special.get("file"), special.get("line"), special.get("function")),
        (labels.get("module"), labels.get("line"), labels.get("function")),
        (file.get("path") or record.get("module"), record.get("line"), record.get("function")),
        (reported.get("filePath"), reported.get("lineNumber"), reported.get("functionName")),
        (attributes.get("code.file.path"), attributes.get("code.line.number"), attributes.get("code.function.name")),
        (attributes.get("code.filepath"), attributes.get("code.lineno"), attributes.get("code.function")),
        (payload.get("pathname"), payload.get("lineno"), payload.get("funcName")),
        (payload.get("module"), payload.get("line"), payload.get("function")),
    ):
        if isinstance(where, str) and where:
            place = SourceLocation(
                file=where, line=int_of(line), function=function if isinstance(function, str) else None
            )
            if trusted(place):
                return place
    return None
