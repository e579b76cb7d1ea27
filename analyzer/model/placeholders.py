"""The placeholder syntax of templates, which signatures write and other stages read, and the values behind it."""

from __future__ import annotations

import re
from functools import lru_cache

WILDCARD = "<*>"
"""What mining writes where a token varies. Masks write `<kind>`, e.g. `<uuid>`, `<num>`, `<ip>`."""
_PLACEHOLDER = re.compile(r"<(?:\*|[a-z][a-z0-9_ -]{0,20})>")


@lru_cache(maxsize=10_000)
def _literals(template: str, masks: bool) -> tuple[str, ...]:
    """What stands around the placeholders of a template, one more than there are; blanks collapsed."""
    template = " ".join(template.split())
    return tuple(_PLACEHOLDER.split(template) if masks else template.split(WILDCARD))


def placeholder_values(template: str, text: str, *, masks: bool = True) -> tuple[str, ...] | None:
    """The value of each placeholder of a template in a text that it describes, or None where it does not.

    Blanks count once. Each value is as short as the literal after it allows, and has a sign at least unless two
    placeholders stand side by side: then the second has all. Without `masks` only `<*>` is a placeholder. Linear: no
    pattern is built from the template.
    """
    parts = _literals(template, masks)
    text = " ".join(text.split())
    if not text.startswith(parts[0]) or (len(parts) == 1 and text != parts[0]):
        return None
    values: list[str] = []
    at = len(parts[0])
    for part in parts[1:-1]:
        end = text.find(part, at + 1) if part else at
        if end < 0:
            return None
        values.append(text[at:end])
        at = end + len(part)
    if len(parts) > 1:
        end = len(text) - len(parts[-1])
        if end <= at or not text.endswith(parts[-1]):
            return None
        values.append(text[at:end])
    return tuple(values)
