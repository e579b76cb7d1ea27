"""Made-up deploys with what is true of them: which revision runs which commit, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.deploys import read_deploys
from analyzer.model import Deploys, RevisionDeploy, parse_time
from analyzer.redaction import build_redactor
from analyzer.sources import decode_entry
from benchmarks.made_deploys import DeployLog, image_of, revision_of

OLD, NEW, NEXT = (revision_of("api", number) for number in (7, 8, 9))
ONE, TWO, THREE = ("0a" * 20, "1b" * 20, "2c" * 20)
REDACTOR = build_redactor()


def read(
    log: DeployLog, *, options: Mapping[str, str] | None = None, shuffled: int = 1, earlier: Deploys | None = None
) -> Deploys:
    entries = [decode_entry(row, redactor=REDACTOR) for row in log.entries(shuffled=shuffled)]
    return read_deploys(entries, options=options or {}, head=None, earlier=earlier)


def one(deploys: Deploys, revision: str) -> RevisionDeploy:
    [found] = [r for r in deploys.revisions if r.revision == revision]
    return found


def states(deploys: Deploys) -> dict[str, str]:
    return {revision.revision: revision.state for revision in deploys.revisions}


def events(deploys: Deploys, revision: str) -> list[str]:
    return [event.event for event in deploys.timeline if event.revision == revision]


def rollout(log: DeployLog | None = None, *, at: float = 100.0) -> DeployLog:
    """The old revision serves, the new one is deployed and takes over."""
    log = log or DeployLog()
    log.requests("api", {OLD: 1}, begin=0, end=at + 25, count=60)
    log.deploy("api", at=at, image=image_of("api", TWO), previous=OLD)
    log.ready("api", NEW, at=at + 20)
    log.requests("api", {NEW: 1}, begin=at + 25, end=at + 300, count=120)
    return log


def test_a_revision_has_the_commit_of_its_deploy_with_the_entries_that_say_so() -> None:
    log = rollout()
    found = one(read(log), NEW)
    assert (found.commit, found.source, found.state) == (TWO, "image", "served")
    assert found.deployed_ns == parse_time(log.time(100))
    assert found.ready_ns == parse_time(log.time(120))
    assert found.requests == 120
    assert [e.text for e in found.evidence] == [
        f"its image is tagged {TWO}",
        "it is the one revision that got ready after this deploy",
    ]
    assert all(e.entry_ids for e in found.evidence)


def test_a_revision_that_nothing_names_says_so() -> None:
    found = one(read(rollout()), OLD)
    assert (found.commit, found.source, found.deployed_ns) == (None, None, None)
    assert [e.text for e in found.evidence] == ["no entry names its commit"]


def test_a_label_beats_the_image_and_the_contradiction_is_told() -> None:
    log = rollout()
    log.line("api", NEW, "ready to serve", at=126, labels={"commit-sha": THREE})
    deploys = read(log)
    found = one(deploys, NEW)
    assert (found.commit, found.source) == (THREE, "label")
    text = f"its image is tagged {TWO}, but a label of its entries names {THREE}: the label is believed"
    assert text in [e.text for e in found.evidence]
    assert any(text in note.text for note in deploys.notes)


def test_the_option_is_for_the_newest_revision_that_serves_alone() -> None:
    log = rollout()
    log.deploy("api", at=200, image=image_of("api", THREE))
    log.ready("api", NEXT, at=210, problem="The container failed to start.")
    deploys = read(log, options={"": ONE})
    assert [(r.revision, r.commit, r.source) for r in deploys.revisions] == [
        (OLD, None, None),
        (NEW, ONE, "option"),
        (NEXT, THREE, "image"),
    ]
    assert "the entries name another commit" in one(deploys, NEW).evidence[0].text


def test_the_last_requests_of_an_old_revision_are_draining() -> None:
    log = rollout()
    log.request("api", OLD, at=140)
    log.line("api", OLD, "closing", at=170)
    assert states(read(log)) == {OLD: "draining", NEW: "served"}


def test_split_traffic_is_served_by_both() -> None:
    log = DeployLog()
    log.requests("api", {OLD: 1}, begin=0, end=60, count=30)
    log.ready("api", NEW, at=50)
    log.requests("api", {OLD: 1, NEW: 1}, begin=60, end=600, count=200)
    deploys = read(log)
    assert states(deploys) == {OLD: "served", NEW: "served"}
    [share] = [e.share for e in deploys.timeline if e.revision == NEW and e.event == "serving"]
    assert share is not None
    assert 0.2 < share < 0.8


@pytest.mark.parametrize("version", [1, 2])
def test_traffic_given_back_to_the_old_revision_is_a_rollback(version: int) -> None:
    log = rollout()
    log.shift_traffic("api", {OLD: 100}, at=400, version=version)
    log.requests("api", {OLD: 1}, begin=405, end=420, count=3)
    deploys = read(log)
    assert states(deploys) == {OLD: "served", NEW: "rolled_back"}
    assert events(deploys, NEW) == ["deployed", "ready", "serving", "rolled_back"]
    assert events(deploys, OLD) == ["serving", "serving"]


def test_a_rollback_right_before_the_next_deploy_is_no_deploy() -> None:
    log = rollout()
    log.shift_traffic("api", {OLD: 100}, at=400)
    log.deploy("api", at=450, image=image_of("api", THREE))
    log.ready("api", NEXT, at=470)
    log.requests("api", {NEXT: 1}, begin=475, end=500, count=9)
    deploys = read(log)
    assert one(deploys, NEXT).commit == THREE
    assert deploys.notes == ()
    assert states(deploys) == {OLD: "served", NEW: "rolled_back", NEXT: "served"}


def test_requests_alone_tell_a_rollback_where_chance_does_not_explain_them() -> None:
    log = rollout()
    log.requests("api", {OLD: 1}, begin=460, end=900, count=100)
    assert states(read(log)) == {OLD: "served", NEW: "rolled_back"}


def test_a_canary_that_was_asked_once_was_not_rolled_back() -> None:
    log = DeployLog()
    log.requests("api", {OLD: 1}, begin=0, end=900, count=100)
    log.ready("api", NEW, at=50)
    log.request("api", NEW, at=100)
    deploys = read(log)
    assert states(deploys) == {OLD: "served", NEW: "served"}
    assert "rolled_back" not in events(deploys, NEW)


def test_a_revision_without_traffic_is_unproven_also_when_it_writes_lines() -> None:
    log = DeployLog()
    log.requests("api", {OLD: 1}, begin=0, end=600, count=100)
    log.deploy("api", at=60, image=image_of("api", TWO), traffic={OLD: 100})
    log.ready("api", NEW, at=80)
    log.line("api", NEW, "listening", at=79)
    deploys = read(log)
    assert states(deploys) == {OLD: "served", NEW: "no_traffic"}
    assert events(deploys, NEW) == ["deployed", "ready"]
    assert f"api: deployed, unproven: no request reached revision {NEW}" in [n.text for n in deploys.notes]


def test_a_revision_seen_in_errors_alone_is_not_called_unasked() -> None:
    log = DeployLog()
    log.requests("api", {OLD: 1}, begin=0, end=100, count=5, statuses=(500,))
    log.ready("api", NEW, at=80)
    log.line("api", NEW, "cannot save the order", at=200, severity="ERROR")
    assert states(read(log))[NEW] == "served"


def test_a_refused_deploy_is_noted_and_makes_no_revision() -> None:
    log = rollout()
    log.deploy("api", at=500, image=image_of("api", THREE), code=7, message="Permission denied on the image.")
    deploys = read(log)
    assert states(deploys) == {OLD: "served", NEW: "served"}
    assert [n.text for n in deploys.notes] == ["api: a deploy was refused: Permission denied on the image."]


def test_an_operation_that_ends_badly_refuses_the_revision_it_made() -> None:
    log = rollout()
    log.deploy("api", at=500, image=image_of("api", THREE), version=2, code=9, message="It did not start.", takes_s=60)
    log.ready("api", NEXT, at=550, problem="It did not start.")
    deploys = read(log)
    assert one(deploys, NEXT).state == "refused"
    assert one(deploys, NEXT).commit == THREE
    assert set(events(deploys, NEXT)) == {"deployed", "refused"}


def test_a_revision_whose_starts_all_fail_is_refused_without_a_ready_entry() -> None:
    log = rollout()
    log.start_instance("api", NEXT, at=500, fails=True)
    log.line("api", NEXT, "No module named 'shop'", at=501, severity="ERROR")
    assert one(read(log), NEXT).state == "refused"


def test_two_quick_deploys_with_two_revisions_are_told_apart_by_their_numbers() -> None:
    log = DeployLog()
    log.deploy("api", at=0, image=image_of("api", ONE))
    log.deploy("api", at=5, image=image_of("api", TWO))
    log.ready("api", NEXT, at=20)
    log.ready("api", NEW, at=25)
    deploys = read(log)
    assert [one(deploys, r).commit for r in (NEW, NEXT)] == [ONE, TWO]


def test_names_without_numbers_do_not_tell_two_quick_deploys_apart() -> None:
    log = DeployLog()
    log.deploy("api", at=0, image=image_of("api", ONE))
    log.deploy("api", at=5, image=image_of("api", TWO))
    log.ready("api", "api-blue", at=20)
    log.ready("api", "api-green", at=25)
    deploys = read(log)
    assert {r.commit for r in deploys.revisions} == {None}
    assert len(deploys.notes) == 4  # two that are not told, two that were not asked


def test_two_quick_deploys_of_one_commit_need_not_be_told_apart() -> None:
    log = DeployLog()
    log.deploy("api", at=0, image=image_of("api", ONE))
    log.deploy("api", at=5, image=image_of("api", ONE))
    log.ready("api", NEW, at=20)
    assert one(read(log), NEW).commit == ONE


@pytest.mark.parametrize("skew_s", [-55.0, -20.0, 20.0, 55.0])
def test_a_clock_that_is_wrong_by_less_than_a_minute_changes_no_commit(skew_s: float) -> None:
    deploys = read(rollout(DeployLog(audit_skew_s=skew_s)))
    assert one(deploys, NEW).commit == TWO
    assert one(deploys, OLD).commit is None
    assert states(deploys) == {OLD: "served", NEW: "served"}


def test_an_old_revision_that_gets_ready_again_takes_no_deploy() -> None:
    log = rollout(at=200)
    log.ready("api", OLD, at=210)
    deploys = read(log)
    assert one(deploys, NEW).commit == TWO
    assert one(deploys, OLD).commit is None


def test_the_image_that_a_node_pulls_tells_the_commit_of_a_pod() -> None:
    log = DeployLog()
    log.pulls_image("shop", "5d8f7c9b4", image_of("shop", ONE), at=0)
    log.pod_line("shop", "5d8f7c9b4", "listening", at=4)
    found = one(read(log), "5d8f7c9b4")
    assert (found.service, found.commit, found.source, found.state) == ("shop", ONE, "image", "served")


def test_what_the_baseline_told_of_a_revision_still_holds() -> None:
    before = read(rollout())
    log = DeployLog(seed=2, start="2026-02-03T10:00:00Z")
    log.requests("api", {NEW: 1}, begin=0, end=60, count=9)
    found = one(read(log, earlier=before), NEW)
    assert (found.commit, found.source) == (TWO, "image")
    assert (found.deployed_ns, found.ready_ns) == (one(before, NEW).deployed_ns, one(before, NEW).ready_ns)


def test_traffic_counts_requests_by_minute_and_revision() -> None:
    log = DeployLog()
    for at in (0, 10, 61):
        log.request("api", OLD, at=at)
    log.request("api", NEW, at=62)
    log.line("api", NEW, "a line is no request", at=63)
    found = read(log).traffic
    assert [m.requests for m in found] == [((OLD, 2),), ((OLD, 1), (NEW, 1))]


def everything() -> DeployLog:
    log = rollout(DeployLog(seed=5, audit_skew_s=-30))
    log.shift_traffic("api", {OLD: 100}, at=400)
    log.deploy("api", at=500, image=image_of("api", THREE), version=2, code=9, message="no", takes_s=9)
    log.ready("api", NEXT, at=505, problem="no")
    log.requests("api", {OLD: 1}, begin=405, end=600, count=20)
    return log


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_order_of_the_entries_changes_nothing_of_the_revisions(order: int) -> None:
    assert read(everything(), shuffled=order) == read(everything(), shuffled=1)


def test_deploys_come_back_from_the_report_as_they_were() -> None:
    found = read(everything())
    assert Deploys.from_dict(found.to_dict()).to_dict() == found.to_dict()
