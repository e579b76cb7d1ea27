"""Facts of a claim from clusters, revisions and exposure, to the verdict."""

from __future__ import annotations

from dataclasses import replace

from analyzer.cycles.rates import chance_of_quiet, chance_of_silence
from analyzer.fixes import Earlier, fix_facts, judge_fix
from analyzer.model import (
    Claim,
    Cluster,
    Containment,
    Deploys,
    RevisionDeploy,
    RevisionTraffic,
    SeenOn,
    Severity,
)

OLD, NEW = "b" * 40, "c" * 40
ROUTE = "GET /orders"
CLAIM = Claim(commit=NEW, text="not serializable")
MINUTE = 60_000_000_000


def cluster(revision: str, count: int) -> Cluster:
    text = "Object of type Color is not serializable"
    seen = SeenOn(service="api", revision=revision, count=count, routes=(ROUTE,), requests=count, entry_ids=("e1",))
    return Cluster(
        fingerprint="s1:aa", title=text, template=text, core=text, severity=Severity.ERROR, count=count, entries=count,
        services=("api",), seen_on=(seen,),
    )  # fmt: skip


def use(revision: str, requests: int) -> RevisionTraffic:
    return RevisionTraffic(
        service="api", revision=revision, entries=requests, requests=requests, minutes=5.0, first_ns=MINUTE,
        last_ns=6 * MINUTE, routes=((ROUTE, requests),),
    )  # fmt: skip


def deploy(revision: str, commit: str | None, **more: object) -> RevisionDeploy:
    row = RevisionDeploy(service="api", revision=revision, commit=commit, source="label" if commit else None)
    return replace(row, first_ns=MINUTE, last_ns=6 * MINUTE, **more)  # type: ignore[arg-type]


def judged(
    clusters: list[Cluster],
    revisions: list[RevisionDeploy],
    exposure: list[RevisionTraffic],
    times: tuple[int, int] | None = None,
) -> str:
    before = Earlier(clusters=[cluster("r1", 40)], exposure=[use("r1", 80)])
    facts = fix_facts(
        CLAIM,
        clusters=clusters,
        deploys=Deploys(revisions=tuple(revisions)),
        exposure=exposure,
        contains=lambda commit: Containment(contains=commit == NEW, why="asked"),
        times=times,
        relevance_of=lambda _: None,
        chance_of_silence=chance_of_silence,
        chance_of_quiet=chance_of_quiet,
        earlier=[before],
    )
    return judge_fix(facts).verdict


def test_an_error_that_is_gone_where_the_fix_runs_is_verified_only_with_requests_enough() -> None:
    assert judged([], [deploy("r2", NEW)], [use("r2", 60)]) == "verified"
    assert judged([], [deploy("r2", NEW)], [use("r2", 1)]) == "inconclusive"
    assert judged([], [deploy("r2", NEW)], [use("r2", 0)]) == "inconclusive"


def test_errors_of_a_draining_revision_do_not_count_against_a_fix() -> None:
    rows = [deploy("r1", OLD, state="draining"), deploy("r2", NEW)]
    assert judged([cluster("r1", 9)], rows, [use("r1", 20), use("r2", 60)]) == "verified"


def test_a_revision_without_the_fix_that_still_serves_makes_it_partial() -> None:
    rows = [deploy("r1", OLD), deploy("r2", NEW)]
    assert judged([cluster("r1", 9)], rows, [use("r1", 20), use("r2", 60)]) == "partially_rolled_out"


def test_a_revision_without_a_commit_is_without_a_fix_that_was_written_later() -> None:
    rows = [deploy("r1", None, ready_ns=MINUTE)]
    late, soon = 60 * MINUTE, 3 * MINUTE
    assert judged([cluster("r1", 9)], rows, [use("r1", 20)], (late, late)) == "not_rolled_out"
    assert judged([cluster("r1", 9)], rows, [use("r1", 20)], (soon, soon)) == "inconclusive"
