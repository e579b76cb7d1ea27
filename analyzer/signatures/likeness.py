"""How alike two templates are: for showing related clusters and for finding a cluster again, never for merging."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(r"<[^<>]{1,40}>")
_MAX_CHARS = 1_000


def similarity(a: str, b: str) -> float:
    """0 to 1 on masked templates: the better of the texts as they stand and with their words sorted.

    Placeholders count as one sign each, so that a template of wildcards is not like every other.
    """
    from rapidfuzz import fuzz  # imported when first needed: `import analyzer` stays light

    left, right = (_PLACEHOLDER.sub("*", text[:_MAX_CHARS]) for text in (a, b))
    if left == right:
        return 1.0
    return round(max(fuzz.ratio(left, right), fuzz.token_sort_ratio(left, right)) / 100, 6)
