"""What a message names: functions, classes, and the attribute that an object lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_TEXT = 4_000
_FUNCTION = re.compile(r"(?<![\w.])([^\W\d]\w{0,80}(?:\.[^\W\d]\w{0,80}){0,4})\(\)")
_LACKING = re.compile(r"'([^\W\d]\w{0,80})' object has no attribute '([^\W\d]\w{0,80})'")
_CLASS = re.compile(r"['\"`]([^\W\d]\w{2,60})['\"`]|\b([A-Z][a-z0-9]{1,40}[A-Z]\w{0,60})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Names in a message, each once, in their order."""

    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    """words that are written like classes or stand in quotes; the code says which of them are"""
    owner: str = ""
    """class of the object that lacks an attribute"""
    attribute: str = ""


def read_message(message: str) -> Naming:
    """The names in a message of an exception."""
    text = message[:_MAX_TEXT]
    lacking = _LACKING.search(text)
    return Naming(
        functions=tuple(dict.fromkeys(_FUNCTION.findall(text))),
        classes=tuple(dict.fromkeys(a or b for a, b in _CLASS.findall(text))),
        owner=lacking[1] if lacking else "",
        attribute=lacking[2] if lacking else "",
    )
