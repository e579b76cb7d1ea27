"""JSON text → values, quick where it is right and forgiving where it is nearly right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder()
_STRICT = json.JSONDecoder(parse_constant=str)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SKIPPED = re.compile(r"[\s,]*")


def loads(text: str) -> Any:
    """The value of one JSON document; NaN and Infinity become texts, half surrogate pairs U+FFFD.

    Raises ValueError, also for what is nested too deep.
    """
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    try:
        return _clean(_STRICT.decode(text))
    except RecursionError as err:
        raise ValueError("nested too deep") from err


def iter_values(text: str, start: int = 0) -> Iterator[tuple[Any, int]]:
    """The JSON values from a place on, one after the other, with or without commas between them, each with the
    place where it ends; stops before the first that is not whole."""
    at = _skip(text, start)
    while at < len(text) and text[at] not in "]}":
        try:
            value, at = _STRICT.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield _clean(value), at
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    found = _SKIPPED.match(text, at)
    return found.end() if found else at


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
