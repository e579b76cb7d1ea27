"""A message taken apart: wrappers that the repository proves, around a core that a rule or nobody explains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from analyzer.model import OriginIndex, Query, QueryKind, Wrapper

_MAX_LAYERS = 5
_MAX_READINGS = 3
"""inner texts of one text that are tried"""
_LIKELY = 0.02
"""a wrapper less probable than this share of the best one starts no search"""
_QUOTED = re.compile(r"'[^']{0,200}'|\"[^\"]{0,200}\"")
"""the text of a KeyError is the key as `repr` writes it: no other usual error is only that"""


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

    def advice(self, rule_id: str, names: Mapping[str, str] | None = None) -> Advice:
        """What the rule of a query says beside it, with the captured names in their places."""

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
    """The best of the readings of one text."""
    found = list(_readings(text.text.strip(), text.field, text.exception, (), index, messages))
    return max(found, key=lambda r: (r.explained, r.explained and r.proved, len(r.layers)))


def _readings(
    text: str,
    field: str | None,
    exception: str | None,
    layers: tuple[tuple[Wrapper, ...], ...],
    index: OriginIndex,
    messages: RuntimeMessages,
) -> Iterator[Decomposed]:
    """What a text can be: a message that a rule knows, or words around one of several inner texts."""
    query = messages.explain(text, exception)
    if query is None and layers and _QUOTED.fullmatch(text):
        query = messages.explain(text, "KeyError")
    if query is not None:
        yield Decomposed(query=query, layers=layers)
        return
    found = _layers(index.wrappers(text, field=field), messages) if len(layers) < _MAX_LAYERS else []
    for layer in found:
        yield from _readings(layer[0].inner, None, None, (*layers, layer), index, messages)
    if not found:
        within = messages.explain_within(text)
        if within:
            yield Decomposed(query=within[0][0], layers=layers, proved=False)
        yield Decomposed(query=Query(kind=QueryKind.TEXT, text=text, exception=exception or ""), layers=layers)


def _layers(wrappers: Sequence[Wrapper], messages: RuntimeMessages) -> list[tuple[Wrapper, ...]]:
    """The wrappers by the inner text that they leave, the most probable texts first; few, for each is read again."""
    whole = [w for w in wrappers if w.whole and (w.named or messages.explain(w.inner) is not None)]
    if not whole:
        return []
    best = max(w.path.confidence for w in whole)
    by_inner: dict[str, list[Wrapper]] = {}
    for wrapper in whole:
        if wrapper.path.confidence >= _LIKELY * best:
            by_inner.setdefault(wrapper.inner, []).append(wrapper)
    order = sorted(by_inner, key=lambda text: (-sum(w.path.confidence for w in by_inner[text]), -len(text), text))
    return [tuple(by_inner[text]) for text in order[:_MAX_READINGS]]
