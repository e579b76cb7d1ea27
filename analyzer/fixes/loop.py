"""Where the loop of cycles is heading, and the trend it is read from.

The last cycle is compared with the one before it. Of the rules the first that holds decides:

| word | rule |
|---|---|
| none | fewer than two cycles; no service in common; or neither errors nor tests in both |
| oscillating | two or more comebacks of errors that were found resolved, over all cycles, one of them in the last two |
| regressing | a fix regressed or errors came back, at least as many as were resolved |
| regressing | new errors and broken tests, nothing resolved, no fix that uncovered the next error |
| converging | errors were found resolved (silence is not), or a fix is newly verified or uncovered the next |
| converging | more tests fixed than broken, by more than chance (exact sign test, p < 0.05) |
| regressing | more tests broken than fixed, by more than chance |
| stalled | the same errors, or the same failing tests, are still there |
| none | else: what is gone is not proved gone |

Tests count that ran in both cycles and were flaky in neither. One test more or less never decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb

from analyzer.fixes.impact import impact_totals
from analyzer.model import PastCycle, TrendPoint, Verdict

_SIGNIFICANT = 0.05
_MIN_COMEBACKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Where it is heading: `word` is converging, stalled, oscillating, regressing or None; `reason` a sentence."""

    word: str | None
    reason: str


def judge_loop(cycles: Sequence[PastCycle]) -> Loop:
    """The verdict on cycles of the same services, oldest first, the last being the one that is judged."""
    if len(cycles) < 2:
        return Loop(word=None, reason="one cycle is no loop")
    before, now = cycles[-2], cycles[-1]
    if before.services and now.services and not set(before.services) & set(now.services):
        return Loop(word=None, reason=f"cycle {before.name} had other services")
    alike = _Alike(cycles)
    old, new_all = alike.errors(before), alike.errors(now)
    fixed, broken, still = _test_changes(before, now)
    common = sorted(set(before.tests) & set(now.tests))
    if not (old or new_all or common):
        return Loop(word=None, reason="neither errors nor common tests to compare")
    ever = {e for cycle in cycles[:-1] for e in alike.errors(cycle)}
    resolved = old & alike.resolved(now)
    back = {e for e in new_all - old if any(e in alike.resolved(c) for c in cycles[:-1])}
    back |= alike.of(now.regressed) & new_all
    fresh = new_all - ever
    same = old & new_all
    verdicts = [fix.verdict for fix in now.fixes]
    was_verified = {(f.commit, f.claim_text) for c in cycles[:-1] for f in c.fixes if f.verdict == Verdict.VERIFIED}
    cured = [
        f
        for f in now.fixes
        if f.verdict == Verdict.UNMASKED_NEXT
        or (f.verdict == Verdict.VERIFIED and (f.commit, f.claim_text) not in was_verified)
    ]
    comebacks, recent = alike.comebacks()
    if comebacks >= _MIN_COMEBACKS and recent:
        return Loop(word="oscillating", reason=f"errors came back {comebacks} times after they were resolved")
    worse = max(len(back), verdicts.count(Verdict.REGRESSED))
    if worse and worse >= len(resolved):
        return Loop(word="regressing", reason=f"{_count(worse, 'error')} came back, {len(resolved)} resolved")
    if fresh and broken and not resolved and not cured:
        beside = f" beside {_count(len(same), 'old one')}" if same else ""
        return Loop(
            word="regressing",
            reason=f"{_count(len(fresh), 'new error')}{beside}, {_count(broken, 'test')} broken, nothing resolved",
        )
    if (resolved or cured) and broken <= max(fixed, len(resolved)):
        what = [f"{_count(len(resolved), 'error')} of cycle {before.name} resolved"] if resolved else []
        what += [f"{_count(len(cured), 'fix', 'fixes')} took effect"] if cured else []
        what += [f"{_count(len(fresh), 'new error')} behind them"] if fresh else []
        return Loop(word="converging", reason=f"{', '.join(what)}; {_count(fixed, 'test')} fixed, {broken} broken")
    if _by_more_than_chance(fixed, broken):
        word = "converging" if fixed > broken else "regressing"
        return Loop(word=word, reason=f"{_count(fixed, 'test')} fixed, {broken} broken: more than chance")
    if same or still:
        claimed = len({fix.commit for fix in now.fixes})
        errors = f"{_count(len(same), 'error')} as in cycle {before.name}" if same else ""
        tests = f"{_count(still, 'test')} still failing" if still else ""
        fixes = f"{_count(claimed, 'claimed fix', 'claimed fixes')} did not end that" if claimed else ""
        few = f"{fixed} fixed and {broken} broken may be chance" if fixed or broken else ""
        return Loop(word="stalled", reason=", ".join(filter(None, (errors, tests, fixes, few))))
    if old or broken or fixed:
        return Loop(word=None, reason="what is gone is not proved gone, and what changed in tests may be chance")
    return Loop(word=None, reason="nothing failed that was failing before")


def trend_points(cycles: Iterable[PastCycle]) -> tuple[TrendPoint, ...]:
    """One point a cycle, in their order (oldest first)."""
    return tuple(
        TrendPoint(
            cycle=cycle.name,
            pass_rate=cycle.pass_rate,
            clusters=cycle.clusters,
            failed=sum(t.outcome == "failed" for t in cycle.tests.values()) if cycle.tests else None,
            new=cycle.new,
            resolved=cycle.gone,
            impact=impact_totals(cycle.impact),
        )
        for cycle in cycles
    )


class _Alike:
    """Which fingerprints are one error: those that some cycle has as names of one cluster."""

    def __init__(self, cycles: Sequence[PastCycle]) -> None:
        self._cycles = cycles
        self._parent: dict[str, str] = {}
        for cycle in cycles:
            for names in cycle.errors:
                for name in names:
                    first, second = sorted((self._root(names[0]), self._root(name)))
                    self._parent[second] = first

    def _root(self, name: str) -> str:
        while (parent := self._parent.get(name, name)) != name:
            name = parent
        return name

    def of(self, names: Iterable[str]) -> set[str]:
        return {self._root(name) for name in names}

    def errors(self, cycle: PastCycle) -> set[str]:
        return {self._root(names[0]) for names in cycle.errors}

    def resolved(self, cycle: PastCycle) -> set[str]:
        """Found resolved, and not there under another name."""
        return self.of(cycle.resolved) - self.errors(cycle)

    def comebacks(self) -> tuple[int, bool]:
        """How often an error occurred again after it was resolved, and whether one did in the last two cycles."""
        count, recent, gone = 0, False, set[str]()
        for number, cycle in enumerate(self._cycles):
            returned = gone & self.errors(cycle)
            count += len(returned)
            recent = recent or bool(returned and number >= len(self._cycles) - 2)
            gone = (gone - returned) | self.resolved(cycle)
        return count, recent


def _test_changes(before: PastCycle, now: PastCycle) -> tuple[int, int, int]:
    """How many tests were fixed, were broken, and fail in both; flaky ones left out."""
    pairs = [
        (before.tests[name].outcome, test.outcome)
        for name, test in now.tests.items()
        if name in before.tests and not test.flaky and not before.tests[name].flaky
    ]
    return pairs.count(("failed", "passed")), pairs.count(("passed", "failed")), pairs.count(("failed", "failed"))


def _by_more_than_chance(fixed: int, broken: int) -> bool:
    """The exact two-sided sign test of paired outcomes."""
    pairs = fixed + broken
    tail = sum(comb(pairs, k) for k in range(min(fixed, broken) + 1))
    return fixed != broken and 2 * tail < _SIGNIFICANT * 2**pairs


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"
