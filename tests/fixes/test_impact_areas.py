"""Impact: what protects an area, what puts it at risk, and that no value counts twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import ConfigError
from analyzer.fixes import impact_totals, read_impact, trend_points, weigh_impact
from analyzer.fixes.impact_file import Area
from analyzer.model import (
    Cluster,
    CodePath,
    Impact,
    PastCycle,
    Role,
    Severity,
    TestResult,
    TestRun,
    TestStatus,
)  # fmt: skip

AREA = Area(name="bread", value=100, unit="EUR", tests=("t.bread*",), paths=("oven/*",), labels=("p1",))


def run(*results: TestResult) -> TestRun:
    return TestRun(results=results)


def result(test: str, status: TestStatus = TestStatus.PASSED, **more: object) -> TestResult:
    return replace(TestResult(test=test, status=status), **more)


def error(confidence: float) -> Cluster:
    path = CodePath(
        file="oven/heat.py", line=1, end_line=1, function=None, commit=None, role=Role.RAISE, confidence=confidence
    )
    return Cluster(
        fingerprint="s1:1",
        title="t",
        template="t",
        core="t",
        severity=Severity.ERROR,
        count=1,
        entries=1,
        code_paths=(path,),
    )


@pytest.mark.parametrize(
    ("tests", "clusters", "status"),
    [
        ([], [], "unknown"),
        ([result("t.bread")], [], "protected"),
        ([result("t.bread", TestStatus.SKIPPED)], [], "unknown"),
        ([result("t.bread", suspicious="0 ms")], [], "unknown"),
        ([result("t.bread"), result("t.bread2", TestStatus.ERROR)], [], "at_risk"),
        ([result("x", TestStatus.FAILED, labels=("p1",))], [], "at_risk"),
        ([result("x", TestStatus.FAILED, file="oven/test_heat.py")], [], "at_risk"),
        ([result("t.bread")], [error(0.9)], "at_risk"),
        ([result("t.bread")], [error(0.2)], "unknown"),
        ([result("t.bread")], [replace(error(0.9), count=0)], "protected"),
        ([result("t.bread")], [replace(error(0.9), severity=Severity.WARNING)], "protected"),
    ],
)
def test_an_area_is_protected_only_by_tests_that_ran_and_can_be_trusted(
    tests: list[TestResult], clusters: list[Cluster], status: str
) -> None:
    (found,) = weigh_impact([AREA], run(*tests), clusters)
    assert found.status == status
    assert found.to_dict()["assumption"] == "configured assumption (impact.toml), not a finding"


def test_the_delta_tells_the_status_of_the_last_cycle_and_since_when() -> None:
    past = [
        PastCycle(key=n, name=n, impact=(Impact(area="bread", value=100, unit="EUR", status=s),))
        for n, s in (("1", "unknown"), ("2", "protected"), ("3", "protected"))
    ]
    (bad,) = weigh_impact([AREA], run(result("t.bread", TestStatus.FAILED)), past=past)
    (good,) = weigh_impact([AREA], run(result("t.bread")), past=past)
    assert (bad.delta, good.delta) == ("was protected in cycle 3", "protected since cycle 2")
    assert trend_points(past)[0].impact[0].unknown == 100


def test_the_brackets_of_a_parametrised_test_need_no_escape() -> None:
    area = replace(AREA, tests=("t.cake[rye]",))
    (found,) = weigh_impact([area], run(result("t.cake[rye]")))
    assert found.status == "protected"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[area]]\nname="a"\nvalue=1\nunit="E"\ntests=["t"]\nworth=2', "worth"),
        ('[[area]]\nname="a"\nvalue=-1\nunit="E"\ntests=["t"]', "value"),
        ('[[area]]\nname="a"\nvalue=nan\nunit="E"\ntests=["t"]', "value"),
        ('[[area]]\nname="a"\nvalue=1e999\nunit="E"\ntests=["t"]', "value"),
        ('[[area]]\nname="a"\nvalue=true\nunit="E"\ntests=["t"]', "number"),
        ('[[area]]\nname="a"\nvalue="1"\nunit="E"\ntests=["t"]', "number"),
        ('[[area]]\nname="a"\nvalue=1\nunit="E"\ntests="t"', "list"),
        ('[[area]]\nname="a"\nvalue=1\nunit="E"', "no tests"),
        ('[[area]]\nname="a"\nvalue=1\nunit="E"\ntests=["t"]\n' * 2, "two areas"),
        ('[[area]]\nname="a"\nvalue=1\nunit="E"\ntests=["t"]\npool="p"\n'
         '[[area]]\nname="b"\nvalue=1\nunit="F"\ntests=["t"]\npool="p"\n', "units"),
        ("x = " + "[" * 5000, "TOML|recursion|nest|Invalid"),
        ("[area]\n", "list of tables"),
        ("#" * 1_000_001, "bytes"),
    ],
)  # fmt: skip
def test_a_wrong_impact_file_is_refused_with_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "impact.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        read_impact(file)


values = st.floats(0, 1e9, allow_nan=False)
impacts = st.lists(
    st.builds(
        Impact,
        area=st.text(max_size=3),
        value=values,
        unit=st.just("EUR"),
        status=st.sampled_from(["at_risk", "protected", "unknown"]),
        pool=st.sampled_from([None, "p", "q"]),
    ),
    max_size=12,
)


@given(impacts=impacts, cap=st.none() | values)
def test_totals_count_each_value_and_each_pool_once_whatever_the_statuses(
    impacts: list[Impact], cap: float | None
) -> None:
    impacts = [replace(i, cap=cap) if i.pool == "p" else i for i in impacts]
    totals = impact_totals(impacts)
    allowed = sum(i.value for i in impacts if i.pool is None)
    for pool in ("p", "q"):
        mine = [i.value for i in impacts if i.pool == pool]
        if mine:
            allowed += min(sum(mine), cap) if pool == "p" and cap is not None else max(mine)
    found = sum(t.protected + t.at_risk + t.unknown for t in totals)
    assert found == pytest.approx(allowed)
    assert totals == impact_totals(impacts[::-1])


def test_a_pool_is_as_its_worst_area_is() -> None:
    one = Impact(area="a", value=80, unit="EUR", status="protected", pool="p")
    (total,) = impact_totals([one, replace(one, value=60, status="at_risk")])
    assert (total.protected, total.at_risk) == (0, 80)
    (total,) = impact_totals([one, replace(one, status="unknown")])
    assert (total.protected, total.unknown) == (0, 80)
