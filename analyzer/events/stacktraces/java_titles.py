"""What the lines that name JVM exceptions say, and the exceptions that stand in a message alone."""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import Draft
from analyzer.events.stacktraces.line_grammar import Token

_MAX_INNER = 40
_NESTED = re.compile(r"; nested exception is:?\s{1,40}((?:[^\W\d][\w$]{0,100}\.){1,30}[^\W\d][\w$]{0,200})(?:: |$)")
_CODED = "]; nested: "
_CODED_TYPE = re.compile(r"([A-Z][\w$]{0,200})\[")
_LAUNCHER = re.compile(r"Error: (?:Could not find or load|Unable to |A JNI error|LinkageError occurred|An unexpected)")
"""what `java` itself says: no exception's type"""


def titled(token: Token) -> Draft:
    """The exception that a line names, with the first line of its message."""
    found, kind = token.found, token.kind
    if kind == "thrown" and found["died"]:
        return Draft(type=found["died"], message=found.string[found.end("died") + 1 :])
    if kind in ("coded", "caused") and found["coded"] is not None:
        return coded(token)[0]
    if found["type"] == "Error" and found.start("type") == 0 and _LAUNCHER.match(found.string):
        return Draft(message=found.string.rstrip())
    return Draft(type=found["type"], message=(found["message"] or "").rstrip())


def coded(token: Token) -> list[Draft]:
    """The exceptions of a line like `Outer[message]; nested: Inner[message];`, newest first."""
    text = token.found.groupdict().get("coded")
    drafts: list[Draft] = []
    kind: str | None = token.found["type"] if text is not None else None
    while text is not None and len(drafts) < _MAX_INNER:
        message, nested, rest = text.partition(_CODED)
        drafts.append(Draft(type=kind, message=message if nested else message.rstrip("; ").removesuffix("]")))
        inner = _CODED_TYPE.match(rest) if nested else None
        kind, text = (inner[1], rest[inner.end() :]) if inner else (None, None)
    return drafts


def nested_in(message: str) -> list[Draft]:
    """The exceptions of a message like `text; nested exception is x.Inner: text`, newest first."""
    drafts: list[Draft] = []
    while len(drafts) < _MAX_INNER:
        found = _NESTED.search(message)
        if found is None:
            break
        message = message[found.end() :]
        drafts.append(Draft(type=found[1], message=message))
    return drafts
