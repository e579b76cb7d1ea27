"""Pub/Sub bodies → the LogEntry inside: a push, a pulled message, what `gcloud pubsub subscriptions pull` prints.

Shapes: https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage . A message comes more than once when it
was not acknowledged in time; the entry's own identity tells copies.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from analyzer.sources.decoding import loads
from analyzer.sources.fields import first_of, mapping_of

_MESSAGE_KEYS = ("messageId", "message_id", "publishTime", "publish_time")
_TIME = "logging.googleapis.com/timestamp"
"""an attribute that a log sink gives its messages"""


def message_of(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The message of an envelope `{"message": {"data": …}}`, or the row that is one itself; None for anything else."""
    inner = row.get("message")
    if isinstance(inner, Mapping) and isinstance(inner.get("data"), str):
        return inner
    if isinstance(row.get("data"), str) and any(key in row for key in _MESSAGE_KEYS):
        return row
    return None


def body_of(message: Mapping[str, Any]) -> tuple[Mapping[str, Any] | str, Any]:
    """(the JSON object or else the text that a message carries, when it was sent)."""
    when = mapping_of(message.get("attributes")).get(_TIME) or first_of(message, "publishTime", "publish_time")
    data = str(message["data"])
    try:
        text = base64.b64decode(data, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        text = data  # a tool that decoded it already
    try:
        body = loads(text)
    except ValueError:
        return text, when
    return (body if isinstance(body, Mapping) else text), when
