"""Values out of JSON whose shape nobody promised: the value where it has the type, else nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """The object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """The list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """The text; numbers and truth values as text; else nothing. Lone halves of a pair become `?`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    # a report is written as UTF-8, where "\ud800" has no place
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """The finite number, not negative, below 1e15; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e15 and math.isfinite(value) else None


def pairs(value: object) -> list[tuple[str, str]]:
    """(key, text) of the texts, numbers and lists of texts in an object, keys as they stand."""
    found = []
    for key, inner in mapping(value).items():
        for one in items(inner) if isinstance(inner, list) else [inner]:
            if text(one):
                found.append((text(key), text(one)))
    return found
