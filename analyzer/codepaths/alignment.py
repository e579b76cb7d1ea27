"""How a template explains a message: its fragments in order, whole or with some missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.messages import WILD
from analyzer.codepaths.wording import words

_WORD = re.compile(rf"\w+|{WILD}")
_BEFORE = frozenset(" '\"([{<|>=`\n")
_SENTENCE = re.compile(r"[:\-|>=,;.('\"\[{`]\s?$")
_AFTER = re.compile(r"\s*(?:$|[.,;:|)\]}'\"`\-]|\s)")
_LEADING_WORDS = 3
_SWALLOWED_WORDS = 2
"""How many words of a template one redaction may have swallowed: the value, and the word its key was."""


class Fit(IntEnum):
    """How much of the message a template accounts for, least first."""

    PARTIAL = 0
    """some words in order"""
    INNER = 1
    """the whole template, somewhere inside"""
    SUFFIX = 2
    """the whole template, from a separator to the end: the core behind wrappers of others"""
    WHOLE = 3
    """the whole template is the whole message"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A template laid over a message."""

    fit: Fit
    weight: float
    """summed rarity of the template's words found"""
    recall: float
    """share of the template's word weight found, 0 to 1"""
    values: tuple[str, ...] = ()
    """what stands in the holes; only where the whole template was found"""
    excused: float = 0.0
    """share of the weight that a redaction or the cut end of the message may hide; part of `recall`"""


def align(template: str, message: str, weigh: Callable[[str], float]) -> Alignment | None:
    """Best reading of `message` by `template`; None where nothing of it fits. Linear for whole fits, by blocks else."""
    exact = _exact(template, message)
    if exact is not None:
        fit, values = exact
        return Alignment(fit=fit, weight=sum(map(weigh, words(template.replace(HOLE, " ")))), recall=1.0, values=values)
    return _partial(template, message, weigh)


def _exact(template: str, message: str) -> tuple[Fit, tuple[str, ...]] | None:
    fragments = [f.strip() for f in template.split(HOLE)]
    open_start, open_end = not fragments[0], not fragments[-1]
    literal = [f for f in fragments if f]
    if not literal:
        return None
    at = message.find(literal[0])
    if at < 0:
        return None
    start, position, values = at, at + len(literal[0]), [message[:at].strip()] if open_start else []
    for fragment in literal[1:-1]:
        at = message.find(fragment, position)
        if at < 0:
            return None
        values.append(message[position:at].strip())
        position = at + len(fragment)
    if len(literal) > 1:
        at = message.find(literal[-1], position)
        last = len(message) - len(literal[-1])
        if at >= 0 and not open_end and last > at and message.endswith(literal[-1]):
            at = last  # a closed template reaches to the end where it can
        if at < 0:
            return None
        values.append(message[position:at].strip())
        position = at + len(literal[-1])
    rest = message[position:]
    if open_end:
        values.append(rest.strip())
        at_end = True
    else:
        at_end = not rest.strip(" .!\"')]}")
        if rest and rest[0].isalnum() and literal[-1][-1].isalnum():
            return None  # the literal ends inside a word
    if start and not open_start and literal[0][0].isalnum() and message[start - 1].isalnum():
        return None
    found = tuple(values)
    if open_start and message.count(" ", 0, start) > _LEADING_WORDS:
        # a value of many words before the first literal is somebody else's text: this is an end, not the whole
        return (Fit.SUFFIX if at_end else Fit.INNER), found
    if at_end and (start == 0 or open_start):
        return Fit.WHOLE, found
    if at_end and _SENTENCE.search(message[max(0, start - 3) : start]):
        return Fit.SUFFIX, found
    return Fit.INNER, found


def _partial(template: str, message: str, weigh: Callable[[str], float]) -> Alignment | None:
    from rapidfuzz.distance import LCSseq

    wanted = _WORD.findall(template.replace(HOLE, " ").lower())
    given = _WORD.findall(message.lower())
    if not wanted or not given:
        return None
    weights = [weigh(w) for w in wanted]
    total = sum(weights)
    found = excused = 0.0
    for block in LCSseq.opcodes(wanted, given):
        a, b, c, d = block.src_start, block.src_end, block.dest_start, block.dest_end
        if block.tag == "equal":
            found += sum(weights[a:b])
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
    return Alignment(fit=Fit.PARTIAL, weight=found, recall=min(1.0, (found + excused) / total), excused=excused / total)
