"""The founding story, end to end: the bundled incident analysed cycle after cycle."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.analysis import Analysis, analyze
from analyzer.demo import DemoIncident, read_story, unpack
from analyzer.reports import canonical, schema

FOUNDING = "Object of type SeatState is not JSON serializable"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoIncident, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("story")
    incident = unpack(folder / "demo")
    reports: list[dict[str, Any]] = []
    for cycle in incident.cycles:
        found = analyze(
            cycle.logs, repo=incident.repository, revision=cycle.commit, tests=cycle.junit, cycle=cycle.name,
            baseline=folder / f"{len(reports)}.json" if reports else None, cache_dir=folder / "cache",
            fixes=[f"{f.commit}={f.claims}" for f in cycle.fixes],
        )  # fmt: skip
        reports.append(found.to_dict())
        found.save(folder / f"{len(reports)}.json")
    return incident, reports


def founding_cluster(report: dict[str, Any]) -> dict[str, Any]:
    (cluster,) = [c for c in report["clusters"] if c["core"] == FOUNDING]
    return cluster


def test_every_cycle_is_a_valid_report(told: tuple[DemoIncident, list[dict[str, Any]]]) -> None:
    for report in told[1]:
        Draft202012Validator(schema()).validate(report)


def test_the_error_keeps_its_identity_over_cycles_and_is_gone_when_fixed(
    told: tuple[DemoIncident, list[dict[str, Any]]],
) -> None:
    clusters = [founding_cluster(r) for r in told[1]]
    assert [c["change"] for c in clusters] == [None, "ongoing", "ongoing", "resolved"]
    assert len({c["fingerprint"] for c in clusters}) == 1
    assert [c["count"] for c in clusters] == [9, 9, 9, 0]


def test_a_text_without_a_trace_is_mapped_to_the_statement_that_built_it(
    told: tuple[DemoIncident, list[dict[str, Any]]],
) -> None:
    truth = next(e for e in read_story()["cycle"][0]["errors"] if e["id"] == "seat-state")["places"]
    found = {(p["role"], p["file"], p["function"]) for p in founding_cluster(told[1][0])["code_paths"]}
    wanted = {(t["role"], t["file"], t["function"]) for t in truth if t["role"] in ("emit", "author")}
    assert wanted <= found


def test_tests_that_fail_with_the_same_error_are_told_from_those_that_are_fixed(
    told: tuple[DemoIncident, list[dict[str, Any]]],
) -> None:
    changes = [sorted({t["change"] for t in r["tests"]["transitions"]}) for r in told[1]]
    assert changes[0] == []
    assert changes[1] == ["same_error"]
    assert "broken" in changes[2]
    assert "fixed" in changes[3]


def test_a_claimed_fix_is_judged_with_the_clusters_it_claims(
    told: tuple[DemoIncident, list[dict[str, Any]]],
) -> None:
    (fix,) = told[1][1]["fixes"]
    assert fix["claims"] == [founding_cluster(told[1][1])["fingerprint"]]
    assert fix["verdict"] == "not_rolled_out"
    assert len(fix["commit"]) == 40


def test_the_same_cycle_analysed_twice_gives_the_same_bytes(
    told: tuple[DemoIncident, list[dict[str, Any]]], tmp_path: Path
) -> None:
    incident, reports = told
    cycle = incident.cycles[0]
    again = analyze(
        cycle.logs, repo=incident.repository, revision=cycle.commit, tests=cycle.junit, cycle=cycle.name,
        cache_dir=tmp_path,
    )  # fmt: skip
    assert canonical(again.to_dict()) == canonical(reports[0])


def test_no_secret_of_the_recorded_logs_is_in_a_report(told: tuple[DemoIncident, list[dict[str, Any]]]) -> None:
    for report in told[1]:
        text = canonical(report).decode()
        assert "Bearer ey" not in text
        assert "@example.com" not in text.replace("maintainers@example.com", "")


def test_an_analysis_gives_tables_and_comes_back_from_its_file(
    told: tuple[DemoIncident, list[dict[str, Any]]], tmp_path: Path
) -> None:
    incident = told[0]
    cycle = incident.cycles[2]
    found = analyze(cycle.logs, tests=cycle.junit, cycle="3")
    assert found.clusters["count"].sum() == sum(c["count"] for c in found.to_dict()["clusters"])
    assert str(found.events["timestamp"].dtype) == "datetime64[ns, UTC]"
    assert found.events["fingerprint"].notna().all()
    assert len(found.tests) == 26
    assert set(found.causes.columns) >= {"rank", "confidence", "summary"}
    back = Analysis.load(found.save(tmp_path / "r.json"))
    assert back.to_dict() == found.to_dict()
    assert back.clusters.equals(found.clusters)
    assert 0 < len(back.events) <= len(found.events)
    assert "What to do now" in found._repr_html_()
    assert "<iframe" in found.page()._repr_html_()


def test_the_logs_alone_tell_the_deployed_commit_within_three(
    told: tuple[DemoIncident, list[dict[str, Any]]],
) -> None:
    incident, reports = told
    for cycle, report in zip(incident.cycles, reports, strict=True):
        (service,) = [s for s in report["deploys"]["services"] if s["service"] == "box-office"]
        assert service["source"] == "option"
        fits = commits_between(incident.repository, *service["inferred_commits"])
        assert cycle.commit in fits
        assert len(fits) <= 3
        assert sum(good for good, _ in service["facts"].values()) >= 10
        assert all(good == checked for good, checked in service["facts"].values())
        assert report["deploys"]["inferred_commits"] == service["inferred_commits"]


def test_without_a_revision_the_code_is_read_at_the_newest_commit_that_the_logs_fit(
    told: tuple[DemoIncident, list[dict[str, Any]]], tmp_path: Path
) -> None:
    incident, _ = told
    cycle = incident.cycles[0]
    found = analyze(cycle.logs, repo=incident.repository, cache_dir=tmp_path)
    report = found.to_dict()
    (service,) = [s for s in report["deploys"]["services"] if s["service"] == "box-office"]
    assert (service["commit"], service["source"]) == (cycle.commit, "inferred")
    assert {p["commit"] for p in founding_cluster(report)["code_paths"]} == {cycle.commit}
    oldest, newest = service["inferred_commits"]
    found.save(tmp_path / "report.md")
    assert (
        f"logs fit `{oldest[:10]}`..`{newest[:10]}`, HEAD is `{incident.head[:10]}`"
        in (tmp_path / "report.md").read_text()
    )


def commits_between(repository: Path, oldest: str, newest: str) -> list[str]:
    listed = subprocess.run(
        ["git", "-C", str(repository), "rev-list", "--first-parent", newest], capture_output=True, text=True, check=True
    ).stdout.split()
    return listed[: listed.index(oldest) + 1]
