"""Messages → the statements that can produce them: candidates by rare words, alignment, ranking, or nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.codepaths.alignment import Alignment, Fit, Tokens, align_partly, align_whole
from analyzer.codepaths.emitting import Emitters
from analyzer.codepaths.messages import Query, read_message
from analyzer.codepaths.postings import Postings
from analyzer.codepaths.ranking import rank
from analyzer.codepaths.scoring import ANYTHING, Asked, Hit, good_enough, is_test, score
from analyzer.codepaths.store import Store, StoredBlob
from analyzer.codepaths.wording import count_letters, words

_PARTIALS = 60
_ENOUGH = 8.0
"""score of a whole fit after which further readings of the message cannot tell more"""
_READING_COST = 0.3
_HARDLY = 0.2
"""confidence of the best answer below which test code is asked too"""


class Search:
    """All statements of one tree. `paths_by_blob` joins a blob's rows to its paths."""

    def __init__(
        self, store: Store, blobs: Mapping[str, StoredBlob], paths_by_blob: Mapping[str, Sequence[str]]
    ) -> None:
        self._store = store
        kept = sorted((b.first, blob) for blob, b in blobs.items() if b.count)
        self._firsts = [first for first, _ in kept]
        self._paths = [tuple(paths_by_blob[blob]) for _, blob in kept]
        tests = {blob for _, blob in kept if all(map(is_test, paths_by_blob[blob]))}
        sizes = store.sizes()
        self._code = Postings(store, sizes, [blobs[blob] for _, blob in kept if blob not in tests])
        self._tests = Postings(store, sizes, [blobs[blob] for blob in sorted(tests)])
        self._emitters = Emitters(store, self._code, self._firsts, self._paths)

    def find(self, message: str, *, limit: int, asked: Asked = ANYTHING) -> list[Hit]:
        """Hits, best first; empty where nothing is good enough to name. Test code only where no other is likely.

        `asked` is what is known besides the text; what its prefix says fills the gaps.
        """
        query = read_message(message)
        asked = replace(asked, logger=asked.logger or query.logger, level=asked.level or query.level)
        hits = self._hits(query, asked, self._code)
        found = rank(hits, self._emitters.of)
        if not found or found[0].confidence < _HARDLY:
            found = rank([*hits, *self._hits(query, asked, self._tests)], self._emitters.of)
        return found[:limit]

    def statements(self, message: str, *, asked: Asked = ANYTHING) -> list[Hit]:
        """All statements that `find` would name with the function that each stands in, not only the best of each."""
        query = read_message(message)
        hits = self._hits(query, asked, self._code)
        believed = {hit.place: hit.confidence for hit in rank(hits, self._emitters.of)}
        found = [replace(hit, confidence=believed[hit.place]) for hit in hits if hit.place in believed]
        return sorted(found, key=lambda h: (-h.confidence, -h.score, h.path, h.statement.line, h.statement.text))

    def why_not(self, message: str) -> str:
        """The reason why `find` gives nothing."""
        query = read_message(message)
        if not any(words(text) for text in query.texts):
            return "the text has no words of its own: any statement could have printed it"
        if not self._code.total + self._tests.total:
            return "the repository has no statement with a text that could be read"
        asked = words(query.texts[0])
        if not any(map(len, self._code.of(asked).values())):
            return "no statement of the repository has any word of the text: another program wrote it"
        return "no statement explains enough of the text: it may be a library's, the platform's, or of another commit"

    def _hits(self, query: Query, asked: Asked, postings: Postings) -> list[Hit]:
        if not postings.total:
            return []
        best: dict[tuple[str, int, str, str], Hit] = {}
        readings = [(text, False) for text in query.texts]
        if query.cut:
            readings.insert(1, (query.cut, True))
        for number, (text, cut) in enumerate(readings):
            for hit in self._read(text, cut, asked, postings):
                key = (hit.path, hit.statement.line, hit.statement.function, hit.statement.text)
                cost = number * _READING_COST
                if key not in best or best[key].score < hit.score - cost:
                    best[key] = replace(hit, score=round(hit.score - cost, 6))
            if any(map(_is_enough, best.values())):
                break
        return list(best.values())

    def _read(self, text: str, cut: bool, asked: Asked, postings: Postings) -> list[Hit]:
        """Hits of one reading of a message."""
        worth = postings.candidates(text, cut=cut)
        statements = self._store.statements(worth)
        ordered = sorted(statements, key=lambda i: (-worth[i], statements[i].text))
        letters = count_letters(text)
        known: dict[str, Alignment | None] = {}
        hits: list[Hit] = []

        def note(i: int, alignment: Alignment | None) -> None:
            statement = statements[i]
            if alignment is not None and good_enough(statement, alignment, letters):
                for path in self._paths[bisect_right(self._firsts, i) - 1]:
                    hits.append(score(path, statement, alignment, asked))

        for i in ordered:
            template = statements[i].text
            if template not in known:
                known[template] = align_whole(template, text, postings.weigh, cut=cut)
            note(i, known[template])
        if any(_is_enough(hit) and hit.emits for hit in hits):
            return hits
        tokens = Tokens(text)
        unexplained = [i for i in ordered if known[statements[i].text] is None]
        templates = list(dict.fromkeys(statements[i].text for i in unexplained))[:_PARTIALS]
        partly = {template: align_partly(template, tokens, postings.weigh) for template in templates}
        for i in unexplained:
            note(i, partly.get(statements[i].text))
        return hits


def _is_enough(hit: Hit) -> bool:
    return hit.alignment.fit is Fit.WHOLE and hit.score >= _ENOUGH
