from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.deploys import read_deploys
from analyzer.deploys.commits import commit_of_image, commit_of_labels
from analyzer.model import Deploys, Entry, parse_time

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = "fedcba9876543210fedcba9876543210fedcba98"
ACTIVITY = "projects/p/logs/cloudaudit.googleapis.com%2Factivity"
SYSTEM_EVENT = "projects/p/logs/cloudaudit.googleapis.com%2Fsystem_event"
OLD, NEW = "api-00007-abc", "api-00008-xyz"


def entry(clock: str, revision: str = OLD, *, service: str = "api", **more: Any) -> Entry:
    time_ns = parse_time(f"2026-01-02T{clock}Z")
    values: dict[str, Any] = {"log_name": "projects/p/logs/run.googleapis.com%2Fstderr", "text_payload": "hello"}
    entry_id = f"{service}-{clock}-{revision}"
    return Entry(entry_id=entry_id, time_ns=time_ns, service=service, revision=revision, **{**values, **more})


def deploy(
    clock: str,
    *,
    template: Mapping[str, Any] | None = None,
    method: str = "google.cloud.run.v1.Services.ReplaceService",
    code: int = 0,
    service: str = "api",
) -> Entry:
    spec = {"template": template} if ".v2." in method else {"spec": {"template": template}}
    payload = {
        "methodName": method,
        "resourceName": f"namespaces/p/services/{service}",
        "status": {"code": code} if code else {},
        "response": {"status": {"latestCreatedRevisionName": OLD}},
    }
    if template is not None:
        payload["request"] = {"service": spec}
    return entry(clock, "", service=service, log_name=ACTIVITY, text_payload=None, proto_payload=payload)


def ready(clock: str, revision: str, state: str = "True", *, in_resource: bool = True) -> Entry:
    message = (
        f"Ready condition status changed to {state} for Revision {revision} with message: Deploying revision ended."
    )
    payload = {"methodName": "/Services.ReplaceService", "status": {"message": message}}
    return entry(
        clock, revision if in_resource else "", log_name=SYSTEM_EVENT, text_payload=None, proto_payload=payload
    )


def image(tag: str) -> dict[str, Any]:
    return {"spec": {"containers": [{"image": f"europe-docker.pkg.dev/p/r/api{tag}"}]}}


def read(*entries: Entry, options: Mapping[str, str] | None = None) -> Deploys:
    return read_deploys(entries, options=options or {}, head="h")


def told(deploys: Deploys) -> list[tuple[str, str | None]]:
    return [(event.event, event.revision) for event in deploys.timeline]


def test_revisions_stand_in_the_order_of_their_first_appearance() -> None:
    found = read(entry("10:00:02", NEW), entry("10:00:01"), entry("10:00:03"), entry("10:00:00", "w", service="worker"))
    assert [(s.service, s.revisions) for s in found.services] == [("api", (OLD, NEW)), ("worker", ("w",))]
    assert found.head == "h"
    assert found.inferred_commits is None
    assert [(s.inferred_commits, s.facts) for s in found.services] == [(None, ()), (None, ())]


def test_a_deploy_is_told_from_audit_ready_and_first_entry() -> None:
    found = read(
        entry("10:00:00"),
        deploy("10:01:00", template=image(f":{SHA}")),
        ready("10:01:20", NEW),
        ready("10:01:21", NEW),
        entry("10:02:00", NEW),
        entry("10:02:01", NEW),
    )
    assert told(found) == [("serving", OLD), ("deployed", NEW), ("ready", NEW), ("serving", NEW)]
    assert [event.commit for event in found.timeline] == [None, SHA, SHA, SHA]
    assert all(len(event.entry_ids) == 1 for event in found.timeline)
    assert (found.services[0].commit, found.services[0].source) == (SHA, "image")


def test_the_revision_in_the_response_of_a_deploy_is_not_believed() -> None:
    assert told(read(deploy("10:00:00", template=image(":latest")))) == [("deployed", None)]


def test_of_two_deploys_before_one_ready_none_gets_the_revision_and_both_are_named() -> None:
    found = read(
        deploy("10:00:00", template=image(f":{OTHER}")),
        deploy("10:00:05", template=image(f":{SHA}")),
        ready("10:01:00", NEW),
    )
    assert told(found) == [("deployed", None), ("deployed", None), ("ready", NEW)]
    assert [event.commit for event in found.timeline] == [OTHER, SHA, None]
    assert found.services[0].commit is None
    [revision] = found.revisions
    assert (revision.commit, revision.deployed_ns) == (None, None)
    assert f"which of 2 deploys made it is not told ({OTHER} or {SHA})" in [e.text for e in revision.evidence]
    assert f"api: which of 2 deploys made {NEW} is not told" in [note.text for note in found.notes]


def test_a_revision_named_by_the_request_needs_no_ready_entry() -> None:
    found = read(
        deploy("10:00:00", template={"metadata": {"name": NEW, "labels": {"commit-sha": SHA}}}), entry("10:01:00", NEW)
    )
    assert told(found) == [("deployed", NEW), ("serving", NEW)]
    assert (found.services[0].commit, found.services[0].source) == (SHA, "audit")


def test_a_deploy_with_a_status_code_was_refused() -> None:
    assert told(read(deploy("10:00:00", template=image(":x"), code=7))) == [("refused", None)]


def test_a_revision_that_did_not_get_ready_was_refused_and_is_the_deploys_own() -> None:
    found = read(deploy("10:00:00", template=image(":x")), ready("10:00:30", NEW, "False"))
    assert told(found) == [("deployed", NEW), ("refused", NEW)]
    assert found.services[0].revisions == ()


def test_an_operation_of_version_2_is_one_deploy() -> None:
    method = "google.cloud.run.v2.Services.UpdateService"
    template = {"containers": [{"image": f"example.com/api:{SHA}"}], "revision": NEW}
    found = read(deploy("10:00:00", template=template, method=method), deploy("10:00:40", method=method))
    assert told(found) == [("deployed", NEW)]
    assert found.timeline[0].commit == SHA


def test_other_audit_entries_are_no_deploys() -> None:
    assert told(read(deploy("10:00:00", method="google.cloud.run.v1.Services.SetIamPolicy"))) == []


def test_ready_alone_is_not_serving_but_the_revision_is_listed() -> None:
    found = read(ready("10:00:00", NEW, in_resource=False), entry("10:01:00"))
    assert told(found) == [("ready", NEW), ("serving", OLD)]
    assert found.services[0].revisions == (NEW, OLD)


def test_a_line_of_the_platform_is_not_serving() -> None:
    platform = entry("10:00:00", NEW, log_name="projects/p/logs/run.googleapis.com%2Fvarlog%2Fsystem")
    assert told(read(platform, entry("10:00:01", NEW))) == [("serving", NEW)]
    assert read(platform, entry("10:00:01", NEW)).timeline[0].entry_ids == (f"api-10:00:01-{NEW}",)


def test_an_option_beats_a_label_and_a_bare_one_is_for_services_without_their_own() -> None:
    entries = (entry("10:00:00", labels={"commit-sha": SHA}), entry("10:00:00", "w", service="worker"))
    labelled = read(*entries)
    assert [(s.commit, s.source) for s in labelled.services] == [(SHA, "label"), (None, None)]
    bare = read(*entries, options={"": "c1", "worker": "c2"})
    assert [(s.commit, s.source) for s in bare.services] == [("c1", "option"), ("c2", "option")]


def test_the_commit_is_that_of_the_newest_revision_also_when_an_old_one_drains_later() -> None:
    found = read(
        entry("10:00:00", NEW, labels={"commit-sha": SHA}), entry("10:00:01", OLD, labels={"commit-sha": OTHER})
    )
    assert found.services[0].revisions == (NEW, OLD)
    assert found.services[0].commit == SHA
    assert [event.commit for event in found.timeline] == [SHA, OTHER]


def test_a_newest_revision_that_says_nothing_leaves_the_commit_unknown() -> None:
    found = read(entry("10:00:00", OLD, labels={"commit-sha": SHA}), entry("10:00:01", NEW))
    assert (found.services[0].commit, found.services[0].source) == (None, None)


@pytest.mark.parametrize(
    ("labels", "commit"),
    [
        ({"commit-sha": SHA}, SHA),
        ({"k8s-pod/app_kubernetes_io/commit_sha": SHA.upper()}, SHA),
        ({"git-sha": "0123456"}, "0123456"),
        ({"version": "0a1b2c3"}, "0a1b2c3"),
        ({"version": "20260102"}, None),
        ({"version": "1.2.3"}, None),
        ({"commit-sha": "main"}, None),
        ({"commit-sha": "abc"}, None),
        ({"commit-sha": SHA + "0"}, None),
        ({"build": SHA}, None),
        ({"release": OTHER, "commit-sha": SHA}, SHA),
        ({"commit": None}, None),
    ],
)
def test_labels_that_look_like_a_commit_are_one(labels: dict[str, Any], commit: str | None) -> None:
    found = commit_of_labels(labels)
    assert (found[1] if found else None) == commit


@pytest.mark.parametrize(
    ("name", "commit"),
    [
        (f"gcr.io/p/api:{SHA}", SHA),
        (f"localhost:5000/api:{SHA}@sha256:{'a' * 64}", SHA),
        (f"gcr.io/p/api@sha256:{'a' * 64}", None),
        ("gcr.io/p/api:latest", None),
        ("localhost:5000/api", None),
        (None, None),
    ],
)
def test_an_image_tag_that_is_a_commit_is_read(name: str | None, commit: str | None) -> None:
    assert commit_of_image(name) == commit


@pytest.mark.parametrize(
    "payload",
    [
        {"methodName": 3},
        {"methodName": "google.cloud.run.v1.Services.ReplaceService", "request": "x", "status": "y"},
        {
            "methodName": "google.cloud.run.v1.Services.ReplaceService",
            "request": {"service": {"spec": {"template": [1]}}},
        },
        {
            "methodName": "google.cloud.run.v1.Services.ReplaceService",
            "request": {
                "service": {"spec": {"template": {"metadata": 1, "spec": {"containers": ["x", {"image": 4}]}}}}
            },
        },
    ],
)
def test_odd_audit_payloads_do_no_harm(payload: dict[str, Any]) -> None:
    odd = entry("10:00:00", "", log_name=ACTIVITY, proto_payload=payload)
    assert {event.event for event in read(odd).timeline} <= {"deployed"}


def test_without_entries_nothing_is_known() -> None:
    assert read() == Deploys(head="h")


ENTRIES = [
    entry("10:00:00", labels={"commit-sha": OTHER}),
    deploy("10:01:00", template=image(f":{SHA}")),
    ready("10:01:20", NEW),
    ready("10:01:21", NEW),
    entry("10:02:00", NEW),
    entry("10:02:00", "w-1", service="worker"),
    entry("10:02:30", labels={"commit-sha": OTHER}),
]


@given(st.permutations(ENTRIES))
def test_the_order_of_the_entries_changes_nothing(entries: list[Entry]) -> None:
    assert read(*entries) == read(*ENTRIES)


def test_a_version_of_app_engine_is_deployed_by_name_and_its_split_is_traffic() -> None:
    made = {
        "methodName": "google.appengine.v1.Versions.CreateVersion",
        "resourceName": "apps/p/services/api/versions/v2",
        "request": {"version": {"id": "v2", "labels": {"commit-sha": SHA}}},
    }
    split = {
        "methodName": "google.appengine.v1.Services.UpdateService",
        "resourceName": "apps/p/services/api",
        "request": {"service": {"split": {"allocations": {"v2": 1}}}, "updateMask": "split"},
    }
    found = read(
        entry("10:00:00", "", log_name=ACTIVITY, text_payload=None, proto_payload=made),
        entry("10:01:00", "", log_name=ACTIVITY, text_payload=None, proto_payload=split),
        entry("10:02:00", "v2"),
    )
    assert told(found) == [("deployed", "v2"), ("serving", "v2")]
    assert [(r.revision, r.commit, r.source) for r in found.revisions] == [("v2", SHA, "audit")]
