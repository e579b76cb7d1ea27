"""Rule packs: every sample holds, and a wrong pack is refused by file and rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.errors import RuleError
from analyzer.rules import KINDS, Rule, backtracking_danger, check_samples, load_rules

GOOD = '[[rule]]\nid = "own.rye"\nwhy = "w"\npattern = "rye"\nmatch = ["rye bread"]\nmiss = ["wheat"]\n'


def own(tmp_path: Path, text: str, kind: str = "noise") -> Path:
    folder = tmp_path / kind
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(text)
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_every_sample_of_every_shipped_rule_holds(kind: str) -> None:
    failures = check_samples(load_rules(kind))
    assert [(f.rule.id, f.text, f.problem) for f in failures] == []


def test_shipped_rules_have_samples_both_ways() -> None:
    rules: list[Rule] = [rule for kind in KINDS for rule in load_rules(kind)]
    assert len(rules) > 40
    assert all(rule.match and rule.miss and rule.why for rule in rules)


def test_a_project_s_rules_come_after_the_shipped_ones(tmp_path: Path) -> None:
    rules = load_rules("noise", (own(tmp_path, GOOD),))
    assert rules[-1].id == "own.rye"
    assert len(rules) > 1


def test_a_sample_that_does_not_hold_is_named(tmp_path: Path) -> None:
    text = GOOD.replace('match = ["rye bread"]', 'match = ["oats"]').replace('miss = ["wheat"]', 'miss = ["rye"]')
    failures = check_samples(load_rules("noise", (own(tmp_path, text),)))
    assert [(f.rule.id, f.text) for f in failures] == [("own.rye", "oats"), ("own.rye", "rye")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace('pattern = "rye"', 'pattern = "(rye"'), "own.rye"),
        (GOOD.replace('pattern = "rye"', 'pattern = "(r+)+y"'), "exponential"),
        (GOOD.replace('miss = ["wheat"]\n', ""), "miss is missing"),
        (GOOD.replace('id = "own.rye"', 'id = "Own Rye"'), "id is missing"),
        (GOOD.replace('why = "w"', 'flags = "q"\nwhy = "w"'), "unknown flag"),
        (GOOD + GOOD, "also in"),
        ("not toml", "own.toml"),
        ('[other]\nx = "y"\n', "only"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RuleError, match=r"own\.toml") as caught:
        load_rules("noise", (own(tmp_path, text),))
    assert says in caught.value.message


@pytest.mark.parametrize("pattern", [r"(a+)+", r"(?:a*)*", r"(?:\w+\s?)*x", r"(?:(?:a{1,500})b?){1,500}"])
def test_patterns_that_backtrack_exponentially_are_found(pattern: str) -> None:
    assert backtracking_danger(pattern)


@pytest.mark.parametrize("pattern", [r"a+b*", r"(?:-[0-9a-f]{4}){3}", r"(?:(?>a+)b)*", r"[^\s\"]++x"])
def test_harmless_patterns_are_let_through(pattern: str) -> None:
    assert backtracking_danger(pattern) is None
