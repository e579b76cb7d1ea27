"""Hits → ranked hits with confidences: rivals share the belief, and only who emits a text is claimed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from analyzer.codepaths.alignment import Fit
from analyzer.codepaths.emitting import raisers
from analyzer.codepaths.scoring import Hit

_CLAIMED = 0.85
"""confidence from which on the first answer is called unique"""
_TEMPERATURE = 0.8
"""nats by which a rival must stay behind to be believed an e-th as much: the words of a text are not independent"""
_HALF_BELIEVED = 4.0
"""score at which a statement is as likely as not to be the one, rivals aside"""
_MOST = 0.985
"""belief in a statement that explains a whole text and has no rival"""
_WRAPPING = 5.0
"""score from which on a statement is sure enough to stand around others"""
_MAX_LAYERS = 4
_EMITTER_GAIN, _BEHIND = 1.0, 2.0
"""what the one emitter of an author's text is ahead of the author, and the author of several emitters"""
_REWORDED = 3.0
"""what a reworded statement stands behind one that explains the whole text"""
_TELLING_CUT = 15.0
"""weight of the words before a text breaks off from which on no other statement is likely to begin alike"""


def rank(hits: Sequence[Hit], emitters: Callable[[Hit], Sequence[Hit]]) -> list[Hit]:
    """Best first, with confidences; one hit a function.

    Of statements that explain different parts of a text, one inside the other's value, the outer one wrote it.
    `emitters` gives the statements that emit an author's text by its name.
    """
    named, authors = _apart(hits)
    ordered = sorted(
        _sure_before_partial(named),
        key=lambda h: (-h.score, h.path, h.statement.line, h.statement.text),
    )
    out: dict[tuple[str, str], Hit] = {}
    while ordered:
        leader = _outermost(ordered)
        layer = [leader, *(h for h in ordered if h is not leader and not _inside(h, leader))]
        ordered = [h for h in ordered if h is not leader and _inside(h, leader)]
        if not leader.emits:
            layer = _with_emitters(leader, layer, raisers(leader, ordered) or emitters(leader))
        for hit in _share(layer):
            out.setdefault(hit.place, hit if not out else replace(hit, unique=False))
            author = authors.get((hit.path, hit.statement.source_line))
            if author is not None:
                out.setdefault(author.place, replace(author, confidence=hit.confidence))
    return list(out.values())


def _with_emitters(author: Hit, layer: Sequence[Hit], emitters: Sequence[Hit]) -> list[Hit]:
    """The layer with the one emitter in front of the author, or with several behind: then only the author is sure."""
    others = [h for h in layer if h is not author]
    score = author.score + _EMITTER_GAIN
    emitters = [replace(h, score=score) for h in emitters]
    if len({h.place for h in emitters}) == 1:
        return [*emitters, replace(author, score=score - _BEHIND), *others]
    return [replace(author, score=score), *(replace(h, score=score - _BEHIND) for h in emitters), *others]


def _share(layer: Sequence[Hit]) -> list[Hit]:
    """Rivals for one part of a text, with the belief shared among them; the first one leads."""
    leader = layer[0]
    best: dict[tuple[str, str], Hit] = {}
    for hit in layer:
        best.setdefault(hit.place, hit)
    odds = {place: math.exp(min(0.0, hit.score - leader.score) / _TEMPERATURE) for place, hit in best.items()}
    total = sum(odds.values())
    out = []
    for place, hit in best.items():
        confidence = round(_believe(hit) * odds[place] / total, 6)
        sure = hit.alignment.fit is not Fit.CUT or hit.alignment.weight >= _TELLING_CUT
        unique = hit is leader and confidence >= _CLAIMED and hit.emits and sure and not hit.test
        out.append(replace(hit, confidence=confidence, unique=unique))
    return out


def _outermost(ordered: Sequence[Hit]) -> Hit:
    """The best hit, or the one that wraps it."""
    leader = ordered[0]
    for _ in range(_MAX_LAYERS):
        wrapping = [h for h in ordered if _wraps(h) and h is not leader and _inside(leader, h)]
        if not wrapping:
            break
        leader = wrapping[0]
    return leader


def _wraps(hit: Hit) -> bool:
    """True for a statement that is sure enough to stand around others."""
    fit = hit.alignment.fit
    if fit in (Fit.PARTIAL, Fit.CUT) or hit.score < _WRAPPING:
        return False
    return hit.emits or (fit is Fit.WHOLE and hit.score >= 2 * _WRAPPING)


def _inside(inner: Hit, outer: Hit) -> bool:
    """True where the words of one statement stand behind those of the other, or within one of its values."""
    a, b = inner.alignment, outer.alignment
    if a.start >= b.end > b.start:
        return True
    return b.fit is Fit.WHOLE and a.fit is not Fit.WHOLE and b.start < a.start and a.end < b.end and bool(b.values)


def _sure_before_partial(hits: Sequence[Hit]) -> list[Hit]:
    """Where a statement explains the whole text, one that would have to be reworded for it stands behind."""
    whole = [h.score for h in hits if h.alignment.fit is Fit.WHOLE and h.emits and h.score >= _WRAPPING]
    if not whole:
        return list(hits)
    bar = round(max(whole) - _REWORDED, 6)
    return [
        replace(h, score=min(h.score, bar)) if h.alignment.fit is Fit.PARTIAL and not h.alignment.excused else h
        for h in hits
    ]


def _apart(hits: Sequence[Hit]) -> tuple[list[Hit], dict[tuple[str, int], Hit]]:
    """Hits without, and by their place, those whose text reaches another hit by a name: an author is no rival of it."""
    carried = {(h.path, h.statement.source_line) for h in hits if h.statement.source_line}
    rest: list[Hit] = []
    authors: dict[tuple[str, int], Hit] = {}
    for hit in hits:
        key = hit.path, hit.statement.line
        if hit.statement.source_line or key not in carried:
            rest.append(hit)
        elif key not in authors or hit.score > authors[key].score:
            authors[key] = hit
    return rest, authors


def _believe(hit: Hit) -> float:
    """Probability that the text comes from a statement like this one, rivals aside."""
    ceiling = {Fit.WHOLE: _MOST, Fit.CUT: 0.9, Fit.SUFFIX: 0.95, Fit.INNER: 0.85, Fit.PARTIAL: 0.8}
    return ceiling[hit.alignment.fit] / (1 + math.exp(_HALF_BELIEVED - hit.score))
