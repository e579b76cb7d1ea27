"""A rule as it is applied to one text: `re.sub`, with a shortcut to the places where a match can begin."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import product

from analyzer.redaction.shapes import FOLDED, Border, Chars, Either, Repeat, Row, Shape, UnknownPatternError, shape_of

_MAX_PREFIXES = 16
"""more are slower to look for than the engine is"""
_MIN_LENGTH = 3
_MAX_LENGTH = 16


class Step:
    """One rule: it is applied only where one of the hints (if any) stands in the small-lettered text."""

    def __init__(
        self, pattern: re.Pattern[str], replace: str | Callable[[re.Match[str]], str], hints: tuple[str, ...] = ()
    ) -> None:
        self.pattern = pattern
        self.hints = hints
        self._replace = expander(replace) if isinstance(replace, str) else replace

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return prefixes_of(self.pattern)

    def applies(self, lowered: str) -> bool:
        """True where the hints let the rule be tried."""
        if not self.hints:
            return True
        for hint in self.hints:  # noqa: SIM110 - a generator would take twice as long
            if hint in lowered:
                return True
        return False

    def apply(self, text: str) -> str:
        """What `pattern.sub` makes of the text."""
        # The engine tries each place of a text; it is quicker to look for the words with which a match begins.
        # Small-lettering must neither move a place nor miss a character that the engine takes for an ASCII letter.
        if not self._prefixes or not (text.isascii() or not any(c in text for c in FOLDED)):
            return self.pattern.sub(self._replace, text)
        places = _places(text.lower(), self._prefixes)
        pieces: list[str] = []
        done = 0
        for place in places:
            found = self.pattern.match(text, place) if place >= done else None
            if found:
                pieces += text[done:place], self._replace(found)
                done = found.end()
        return "".join((*pieces, text[done:])) if pieces else text


def expander(template: str) -> Callable[[re.Match[str]], str]:
    """`Match.expand` for one replacement; its usual forms without parsing them again for every match."""
    if "\\" not in template:
        return lambda _: template
    simple = re.fullmatch(r"\\g<([a-z]+)>([^\\]*)", template)
    if simple is None:
        return lambda found: found.expand(template)
    group, rest = simple.groups()
    return lambda found: (found[group] or "") + rest


@lru_cache(maxsize=512)
def prefixes_of(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Small-letter texts: every match begins, small-lettered, with one of them. Empty where there are no such texts
    of three characters and more, or too many."""
    try:
        found, _ = _prefixes(shape_of(pattern, trimmed=False))
    except (UnknownPatternError, RecursionError):
        return ()
    # "secret_key" begins with "secret": one of the two is enough
    shortest = {text for text in found if not any(text[:n] in found for n in range(len(text)))}
    return tuple(sorted(shortest)) if all(len(text) >= _MIN_LENGTH for text in shortest) else ()


def _prefixes(shape: Shape) -> tuple[set[str], bool]:
    """The beginnings of all texts that the shape can be, and whether they are those texts whole."""
    if isinstance(shape, Chars):
        small = {c.lower() for c in shape.ascii}
        known = len(small) <= _MAX_PREFIXES and set(shape.beyond) <= set(FOLDED)
        return (small, True) if known else ({""}, False)
    if isinstance(shape, Row):
        return _prefixes_of_row(shape)
    if isinstance(shape, Either):
        each = [_prefixes(option) for option in shape.options]
        texts = set().union(*(texts for texts, _ in each))
        return (texts, all(whole for _, whole in each)) if len(texts) <= _MAX_PREFIXES else ({""}, False)
    if isinstance(shape, Repeat):
        texts, whole = _prefixes(shape.body) if shape.least else ({""}, False)
        return texts, whole and shape.least == 1 and not shape.endless
    # what stands beside the match is no part of it; what a look-behind wants stands before it
    return {""}, isinstance(shape, Border) and shape.at_start


def _prefixes_of_row(row: Row) -> tuple[set[str], bool]:
    so_far = {""}
    for part in row.parts:
        texts, whole = _prefixes(part)
        enough = min(map(len, so_far), default=0) >= (_MAX_LENGTH if len(texts) == 1 else _MIN_LENGTH)
        if enough or len(so_far) * len(texts) > _MAX_PREFIXES:
            return so_far, False
        so_far = {first + then for first, then in product(so_far, texts)}
        if not whole:
            return so_far, False
    return so_far, True


def _places(lowered: str, prefixes: tuple[str, ...]) -> list[int]:
    found = []
    for prefix in prefixes:
        place = lowered.find(prefix)
        while place >= 0:
            found.append(place)
            place = lowered.find(prefix, place + 1)
    found.sort()
    return found
