"""Made-up reports of cycles: any number of clusters and tests, the same for the same numbers."""

from __future__ import annotations

from typing import Any

from analyzer.model import (
    Action,
    Change,
    Cluster,
    CycleInfo,
    Deploys,
    EventKind,
    Evidence,
    Exemplar,
    Fix,
    Ledger,
    Report,
    RevisionDeploy,
    RevisionTraffic,
    Severity,
    TestResult,
    TestRun,
    TestStatus,
)
from analyzer.model.report import Impact

START_NS = 1_772_445_600_000_000_000
HOUR_NS = 3_600_000_000_000
FIX = "c7f3a1e0b95d4c2288e6410fd7a9b3e5561f0a4d"


def fingerprint(number: int) -> str:
    """A made-up fingerprint."""
    return f"s1:{number * 2_654_435_761 % 2**64:016x}"


def count_in(cycle: int, number: int) -> int:
    """How often cluster `number` occurs in `cycle`; 0 where it is gone."""
    return (cycle * 31 + number * 17) % 11


def made_report(
    cycle: int, *, clusters: int = 5, tests: int = 6, services: tuple[str, ...] = ("orders", "ovens"), **more: Any
) -> dict[str, Any]:
    """The report of a cycle that takes the hour number `cycle`; `more` goes into its `CycleInfo`."""
    from_ns = START_NS + cycle * HOUR_NS
    info: dict[str, Any] = {"name": str(cycle), "from_ns": from_ns, "to_ns": from_ns + HOUR_NS // 2}
    info |= {"services": services, "revisions": (f"orders-{cycle:05}",), "inputs": f"{cycle:032x}", **more}
    results = tuple(_result(cycle, number) for number in range(tests))
    passed = sum(r.status is TestStatus.PASSED for r in results)
    return Report(
        cycle=CycleInfo(**info),
        ledger=Ledger(entries=100),
        tests=TestRun(
            total=tests,
            passed=passed,
            failed=tests - passed,
            pass_rate=passed / tests if tests else None,
            results=results,
        ),
        clusters=tuple(_cluster(cycle, number, from_ns) for number in range(clusters)),
        deploys=Deploys(
            revisions=(
                RevisionDeploy(service="orders", revision=f"orders-{cycle:05}", commit=FIX, source="label"),
                RevisionDeploy(service="orders", revision=f"orders-{cycle:05}-refused", state="refused"),
            )
        ),
        fixes=(
            Fix(
                commit=FIX,
                claims=(fingerprint(1),),
                claim_text=fingerprint(1),
                verdict="inconclusive",
                evidence=(Evidence(text="no revision with it served"),),
            ),
        ),
        impact=(Impact(area="till", value=120_000, unit="USD a month", status="at_risk"),),
        actions=(Action(priority=1, text="deploy the fix", command="git log -1"),),
        exposure=(
            RevisionTraffic(service="orders", revision=f"orders-{cycle:05}", entries=80, requests=40, minutes=29.5),
            RevisionTraffic(service="ovens", revision="ovens-00007", entries=20, minutes=20.0),
        ),
    ).to_dict()


def _cluster(cycle: int, number: int, from_ns: int) -> Cluster:
    count = count_in(cycle, number)
    text = f"Oven {number} did not answer within {cycle + 1} s"
    return Cluster(
        fingerprint=fingerprint(number),
        aliases=(fingerprint(10_000 + number),) if number % 4 == 0 else (),
        title=text,
        template=f"Oven {number} did not answer within <num> s",
        exception_type="TimeoutError",
        exception_message=text,
        core=text,
        severity=Severity.WARNING if number % 5 == 4 else Severity.ERROR,
        kind=EventKind.APPLICATION,
        count=count,
        entries=2 * count,
        first_seen_ns=from_ns + number * 1_000_000,
        last_seen_ns=from_ns + number * 2_000_000,
        services=("orders",),
        change=(Change.ONGOING if count else Change.RESOLVED) if cycle else None,
        exemplars=(Exemplar(entry_ids=(f"e{cycle}-{number}",), message=text),),
    )


def _result(cycle: int, number: int) -> TestResult:
    failed = number > 0 and (cycle + number) % 4 == 0
    return TestResult(
        test=f"tests/test_till.py::test_receipt[{number}]",
        status=TestStatus.FAILED if failed else TestStatus.PASSED,
        seconds=0.1 * number,
        message="no answer" if failed else None,
        signature=fingerprint(number) if failed else None,
        attempts=2 if number == 2 else 1,
    )
