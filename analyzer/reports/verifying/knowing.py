"""What a report cites besides its own parts, and what other stages compute from them; handed in by the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules that there are, and values computed anew from the report's parts."""

    rules: frozenset[str]
    """ids of rules in packs, and the grounds of `analyzer.model.Ground`"""
    cells: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """rule of a cell of the decision table of fixes → its verdict and its sentence"""
    is_about: Callable[[str, Mapping[str, Any]], bool] = lambda _text, _cluster: True
    """whether the text of a claim names a cluster"""
    computed: Mapping[str, Any] = field(default_factory=dict)
    """place in the report (`tests/pass_rate`) → the value that follows from the rest of the report"""

    def knows(self, rule: str) -> bool:
        """Whether there is such a rule."""
        return rule in self.rules or rule in self.cells
