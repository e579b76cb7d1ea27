"""Messages to folds: the first line with every word that holds a figure as one sign.

Folding is the only thing done for every message; all that is decided later is decided once for every distinct fold.
Two fronts give the same: a large batch is read with Arrow, a small one with `re`. The pattern is written in what RE2
and `re` have in common, and its classes are ASCII, so that both mean the same by it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

W = "\x00"
"""the wildcard sign while mining"""
MAX_HEAD_CHARS = 2_000
MAX_SAMPLES = 5
"""so many distinct heads of a fold are kept, those of the smallest content hash: the same ones in any order"""
FEW = 2_000
"""so few messages are folded without Arrow, whose import costs more than they do"""
SOME = 300
"""so few where Arrow is there already"""
SEPARATORS = r" \t\n\r\f\v=:,;()\[\]{}\"'|<>"
BLANKS = " \t\n\r\f\v"
WITH_FIGURE = f"[^{SEPARATORS}0-9]*[0-9][^{SEPARATORS}]*"
"""a word with a figure, for RE2"""
_FOLD = re.compile(rf"[^{SEPARATORS}0-9]*+[0-9][^{SEPARATORS}]*+")
"""possessive: the same matches in less than half of the time"""
MASK = (1 << 64) - 1
MULTIPLIER = 0x9E3779B97F4A7C15
WINDOWS = 5
"""as many as make the distance between them a quarter of the text"""

Sample = tuple[int, str]
"""content hash and head"""


def head_of(message: str) -> str:
    """The first line that is not blank, at most `MAX_HEAD_CHARS` of it."""
    return message.lstrip(BLANKS).split("\n", 1)[0][:MAX_HEAD_CHARS].replace(W, " ")


def fold(message: str) -> str:
    """The head of a message with every word that holds a figure as one wildcard."""
    return _FOLD.sub(W, head_of(message))


def figures_of(head: str) -> list[str]:
    """The words of a head that are wildcards in its fold, in order."""
    return _FOLD.findall(head)


def content_hash(head: str) -> int:
    """A number of 64 bits that depends on the head alone: its length and five windows of eight bytes."""
    data = head.encode("utf-8", "surrogatepass")
    size = len(data)
    if size < 8:
        words = [int.from_bytes(data, "little")] * WINDOWS
    else:
        starts = ((size - 8) * n >> 2 for n in range(WINDOWS))
        words = [int.from_bytes(data[start : start + 8], "little") for start in starts]
    found = size
    for word in words:
        found = (found ^ word) * MULTIPLIER & MASK
        found ^= found >> 32
    return found


class Fold(NamedTuple):
    """How many messages a fold stands for, and heads of them: of each of the smallest hashes the smallest head."""

    messages: int
    samples: tuple[Sample, ...]


def fold_batch(messages: Sequence[str], *, arrow: bool | None = None) -> tuple[dict[str, Fold], list[int]]:
    """The folds of messages, and for each message the number of its fold in them.

    `arrow` chooses a front; None means the faster one. Both give the same folds; their order may differ.
    """
    if arrow or (arrow is None and len(messages) > (SOME if "pyarrow.compute" in sys.modules else FEW)):
        from analyzer.signatures.arrow_folding import fold_with_arrow  # costs more than a few messages do

        try:
            return fold_with_arrow(messages)
        except UnicodeEncodeError:  # a lone surrogate: Python can hold it, Arrow cannot
            pass
    return _fold_plain(messages)


def merge_folds(a: Mapping[str, Fold], b: Mapping[str, Fold]) -> dict[str, Fold]:
    """Counts added, samples joined; commutative and associative."""
    total = dict(a)
    for text, one in b.items():
        if (other := total.get(text)) is not None:
            one = Fold(one.messages + other.messages, _joined_samples(one.samples, other.samples))
        total[text] = one
    return total


def _joined_samples(a: tuple[Sample, ...], b: tuple[Sample, ...]) -> tuple[Sample, ...]:
    if len(a) == MAX_SAMPLES and a[-1] < b[0] and a[-1][0] != b[0][0]:
        return a
    if len(b) == MAX_SAMPLES and b[-1] < a[0] and b[-1][0] != a[0][0]:
        return b
    heads = dict(sorted({*a, *b}, reverse=True))  # the smallest head of a hash stays
    return tuple(sorted(heads.items())[:MAX_SAMPLES])


def _fold_plain(messages: Sequence[str]) -> tuple[dict[str, Fold], list[int]]:
    numbers: dict[str, int] = {}
    counts: list[int] = []
    heads: list[dict[int, str]] = []
    given = []
    for head in map(head_of, messages):
        number = numbers.setdefault(_FOLD.sub(W, head), len(numbers))
        if number == len(counts):
            counts.append(0)
            heads.append({})
        counts[number] += 1
        kept, found = heads[number], content_hash(head)
        if len(kept) < MAX_SAMPLES or found in kept or found < max(kept):
            kept[found] = min(head, kept.get(found, head))
            if len(kept) > MAX_SAMPLES:
                del kept[max(kept)]
        given.append(number)
    rows = zip(numbers, counts, heads, strict=True)
    return {text: Fold(count, tuple(sorted(kept.items()))) for text, count, kept in rows}, given
