"""A line of one text in another version of it: what a diff would keep, without a diff."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

_MAX_ROUNDS = 40
"""each round looks at the part between two anchors; a text that needs more was made to need them"""


def carry_line(old: Sequence[str], new: Sequence[str], line: int) -> int | None:
    """The 1-based line of `new` that is line `line` of `old`; None where it was deleted or rewritten.

    Lines are the same when they differ in surrounding blanks alone. Patience diff: lines that stand once in either
    text anchor, what is equal around an anchor belongs to it. Linear in the lines but for one sort of the anchors.
    """
    before = [text.strip() for text in old]
    after = [text.strip() for text in new]
    at = line - 1
    if not 0 <= at < len(before):
        return None
    first, last = 0, len(before)
    low, high = 0, len(after)
    for _ in range(_MAX_ROUNDS):
        start = 0
        while first + start < last and low + start < high and before[first + start] == after[low + start]:
            start += 1
        if at < first + start:
            return low + (at - first) + 1
        end = 0
        while (
            first + start < last - end and low + start < high - end and before[last - 1 - end] == after[high - 1 - end]
        ):
            end += 1
        if at >= last - end:
            return high - (last - at) + 1
        first, last, low, high = first + start, last - end, low + start, high - end
        anchors = _anchors(before[first:last], after[low:high])
        if not anchors:
            return None
        # the part between the two anchors around the line is a smaller question of the same kind
        position = bisect_left(anchors, (at - first + 1,))
        below = anchors[position - 1] if position else None
        above = anchors[position] if position < len(anchors) else None
        if below is not None and below[0] == at - first:
            return low + below[1] + 1
        first_was, low_was = first, low
        if above is not None:
            last, high = first_was + above[0], low_was + above[1]
        if below is not None:
            first, low = first_was + below[0] + 1, low_was + below[1] + 1
    return None


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions of lines that stand once in both, as many as keep their order."""
    positions = _once(after)
    pairs = [(n, positions[text]) for n, text in _once_in_order(before) if text in positions]
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, b) in enumerate(pairs):
        place = bisect_left(tails, b)
        previous.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(b)
            ends.append(index)
        else:
            tails[place], ends[place] = b, index
    kept = []
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.append(pairs[index])
        index = previous[index]
    return kept[::-1]


def _once(texts: Sequence[str]) -> dict[str, int]:
    return {text: n for n, text in _once_in_order(texts)}


def _once_in_order(texts: Sequence[str]) -> list[tuple[int, str]]:
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    return [(n, text) for n, text in enumerate(texts) if counts[text] == 1]
