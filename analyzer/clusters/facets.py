"""Facets: the values behind the wildcards of a template, counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from analyzer.model import Facet

_PLACEHOLDER = re.compile(r"<(?:\*|[a-z][a-z0-9_ -]{0,20})>")
_MAX_VALUES = 1000
"""exact up to this many values a slot (design: facets are exact to 1,000)"""
_MAX_CHARS = 80


def facets(template: str, messages: Iterable[str], *, top: int = 5) -> tuple[Facet, ...]:
    """The counted values of each wildcard that varies; messages that do not fit the template are left out."""
    literals = _PLACEHOLDER.split(template)
    slots = len(literals) - 1
    if not slots:
        return ()
    counts: list[Counter[str]] = [Counter() for _ in range(slots)]
    for message in messages:
        values = fit(literals, message)
        for counter, value in zip(counts, values or (), strict=False):
            if value and (value in counter or len(counter) < _MAX_VALUES):
                counter[value] += 1
    found = []
    for slot, counter in enumerate(counts):
        ranked = sorted(counter.items(), key=lambda kv: (-kv[1], kv[0]))
        if len(ranked) > 1:
            others = sum(n for _, n in ranked[top:])
            found.append(Facet(slot=slot, values=tuple(ranked[:top]), others=others))
    return tuple(found)


def fit(literals: list[str], message: str) -> list[str] | None:
    """The values between the literal parts, or None where the message does not fit. Linear: no pattern is built."""
    text = " ".join(message.split())
    parts = [" ".join(p.split()) for p in literals]
    if not text.startswith(parts[0]):
        return None
    values, at = [], len(parts[0])
    for number, part in enumerate(parts[1:], 1):
        if number == len(parts) - 1 and not part:
            end = len(text)
        elif number == len(parts) - 1:
            end = len(text) - len(part)
            if end < at or not text.endswith(part):
                return None
        else:
            end = text.find(part, at) if part else at
            if end < 0:
                return None
        values.append(text[at:end].strip()[:_MAX_CHARS])
        at = end + len(part)
    return values
