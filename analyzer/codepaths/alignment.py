"""How a template explains a message: its fragments in order, whole or with some missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.messages import WILD
from analyzer.codepaths.wording import words

_WORD = re.compile(rf"\w+|{WILD}")
_SIGN = re.compile(r"[^\w\s]")
_SENTENCE = re.compile(r"[:\-|>=,;.('\"\[{`]\s?$")
_CLOSING = " .!\"')]}"
_APART = frozenset(" '\"([{<|>=`\n,:;)]}!?")
"""characters that end a value; after any other one, text beside a hole may be part of the value's own word"""
_SWALLOWED_WORDS = 2
"""How many words of a template one redaction may have swallowed: the value, and the word its key was."""
_INSIDE_A_VALUE = 0.25
"""what a literal word counts that only completes a value: `.gz` after a path, `s` after a number"""
_SIGNS_WEIGHT = 0.2
_MAX_SIGNS = 8
_STARTS = 4
_LEAST_BEGUN = 6
"""characters of the first literal behind a value that must stand before a text breaks off"""


class Fit(IntEnum):
    """How much of the message a template accounts for, least first."""

    PARTIAL = 0
    """some words in order"""
    INNER = 1
    """the whole template, somewhere inside"""
    SUFFIX = 2
    """the whole template, from a separator to the end: the core behind wrappers of others"""
    CUT = 3
    """the message breaks off inside the template"""
    WHOLE = 4
    """the whole template is the whole message"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A template laid over a message."""

    fit: Fit
    weight: float
    """summed rarity of the template's words found, and a little for its signs"""
    recall: float
    """share of the template's word weight found, 0 to 1"""
    values: tuple[str, ...] = ()
    """what stands in the holes; only where the whole template was found"""
    excused: float = 0.0
    """share of the weight that a redaction or the cut end of the message may hide; part of `recall`"""
    missing: float = 0.0
    """weight of the template's words that are neither found nor excused"""
    before: int = 0
    """words of the message in front of the template, a value at its beginning included"""
    after: int = 0
    """words of the message behind the template"""
    between: int = 0
    """words of the message among those of a template that was only found in part"""
    start: int = 0
    end: int = 0
    """characters of the message between which the template's own words stand"""


class Tokens:
    """The words of a message with their places, read once for all templates."""

    def __init__(self, message: str) -> None:
        spans = list(_WORD.finditer(message.lower()))
        self.words = [found.group() for found in spans]
        self.spans = [found.span() for found in spans]


def align(template: str, message: str, weigh: Callable[[str], float], *, cut: bool = False) -> Alignment | None:
    """Best reading of `message` by `template`; None where nothing of it fits. Linear for whole fits, by blocks else.

    `cut`: the message may break off inside the template.
    """
    return align_whole(template, message, weigh, cut=cut) or align_partly(template, Tokens(message), weigh)


def align_whole(template: str, message: str, weigh: Callable[[str], float], *, cut: bool = False) -> Alignment | None:
    """The reading that finds every literal piece of the template in its order; None where one is missing."""
    fragments = template.split(HOLE)
    if not any(f.strip() for f in fragments):
        return None
    literal = [(n, f.strip()) for n, f in enumerate(fragments) if f.strip()]
    first, head = literal[0]
    apart = first == 0 or fragments[first][0].isspace()
    start = -1
    for _ in range(_STARTS):
        start = message.find(head, start + 1)
        if start < 0:
            break
        if apart and start and head[0].isalnum() and message[start - 1].isalnum():
            continue  # the literal begins inside a word
        found = _from(fragments, literal, message, start, weigh, cut)
        if found is not None and first == 0 and len(literal) > 1 and f": {head}" in found.values[0]:
            # the words begin anew inside the first value: what stands in front is somebody else's
            again = message.index(f": {head}", start) + 2
            inner = _from(fragments, literal, message, again, weigh, cut)
            found = inner if inner is not None and inner.fit is Fit.SUFFIX else found
        if found is not None:
            return found
    if cut and first == 0 and head.startswith(message):
        weight = sum(map(weigh, words(message)))
        return _told(fragments, message, 0, len(message), (), Fit.CUT, weigh, weight)
    if cut and first > 0 and len(message) - (broken := _broken_off(message, head, 0)) >= _LEAST_BEGUN:
        weight = sum(map(weigh, words(message[broken:])[:-1]))
        return _told(fragments, message, broken, len(message), (message[:broken].strip(),), Fit.CUT, weigh, weight)
    return None


def _from(
    fragments: list[str],
    literal: list[tuple[int, str]],
    message: str,
    start: int,
    weigh: Callable[[str], float],
    cut: bool,
) -> Alignment | None:
    open_start, open_end = literal[0][0] > 0, not fragments[-1].strip()
    values = [message[:start].strip()] if open_start else []
    position = start + len(literal[0][1])
    for number, fragment in literal[1:]:
        at = message.find(fragment, position)
        final = len(message) - len(fragment)
        if number == literal[-1][0] and not open_end and final > at >= 0 and message.endswith(fragment):
            at = final  # a closed template reaches to the end where it can
        if at < 0 and not cut:
            return None
        if at < 0:
            broken = _broken_off(message, fragment, position)
            values.append(message[position:broken].strip())
            weight = _weight(fragments, number, weigh) + sum(map(weigh, words(message[broken:])[:-1]))
            return _told(fragments, message, start, len(message), tuple(values), Fit.CUT, weigh, weight)
        values.append(message[position:at].strip())
        position = at + len(fragment)
    rest, end = message[position:], position
    if open_end:
        values.append(rest.strip())
        at_end, position = True, len(message)
    else:
        at_end = not rest.strip(_CLOSING)
        if rest and rest[0].isalnum() and literal[-1][1][-1].isalnum():
            return None  # the literal ends inside a word
    fit = Fit.INNER
    if at_end and (start == 0 or open_start):
        fit = Fit.WHOLE
    elif at_end and _SENTENCE.search(message[max(0, start - 3) : start]):
        fit = Fit.SUFFIX
    told = _told(fragments, message, start, position, tuple(values), fit, weigh, None)
    return replace(told, end=end)


def _broken_off(message: str, fragment: str, position: int) -> int:
    """Where the beginning of a fragment stands at the end of the message; its length where none does."""
    for size in range(min(len(fragment), len(message) - position), 0, -1):
        if message.endswith(fragment[:size]):
            return len(message) - size
    return len(message)


def _told(
    fragments: list[str],
    message: str,
    start: int,
    end: int,
    values: tuple[str, ...],
    fit: Fit,
    weigh: Callable[[str], float],
    seen: float | None,
) -> Alignment:
    """`seen`: the weight found where the message breaks off; None where the whole template was found."""
    total = _weight(fragments, len(fragments), weigh)
    weight = total if seen is None else min(seen, total)
    signs = min(_MAX_SIGNS, sum(len(_SIGN.findall(f)) for f in fragments)) if seen is None else 0
    return Alignment(
        fit=fit,
        weight=weight + _SIGNS_WEIGHT * signs,
        recall=1.0,
        values=values,
        excused=(total - weight) / total if total else 0.0,
        before=message.count(" ", 0, start),
        after=message.count(" ", end),
        start=start,
        end=end,
    )


def _weight(fragments: list[str], count: int, weigh: Callable[[str], float]) -> float:
    """Rarity of the words of the first fragments; of text that hangs on a value without a blank, only a little."""
    total = 0.0
    for number, fragment in enumerate(fragments[:count]):
        if not fragment.strip():
            continue
        begin, end = 0, len(fragment)
        if number > 0 and fragment[0] not in _APART:
            begin = next((i for i, c in enumerate(fragment) if c.isspace()), end)
        if number < len(fragments) - 1 and fragment[-1] not in _APART and begin < end:
            end = max(begin, 1 + max((i for i, c in enumerate(fragment) if c.isspace()), default=-1))
        total += sum(map(weigh, words(fragment[begin:end])))
        total += _INSIDE_A_VALUE * sum(weigh(w) for w in words(fragment[:begin]) + words(fragment[end:]))
    return total


def align_partly(template: str, message: Tokens, weigh: Callable[[str], float]) -> Alignment | None:
    """The reading that finds most words of the template in their order; None where it finds none."""
    from rapidfuzz.distance import LCSseq

    wanted = _WORD.findall(template.replace(HOLE, " ").lower())
    given = message.words
    if not wanted or not given:
        return None
    weights = [weigh(w) for w in wanted]
    total = sum(weights)
    found = excused = 0.0
    first, last, matched = len(given), 0, 0
    for block in LCSseq.opcodes(wanted, given):
        a, b, c, d = block.src_start, block.src_end, block.dest_start, block.dest_end
        if block.tag == "equal":
            found += sum(weights[a:b])
            first, last, matched = min(first, c), max(last, d), matched + d - c
            continue
        if a == b:
            continue
        hidden = given[max(0, c - 1) : d + 1].count(WILD) * _SWALLOWED_WORDS
        if hidden >= b - a:
            excused += 0.9 * sum(weights[a:b])
        elif b == len(wanted) and d - c <= 1 and d >= len(given) - 1 and len(given) > 3:
            excused += 0.7 * sum(weights[a:b])  # the message was cut here
    if not found or not total:
        return None
    return Alignment(
        fit=Fit.PARTIAL,
        weight=found,
        recall=min(1.0, (found + excused) / total),
        excused=excused / total,
        missing=max(0.0, total - found - excused),
        before=first,
        after=len(given) - last,
        between=last - first - matched,
        start=message.spans[first][0],
        end=message.spans[last - 1][1],
    )
