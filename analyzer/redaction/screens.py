"""Rules → one RE2 pattern that tells of a whole column at once which texts no rule can change.

A screen may say yes too often, never no where a rule would find something: see `analyzer.redaction.shapes`. RE2 takes
time linear in the text (https://github.com/google/re2/wiki/WhyRE2); Arrow runs it over a column without Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from analyzer.redaction.shapes import Behind, Border, Chars, Either, Row, Shape, UnknownPatternError, shape_of

_MAX_COUNT = 1000
"""RE2 refuses higher counts (https://github.com/google/re2/wiki/Syntax)"""
_MAX_LENGTH = 50_000
_NEVER = r"[^\x00-\x{10ffff}]"
_ESCAPES = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", '"': '"', "\\": r"\\", "/": "/"}
"""how JSON spells a character besides itself and \\u…, as part of an RE2 class (RFC 8259, section 7)"""
_ANY_ESCAPE = r"\\u"
"""may be any character: a document with one is not screened"""
_ORDINARY = (
    "GET /api/orders/17?page=2&size=50 HTTP/1.1 200 in 12.5 ms",
    'level=info ts=2025-09-07T13:35:00.123Z msg="the order was saved" attempt=2',
    '{"severity":"INFO","message":"cache warmed in 1203 ms","rows":1757349000}',
    '  File "app/orders.py", line 41, in save\n    raise ValueError(f"no order {number}")',
    "Worker 3 exited (code 0), restarting: Bäckerei №7",
)
"""texts with nothing to hide: a screen that half of them trip is none"""


class Screen(NamedTuple):
    """RE2 that occurs in every text, and in every JSON text with a string in it, that a rule can change."""

    texts: str
    documents: str


class Screens:
    """The screens of rules, alone and together. A rule is a pattern and the small-letter texts of which one must stand
    in the small-lettered text (none: no such condition); it is known by its place."""

    def __init__(self, rules: Sequence[tuple[re.Pattern[str], tuple[str, ...]]]) -> None:
        found = [(pattern_screen(pattern), hints_screen(hints)) for pattern, hints in rules]
        usable = [by_pattern or by_hints for by_pattern, by_hints in found]
        self.texts = _either(screen.texts for screen in usable if screen)
        self.documents = _either([*(screen.documents for screen in usable if screen), _ANY_ESCAPE])
        self.unscreened = tuple(place for place, screen in enumerate(usable) if screen is None)
        """rules for which no screen tells texts apart: to be tried on every text"""
        # The hints are looked for in the text as it was at the start of a pass, so only a pattern's screen says
        # something of a text on its way.
        self._always = [place for place, (by_pattern, _) in enumerate(found) if by_pattern is None]
        self._tree = _tree([(place, by_pattern.texts) for place, (by_pattern, _) in enumerate(found) if by_pattern])

    def candidates(self, texts: Sequence[str], *, enough: int) -> list[list[int]]:
        """For each text the rules that may change it, in order; a screen is used where it sees `enough` texts."""
        found: list[list[int]] = [list(self._always) for _ in texts]
        column, odd = column_of(texts)
        for place in odd:
            found[place] += self._tree.rules
        _collect(self._tree, column, range(len(texts)), found, enough)
        if self._always:
            for rules in found:
                rules.sort()
        return found


@dataclass(frozen=True, slots=True)
class _Tree:
    """Rules with one screen for all of them, and the halves of the rules."""

    rules: tuple[int, ...]
    screen: str
    halves: tuple[_Tree, ...]


def _tree(screens: Sequence[tuple[int, str]]) -> _Tree:
    half = len(screens) // 2
    halves = (_tree(screens[:half]), _tree(screens[half:])) if half else ()
    return _Tree(tuple(rule for rule, _ in screens), _either(screen for _, screen in screens), halves)


def _collect(tree: _Tree, column: Any, places: Sequence[int], found: list[list[int]], enough: int) -> None:
    """Add the rules of the tree to those of `found` at `places`, the places of the column's texts, that they may
    change."""
    hits = sorted(places_of(column, tree.screen))
    if tree.halves and len(hits) >= enough:
        column, places = column.take(hits), [places[hit] for hit in hits]
        for half in tree.halves:
            _collect(half, column, places, found, enough)
    else:
        for hit in hits:
            found[places[hit]] += tree.rules


def pattern_screen(pattern: re.Pattern[str]) -> Screen | None:
    """A screen for the pattern, None where none tells texts apart."""
    try:
        return _usable(shape_of(pattern))
    except (UnknownPatternError, RecursionError):
        return None


def hints_screen(hints: Sequence[str]) -> Screen | None:
    """A screen for texts in which, small-lettered, one of the hints stands; None where none tells texts apart."""
    if not hints or not all(hint and hint.isascii() for hint in hints):
        return None
    return _usable(Either(tuple(Row(tuple(_lowered_to(c) for c in hint)) for hint in hints)))


@cache
def _usable(shape: Shape) -> Screen | None:
    screen = Screen(write(shape, in_json=False), write(shape, in_json=True))
    if max(map(len, screen)) > _MAX_LENGTH:
        return None
    try:
        hits = [places_of(column_of(_ORDINARY)[0], expression) for expression in screen]
    except ValueError:  # RE2 refuses it
        return None
    return screen if len(hits[0]) * 2 < len(_ORDINARY) else None


def write(shape: Shape, *, in_json: bool) -> str:
    """The shape as RE2; in JSON a character may be escaped, and a text starts and ends with a quotation mark."""
    if isinstance(shape, Chars):
        return _chars(shape, in_json)
    if isinstance(shape, Border):
        edge = '"' if in_json else r"\A" if shape.at_start else r"\z"
        return f"(?:{edge}|{_chars(shape.chars, in_json)})"
    if isinstance(shape, Behind):
        shape = shape.shape
    if isinstance(shape, Row):
        return "".join(write(part, in_json=in_json) for part in shape.parts)
    if isinstance(shape, Either):
        return f"(?:{'|'.join(write(option, in_json=in_json) for option in shape.options)})"
    least = min(shape.least, _MAX_COUNT)
    endless = shape.endless or least < shape.least
    count = "*" if endless and not least else "+" if endless and least == 1 else f"{{{least}{',' * endless}}}"
    return f"(?:{write(shape.body, in_json=in_json)}){count}"


def _chars(chars: Chars, in_json: bool) -> str:
    if not in_json:
        return _class(chars)
    escaped = "".join(_ESCAPES[c] for c in sorted(chars.ascii & _ESCAPES.keys()))
    bare = _class(Chars(chars.ascii - {'"', "\\"}, chars.beyond))
    return rf"(?:{bare}|\\[{escaped}])" if escaped else bare


def _class(chars: Chars) -> str:
    """An RE2 class of the characters, in runs."""
    codes = sorted(map(ord, chars.ascii))
    if len(codes) == 1 and not chars.beyond:
        return rf"\x{codes[0]:02x}"
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    inside = "".join(rf"\x{low:02x}" if low == high else rf"\x{low:02x}-\x{high:02x}" for low, high in runs)
    return f"[{inside}{chars.beyond}]" if codes or chars.beyond else _NEVER


def _lowered_to(small: str) -> Chars:
    # of what is not ASCII only the sign for kelvin and the dotted capital i have an ASCII letter when small-lettered
    return Chars(frozenset((small, small.upper())), "\u212a\u0130" if small in "ki" else "")


def _either(expressions: Iterable[str]) -> str:
    return "|".join(expressions) or _NEVER


def column_of(texts: Sequence[str | None]) -> tuple[Any, set[int]]:
    """The texts as an Arrow array, and the places of those that it cannot hold (lone surrogates), null there."""
    import pyarrow as pa  # not at the top: importing the package must stay cheap

    try:
        return pa.array(texts, pa.large_string()), set()
    except UnicodeEncodeError:
        odd = {n for n, text in enumerate(texts) if text is not None and not _is_unicode(text)}
        return pa.array([None if n in odd else text for n, text in enumerate(texts)], pa.large_string()), odd


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def places_of(column: Any, expression: str) -> set[int]:
    """Where the RE2 expression occurs in an Arrow array of texts."""
    import pyarrow.compute as pc

    return set(pc.indices_nonzero(pc.match_substring_regex(column, expression)).to_pylist())


def nesting_above(documents: Any, depth: int) -> set[int]:
    """Where a JSON text opens more than `depth` objects and arrays: only there can they be nested so deep."""
    return places_of(documents, rf"[{{[](?:[^{{[]*[{{[]){{{depth}}}")
