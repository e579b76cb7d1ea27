"""A message taken apart: wrappers that the repository proves, around a core that a rule or nobody explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from analyzer.model import OriginIndex, Query, QueryKind, Wrapper

_MAX_LAYERS = 5
_LIKELY = 0.02
"""a wrapper less probable than this share of the best one starts no search"""


class Advice(Protocol):
    """What a rule says beside its query."""

    @property
    def kind(self) -> str:
        """Kind of cause where nothing in the code is found."""

    @property
    def says(self) -> str:
        """What such a message means, one sentence; empty where it speaks for itself."""

    @property
    def confirms(self) -> str:
        """What would confirm the cause; empty where nothing special would."""


class RuntimeMessages(Protocol):
    """What is known of the texts that runtimes and libraries raise."""

    def advice(self, rule: str) -> Advice:
        """What the rule of a query says beside it."""

    def explain(self, text: str, exception: str | None = None) -> Query | None:
        """The query of a text that is such a message as a whole."""

    def explain_within(self, text: str) -> Sequence[tuple[Query, int]]:
        """Such messages at the end of a longer text, the longest first, each with the place where it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of an error to take apart."""

    text: str
    field: str | None = None
    """the JSON key it stood under"""
    exception: str | None = None
    """class that it was raised as, where that is known"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposed:
    """Of one text: what stands around the core, and what the core asks of the code."""

    query: Query
    layers: tuple[tuple[Wrapper, ...], ...] = ()
    """outermost first; of each the statements that can have written it, the most probable first"""
    proved: bool = True
    """the repository has a statement for every wrapper; False where only the words tell where the core begins"""

    @property
    def innermost(self) -> tuple[Wrapper, ...]:
        """The wrappers that stand directly around the core."""
        return self.layers[-1] if self.layers else ()

    @property
    def explained(self) -> bool:
        """Whether a rule knows the core."""
        return self.query.rule is not None


def decompose(texts: Sequence[Text], index: OriginIndex, messages: RuntimeMessages) -> Decomposed | None:
    """The reading that explains most: a core that a rule knows before one that none knows, then most layers.

    Of equals the first text counts. None where there is no text. The texts are printings of one occurrence: wrappers
    in a function that has put words around the same core more than once come first.
    """
    readings = [_read(text, index, messages) for text in texts if text.text.strip()]
    if not readings:
        return None
    best = max(readings, key=lambda r: (r.explained, r.explained and r.proved, len(r.layers)))
    votes: Counter[tuple[str, str | None]] = Counter()
    for reading in readings:
        if reading.query.text == best.query.text:
            votes.update({(w.path.file, w.path.function) for w in reading.innermost})
    agreed = sorted(best.innermost, key=lambda w: -votes[w.path.file, w.path.function])
    return replace(best, layers=(*best.layers[:-1], tuple(agreed))) if agreed else best


def _read(text: Text, index: OriginIndex, messages: RuntimeMessages) -> Decomposed:
    layers: list[tuple[Wrapper, ...]] = []
    current, field = text.text.strip(), text.field
    while True:
        query = messages.explain(current, text.exception if not layers else None)
        if query is not None:
            return Decomposed(query=query, layers=tuple(layers))
        found = _layer(index.wrappers(current, field=field)) if len(layers) < _MAX_LAYERS else ()
        if not found:
            break
        layers.append(found)
        current, field = found[0].inner, None
    within = messages.explain_within(current)
    if within:
        return Decomposed(query=within[0][0], layers=tuple(layers), proved=False)
    return Decomposed(
        query=Query(kind=QueryKind.TEXT, text=current, exception=(text.exception or "") if not layers else ""),
        layers=tuple(layers),
    )


def _layer(wrappers: Sequence[Wrapper]) -> tuple[Wrapper, ...]:
    """The wrappers that leave the same inner text as the most probable one does."""
    whole = [w for w in wrappers if w.whole]
    if not whole:
        return ()
    best = max(w.path.confidence for w in whole)
    weight: dict[str, float] = {}
    for wrapper in whole:
        weight[wrapper.inner] = weight.get(wrapper.inner, 0.0) + wrapper.path.confidence
    inner = max(sorted(weight), key=lambda text: (weight[text], len(text)))
    return tuple(w for w in whole if w.inner == inner and w.path.confidence >= _LIKELY * best)
