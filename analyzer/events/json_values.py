"""Values of JSON payloads, taken as what they should be or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def attributes_of(value: object) -> Mapping[str, Any]:
    """OpenTelemetry attributes, as a mapping or as the list of pairs that OTLP sends."""
    if isinstance(value, list):
        pairs = [p for p in value if isinstance(p, Mapping) and isinstance(p.get("key"), str)]
        return {p["key"]: next(iter(mapping(p.get("value")).values()), None) for p in pairs}
    return mapping(value)


def int_of(value: object) -> int | None:
    """A whole number, also where it is a string or a float of small size; else None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9 else None
