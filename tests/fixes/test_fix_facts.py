"""Facts of a claim from clusters, revisions and exposure, to the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.cycles.rates import chance_of_quiet, chance_of_silence
from analyzer.fixes import Earlier, fix_facts, judge_fix
from analyzer.fixes.decision import CELLS, Cell
from analyzer.model import (
    Change,
    Claim,
    Cluster,
    Containment,
    Deploys,
    EventKind,
    Evidence,
    Fix,
    FixFacts,
    Past,
    PastCycle,
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


def facts_of(clusters: list[Cluster], revisions: list[RevisionDeploy], before: Earlier, past: Past) -> FixFacts:
    return fix_facts(
        CLAIM, clusters=clusters, deploys=Deploys(revisions=tuple(revisions)), exposure=[use("r2", 60)],
        contains=lambda commit: Containment(contains=commit == NEW, why="asked"), times=None,
        relevance_of=lambda _: None, chance_of_silence=chance_of_silence, chance_of_quiet=chance_of_quiet,
        earlier=[before], past=past,
    )  # fmt: skip


FAILED_CELLS = [c for c in CELLS if "on_fix" in c.when.get("errors", ())]


@pytest.mark.parametrize("cell", FAILED_CELLS, ids=lambda cell: cell.name)
def test_a_fix_that_an_earlier_cycle_saw_fail_is_not_verified_when_the_error_is_gone(cell: Cell) -> None:
    fix = Fix(commit=NEW, claims=("s1:aa",), claim_text=CLAIM.text, verdict=cell.verdict,
              evidence=(Evidence(text=cell.says, rule=f"fix/{cell.name}"),))  # fmt: skip
    # A revision without the fix drained in that cycle, so what ran in it does not tell.
    ran = (("api", "r1", OLD), ("api", "r2", NEW))
    past = Past(cycles=(PastCycle(key="k", name="2", seen=("s1:aa",), revisions=ran, fixes=(fix,)),))
    before = Earlier(clusters=[cluster("r1", 40)], exposure=[use("r1", 80)])
    assert judge_fix(facts_of([], [deploy("r2", NEW)], before, past)).verdict != "verified"


@pytest.mark.parametrize(
    ("service", "routes", "wanted"),
    [("api", ("POST /gone",), ("s1:bb",)), ("billing", ("POST /gone",), ()), ("api", (), ())],
)
def test_only_requests_of_the_same_service_and_route_tell_of_a_place_that_is_cured(
    service: str, routes: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    error = cluster("r1", 40)
    error = replace(error, seen_on=(replace(error.seen_on[0], routes=(ROUTE, "POST /gone")),))
    seen = SeenOn(service=service, revision="r1", count=9, routes=routes)
    failing = replace(cluster("r1", 9), fingerprint="s1:bb", title="500", template="500", core="500",
                      services=(service,), kind=EventKind.REQUEST, seen_on=(seen,))  # fmt: skip
    before = Earlier(clusters=[error, failing], exposure=[use("r1", 80)])
    now = [cluster("r2", 9), replace(failing, count=0, change=Change.RESOLVED)]
    assert facts_of(now, [deploy("r2", NEW)], before, Past()).resolved == wanted
