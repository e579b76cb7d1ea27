"""Messages → the statements that can produce them: candidates by rare words, alignment, ranking, or nothing."""

from __future__ import annotations

import math
import posixpath
import re
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.codepaths.alignment import Alignment, Fit, align
from analyzer.codepaths.extraction import Statement
from analyzer.codepaths.messages import Query, read_message
from analyzer.codepaths.store import Store, StoredBlob
from analyzer.codepaths.wording import count_letters, words

_POSTINGS_READ = 40_000
_CANDIDATES = 160
_PARTIALS = 60
_MAX_QUERY_WORDS = 200
_STRONG_WEIGHT = 5.0
"""Rarity that a template's words must add up to before it is believed on its own: one rare word, or two usual ones."""
_USUAL_SIZE = 2_000
"""Statements of a repository for which the weights are meant; in a smaller one words are not less telling."""
_TEST_PATH = re.compile(
    r"(?:^|/)(?:t|tests?|testing|e2e|fixtures|conftest\.py|test_[^/]*\.py|[^/]*_tests?\.py|__(?:tests|mocks)__|testdata"
    r"|[^/]*_test\.go|[^/]*[.-](?:test|spec|stories)\.[cm]?[jt]sx?|[^/]*Tests?\.java)(?:/|$)"
)
_ASIDE_PATH = re.compile(r"(?:^|/)(?:docs?|examples?|scripts|benchmarks?|tools|migrations|vendor|third_party)/")
_KIND_PRIOR = {
    "log": 1.0,
    "raise": 1.0,
    "exception": 0.99,
    "print": 0.97,
    "return": 0.97,
    "kwarg": 0.96,
    "dict": 0.94,
    "assign": 0.94,
    "call": 0.92,
}
_FIT_FACTOR = {Fit.WHOLE: 1.0, Fit.SUFFIX: 0.9, Fit.INNER: 0.75, Fit.PARTIAL: 0.7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A statement that can have produced a message."""

    path: str
    statement: Statement
    alignment: Alignment
    score: float
    confidence: float = 0.0
    unique: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """File and function: two statements of one function are no rivals."""
        return self.path, self.statement.function


class Search:
    """All statements of one tree. `paths_by_blob` joins a blob's rows to its paths."""

    def __init__(
        self, store: Store, blobs: Mapping[str, StoredBlob], paths_by_blob: Mapping[str, Sequence[str]]
    ) -> None:
        self._store = store
        kept = sorted((b.first, b.count, blob) for blob, b in blobs.items() if b.count)
        self._firsts = [first for first, _, _ in kept]
        self._paths = [tuple(paths_by_blob[blob]) for _, _, blob in kept]
        self._sizes = store.sizes()
        self._inside = bytearray(len(self._sizes))
        for first, count, _ in kept:
            self._inside[first : first + count] = b"\1" * count
        self._total = sum(count for _, count, _ in kept)
        self._ids: dict[str, array[int]] = {}

    def find(
        self,
        message: str,
        *,
        limit: int,
        field: str | None = None,
        logger: str | None = None,
        level: str | None = None,
    ) -> list[Hit]:
        """Hits, best first; empty where nothing is good enough to name."""
        query = read_message(message)
        if not query.texts or self._total == 0:
            return []
        asked = _Asked(field=field, logger=logger or query.logger, level=level or query.level)
        hits = self._hits(query, asked)
        return _rank(hits)[:limit]

    def _weigh(self, word: str) -> float:
        ids = self._ids.get(word)
        if ids is None:
            ids = self._load([word])[word]
        return math.log(1 + max(self._total, _USUAL_SIZE) / (1 + len(ids))) if not word.isdigit() else 0.5

    def _load(self, wanted: Sequence[str]) -> dict[str, array[int]]:
        missing = [w for w in wanted if w not in self._ids]
        if missing:
            inside = self._inside
            read = self._store.postings(missing)
            for word in missing:
                self._ids[word] = array("I", [i for i in read.get(word, ()) if i < len(inside) and inside[i]])
        return {w: self._ids[w] for w in wanted}

    def _candidates(self, text: str) -> list[int]:
        """Statement ids that share rare words with the text and have most of their own words in it."""
        wanted = list(dict.fromkeys(words(text)))[:_MAX_QUERY_WORDS]
        ids_by_word = self._load(wanted)
        known = sorted((w for w in wanted if ids_by_word[w]), key=lambda w: (len(ids_by_word[w]), w))
        weights: dict[int, float] = {}
        counts: dict[int, int] = {}
        read = 0
        for word in known:
            ids = ids_by_word[word]
            weight = self._weigh(word)
            if read and read + len(ids) > _POSTINGS_READ:
                ids = array("I", weights.keys() & set(ids))
            read += len(ids)
            for i in ids:
                weights[i] = weights.get(i, 0.0) + weight
                counts[i] = counts.get(i, 0) + 1
        sizes = self._sizes
        worth = {i: round(weight * (counts[i] / sizes[i]) ** 2, 6) for i, weight in weights.items()}
        ordered = sorted(worth, key=lambda i: (-worth[i], i))
        end = min(len(ordered), _CANDIDATES)
        # ids depend on the history of the cache and must decide nothing: all that tie with the last one stay
        while end < min(len(ordered), 8 * _CANDIDATES) and worth[ordered[end]] == worth[ordered[end - 1]]:
            end += 1
        return ordered[:end]

    def _hits(self, query: Query, asked: _Asked) -> list[Hit]:
        best: dict[tuple[str, int, str, str], Hit] = {}
        for rank, text in enumerate(query.texts):
            candidates = self._candidates(text)
            statements = self._store.statements(candidates)
            self._load(sorted({w for s in statements.values() for w in words(s.text)}))
            partials = 0
            known: dict[str, Alignment | None] = {}
            for i in candidates:
                statement = statements[i]
                if statement.text not in known:
                    if partials > _PARTIALS and not _may_be_whole(statement.text, text):
                        continue
                    found = align(statement.text, text, self._weigh)
                    partials += found is None or found.fit is Fit.PARTIAL
                    known[statement.text] = found
                alignment = known[statement.text]
                if alignment is None or not _good_enough(statement, alignment, text):
                    continue
                for path in self._paths[bisect_right(self._firsts, i) - 1]:
                    hit = _score(path, statement, alignment, asked, 0.97**rank)
                    key = (path, statement.line, statement.function, statement.text)
                    if key not in best or best[key].score < hit.score:
                        best[key] = hit
        return list(best.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    field: str | None
    logger: str | None
    level: str | None


def _may_be_whole(template: str, message: str) -> bool:
    return all(f.strip() in message for f in template.split("\ue000"))


def _good_enough(statement: Statement, alignment: Alignment, text: str) -> bool:
    letters = count_letters(statement.text.replace("\ue000", ""))
    share = letters / max(1, count_letters(text))
    several = len(words(statement.text)) > 1
    if alignment.fit is Fit.WHOLE:
        return letters >= 4 or share > 0.8
    if alignment.fit is Fit.SUFFIX:
        return letters >= 6 and several and share >= 0.1
    if alignment.fit is Fit.INNER:
        return letters >= 10 and several and share >= 0.15 and alignment.weight >= _STRONG_WEIGHT
    return (
        alignment.recall >= 0.6
        and alignment.recall - alignment.excused >= 0.35
        and alignment.weight >= 1.6 * _STRONG_WEIGHT
        and share >= 0.2
    )


def _score(path: str, statement: Statement, alignment: Alignment, asked: _Asked, factor: float) -> Hit:
    reasons = [_sentence(statement, alignment)]
    score = alignment.weight * alignment.recall**2 * _FIT_FACTOR[alignment.fit] * factor
    score += 0.02 * len(statement.text)
    score *= _KIND_PRIOR.get(statement.kind, 0.9)
    if asked.field and statement.kind in ("kwarg", "dict", "assign") and statement.name == asked.field:
        score *= 1.5
        reasons.append(f"the text stood under the key `{asked.field}`, the name this statement gives it")
    if asked.logger and _module_fits(path, asked.logger):
        score *= 1.3
        reasons.append(f"the logger `{asked.logger}` is this module's")
    if asked.level and statement.level:
        if statement.level == asked.level:
            score *= 1.05
        else:
            score *= 0.9
    if _TEST_PATH.search(path):
        score *= 0.2
        reasons.append("test code: unlikely to run on staging")
    elif _ASIDE_PATH.search(path):
        score *= 0.85
    return Hit(path=path, statement=statement, alignment=alignment, score=score, reasons=tuple(reasons))


def _sentence(statement: Statement, alignment: Alignment) -> str:
    text = statement.text.replace("\ue000", "{}")
    shown = text if len(text) <= 120 else text[:117] + "..."
    if alignment.fit is Fit.WHOLE:
        return f"the template `{shown}` gives the whole message"
    if alignment.fit is Fit.SUFFIX:
        return f"the template `{shown}` gives the end of the message"
    if alignment.fit is Fit.INNER:
        return f"the template `{shown}` stands in the message"
    return f"{alignment.recall:.0%} of the template `{shown}` stands in the message, in order"


def _module_fits(path: str, logger: str) -> bool:
    """True where a dotted logger name is the module of this path, or its last parts are."""
    module = posixpath.splitext(path)[0].removesuffix("/__init__").replace("/", ".")
    return module == logger or module.endswith("." + logger) or logger.endswith("." + module)


def _tier(hit: Hit) -> int:
    """Whole messages with words of their own first, then cores, then what only resembles; tests behind their like."""
    test = bool(_TEST_PATH.search(hit.path))
    if hit.alignment.fit is Fit.WHOLE and hit.alignment.weight >= _STRONG_WEIGHT:
        return 0 if not test else 2
    return 1 if not test else 3


def _rank(hits: list[Hit]) -> list[Hit]:
    """Best first, with confidences; one hit a function and template."""
    ordered = sorted(hits, key=lambda h: (_tier(h), -round(h.score, 6), h.path, h.statement.line, h.statement.text))
    odds: dict[tuple[str, str], float] = {}
    if not ordered:
        return []
    top = ordered[0].score
    for hit in ordered:
        distance = math.exp(-12 * max(0.0, 1 - hit.score / top)) * 0.03 ** (_tier(hit) - _tier(ordered[0]))
        odds[hit.place] = max(odds.get(hit.place, 0.0), min(1.0, distance))
    total = sum(odds.values())
    out: list[Hit] = []
    seen: set[tuple[str, str]] = set()
    for hit in ordered:
        if hit.place in seen:
            continue
        seen.add(hit.place)
        confidence = round(_believe(hit) * odds[hit.place] / total, 6)
        unique = hit is ordered[0] and confidence >= 0.85
        out.append(
            Hit(
                path=hit.path,
                statement=hit.statement,
                alignment=hit.alignment,
                score=hit.score,
                confidence=confidence,
                unique=unique,
                reasons=hit.reasons,
            )
        )
    return out


def _believe(hit: Hit) -> float:
    """Probability that the text comes from a statement like this one, rivals aside: measured, monotone."""
    alignment = hit.alignment
    strength = min(1.0, alignment.weight / (2 * _STRONG_WEIGHT))
    if alignment.fit is Fit.WHOLE:
        return 0.55 + 0.43 * strength
    if alignment.fit is Fit.SUFFIX:
        return 0.45 + 0.45 * strength
    if alignment.fit is Fit.INNER:
        return 0.35 + 0.45 * strength
    return (0.2 + 0.6 * strength) * alignment.recall
