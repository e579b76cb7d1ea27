"""The decision table of fixes: every combination of answers has one cell, every cell is reached."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from analyzer.fixes import judge_fix
from analyzer.fixes.decision import CELLS, QUESTIONS, decide, table_lines
from analyzer.model import CodePath, Effect, Evidence, FixFacts, Relevance, Role, Rollout

COMMIT = "a" * 40
PAGE = Path(__file__).parent.parent.parent / "docs" / "fixes.md"
CANNOT = Relevance(effect=Effect.CANNOT, evidence=(Evidence(text="only a comment", file="a.py", line=3),))
CAN = Relevance(effect=Effect.CAN)
OTHER = CodePath(file="b.py", line=7, end_line=7, function="f", commit=None, role=Role.RAISE, confidence=0.9)


def rollout(revision: str, contains: bool | None, *, errors: int = 0, state: str = "served", n: int = 100) -> Rollout:
    idle = state in ("no_traffic", "refused")
    return Rollout(
        service="api",
        revision=revision,
        contains=contains,
        why=Evidence(text=f"{revision} is known"),
        errors=errors,
        error_ids=("e1",) if errors else (),
        requests=0 if idle else n,
        minutes=0.0 if idle else 5.0,
        first_ns=None if idle else 1,
        last_ns=None if idle else 2,
        draining=state == "draining",
        state=state,
    )


def verdict(*rows: Rollout, **facts: object) -> str:
    known = {"claims": ("s1:aa",), "baseline_errors": 50, "baseline_exposure": 100.0, "chance": 0.001, **facts}
    return judge_fix(FixFacts(commit=COMMIT, text="x", rollouts=rows, **known)).verdict  # type: ignore[arg-type]


def test_every_combination_of_answers_has_a_cell_and_every_cell_is_reached() -> None:
    reached = {decide(dict(zip(QUESTIONS, answers, strict=True))).name for answers in product(*QUESTIONS.values())}
    assert reached == {cell.name for cell in CELLS}


def test_the_page_holds_the_table_as_it_decides() -> None:
    assert "\n".join(table_lines()) in PAGE.read_text(encoding="utf-8")


def test_a_text_that_no_cycle_knows_is_said_so_in_the_words_of_the_contract() -> None:
    fix = judge_fix(FixFacts(commit=COMMIT, text="x"))
    assert fix.verdict == "inconclusive"
    assert [e.text for e in fix.evidence] == ["claimed text seen in no known cycle"]


@pytest.mark.parametrize(
    ("rows", "facts", "expected"),
    [
        ((rollout("r1", False, errors=5),), {}, "not_rolled_out"),
        ((rollout("r1", False, errors=5), rollout("r2", True, state="no_traffic")), {}, "not_rolled_out"),
        ((rollout("r1", False), rollout("r2", True, state="rolled_back")), {}, "not_rolled_out"),
        ((rollout("r1", False, errors=5), rollout("r2", True)), {}, "partially_rolled_out"),
        ((rollout("r1", False, errors=5, state="draining"), rollout("r2", True)), {}, "verified"),
        ((rollout("r2", None, errors=5),), {}, "inconclusive"),
        ((rollout("r2", True, errors=5),), {"relevance": CANNOT}, "wrong_path"),
        ((rollout("r2", True, errors=5),), {"relevance": CAN}, "inconclusive"),
        (
            (rollout("r2", True, errors=5),),
            {"relevance": Relevance(effect=Effect.CAN, remaining=(OTHER,))},
            "other_sites_remain",
        ),
        ((rollout("r2", True, errors=5),), {"verified_in": "3"}, "regressed"),
        ((rollout("r2", True),), {}, "verified"),
        ((rollout("r2", True, n=0),), {}, "inconclusive"),
        ((rollout("r2", True),), {"chance": 0.4}, "inconclusive"),
        ((rollout("r2", True),), {"baseline_errors": None}, "inconclusive"),
        ((rollout("r2", True),), {"relevance": CANNOT}, "inconclusive"),
        ((rollout("r2", True),), {"relevance": CANNOT, "failed_on_fix": ("3",)}, "wrong_path"),
        ((rollout("r2", True),), {"unmasked": ("s1:bb",)}, "unmasked_next"),
        ((rollout("r2", True),), {"elsewhere": ("s1:bb",)}, "other_sites_remain"),
    ],
)
def test_a_case_gets_its_verdict(rows: tuple[Rollout, ...], facts: dict[str, object], expected: str) -> None:
    assert verdict(*rows, **facts) == expected


def test_every_verdict_says_what_to_do_next_and_cites_the_entries_of_the_errors() -> None:
    fix = judge_fix(
        FixFacts(
            commit=COMMIT, text="x", claims=("s1:aa",), rollouts=(rollout("r1", True, errors=2),), relevance=CANNOT
        )
    )
    assert fix.next_step
    assert ("e1",) in [e.entry_ids for e in fix.evidence]
    assert ("a.py", 3) in [(e.file, e.line) for e in fix.evidence]
