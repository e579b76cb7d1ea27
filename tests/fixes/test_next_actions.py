"""Next actions: one a subject, with commands that can be pasted whatever the logs hold."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logging_server.filters import And, parse

from analyzer.fixes import ServiceResource, next_actions
from analyzer.fixes.actions import MAX_ACTIONS
from analyzer.model import (
    Action,
    Cause,
    Cluster,
    CodePath,
    CycleInfo,
    Evidence,
    Exemplar,
    Fix,
    KnownError,
    Ledger,
    PastCycle,
    Role,
    Severity,
    TestResult,
    TestRun,
    TestStatus,
)  # fmt: skip

SECOND = 1_000_000_000
NOON = 1_795_521_600 * SECOND
CYCLE = CycleInfo(name="2", from_ns=NOON, to_ns=NOON + 60 * SECOND, services=("bakery",))
RUN = {"bakery": ServiceResource(type="cloud_run_revision", label="service_name", project="demo", location="here1")}
SHA = "a" * 40
PATH = CodePath(file="oven/heat.py", line=20, end_line=20, function="bake", commit=SHA, role=Role.CAUSE, confidence=0.9)


def cluster(fingerprint: str = "s1:1", text: str = "the oven is cold today", **more: Any) -> Cluster:
    made = Cluster(
        fingerprint=fingerprint, title=text, template=text, core=text, severity=Severity.ERROR, count=1, entries=1,
        first_seen_ns=NOON, last_seen_ns=NOON + 1, services=("bakery",), revisions=("bakery-1",),
        exemplars=(Exemplar(entry_ids=(f"id-{fingerprint}",), message=text),),
    )  # fmt: skip
    return replace(made, **more)


def cause(fingerprint: str = "s1:1", rank: int = 1, path: CodePath | None = PATH) -> Cause:
    return Cause(
        rank=rank, fingerprints=(fingerprint,), summary="s", kind="code", code_paths=(path,) if path else (),
        would_confirm="the oven's log", confidence=0.8,
    )  # fmt: skip


def fix(verdict: str, **more: Any) -> Fix:
    return replace(Fix(commit=SHA, claims=("s1:1",), claim_text="t", verdict=verdict), **more)


def actions(
    causes: Any = (), clusters: Any = (), fixes: Any = (), tests: Any = None, **more: Any
) -> tuple[Action, ...]:
    return next_actions(causes, clusters, fixes, tests, Ledger(entries=1), cycle=CYCLE, resources=RUN, **more)


def filter_of(command: str) -> str:
    words = shlex.split(command)
    assert words[:3] == ["gcloud", "logging", "read"]
    assert all(word.startswith("--") for word in words[4:]), words
    return words[3]


def test_logs_are_asked_for_by_service_revision_time_and_text() -> None:
    (found,) = actions([cause(path=None)], [cluster()])
    assert filter_of(found.command or "") == (
        '(resource.type="cloud_run_revision" AND resource.labels.service_name="bakery") AND '
        'resource.labels.revision_name="bakery-1" AND timestamp>="2026-11-24T12:00:00Z" AND '
        'timestamp<"2026-11-24T12:00:01Z" AND "the oven is cold today"'
    )
    assert "--project=demo" in (found.command or "")


@given(text=st.text(), name=st.text(min_size=1), known=st.booleans())
def test_no_text_of_a_log_breaks_out_of_a_filter_or_a_command(text: str, name: str, known: bool) -> None:
    one = cluster(text=text, services=(name,), revisions=(name,))
    resources = {name: ServiceResource(type="cloud_run_revision", label="service_name")} if known else None
    (found,) = next_actions(
        [cause(path=None)], [one], [], None, Ledger(entries=1), cycle=CYCLE, resources=resources, project="demo"
    )
    command = found.command or ""
    assert command.isprintable()
    tree = parse(filter_of(command))
    assert isinstance(tree, And)
    assert len(tree.parts) == 5


@pytest.mark.parametrize(
    ("verdict", "key", "command"),
    [
        ("regressed", f"returned:{SHA}:s1:1", "gcloud logging read"),
        ("not_rolled_out", f"deploy:{SHA}", "gcloud run services describe bakery --region=here1 --project=demo"),
        ("partially_rolled_out", f"traffic:{SHA}", "gcloud run services update-traffic bakery"),
        ("wrong_path", "look:s1:1", f"git show {SHA}:oven/heat.py | sed -n '12,28p'"),
        ("other_sites_remain", f"siblings:{SHA}", f"analyzer siblings --from-fix {SHA}"),
    ],
)
def test_a_verdict_asks_for_its_own_action_and_the_cause_is_not_named_again(
    verdict: str, key: str, command: str
) -> None:
    (found,) = actions([cause()], [cluster()], [fix(verdict)])
    assert found.key == key
    assert (found.command or "").startswith(command)


def test_a_verified_fix_asks_for_nothing() -> None:
    assert actions([], [cluster(count=0)], [fix("verified")]) == ()


def test_an_uncovered_error_is_the_next_to_look_at() -> None:
    told = fix("unmasked_next", evidence=(Evidence(text="new", entry_ids=("id-s1:2",)),))
    (found,) = actions([cause("s1:2")], [cluster(count=0), cluster("s1:2", "no flour")], [told])
    assert (found.key, found.file, found.line) == ("look:s1:2", "oven/heat.py", 20)


def test_an_undone_action_says_since_when_it_stands_under_any_name_of_its_error() -> None:
    past = [
        PastCycle(key="0", name="0", actions=(Action(priority=1, text="t", key="look:s1:old"),)),
        PastCycle(key="1", name="1", actions=(Action(priority=1, text="t", key="look:s1:1"),)),
    ]
    (found,) = actions([cause()], [cluster(aliases=("s1:old",))], past=past)
    assert (found.from_cycle, found.age) == ("0", 2)
    (fresh,) = actions([cause()], [cluster()], past=[past[0], PastCycle(key="1", name="1")])
    assert (fresh.from_cycle, fresh.age) == (None, 0)


def test_suspicious_passes_and_expired_acceptances_are_named() -> None:
    run = TestRun(results=(TestResult(test="t.a", status=TestStatus.PASSED, suspicious="0 ms", ids=("f" * 32,)),))
    known = [KnownError(fingerprint="s1:1", reason="later", until="2026-11-23")]
    found = actions([], [cluster()], [], run, known=known)
    assert [a.key for a in found] == ["expired:s1:1", "suspicious"]
    assert filter_of(found[1].command or "").endswith(f'("{"f" * 32}")')


def test_one_line_is_looked_at_once() -> None:
    found = actions([cause("s1:1", 1), cause("s1:2", 2)], [cluster("s1:1"), cluster("s1:2")])
    assert [a.key for a in found] == ["look:s1:1"]


def test_what_cannot_work_is_not_asked_to_be_deployed() -> None:
    (found,) = actions([cause()], [cluster()], [fix("not_rolled_out", effect="cannot")])
    assert (found.file, found.line) == ("oven/heat.py", 20)
    assert "does not change what raises" in found.text


def test_there_are_at_most_eight_in_one_order() -> None:
    prints = [f"s1:{n}" for n in range(20)]
    causes = [cause(f, n, replace(PATH, line=n)) for n, f in enumerate(prints, 1)]
    clusters = [cluster(f) for f in prints]
    found = actions(causes, clusters)
    assert found == actions(causes[::-1], clusters[::-1])
    assert [a.priority for a in found] == list(range(1, MAX_ACTIONS + 1))
