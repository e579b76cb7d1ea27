from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from making_clusters import cluster

from analyzer.cycles import Baseline, baseline_of, compare_tests, pick_green, read_baseline
from analyzer.cycles.tests import total
from analyzer.errors import ReportError
from analyzer.model import (
    Change,
    Cluster,
    CodePath,
    CycleInfo,
    Deploys,
    ExcerptLine,
    Exemplar,
    Facet,
    Ledger,
    PastCycle,
    Report,
    RevisionTraffic,
    Role,
    ServiceDeploy,
    TestResult,
    TestRun,
    TestStatus,
    TimelineEvent,
    parse_time,
)

FULL = cluster(
    "s1:a",
    aliases=("s1:b",),
    alias_reason="because",
    exception_type="KeyError",
    exception_message="'id'",
    wrappers=("outer",),
    noise="probe",
    known="accepted",
    first_seen_ns=parse_time("2026-01-02T10:00:00.123456Z"),
    last_seen_ns=parse_time("2026-01-02T11:00:00Z"),
    revisions=("api-00001-abc",),
    change=Change.NEW,
    related=("s1:c",),
    facets=(Facet(slot=1, values=(("x", 2), ("y", 1)), others=3),),
    exemplars=(Exemplar(entry_ids=("e1", "e2"), message="m", roles={"e1": "raise"}),),
    members=("e1", "e2"),
    location="unique",
    code_paths=(
        CodePath(
            file="a/b.py",
            line=3,
            end_line=4,
            function="C.m",
            commit="0" * 40,
            role=Role.RAISE,
            confidence=0.9,
            unique=True,
            evidence=("frame",),
            excerpt=(ExcerptLine(line=3, text="raise", marked=True),),
            owner="team",
            link="https://example.com/a",
        ),
    ),
    unlocated=None,
)


def sample_run() -> TestRun:
    before = total([TestResult(test="a", status=TestStatus.FAILED, message="m", signature="s1:a")])
    now = total(
        [
            TestResult(
                test="a", status=TestStatus.ERROR, seconds=0.5, message="m", clusters=("s1:a",), signature="s1:b"
            ),
            TestResult(test="b", status=TestStatus.PASSED, suspicious="ran 0 ms"),
        ]
    )
    return compare_tests(now, before)


def saved(tmp_path: Path, **changed: Any) -> Path:
    report = Report(
        cycle=CycleInfo(
            name="1",
            from_ns=parse_time("2026-01-02T10:00:00Z"),
            to_ns=parse_time("2026-01-02T12:00:00Z"),
            services=("api",),
            revisions=("api-00001-abc",),
        ),
        ledger=Ledger(),
        tests=sample_run(),
        clusters=(FULL,),
    )
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps({**report.to_dict(), **changed}))
    return path


@pytest.mark.parametrize("one", [FULL, cluster("s1:z")])
def test_a_cluster_written_and_read_is_the_same_cluster(one: Cluster) -> None:
    assert Cluster.from_dict(json.loads(json.dumps(one.to_dict()))) == one


def test_a_test_run_written_and_read_is_the_same_run() -> None:
    for run in (sample_run(), total([])):
        assert TestRun.from_dict(json.loads(json.dumps(run.to_dict()))) == run


def test_deploys_written_and_read_are_the_same_deploys() -> None:
    known = ServiceDeploy(
        service="api",
        revisions=("api-00001-abc",),
        commit="0" * 40,
        source="banner",
        inferred_commits=("1" * 40, "0" * 40),
        facts=(("labels", (3, 4)),),
        evidence=("because",),
    )
    event = TimelineEvent(time_ns=parse_time("2026-01-02T10:00:00Z"), service="api", revision=None, event="ready")
    for one in (Deploys(services=(known, ServiceDeploy(service="b")), head="h", timeline=(event,)), Deploys()):
        assert Deploys.from_dict(json.loads(json.dumps(one.to_dict()))) == one


def test_a_saved_report_is_a_baseline(tmp_path: Path) -> None:
    baseline = read_baseline(saved(tmp_path))
    assert baseline.name == "1"
    assert baseline.clusters == (FULL,)
    assert baseline.tests == sample_run()
    assert (baseline.from_ns, baseline.to_ns) == (
        parse_time("2026-01-02T10:00:00Z"),
        parse_time("2026-01-02T12:00:00Z"),
    )
    assert (baseline.services, baseline.revisions) == (("api",), ("api-00001-abc",))


def test_a_report_without_tests_is_a_baseline_without_tests(tmp_path: Path) -> None:
    assert read_baseline(saved(tmp_path, tests=None)).tests is None


def test_unknown_keys_of_a_report_do_no_harm(tmp_path: Path) -> None:
    assert read_baseline(saved(tmp_path, weather="rain")).name == "1"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"schema": "analyzer.report/2"}, "newer analyzer"),
        ({"schema": "something/1"}, "not a report"),
        ({"schema": None}, "not a report"),
        ({"clusters": [{"fingerprint": "s1:a"}]}, "damaged"),
        ({"clusters": None}, "damaged"),
        ({"cycle": []}, "damaged"),
        ({"tests": {"total": "many"}}, "damaged"),
        ({"clusters": [{**FULL.to_dict(), "severity": "LOUD"}]}, "damaged"),
    ],
)
def test_what_is_no_usable_report_is_said_with_a_hint(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ReportError, match=says) as caught:
        read_baseline(saved(tmp_path, **changed))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "not JSON"), (b"\xff\xfe\x00", "not JSON"), (b"[]", "not a report"), (b"[" * 100_000, "not JSON")],
)
def test_what_is_no_json_report_is_said(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data)
    with pytest.raises(ReportError, match=says):
        read_baseline(path)


def test_a_missing_baseline_is_said_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no such file") as caught:
        read_baseline(tmp_path / "nothing.json")
    assert "--baseline" in caught.value.hint


def test_a_newer_baseline_says_how_to_upgrade(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        read_baseline(saved(tmp_path, schema="analyzer.report/7"))
    assert "pip install --upgrade incident-analyzer" in caught.value.hint


def test_a_report_kept_as_values_is_a_baseline_too(tmp_path: Path) -> None:
    path = saved(tmp_path)
    assert baseline_of(json.loads(path.read_bytes()), name="kept") == read_baseline(path)
    with pytest.raises(ReportError, match="baseline kept: is JSON, but not a report"):
        baseline_of([], name="kept")


def test_the_revisions_that_served_are_those_that_did_anything() -> None:
    rows = (RevisionTraffic(service="api", revision="r1", entries=2), RevisionTraffic(service="api", revision="r2"))
    deploys = Deploys(services=(ServiceDeploy(service="api", revisions=("r1", "r2")),))
    assert Baseline(name="1", deploys=deploys, exposure=rows).served == (("api", "r1"),)
    assert Baseline(name="1", deploys=deploys).served == (("api", "r1"), ("api", "r2"))


def test_the_last_green_cycle_is_the_last_whose_tests_all_passed() -> None:
    red = PastCycle(key="red", name="3", pass_rate=0.9)
    green = PastCycle(key="green", name="2", pass_rate=1.0, clusters=4)
    assert pick_green([green, red]) == "green"
    assert pick_green([red]) is None
    assert pick_green([]) is None


def test_a_cycle_without_tests_is_green_without_errors() -> None:
    quiet, loud = PastCycle(key="quiet", name="1"), PastCycle(key="loud", name="2", clusters=1)
    assert pick_green([quiet, loud]) == "quiet"
