"""The front of `folding` for large batches: the heads of a chunk as one text for RE2, the rest as numpy columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.signatures.folding import (
    BLANKS,
    MASK,
    MAX_HEAD_CHARS,
    MAX_SAMPLES,
    MULTIPLIER,
    WINDOWS,
    WITH_FIGURE,
    Fold,
    W,
    content_hash,
    head_of,
)

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

CHUNK = 16_384
"""messages in one text: a few megabytes of work at a time, far below the 2 GB that Arrow holds in one value"""
_LOOKED_AT = 100
_WILD = W.encode()
_NEWLINE = ord("\n")
_BLANK = np.isin(np.arange(256), np.frombuffer(BLANKS.encode(), dtype=np.uint8))


def fold_with_arrow(messages: Sequence[str]) -> tuple[dict[str, Fold], list[int]]:
    """As `fold_batch`. Raises UnicodeEncodeError where a message has a lone surrogate."""
    numbers: dict[bytes, int] = {}
    counts = np.zeros(0, dtype=np.int64)
    limits = np.zeros(0, dtype=np.uint64)  # of each fold, the largest hash that can still be a sample
    given: list[int] = []
    heads: list[str] = []
    chosen: list[tuple[Ints, Hashes, Ints]] = []
    for start in range(0, len(messages), CHUNK):
        chunk, data, ends = _columns(messages[start : start + CHUNK])
        heads += chunk
        bounds = np.array([0, len(data)], dtype=np.int32)
        text = pa.Array.from_buffers(pa.binary(), 1, [None, pa.py_buffer(bounds), pa.py_buffer(data)])
        folded = pc.split_pattern(pc.replace_substring_regex(text, WITH_FIGURE, W), "\n").flatten().dictionary_encode()
        known = len(numbers)
        ours = np.array([numbers.setdefault(fold, len(numbers)) for fold in folded.dictionary.to_pylist()])
        mine = ours[folded.indices.to_numpy(zero_copy_only=False)]
        more = [MASK if _WILD in fold else 0 for fold in islice(numbers, known, None)]  # a head without figures is one
        limits = np.append(limits, np.array(more, dtype=np.uint64))
        counts = np.append(counts, np.zeros(len(more), dtype=np.int64)) + np.bincount(mine, minlength=len(numbers))
        hashes = _hashes(data, ends)
        near = np.flatnonzero(hashes <= limits[mine])
        chosen.append(_smallest(mine[near], hashes[near], near + start, limits, heads))
        given += mine.tolist()
    samples: list[dict[int, str]] = [{} for _ in numbers]
    if chosen:
        of, hashes, rows = (np.concatenate(column) for column in zip(*chosen, strict=True))
        kept_rows = _smallest(of, hashes, rows, limits, heads)
        for number, found, row in zip(*(column.tolist() for column in kept_rows), strict=True):
            kept = samples[number]
            kept[found] = min(heads[row], kept.get(found, heads[row]))
    folds = {}
    for fold, count, kept in zip(map(bytes.decode, numbers), counts.tolist(), samples, strict=True):
        folds[fold] = Fold(count, tuple(kept.items()) or ((content_hash(fold), fold),))
    pa.default_memory_pool().release_unused()  # else the next batches come on top of what this one has freed
    return folds, given


def _columns(messages: Sequence[str]) -> tuple[Sequence[str], bytes, Ints]:
    """(heads, their bytes with a newline between, where each ends)."""
    if any("\n" in message for message in islice(messages, _LOOKED_AT)):  # rather than join whole stack traces first
        heads = list(map(head_of, messages))
        return heads, *_joined(heads)
    data, ends = _joined(messages)
    if _are_heads(np.frombuffer(data, dtype=np.uint8), ends):  # most are, and need no work
        return messages, data, ends
    heads = list(map(head_of, messages))
    return heads, *_joined(heads)


def _joined(texts: Sequence[str]) -> tuple[bytes, Ints]:
    text = "\n".join(texts)
    data = text.encode()
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    if len(data) != len(text):
        sizes = np.fromiter((len(one.encode()) for one in texts), dtype=np.int64, count=len(texts))
    return data, np.cumsum(sizes + 1) - 1


def _are_heads(data: npt.NDArray[np.uint8], ends: Ints) -> bool:
    """No text has a second line, begins with a blank, is too long or holds the wildcard sign."""
    starts = np.append(0, ends[:-1] + 1)
    if np.count_nonzero(data == _NEWLINE) >= len(ends) or (ends - starts).max() > MAX_HEAD_CHARS:
        return False
    return not (_BLANK[data[starts[starts < ends]]].any() or np.count_nonzero(data) < len(data))


def _hashes(text: bytes, ends: Ints) -> Hashes:
    """`content_hash` of every head."""
    starts = np.append(0, ends[:-1] + 1)
    sizes = ends - starts
    words = np.ndarray(shape=(len(text) + 1,), dtype="<u8", buffer=text + bytes(8), strides=(1,))
    bits = (8 * np.minimum(sizes, 7)).astype(np.uint64)
    keep = np.where(sizes < 8, (np.uint64(1) << bits) - np.uint64(1), np.uint64(MASK))
    room = np.maximum(sizes - 8, 0)
    found = sizes.astype(np.uint64)
    for number in range(WINDOWS):
        found = (found ^ (words[starts + (room * number >> 2)] & keep)) * np.uint64(MULTIPLIER)
        found ^= found >> np.uint64(32)
    return np.asarray(found, dtype=np.uint64)


def _smallest(
    numbers: Ints, hashes: Hashes, rows: Ints, limits: Hashes, heads: Sequence[str]
) -> tuple[Ints, Hashes, Ints]:
    """Of each fold the rows of its smallest hashes, by (fold, hash); `limits` is lowered to the largest of them.

    A hash comes more than once only where heads really differ: then the text decides, later.
    """
    order = np.lexsort((hashes, numbers))
    of, found, row = numbers[order], hashes[order], rows[order]
    new_fold = np.diff(of, prepend=-1) != 0
    new = new_fold | np.append(True, found[1:] != found[:-1])[: len(of)]
    number_of_hash = np.cumsum(new)
    rank = number_of_hash - np.maximum.accumulate(np.where(new_fold, number_of_hash, 0))
    last = new & (rank == MAX_SAMPLES - 1)
    limits[of[last]] = np.minimum(limits[of[last]], found[last])
    kept = rank < MAX_SAMPLES
    again = np.flatnonzero(kept & ~new)
    first = row[np.flatnonzero(new)[number_of_hash[again] - 1]]
    kept[again] = [heads[a] != heads[b] for a, b in zip(row[again].tolist(), first.tolist(), strict=True)]
    return of[kept], found[kept], row[kept]
