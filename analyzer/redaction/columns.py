"""The rules over a column of texts: exactly what they make of each text alone, with screens in place of most tries.

One text: the rules in their order, again and again until nothing changes. A column: the same for each of its texts,
but whether a rule can find anything is asked of all texts at once (`analyzer.redaction.screens`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from analyzer.redaction.screens import Screens, column_of, nesting_above, places_of
from analyzer.redaction.steps import Step

_MAX_PASSES = 6
_ENOUGH = 256
"""texts for which the screen is worth its set-up"""
_ENOUGH_HITS = 512
"""texts with something to hide for which screens of single rules are worth theirs"""
_ENOUGH_TO_SPLIT = 128


@dataclass(slots=True)
class _Work:
    """A text on its way: `text` is what the steps in front of `step` made of `before` in pass number `passes`."""

    text: str
    before: str
    step: int = 0
    passes: int = 0


class Columns:
    """Applies steps to texts. The screens are made when they are first needed."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = tuple(steps)

    @cached_property
    def _screens(self) -> Screens:
        return Screens([(step.pattern, step.hints) for step in self._steps])

    def redact(self, text: str) -> str:
        """The text after all steps, in their order and until nothing changes."""
        return self._finish(_Work(text, text))

    def redact_all(self, texts: Sequence[str]) -> list[str]:
        """The same of each text."""
        work = [_Work(text, text) for text in texts]
        under_way = work
        while len(under_way) >= _ENOUGH_HITS:
            candidates = self._screens.candidates([item.text for item in under_way], enough=_ENOUGH_TO_SPLIT)
            under_way = [item for item, steps in zip(under_way, candidates, strict=True) if self._go_on(item, steps)]
        for item in under_way:
            item.text = self._finish(item)
        return [item.text for item in work]

    def hits(self, texts: Sequence[str | None]) -> Iterable[int]:
        """Places of all texts that a step may change, in order."""
        if len(texts) < _ENOUGH:
            return range(len(texts))
        column, places = column_of(texts)
        places |= places_of(column, self._screens.texts)
        for step in self._screens.unscreened:
            search = self._steps[step].pattern.search
            places.update(n for n, text in enumerate(texts) if text is not None and n not in places and search(text))
        return sorted(places)

    def may_change_json(self, documents: Sequence[str | None], max_depth: int, also: str) -> list[bool]:
        """For each JSON text whether a step may change one of its strings, its nesting may be too deep, or the RE2
        expression `also` occurs."""
        if self._screens.unscreened:
            return [document is not None for document in documents]
        column, places = column_of(documents)
        places |= places_of(column, self._screens.documents) | places_of(column, also)
        places |= nesting_above(column, max_depth)
        return [n in places for n in range(len(documents))]

    def _finish(self, item: _Work) -> str:
        """The rest of the steps on one text."""
        # What one rule leaves can be what another one hides, so go on until nothing changes: that is idempotence.
        text, before, first = item.text, item.before, item.step
        for _ in range(item.passes, _MAX_PASSES):
            lowered = before.lower()
            for step in self._steps[first:]:
                if step.applies(lowered):
                    text = step.apply(text)
            if text == before:
                break
            before, first = text, 0
        return text

    def _go_on(self, item: _Work, candidates: Sequence[int]) -> bool:
        """Take `_finish` up to the first change; True where there was one, so that more may follow.
        `candidates`: all steps that may change the text as it is now, in order."""
        while candidates:
            lowered = item.before.lower()
            for number in candidates:
                step = self._steps[number]
                if number >= item.step and step.applies(lowered):
                    text = step.apply(item.text)
                    if text != item.text:
                        item.text, item.step = text, number + 1
                        return True
            item.passes += 1
            if item.text == item.before or item.passes == _MAX_PASSES:
                break
            item.before, item.step = item.text, 0
        return False
