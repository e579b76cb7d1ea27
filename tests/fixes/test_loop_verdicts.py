"""Where the loop is heading: one claim a rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.fixes import judge_loop
from analyzer.model import Fix, PastCycle, PastTest


def cycle(errors: str = "", resolved: str = "", tests: str = "", verdicts: tuple[str, ...] = ()) -> PastCycle:
    """`errors` and `resolved` are letters, `tests` a letter a test: p, f or s."""
    outcomes = {"p": "passed", "f": "failed", "s": "skipped"}
    return PastCycle(
        key="k",
        name="n",
        errors=tuple((e,) for e in errors),
        resolved=tuple(resolved),
        tests={f"t{n}": PastTest(outcome=outcomes[o]) for n, o in enumerate(tests)},
        fixes=tuple(Fix(commit="a" * 40, claims=(), claim_text="t", verdict=v) for v in verdicts),
    )


STUCK = cycle("ab", tests="ffppp")


@pytest.mark.parametrize(
    ("cycles", "word"),
    [
        ([STUCK], None),
        ([cycle(), cycle()], None),
        ([STUCK, replace(STUCK, fixes=cycle(verdicts=("not_rolled_out",)).fixes)], "stalled"),
        ([STUCK, cycle("abc", tests="ffffp", verdicts=("wrong_path",))], "regressing"),
        ([STUCK, cycle("abc", tests="ffppp")], "stalled"),
        ([STUCK, cycle("ac", resolved="b", tests="fpppp")], "converging"),
        ([STUCK, cycle("c", tests="ffppp", verdicts=("unmasked_next",))], "converging"),
        ([STUCK, cycle("a", tests="fpppp")], "stalled"),
        ([cycle("a", tests="fp"), cycle("", tests="pp")], None),
        ([cycle("a"), cycle("", resolved="a"), cycle("a")], "regressing"),
        ([cycle("a"), cycle("", "a"), cycle("a"), cycle("", "a"), cycle("a")], "oscillating"),
        ([cycle(tests="ffffff"), cycle(tests="pppppp")], "converging"),
        ([cycle(tests="pppppp"), cycle(tests="ffffff")], "regressing"),
        ([cycle(tests="fffffp"), cycle(tests="ppfffp")], "stalled"),
    ],
)
def test_the_loop_is_called_by_the_written_rules(cycles: list[PastCycle], word: str | None) -> None:
    found = judge_loop(cycles)
    assert found.word == word, found.reason
    assert found.reason


def test_an_error_under_another_name_is_the_same_error() -> None:
    renamed = PastCycle(key="k", name="2", errors=(("z", "a"),))
    assert judge_loop([cycle("a"), renamed]).word == "stalled"


def test_cycles_of_other_services_are_not_compared() -> None:
    assert judge_loop([replace(STUCK, services=("x",)), replace(STUCK, services=("y",))]).word is None
