"""Texts that runtimes raise, and what each asks of the code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzer.model import Query, QueryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAdvice:
    """What a rule says beside its query."""

    kind: str = "code"
    says: str = ""
    confirms: str = ""


_KNOWN = (
    (QueryKind.UNSERIALIZABLE, "TypeError", r"\AObject of type (?P<type>\w{1,100}) is not JSON serializable\Z"),
    (QueryKind.NAME, "NameError", r"\Aname '(?P<name>\w{1,100})' is not defined\Z"),
    (QueryKind.MODULE, "ModuleNotFoundError", r"\ANo module named '(?P<module>[\w.]{1,200})'\Z"),
)


class Knowledge:
    """The texts that are known."""

    def explain(self, text: str, exception: str | None = None) -> Query | None:
        """The query of a text that is such a message as a whole."""
        for kind, raised, pattern in _KNOWN:
            found = re.match(pattern, text)
            if found and (exception is None or exception.rpartition(".")[2] == raised):
                rule = f"causes.{kind.value}"
                return Query(kind=kind, text=text, names=found.groupdict(), exception=raised, rule=rule)
        return None

    def explain_within(self, text: str) -> list[tuple[Query, int]]:
        """Such messages at the end of a longer text, the longest first, each with the place where it begins."""
        starts = [found.end() for found in re.finditer(r": | - ", text)]
        return [(query, start) for start in starts if (query := self.explain(text[start:])) is not None]

    def advice(self, rule: str) -> RuleAdvice:
        """What the rule of a query says beside it."""
        del rule
        return RuleAdvice()
