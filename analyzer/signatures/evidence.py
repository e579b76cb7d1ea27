"""How much evidence each gap of the forms has: numpy over all gaps of all forms at once.

A gap is one or two words between equal contexts; what fills it are its fillers. What is decided from these numbers,
and why, is told in `gaps`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from analyzer.signatures.folding import W
from analyzer.signatures.forms import MAX_TOKENS, Form, is_word

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]

_IDENTIFIER = re.compile(r"[a-z0-9][A-Z]|[_\-./\\$@#*]|^[A-Z]{2,}\d|.{20}")
_DOTTED = re.compile(r"(?:[A-Za-z_]?[\w$-]*\.){2,}[\w$-]+|[\w.$-]+/[\w./$-]+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MOST = np.iinfo(np.uint64).max
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """One row a place of a gap in a form."""

    form: Ints
    """number of the form"""
    start: Ints
    size: Ints
    """one or two tokens"""
    usable: Flags
    """enough words are left outside"""
    filling: Ints
    """number of the row of `Fillings`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fillings:
    """One row a filler of a gap, by gap; what is known of it from its other gaps."""

    gap: Ints
    words: tuple[Ints, Ints]
    """the words, as numbers; the second is 0 for one word"""
    identifier: Flags
    dotted: Flags
    locked: Flags
    """two words that hardly ever come apart"""
    contexts: Ints
    """other gaps that were filled more than once"""
    varied: Ints
    """those of them with another filler besides"""
    many: Ints
    """those of them with at least `many` fillers"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """One row a gap."""

    fillers: Ints
    """how many distinct ones"""
    messages: Ints
    first: Flags
    """it is at the beginning of the message"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One row a word: in how many gaps of one word that were filled more than once, in how many of them not alone."""

    texts: tuple[str, ...]
    contexts: Ints
    varied: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything counted."""

    sites: Sites
    fillings: Fillings
    gaps: Gaps
    words: Words


def weigh(counts: Mapping[Form, int], *, many: int, locked_share: float) -> Evidence:
    """The evidence of these forms, each with its number of messages."""
    numbers: dict[str, int] = {W: 0}
    tokens = np.array([numbers.setdefault(t, len(numbers)) for t in chain.from_iterable(counts)], dtype=np.int64)
    texts = tuple(numbers)
    hashes = np.random.default_rng(0).integers(1, _MOST, size=len(texts), dtype=np.uint64)  # only equality counts
    is_word_, is_identifier, is_dotted = np.array([_traits(t) for t in texts], dtype=np.bool_).T
    lengths = np.fromiter(map(len, counts), dtype=np.int64, count=len(counts))
    ends = np.cumsum(lengths)
    form = np.repeat(np.arange(len(lengths)), lengths)
    position = np.arange(len(tokens)) - (ends - lengths)[form]
    before, after = _contexts(hashes[tokens], position, lengths[form] - 1 - position, form, ends - lengths, ends)

    word = is_word_[tokens]
    words = np.bincount(form, weights=word, minlength=len(lengths)).astype(np.int64)[form]
    ones = np.flatnonzero(word)
    pairs = np.flatnonzero(word[:-1] & word[1:] & (form[:-1] == form[1:]))
    at = np.concatenate([ones, pairs])
    size = np.repeat(np.array([1, 2]), [len(ones), len(pairs)])
    size_words = len(texts)
    filler = np.concatenate([tokens[ones], size_words * (1 + tokens[pairs]) + tokens[pairs + 1]])
    key = _mix(before[at], after[at + size - 1], size)
    weight = np.fromiter(counts.values(), dtype=np.int64, count=len(counts))[form[at]]

    order = np.argsort(key + (filler.astype(np.uint64) + np.uint64(1)) * _SPREAD)  # one number a gap and filler
    key_, filler_ = key[order], filler[order]
    new = np.concatenate([[True], (key_[1:] != key_[:-1]) | (filler_[1:] != filler_[:-1])])[: len(order)]
    filling_of = np.empty(len(order), dtype=np.int64)
    filling_of[order] = np.cumsum(new) - 1
    firsts = order[new]
    _, first_of_gap, gap = np.unique(key[firsts], return_index=True, return_inverse=True)
    its_messages = np.bincount(filling_of, weights=weight, minlength=len(firsts)).astype(np.int64)
    fillers = np.bincount(gap)
    messages = np.bincount(gap, weights=its_messages).astype(np.int64)

    counted = messages[gap] >= 2
    not_alone, among_many = counted & (fillers[gap] >= 2), counted & (fillers[gap] >= many)
    mine = filler[firsts]
    distinct, of = np.unique(mine, return_inverse=True)
    totals = [
        np.bincount(of, weights=flags, minlength=len(distinct)).astype(np.int64)
        for flags in (counted, not_alone, among_many)
    ]
    pair = mine >= size_words
    left = np.where(pair, mine // size_words - 1, mine)
    right = np.where(pair, mine % size_words, 0)
    by_word = [np.zeros(size_words, dtype=np.int64) for _ in range(2)]
    for column, total in zip(by_word, totals, strict=False):
        column[distinct[distinct < size_words]] = total[distinct < size_words]
    together = np.bincount(of, weights=np.bincount(filling_of, minlength=len(firsts)), minlength=len(distinct))[of]
    alone = np.bincount(tokens, minlength=size_words)
    return Evidence(
        sites=Sites(form=form[at], start=position[at], size=size, usable=words[at] - size >= size, filling=filling_of),
        fillings=Fillings(
            gap=gap,
            words=(left, right),
            identifier=is_identifier[left] | (pair & is_identifier[right]),
            dotted=is_dotted[left] & ~pair,
            locked=pair & (together >= locked_share * np.maximum(alone[left], alone[right])),
            contexts=totals[0][of] - counted,
            varied=totals[1][of] - not_alone,
            many=totals[2][of] - among_many,
        ),
        gaps=Gaps(fillers=fillers, messages=messages, first=position[at][firsts[first_of_gap]] == 0),
        words=Words(texts=texts, contexts=by_word[0], varied=by_word[1]),
    )


def _contexts(
    hashes: Hashes, position: Ints, from_end: Ints, form: Ints, starts: Ints, ends: Ints
) -> tuple[Hashes, Hashes]:
    """For every token a number for all tokens before it in its form, and one for all after it."""
    powers = np.full(MAX_TOKENS + 1, _MULTIPLIER, dtype=np.uint64)
    powers[0] = 1
    powers = np.multiply.accumulate(powers)
    zero = np.zeros(1, dtype=np.uint64)
    from_left = np.concatenate([zero, np.cumsum(hashes * powers[position], dtype=np.uint64)])
    from_right = np.concatenate([zero, np.cumsum(hashes * powers[from_end], dtype=np.uint64)])
    at = np.arange(len(hashes))
    return from_left[at] - from_left[starts[form]], from_right[ends[form]] - from_right[at + 1]


def _mix(before: Hashes, after: Hashes, size: Ints) -> Hashes:
    key = (before ^ (before >> np.uint64(29))) * _MULTIPLIER + after + size.astype(np.uint64)
    return (key ^ (key >> np.uint64(32))) * _MULTIPLIER


@lru_cache(maxsize=200_000)
def _traits(token: str) -> tuple[bool, bool, bool]:
    """(a word, it looks like an identifier, it is a dotted name or a path)."""
    if token.isalpha() and token.islower() and len(token) < 20:  # most
        return True, False, False
    identifier = bool(_IDENTIFIER.search(token))
    return is_word(token), identifier, identifier and bool(_DOTTED.fullmatch(token))
