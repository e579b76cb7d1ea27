"""Words of a tree → statements that hold them: how rare a word is, and which statements a text may come from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.codepaths.store import Store, StoredBlob
from analyzer.codepaths.wording import words

Ids = NDArray[np.int64]

_CANDIDATES = 100
_HEAD_WORDS, _HEAD_CANDIDATES = 8, 50
_TIES = 8
"""Ids depend on the history of the cache and must decide nothing: what ties with the last one stays, within reason."""
_MAX_QUERY_WORDS = 200
_MAX_SHARE, _FEW = 0.25, 200
"""A word of more statements than both proposes none by itself; it still counts for those that others propose."""
_USUAL_SIZE = 2_000
"""Statements of a repository for which the weights are meant; in a smaller one words are not less telling."""
_DIGITS_WEIGHT = 0.5


class Postings:
    """The statements of some blobs of a store, found by their words."""

    def __init__(self, store: Store, sizes_of_all: bytearray, blobs: Iterable[StoredBlob]) -> None:
        """`sizes_of_all`: how many distinct words each statement of the store has."""
        self._store = store
        sizes = np.frombuffer(sizes_of_all, dtype=np.uint8)
        self._sizes = sizes.astype(np.float64)
        self._inside = np.zeros(len(sizes), dtype=bool)
        for blob in blobs:
            self._inside[blob.first : blob.first + blob.count] = True
        self.total = int(self._inside.sum())
        self._ids: dict[str, Ids] = {}

    def weigh(self, word: str) -> float:
        """Rarity of a word among the statements, in nats; a number says little."""
        if word.isdigit():
            return _DIGITS_WEIGHT
        return math.log(1 + max(self.total, _USUAL_SIZE) / (1 + len(self.of([word])[word])))

    def of(self, wanted: Sequence[str]) -> Mapping[str, Ids]:
        """Ids of the statements that hold each word, ascending."""
        missing = [w for w in wanted if w not in self._ids]
        if missing:
            read = self._store.postings(missing)
            for word in missing:
                ids = np.frombuffer(read[word], dtype=np.uint32).astype(np.int64) if word in read else _NOTHING
                ids = ids[ids < len(self._inside)]
                self._ids[word] = np.sort(ids[self._inside[ids]])
        return {w: self._ids[w] for w in wanted}

    def candidates(self, text: str, *, cut: bool) -> dict[int, float]:
        """Ids of statements that share rare words with the text and have most of their own words in it, with a worth.

        Of a text that is `cut` the statement may have many more.
        """
        wanted = list(dict.fromkeys(words(text)))[:_MAX_QUERY_WORDS]
        found = self._best(wanted, cut, _CANDIDATES)
        if len(wanted) > 2 * _HEAD_WORDS:
            # in a long text a short template is outweighed by others that the values resemble: its head decides
            for i, worth in self._best(wanted[:_HEAD_WORDS], cut, _HEAD_CANDIDATES).items():
                found.setdefault(i, worth)
        return found

    def _best(self, wanted: Sequence[str], cut: bool, count: int) -> dict[int, float]:
        ids_by_word = self.of(wanted)
        known = sorted((w for w in wanted if len(ids_by_word[w])), key=lambda w: (len(ids_by_word[w]), w))
        if not known:
            return {}
        proposing = [w for w in known if len(ids_by_word[w]) <= max(_FEW, self.total * _MAX_SHARE)] or known[:1]
        proposed = np.unique(np.concatenate([ids_by_word[w] for w in proposing]))
        weights = np.zeros(len(proposed))
        counts = np.zeros(len(proposed))
        for word in known:
            ids = ids_by_word[word]
            at = np.searchsorted(proposed, ids)
            if word not in proposing:
                at = np.minimum(at, len(proposed) - 1)
                at = at[proposed[at] == ids]
            weights[at] += self.weigh(word)
            counts[at] += 1
        share = counts / self._sizes[proposed]
        worth = np.round(weights * (np.sqrt(share) if cut else share**2), 6)
        kept = _highest(worth, count)
        return dict(zip(proposed[kept].tolist(), worth[kept].tolist(), strict=True))


_NOTHING: Ids = np.zeros(0, dtype=np.int64)


def _highest(worth: NDArray[np.float64], count: int) -> Ids:
    """Positions of the highest values, with those that tie with the last of them."""
    if len(worth) <= count:
        return np.arange(len(worth))
    bar = np.partition(worth, len(worth) - count)[len(worth) - count]
    found = np.flatnonzero(worth >= bar)
    return found if len(found) <= _TIES * count else np.flatnonzero(worth > bar)
