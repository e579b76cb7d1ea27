"""What a report cites besides its own parts, and what other stages compute from them; handed in by the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a cell of the decision table of fixes says."""

    verdict: str
    says: str
    next_step: str
    effects: tuple[str, ...] | None = None
    """what the changed lines can do, of those it admits; None where it does not ask"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules that there are, and values computed anew from the report's parts."""

    rules: frozenset[str]
    """ids of rules in packs, and the grounds of `analyzer.model.Ground`"""
    cells: Mapping[str, Decided] = field(default_factory=dict)
    """by the rule that cites the cell"""
    means: Callable[[str, str, str | None], str | None] = lambda _rule, _text, _exception: None
    """(rule, message, class of its exception) → what the rule says of the message; None where it does not fit"""
    is_about: Callable[[str, Mapping[str, Any]], bool] = lambda _text, _cluster: True
    """whether the text of a claim names a cluster"""
    computed: Mapping[str, Any] = field(default_factory=dict)
    """place in the report (`tests/pass_rate`) → the value that follows from the rest of the report"""

    def knows(self, rule: str) -> bool:
        """Whether there is such a rule."""
        return rule in self.rules or rule in self.cells
