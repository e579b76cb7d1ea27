"""A Python pattern → its shape: something simpler that occurs wherever the pattern can match (and perhaps elsewhere).

Sound by construction, for anyone's rules: every step only widens what is matched. Look-arounds and anchors are dropped
(they only restrict), a possessive or atomic group is a plain one, a repeat with different bounds has no upper one, a
back reference is what its group may be, a condition is either of its branches. What one character may be is asked of
Python's own engine. Some look-arounds are kept, those that say what stands beside the match: without them each long
number would look like a card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

try:  # the same private modules as in `analyzer.rules`, for the same reason
    from re import _compiler as sre_compiler  # type: ignore[attr-defined]
    from re import _constants as sre  # type: ignore[attr-defined]
    from re import _parser as sre_parser  # type: ignore[attr-defined]
except ImportError as err:  # pragma: no cover - every supported Python has them
    raise RuntimeError(f"this Python hides its pattern parser: {err}") from err

_ASCII = tuple(chr(code) for code in range(128))
FOLDED = "\u0130\u0131\u017f\u212a"
"""İ ı ſ K: the only characters beyond ASCII that a pattern of ASCII letters matches when case is ignored"""
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_ONE_CHARACTER = (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY)
_TYPE_FLAGS = re.ASCII | re.LOCALE | re.UNICODE


class UnknownPatternError(Exception):
    """The pattern holds something that this module does not know."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character: exactly these of ASCII, and of the others `beyond` (at least those that can match)."""

    ascii: frozenset[str]
    beyond: str = ""
    """"" for none, `FOLDED` for those, `ALL_BEYOND` for all of them"""

    def without(self, other: Chars) -> Chars:
        return Chars(self.ascii - other.ascii, self.beyond)

    def both(self, other: Chars) -> Chars:
        return Chars(self.ascii & other.ascii, self.beyond and other.beyond)

    def within(self, other: Chars) -> bool:
        """True where it is certain: what `other` really matches beyond ASCII is not known."""
        return not self.beyond and self.ascii <= other.ascii


@dataclass(frozen=True, slots=True)
class Border:
    """One of the characters, or the start or the end of the text."""

    chars: Chars
    at_start: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """What a look-behind wants to stand before the match."""

    shape: Row


@dataclass(frozen=True, slots=True)
class Row:
    """One part after the other."""

    parts: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the options."""

    options: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The body `least` times, or at least so often where there is no end."""

    body: Shape
    least: int
    endless: bool


Shape = Chars | Border | Behind | Row | Either | Repeat

ALL_BEYOND = "\u0080-\U0010ffff"
ANY = Chars(frozenset(_ASCII), ALL_BEYOND)
_ANYTHING = Repeat(ANY, 0, endless=True)
_NOTHING = Row(())


def shape_of(pattern: re.Pattern[str], *, trimmed: bool = True) -> Shape:
    """The shape of the pattern; trimmed: without what may be missing at its ends, an empty row where it may match
    nothing. Raises `UnknownPatternError`.
    """
    parsed = sre_parser.parse(pattern.pattern, pattern.flags)
    shape = _Reader().row(parsed, parsed.state.flags, ends=True, start=_Start())
    return _trimmed(shape, left=True, right=True) if trimmed else shape


@dataclass(slots=True)
class _Start:
    """The characters since the start of the pattern, as long as it gave nothing else: then look-behinds can be kept."""

    chars: tuple[Chars, ...] = ()
    before: Chars | None = None

    def parts(self) -> tuple[Shape, ...]:
        return (*(() if self.before is None else (Border(self.before, at_start=True),)), *self.chars)

    def not_behind(self, last: Sequence[Chars]) -> None:
        """What a negative look-behind for `last` says of the characters so far, or of the one before them."""
        if len(last) == len(self.chars) + 1 and all(map(Chars.within, self.chars, last[1:])):
            self.before = (self.before or ANY).without(last[0])
        elif len(last) == 1:
            self.chars = (*self.chars[:-1], self.chars[-1].without(last[0]))


class _Reader:
    """Reads parse trees of `re._parser`: lists of (operation, value)."""

    def __init__(self) -> None:
        self._groups: dict[int, tuple[Any, int]] = {}

    def row(self, nodes: Any, flags: int, *, ends: bool = False, start: _Start | None = None) -> Row:
        """The shape of nodes one after the other. `ends`: nothing of the pattern comes after them; `start`: nothing
        but these characters came before them, and they become part of the row."""
        items = list(self._flat(nodes, flags))
        parts: list[Shape] = []
        for number, (op, value, flags) in enumerate(items):
            last = ends and number == len(items) - 1
            if op in _ONE_CHARACTER:
                chars = _one_character(op, value, flags)
                if start is None:
                    parts.append(chars)
                else:
                    start.chars = (*start.chars, chars)
            elif op is sre.AT:
                continue
            elif op in (sre.ASSERT, sre.ASSERT_NOT):
                direction, body = value
                if direction < 0 and start is not None:
                    if self._behind(op, body, flags, start):
                        parts, start = [Behind(self.row(body, flags))], None
                elif direction > 0 and last:
                    parts.extend(start.parts() if start else ())
                    start = None
                    parts.append(self.row(body, flags) if op is sre.ASSERT else self._not_after(body, flags))
            elif op is sre.BRANCH:
                parts.append(self._either(value[1], flags, last, start))
                start = None
            elif op is sre.GROUPREF_EXISTS:
                parts.append(self._either([value[1], value[2] or ()], flags, last, start))
                start = None
            else:
                parts.extend(start.parts() if start else ())
                start = None
                parts.append(self._other(op, value, flags))
        return Row((*(start.parts() if start else ()), *parts))

    def _flat(self, nodes: Any, flags: int) -> Iterator[tuple[Any, Any, int]]:
        """The nodes with the flags in force, groups opened."""
        for op, value in nodes:
            if op is sre.SUBPATTERN:
                group, added, removed, body = value
                inner = ((flags & ~_TYPE_FLAGS if added & _TYPE_FLAGS else flags) | added) & ~removed
                if group is not None:
                    self._groups[group] = (body, inner)
                yield from self._flat(body, inner)
            elif op is sre.ATOMIC_GROUP:
                yield from self._flat(value, flags)
            else:
                yield op, value, flags

    def _either(self, options: Sequence[Any], flags: int, ends: bool, start: _Start | None) -> Either:
        """One of the options, each with the characters before it: a look-behind in one of them may speak of those."""
        return Either(
            tuple(
                self.row(option, flags, ends=ends, start=start and _Start(start.chars, start.before))
                for option in options
            )
        )

    def _other(self, op: Any, value: Any, flags: int) -> Shape:
        if op in _REPEATS:
            low, high, body = value
            if (low, high) == (0, 1):
                return Either((self.row(body, flags), _NOTHING))
            return Repeat(self.row(body, flags), int(low), endless=high is sre.MAXREPEAT or high > low)
        if op is sre.GROUPREF:
            # the same text, but perhaps in another case
            known = self._groups.get(value) if not flags & re.IGNORECASE else None
            return self.row(*known) if known else _ANYTHING
        if op is sre.FAILURE:
            return Chars(frozenset())
        raise UnknownPatternError(str(op))

    def _behind(self, op: Any, body: Any, flags: int, start: _Start) -> bool:
        """Narrow the start by a look-behind; True where the look-behind is itself what stands at the start."""
        if op is sre.ASSERT:
            if not start.chars:
                return True
            wanted = self._characters(body, flags)
            if wanted is not None and len(wanted) == 1:
                start.chars = (*start.chars[:-1], start.chars[-1].both(wanted[0]))
            return False
        for option in _options(body):
            unwanted = self._characters(option, flags)
            if unwanted:
                start.not_behind(unwanted)
        return False

    def _not_after(self, body: Any, flags: int) -> Border:
        """What a negative look-ahead at the end of the pattern leaves as the next character."""
        after = ANY
        for option in _options(body):
            unwanted = self._characters(option, flags)
            if unwanted is not None and len(unwanted) == 1:
                after = after.without(unwanted[0])
        return Border(after, at_start=False)

    def _characters(self, nodes: Any, flags: int) -> list[Chars] | None:
        """The nodes as one character after the other, None where they are more than that."""
        items = list(self._flat(nodes, flags))
        if any(op not in _ONE_CHARACTER for op, _, _ in items):
            return None
        return [_one_character(*item) for item in items]


def _options(body: Any) -> Sequence[Any]:
    nodes = list(body)
    return list(nodes[0][1][1]) if len(nodes) == 1 and nodes[0][0] is sre.BRANCH else [body]


def _one_character(op: Any, value: Any, flags: int) -> Chars:
    """What the node matches, asked of the engine for each ASCII character."""
    return _asked(op, tuple(value) if isinstance(value, list) else value, flags & ~re.DEBUG)


@cache
def _asked(op: Any, value: Any, flags: int) -> Chars:
    if op is sre.LITERAL and value < 128 and not flags & re.IGNORECASE:
        return Chars(frozenset(chr(value)))
    state = sre_parser.State()
    state.flags = flags
    node = (op, list(value) if isinstance(value, tuple) else value)
    engine = sre_compiler.compile(sre_parser.SubPattern(state, [node]), flags)
    inside = frozenset(c for c in _ASCII if engine.match(c))
    if _may_reach_beyond(op, value, flags):
        return Chars(inside, ALL_BEYOND)
    return Chars(inside, "".join(c for c in FOLDED if engine.match(c)))


def _may_reach_beyond(op: Any, value: Any, flags: int) -> bool:
    """False only for what names ASCII characters alone."""
    if op is sre.LITERAL:
        return bool(value >= 128)
    if op is sre.IN:
        return any(
            kind is sre.NEGATE
            or (kind is sre.CATEGORY and not (flags & re.ASCII and "NOT" not in str(item)))
            or (kind is sre.LITERAL and item >= 128)
            or (kind is sre.RANGE and item[1] >= 128)
            or kind not in (sre.LITERAL, sre.RANGE, sre.CATEGORY)
            for kind, item in value
        )
    return True


def _may_be_nothing(shape: Shape) -> bool:
    if isinstance(shape, Row):
        return all(map(_may_be_nothing, shape.parts))
    if isinstance(shape, Either):
        return any(map(_may_be_nothing, shape.options))
    if isinstance(shape, Behind):
        return _may_be_nothing(shape.shape)
    return isinstance(shape, Repeat) and (not shape.least or _may_be_nothing(shape.body))


def _starts_with_a_whole_run(parts: Sequence[Shape]) -> bool:
    """True for a run of some characters with none of them before it: then its last character says as much."""
    if len(parts) < 3 or not isinstance(border := parts[0], Border) or not isinstance(chars := parts[1], Chars):
        return False
    return (
        border.chars == ANY.without(chars) and not chars.beyond and parts[2] == Repeat(Row((chars,)), 0, endless=True)
    )


def _trimmed(shape: Shape, *, left: bool, right: bool) -> Shape:
    """The shape without what may be missing at the sides: wherever the shape occurs, this occurs."""
    if isinstance(shape, Either):
        if _may_be_nothing(shape):
            return _NOTHING
        return Either(tuple(_trimmed(option, left=left, right=right) for option in shape.options))
    if isinstance(shape, Repeat):
        # {2,} at a side is {2}, and its body is not at that side wholly
        return _NOTHING if _may_be_nothing(shape) else Repeat(shape.body, shape.least, endless=False)
    if not isinstance(shape, Row):
        return shape
    parts = list(shape.parts)
    if left and _starts_with_a_whole_run(parts):
        del parts[2], parts[0]
    while left and parts and _may_be_nothing(parts[0]):
        del parts[0]
    while right and parts and _may_be_nothing(parts[-1]):
        del parts[-1]
    if len(parts) == 1:
        return Row((_trimmed(parts[0], left=left, right=right),))
    if left and parts:
        parts[0] = _trimmed(parts[0], left=True, right=False)
    if right and parts:
        parts[-1] = _trimmed(parts[-1], left=False, right=True)
    return Row(tuple(parts))
