"""Messages to folds: the first line with every word that holds a figure as one sign.

Folding is the only thing done for every message; all that is decided later is decided once for every distinct fold.
Two fronts give the same: a large batch is read with Arrow, a small one with `re`. The pattern is written in what RE2
and `re` have in common, and its classes are ASCII, so that both mean the same by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

W = "\x00"
"""the wildcard sign while mining"""
MAX_HEAD_CHARS = 2_000
MAX_SAMPLES = 8
"""so many distinct heads of a fold are kept, those of the smallest content hash: the same ones in any order"""
CHUNK = 131_072
"""messages handed to Arrow at a time"""
FEW = 2_000
"""so few messages are folded without Arrow, whose import costs more than they do"""
SEPARATORS = r" \t\n\r\f\v=:,;()\[\]{}\"'|<>"
_BLANKS = " \t\n\r\f\v"
_WITH_DIGIT = f"[^{SEPARATORS}0-9]*[0-9][^{SEPARATORS}]*"
_FOLD = re.compile(rf"[^{SEPARATORS}0-9]*+[0-9][^{SEPARATORS}]*+")
"""possessive: the same matches in less than half of the time"""
_MASK = (1 << 64) - 1
_MULTIPLIER = 0x9E3779B97F4A7C15
_WINDOWS = 5

Sample = tuple[int, str]
"""content hash and head"""


def head_of(message: str) -> str:
    """The first line that is not blank, at most `MAX_HEAD_CHARS` of it."""
    return message.lstrip(_BLANKS).split("\n", 1)[0][:MAX_HEAD_CHARS].replace(W, " ")


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
        words = [int.from_bytes(data, "little")] * _WINDOWS
    else:
        starts = ((size - 8) * n // (_WINDOWS - 1) for n in range(_WINDOWS))
        words = [int.from_bytes(data[start : start + 8], "little") for start in starts]
    found = size
    for word in words:
        found = (found ^ word) * _MULTIPLIER & _MASK
        found ^= found >> 32
    return found


@dataclass(frozen=True, slots=True)
class Fold:
    """How many messages a fold stands for, and heads of them: of each of the smallest hashes the smallest head."""

    count: int
    samples: tuple[Sample, ...]


def fold_batch(messages: Sequence[str], *, arrow: bool | None = None) -> tuple[dict[str, Fold], list[int]]:
    """The folds of messages, and for each message the number of its fold in them.

    `arrow` chooses a front; None means the faster one. Both give the same folds; their order may differ.
    """
    if arrow or (arrow is None and len(messages) > FEW):
        try:
            return _fold_arrow(messages)
        except UnicodeEncodeError:  # a lone surrogate: Python can hold it, Arrow cannot
            pass
    return _fold_plain(messages)


def merge_folds(a: Mapping[str, Fold], b: Mapping[str, Fold]) -> dict[str, Fold]:
    """Counts added, samples joined; commutative and associative."""
    total = dict(a)
    for text, one in b.items():
        if (other := total.get(text)) is not None:
            heads = dict(sorted({*one.samples, *other.samples}, reverse=True))  # the smallest head of a hash stays
            one = Fold(one.count + other.count, tuple(sorted(heads.items())[:MAX_SAMPLES]))
        total[text] = one
    return total


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


def _fold_arrow(messages: Sequence[str]) -> tuple[dict[str, Fold], list[int]]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers: dict[str, int] = {}
    counts = np.zeros(0, dtype=np.int64)
    limits = np.zeros(0, dtype=np.uint64)
    given: list[int] = []
    rows: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64], pa.Array]] = []
    for start in range(0, len(messages), CHUNK):
        heads = _heads(pa.array(messages[start : start + CHUNK], type=pa.string()))
        encoded = pc.replace_substring_regex(heads, _WITH_DIGIT, W).dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        ours = np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
        mine = ours[encoded.indices.to_numpy(zero_copy_only=False)]
        more = len(numbers) - len(counts)
        counts = np.concatenate([counts, np.zeros(more, dtype=np.int64)]) + np.bincount(mine, minlength=len(numbers))
        limits = np.concatenate([limits, np.full(more, _MASK, dtype=np.uint64)])
        hashes = _hashes(heads)
        near = np.flatnonzero(hashes <= limits[mine])
        rows.append(_smallest(mine[near], hashes[near], heads.take(pa.array(near)), limits))
        given += mine.tolist()
    columns = [np.concatenate(column) for column in zip(*((n, h) for n, h, _ in rows), strict=True)]
    heads = pa.concat_arrays([heads for _, _, heads in rows])
    of, hashes, heads = _smallest(columns[0], columns[1], heads, limits)
    samples: list[dict[int, str]] = [{} for _ in numbers]
    for number, found, head in zip(of.tolist(), hashes.tolist(), heads.to_pylist(), strict=True):
        kept = samples[number]
        kept[found] = min(head, kept.get(found, head))
    found_rows = zip(numbers, counts.tolist(), samples, strict=True)
    return {text: Fold(count, tuple(kept.items())) for text, count, kept in found_rows}, given


def _smallest(
    numbers: npt.NDArray[np.int64], hashes: npt.NDArray[np.uint64], heads: pa.Array, limits: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64], pa.Array]:
    """Of each fold the rows of its smallest hashes, by (fold, hash); `limits` is lowered to the largest of them.

    A hash comes more than once only where heads really differ: then the text decides, later.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    order = np.lexsort((hashes, numbers))
    of, found = numbers[order], hashes[order]
    new_fold = np.diff(of, prepend=-1) != 0
    new = new_fold | np.concatenate([[True], found[1:] != found[:-1]])[: len(of)]
    number_of_hash = np.cumsum(new)
    first_of_fold = np.maximum.accumulate(np.where(new_fold, number_of_hash, 0))
    rank = number_of_hash - first_of_fold
    last = new & (rank == MAX_SAMPLES - 1)
    limits[of[last]] = np.minimum(limits[of[last]], found[last])
    firsts = np.flatnonzero(new)
    again = np.flatnonzero(~new & (rank < MAX_SAMPLES))
    kept = np.flatnonzero(new & (rank < MAX_SAMPLES))
    if len(again):
        original = firsts[number_of_hash[again] - 1]
        same = pc.equal(heads.take(pa.array(order[again])), heads.take(pa.array(order[original])))
        kept = np.sort(np.concatenate([kept, again[~same.to_numpy(zero_copy_only=False)]]))
    return of[kept], found[kept], heads.take(pa.array(order[kept]))


def _heads(messages: pa.Array) -> pa.Array:
    """`head_of` for an Arrow array."""
    import pyarrow.compute as pc

    heads = pc.ascii_ltrim(messages, characters=_BLANKS)
    if (_data(heads) == ord("\n")).any():
        heads = pc.replace_substring_regex(heads, r"(?s)\n.*", "")
    if (pc.max(pc.binary_length(heads)).as_py() or 0) > MAX_HEAD_CHARS:
        heads = pc.utf8_slice_codeunits(heads, 0, MAX_HEAD_CHARS)
    if (_data(heads) == 0).any():
        heads = pc.replace_substring(heads, W, " ")
    return heads


def _data(heads: pa.Array) -> npt.NDArray[np.uint8]:
    """The bytes of all strings of an array."""
    import numpy as np

    buffer = heads.buffers()[2]
    return np.frombuffer(buffer, dtype=np.uint8) if buffer is not None else np.zeros(0, dtype=np.uint8)


def _hashes(heads: pa.Array) -> npt.NDArray[np.uint64]:
    """`content_hash` for an Arrow array of strings."""
    import numpy as np

    offsets = np.frombuffer(heads.buffers()[1], dtype=np.int32)[heads.offset : heads.offset + len(heads) + 1].astype(
        np.int64
    )
    starts, sizes = offsets[:-1], np.diff(offsets)
    data = _data(heads)
    padded = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
    words = np.ndarray(shape=(len(data) + 1,), dtype="<u8", buffer=padded.data, strides=(1,))
    short = sizes < 8
    room = np.maximum(sizes - 8, 0)
    keep = np.where(
        short, (np.uint64(1) << (8 * np.minimum(sizes, 7)).astype(np.uint64)) - np.uint64(1), np.uint64(_MASK)
    )
    found = sizes.astype(np.uint64)
    for number in range(_WINDOWS):
        at = np.minimum(starts + room * number // (_WINDOWS - 1), len(data))
        found = (found ^ (words[at] & keep)) * np.uint64(_MULTIPLIER)
        found ^= found >> np.uint64(32)
    return found
