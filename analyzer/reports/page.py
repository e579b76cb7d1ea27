"""What the HTML page shows besides what every format shows: failing tests by error, drawn chains, anchors, cards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from analyzer.reports.cards import Card, cards
from analyzer.reports.hostile import one_line, shorten
from analyzer.reports.markdown import cause_markdown
from analyzer.reports.undecided import Undecided
from analyzer.reports.view import View

FIRST_FAILING = 12
"""Failing tests that the first screen names; the others are counted there and named under the tests."""

LISTED_QUESTIONS = 200
"""Open questions on single clusters that are listed; those on anything else all are."""

LISTED_TESTS = 1_000
"""Tests that did not fail and are listed one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """A test of the run."""

    result: Mapping[str, Any]
    anchor: str | None
    """its id in the page; None where another row of this name has it"""
    module: str
    """the name up to its last part; with `name` the whole name"""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """Failing tests that show the same error."""

    said: str
    """title of the error, or the test's own words where no cluster carries them"""
    fingerprint: str | None
    rank: int | None
    """the cause that explains it"""
    tests: tuple[TestRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A view, prepared for the templates of the page."""

    view: View
    cards: tuple[Card, ...]
    failing: tuple[TestRow, ...]
    others: tuple[TestRow, ...]
    """tests that did not fail, at most `LISTED_TESTS`"""
    unlisted: int
    """those that are not in `others`"""
    test_anchors: Mapping[str, str]
    ranks: Mapping[str, int]
    """fingerprint → the first cause that speaks of it"""

    @property
    def undecided(self) -> tuple[Undecided, ...]:
        """What could not be decided; of questions on clusters the first `LISTED_QUESTIONS`."""
        about = [item for item in self.view.undecided if item.fingerprint]
        left_out = {id(item) for item in about[LISTED_QUESTIONS:]}
        return tuple(item for item in self.view.undecided if id(item) not in left_out)

    @property
    def brief(self) -> int:
        """Cards that are shown in brief."""
        return sum(card.brief for card in self.cards)

    @property
    def first_failing(self) -> tuple[Failing, ...]:
        """The failing tests of the first screen, by the error they show, the widest first."""
        groups: dict[tuple[str | None, str], list[TestRow]] = {}
        for row in self.failing:
            groups.setdefault(self._error(row.result), []).append(row)
        out: list[Failing] = []
        room = FIRST_FAILING
        for (fingerprint, said), rows in sorted(groups.items(), key=lambda item: -len(item[1])):
            if room > 0:
                rank = self.ranks.get(fingerprint) if fingerprint else None
                out.append(Failing(said=said, fingerprint=fingerprint, rank=rank, tests=tuple(rows[:room])))
            room -= len(rows)
        return tuple(out)

    @property
    def more_failing(self) -> int:
        """Failing tests that the first screen does not name."""
        return max(len(self.failing) - FIRST_FAILING, 0)

    def _error(self, result: Mapping[str, Any]) -> tuple[str | None, str]:
        for fingerprint in result["clusters"]:
            if fingerprint in self.view.cluster_titles:
                return fingerprint, self.view.cluster_titles[fingerprint]
        first = (result["message"] or "").lstrip().partition("\n")[0]
        return None, shorten(first, 160) or "no message"

    def chain(self, cause: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
        """The chain as columns: links of one role in a row, from symptom to root."""
        return [(role, list(links)) for role, links in groupby(cause["chain"], key=lambda link: str(link["role"]))]

    def markdown(self, cause: Mapping[str, Any]) -> str:
        """The cause as Markdown, to be copied."""
        return cause_markdown(self.view, cause)


def page(shown: View) -> Page:
    """What the page shows of a view."""
    report = shown.report
    results = report["tests"]["results"] if report["tests"] else []
    failed = [result for result in results if result["status"] in ("failed", "error")]
    others = [result for result in results if result["status"] not in ("failed", "error")]
    anchors: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for cause in report["causes"]:
        for fingerprint in cause["fingerprints"]:
            ranks.setdefault(fingerprint, cause["rank"])
    return Page(
        view=shown,
        cards=cards(shown.clusters, shown.cluster_anchors, shown.entry_anchors, ranks, frozenset(_cited(report))),
        failing=tuple(_rows(failed, anchors)),
        others=tuple(_rows(others[:LISTED_TESTS], anchors)),
        unlisted=max(len(others) - LISTED_TESTS, 0),
        test_anchors=anchors,
        ranks=ranks,
    )


def _cited(report: Mapping[str, Any]) -> Iterator[str]:
    """Entry ids that something other than a cluster rests on."""
    todo: list[Any] = [value for key, value in report.items() if key != "clusters"]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            yield from value.get("entry_ids") or ()
            todo += value.values()
        elif isinstance(value, list):
            todo += value


def _rows(results: Sequence[Mapping[str, Any]], anchors: dict[str, str]) -> Iterator[TestRow]:
    for result in results:
        test = one_line(result["test"])
        anchor = None
        if test not in anchors:
            anchor = anchors[test] = f"test-{hashlib.blake2b(test.encode(), digest_size=6).hexdigest()}"
        cut = max(test.rfind(mark) + len(mark) if mark in test else 0 for mark in ("::", " > "))
        yield TestRow(result=result, anchor=anchor, module=test[:cut], name=test[cut:])
