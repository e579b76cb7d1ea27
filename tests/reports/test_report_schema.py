"""The published JSON Schema: reports follow it, and it knows every key we write."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from bakery_reports import FIX, HEAD, PRICE, first_cycle, quiet_cycle, second_cycle, without_payloads
from jsonschema import Draft202012Validator

from analyzer import model
from analyzer.reports import schema, seal

REPORTS = {"first": first_cycle, "second": second_cycle, "quiet": quiet_cycle, "no-payloads": without_payloads}


def strict(part: Any) -> Any:
    """The schema with every object closed that lists its properties."""
    if isinstance(part, dict):
        closed = {key: strict(value) for key, value in part.items()}
        if "required" in part:
            closed["additionalProperties"] = False
        return closed
    return [strict(item) for item in part] if isinstance(part, list) else part


def everything_of_the_model() -> dict[str, Any]:
    """A report with every noun of the model in it, as the pipeline writes it."""
    path = model.CodePath(
        file="bakery/till.py",
        line=1,
        end_line=2,
        function="Till.close",
        commit=HEAD,
        role=model.Role.CAUSE,
        confidence=0.5,
        excerpt=(model.ExcerptLine(line=1, text="x", marked=True),),
    )
    cluster = model.Cluster(
        fingerprint=PRICE,
        title="t",
        template="t",
        exception_type="TypeError",
        core="c",
        severity=model.Severity.ERROR,
        count=1,
        entries=1,
        first_seen_ns=1_772_445_600_000_000_000,
        change=model.Change.NOT_SEEN,
        histogram=model.Histogram.of([1_772_445_600_000_000_000, None]),
        facets=(model.Facet(slot=0, values=(("till-1", 2),)),),
        exemplars=(model.Exemplar(entry_ids=("a",), message="m", roles={"a": "raise"}),),
        members=("a",),
        code_paths=(path,),
    )
    cause = model.Cause(
        rank=1,
        fingerprints=(PRICE,),
        summary="s",
        kind="code",
        code_paths=(path,),
        siblings=(path,),
        look_alikes=(model.LookAlike(file="f", line=1, why_not="w"),),
        suspect_commits=(model.SuspectCommit(commit=HEAD, author_time="2026-03-01T17:12:00Z", why="w"),),
        chain=(model.ChainLink(fingerprint=PRICE, role="root", evidence="e"),),
        evidence=(model.Evidence(text="t", entry_ids=("a",), file="f", line=1, rule="r"),),
        confidence=0.5,
    )
    tests = model.TestRun(
        delta=model.TestDelta(pass_rate=None, significant=False, p_value=1.0, common_tests=0),
        results=(model.TestResult(test="t", status=model.TestStatus.ERROR),),
        transitions=(model.Transition(test="t", before=None, after="failed", change=model.TransitionKind.NEW),),
    )
    service = model.ServiceDeploy(service="orders", facts=(("labels", (1, 2)),))
    event = model.TimelineEvent(time_ns=None, service="orders", revision=None, event="ready")
    report = model.Report(
        cycle=model.CycleInfo(name="1"),
        ledger=model.Ledger(dropped=(model.Dropped(reason="not JSON", count=1),)),
        tests=tests,
        clusters=(cluster,),
        causes=(cause,),
        deploys=model.Deploys(services=(service,), timeline=(event,)),
        fixes=(model.Fix(commit=FIX, claims=(), claim_text="t", verdict="verified"),),
        impact=(model.Impact(area="a", value=1, unit="EUR", status="at_risk"),),
        actions=(model.Action(priority=1, text="t"),),
        commit_links={HEAD: f"https://git.example.com/bakery/commit/{HEAD}"},
        impact_totals=(model.ImpactTotal(unit="EUR", at_risk=1.0),),
        trend=(model.TrendPoint(cycle="0", pass_rate=None, clusters=1, impact=(model.ImpactTotal(unit="EUR"),)),),
    )
    return report.to_dict()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", REPORTS)
def test_reports_follow_the_schema_and_it_knows_every_key(name: str) -> None:
    Draft202012Validator(strict(schema())).validate(seal(REPORTS[name]()))


def test_the_schema_knows_every_key_the_model_writes() -> None:
    Draft202012Validator(strict(schema())).validate(seal(everything_of_the_model()))


def test_reports_may_grow_keys() -> None:
    report = seal({**second_cycle(), "weather": "rain"})
    report["cycle"]["weather"] = "rain"
    Draft202012Validator(schema()).validate(report)


def test_every_key_of_the_contract_is_required() -> None:
    whole = seal(second_cycle())
    validator = Draft202012Validator(schema())
    for key in whole:
        assert not validator.is_valid({k: v for k, v in whole.items() if k != key}), key
    for part in ("cycle", "ledger", "tests", "deploys"):
        for key in set(whole[part]) - {"warnings"}:
            cut = {**whole, part: {k: v for k, v in whole[part].items() if k != key}}
            assert not validator.is_valid(cut), f"{part}.{key}"
    for part in ("clusters", "causes", "fixes", "impact", "actions", "trend"):
        for key in whole[part][0]:
            cut = {**whole, part: [{k: v for k, v in whole[part][0].items() if k != key}]}
            assert not validator.is_valid(cut), f"{part}.{key}"


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        (("clusters", 0, "severity"), "error"),
        (("clusters", 0, "change"), "gone"),
        (("clusters", 0, "kind"), None),
        (("clusters", 0, "fingerprint"), "9f2c"),
        (("clusters", 0, "first_seen"), "2026-03-02 10:00"),
        (("clusters", 0, "code_paths", 0, "line"), 0),
        (("clusters", 0, "code_paths", 0, "role"), "culprit"),
        (("clusters", 0, "exemplars", 0, "roles"), {"a": "cause"}),
        (("causes", 1, "confidence"), 0.31),
        (("causes", 0, "confidence"), 1.1),
        (("causes", 0, "kind"), "bug"),
        (("tests", "pass_rate_interval"), [0.5]),
        (("tests", "transitions", 0, "change"), "worse"),
        (("tests", "results", 0, "status"), "broken"),
        (("ledger", "entries"), -1),
        (("fixes", 0, "commit"), "c7f3a1e"),
        (("fixes", 0, "verdict"), "fixed"),
        (("loop",), "spiralling"),
        (("schema",), "analyzer.report/2"),
    ],
)
def test_wrong_values_are_refused(where: tuple[Any, ...], wrong: Any) -> None:
    report = deepcopy(seal(second_cycle()))
    place: Any = report
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = wrong
    assert not Draft202012Validator(schema()).is_valid(report)
