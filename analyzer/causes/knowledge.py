"""What is known of messages of runtimes and libraries: a text to a question to the code, and advice for its reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.causes.spellings import Spelling, spelling, spellings_within
from analyzer.errors import RuleError
from analyzer.model import Query, QueryKind
from analyzer.rules import Rule, fixed_texts, load_rules

MAX_CHARS = 4_000
"""So much of a message is read: what comes after only repeats data."""

_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a rule tells a reader."""

    kind: str
    """kind of cause where nothing in the code is found: code, configuration, packaging, dependency …"""
    says: str
    """what the message means; empty where the rule does not say it"""
    confirms: str
    """what would confirm the cause"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A rule, made ready to be asked."""

    rule: Rule
    kind: QueryKind
    names: Mapping[str, str]
    exceptions: tuple[str, ...]
    needs_exception: bool
    rank: tuple[int, int]
    """the most specific first: fixed characters (negative), then the order of the packs"""


class Knowledge:
    """The rules of the folder `causes`, asked for the message of an error."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {rule.id: rule for rule in rules}
        self._by_needle: dict[str, list[_Known]] = {}
        self._without_needle: list[_Known] = []
        for number, rule in enumerate(self._rules.values()):
            size, needles = fixed_texts(rule.pattern.pattern, rule.pattern.flags & ~re.UNICODE)
            known = _ready(rule, (-size, number))
            for needle in needles:
                self._by_needle.setdefault(needle, []).append(known)
            if not needles:
                self._without_needle.append(known)
        self._classes = frozenset(
            name for known in (*self._without_needle, *(k for row in self._by_needle.values() for k in row))
            for name in known.exceptions
        )  # fmt: skip

    @classmethod
    def load(cls, extra_dirs: Sequence[Path] = ()) -> Knowledge:
        """The shipped packs, then those in each folder of a project's own."""
        return cls(load_rules("causes", extra_dirs))

    def explain(self, text: str, exception: str | None = None) -> Query | None:
        """The question that a message asks; None where no rule knows it.

        `exception` is the class that it was raised as, where that is known: rules of other classes are left out
        (names are compared by their last part). A class that stands in the text, as a driver of a database writes it,
        `(psycopg2.errors.UniqueViolation) duplicate key …`, is the nearer one.
        """
        read = spelling(text[: 4 * MAX_CHARS], exception)
        return self._best(read, self._holding(read.message))

    def explain_within(self, text: str) -> list[tuple[Query, int]]:
        """Messages at the end of a longer text, the longest first, each with the offset at which it begins.

        The whole text is one of them. A class that stands in front (`KeyError: 'x'`, `TypeError('…')`) is heeded.
        """
        text = text[: 2 * MAX_CHARS]
        whole = " ".join(text.split())
        able = self._holding(whole)
        found: dict[tuple[str | None, str], tuple[Query, int]] = {}
        for read in spellings_within(text, self._classes):
            # a `repr` is read as the message that was behind it, whose words may not stand in the text
            query = self._best(read, able if read.message in whole else self._holding(read.message))
            if query and (query.rule, query.text) not in found:
                found[query.rule, query.text] = (query, read.start)
        return sorted(found.values(), key=lambda row: (row[1], row[0].rule or ""))

    def advice(self, rule_id: str, names: Mapping[str, str] | None = None) -> Advice:
        """What a rule tells a reader, with the captured names in their places (`…` where one is missing).

        Raises `RuleError` where there is no such rule.
        """
        rule = self._rules.get(rule_id)
        if rule is None:
            raise RuleError(f"no such rule: {rule_id}", "analyzer rules list shows them")
        known = {**rule.extra.get("names", {}), **(names or {})}

        def fill(sentence: str) -> str:
            return _HOLE.sub(lambda hole: known.get(hole[1]) or "…", sentence.replace("{{", "{").replace("}}", "}"))

        return Advice(
            kind=rule.extra["kind"],
            says=fill(rule.extra.get("says", "")),
            confirms=fill(rule.extra["confirms"]),
        )

    def _holding(self, text: str) -> list[_Known]:
        """Rules whose fixed words stand in a text, and those that have none; most specific first."""
        held = {known.rank: known for needle, row in self._by_needle.items() if needle in text for known in row}
        held.update((known.rank, known) for known in self._without_needle)
        return [held[rank] for rank in sorted(held)]

    def _best(self, read: Spelling, able: Iterable[_Known]) -> Query | None:
        message = read.message[:MAX_CHARS]
        for known, found in _matching(message, read.exception, able):
            captured = {name: value for name, value in found.groupdict().items() if value}
            return Query(
                kind=known.kind,
                text=message,
                names={**known.names, **captured},
                exception=read.exception or next(iter(known.exceptions), ""),
                rule=known.rule.id,
            )
        return None


def _matching(message: str, exception: str | None, able: Iterable[_Known]) -> Iterator[tuple[_Known, re.Match[str]]]:
    """Rules that fit message and class, in the given order."""
    last = exception.rpartition(".")[2] if exception else None
    for known in able:
        if (known.needs_exception and last is None) or (last and known.exceptions and last not in known.exceptions):
            continue
        found = known.rule.pattern.match(message)
        if found:
            yield known, found


def _ready(rule: Rule, rank: tuple[int, int]) -> _Known:
    classes = rule.extra.get("exception", ())
    return _Known(
        rule=rule,
        kind=QueryKind(rule.extra["query"]),
        names=rule.extra.get("names", {}),
        exceptions=(classes,) if isinstance(classes, str) else tuple(classes),
        needs_exception=bool(rule.extra.get("needs_exception")),
        rank=rank,
    )
