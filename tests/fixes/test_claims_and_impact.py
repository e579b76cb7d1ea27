"""Claims, actions, impact."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.errors import ConfigError
from analyzer.fixes import is_about, next_actions, parse_claim, read_impact, weigh_impact
from analyzer.model import Cause, Cluster, CodePath, CycleInfo, Ledger, Role, Severity, TestResult, TestRun, TestStatus

ONE = Cluster(
    fingerprint="s1:1", title="bake failed: KeyError: 'rye'", template="", core="'rye'", severity=Severity.ERROR,
    count=1, entries=1,
)  # fmt: skip


def test_a_claim_is_split_at_the_first_equals_sign() -> None:
    claim = parse_claim("abc123=a=b")
    assert (claim.commit, claim.text) == ("abc123", "a=b")


@pytest.mark.parametrize("text", ["abc123", "=text", "abc123="])
def test_half_a_claim_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_claim(text)


def test_a_claim_is_about_the_clusters_that_hold_its_text() -> None:
    assert is_about("KeyError: 'rye'", ONE)
    assert is_about("s1:1", ONE)
    assert not is_about("keyerror", ONE), "upper and lower case differ"


def test_lost_payloads_are_the_first_action() -> None:
    (action,) = next_actions([], [], [], None, Ledger(entries=10, without_payload=8), cycle=CycleInfo(name="1"))
    assert action.priority == 1
    assert action.command is not None


def test_an_area_is_at_risk_while_one_of_its_tests_fails(tmp_path: Path) -> None:
    file = tmp_path / "impact.toml"
    file.write_text('[[area]]\nname = "bread"\nvalue = 5\nunit = "EUR"\ntests = ["t.bread*"]\n'
                    '[[area]]\nname = "cake"\nvalue = 5\nunit = "EUR"\ntests = ["t.cake*"]\n'
                    '[[area]]\nname = "tea"\nvalue = 5\nunit = "EUR"\ntests = ["t.tea*"]\n')  # fmt: skip
    run = TestRun(
        results=(
            TestResult(test="t.bread::a", status=TestStatus.FAILED),
            TestResult(test="t.bread::b", status=TestStatus.PASSED),
            TestResult(test="t.cake::a", status=TestStatus.PASSED),
        )
    )
    found = weigh_impact(read_impact(file), run)
    assert [i.status for i in found] == ["at_risk", "protected", "unknown"]
    assert found[0].tests == ("t.bread::a",)


def test_an_impact_file_that_lacks_a_value_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "impact.toml"
    file.write_text('[[area]]\nname = "bread"\n')
    with pytest.raises(ConfigError, match="value"):
        read_impact(file)


def test_an_action_names_the_place_and_the_error_once() -> None:
    path = CodePath(
        file="app/oven.py", line=7, end_line=7, function="bake", commit=None, role=Role.FRAME, confidence=0.9
    )
    cause = Cause(
        rank=1, fingerprints=("s1:1",), summary="a long story", kind="code", code_paths=(path,), confidence=0.5
    )
    (action,) = next_actions([cause], [ONE], [], None, Ledger(entries=1), cycle=CycleInfo(name="1"))
    assert action.text == "Look at app/oven.py:7 (bake): bake failed: KeyError: 'rye'"
    assert (action.file, action.line) == ("app/oven.py", 7)
