"""Facets: the values behind the placeholders of a template, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from analyzer.model import Facet, placeholder_values

_MAX_VALUES = 1000
"""exact up to this many values a slot (design: facets are exact to 1,000)"""
_MAX_CHARS = 80


def facets(template: str, texts: Iterable[str], *, top: int = 5) -> tuple[Facet, ...]:
    """The counted values of each placeholder that varies; texts that do not fit the template are left out."""
    counts: list[Counter[str]] = []
    for text in texts:
        values = placeholder_values(template, text) or ()
        counts = counts or [Counter() for _ in values]
        for counter, value in zip(counts, values, strict=False):
            value = value.strip()[:_MAX_CHARS]
            if value and (value in counter or len(counter) < _MAX_VALUES):
                counter[value] += 1
    found = []
    for slot, counter in enumerate(counts):
        ranked = sorted(counter.items(), key=lambda kv: (-kv[1], kv[0]))
        if len(ranked) > 1:
            others = sum(n for _, n in ranked[top:])
            found.append(Facet(slot=slot, values=tuple(ranked[:top]), others=others))
    return tuple(found)
