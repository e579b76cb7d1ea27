"""What Cloud Logging is asked for: who answers which question, and that no value can change a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logging_server.fields import View
from logging_server.filters import And, Compare, Node, Or, parse
from logging_server.matching import build_test
from logging_server.store import Store

from analyzer.errors import ConfigError
from analyzer.model import SERVICE_LABELS, Window, quoted
from analyzer.sources.cloud_logging.filters import MAX_FILTER, Tier, context_filters, in_window, tiers

SECOND = 1_000_000_000
NOON = 1_795_521_600 * SECOND
TRACEBACK = 'Traceback (most recent call last):\n  File "/app/oven.py", line 7, in bake\nKeyError: 3'


def entry(log: str = "run.googleapis.com/stderr", service: str = "bakery", **fields: Any) -> dict[str, Any]:
    return {
        "logName": f"projects/demo/logs/{log.replace('/', '%2F')}",
        "timestamp": "2026-11-24T12:00:00Z",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": service}},
        **fields,
    }


def audit(method: str, log: str = "activity", **fields: Any) -> dict[str, Any]:
    payload = {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": method}
    return entry(f"cloudaudit.googleapis.com/{log}", protoPayload=payload, severity="NOTICE", **fields)


def answered(chosen: Iterable[Tier], entries: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """The tiers that ask for each entry, as the test server understands their filters."""
    found = []
    for document in entries:
        store = Store()
        store.add([document])
        view = View(store).move(0)
        found.append([tier.name for tier in chosen if build_test(parse(tier.filter))(view)])
    return found


def pretty(filter_: str) -> str:
    return filter_.replace(" AND ", "\n  AND ").replace(" OR ", "\n    OR ")


def test_the_questions_are_those_that_were_reviewed(golden: Callable[[str, str], None]) -> None:
    chosen = tiers(services=["oven", "bakery"])
    golden("tiers.txt", "".join(f"{tier.name}\n  {pretty(tier.filter)}\n\n" for tier in chosen))


@pytest.mark.parametrize(
    ("document", "tier"),
    [
        (audit("google.cloud.run.v1.Services.ReplaceService"), "deploys"),
        (audit("google.cloud.run.v2.Services.UpdateService"), "deploys"),
        (audit("google.cloud.serverless.internal.InternalServices.ReplaceInternalService"), "deploys"),
        (audit("/Services.ReplaceService", "system_event"), "deploys"),
        (audit("io.k8s.apps.v1.deployments.patch"), "deploys"),
        (audit("google.cloud.run.v1.Services.GetService"), "rest"),
        (entry("run.googleapis.com/varlog/system", severity="ERROR", textPayload="Memory limit"), "deploys"),
        (entry("events", resource={"type": "k8s_pod", "labels": {"pod_name": "bakery-1"}}), "deploys"),
        (entry(severity="ERROR", textPayload="oven is cold"), "errors"),
        (entry(severity="EMERGENCY"), "errors"),
        (entry("run.googleapis.com/requests", severity="INFO", httpRequest={"status": 503}), "errors"),
        (entry(severity="INFO", textPayload="x", errorGroups=[{"id": "CAE"}]), "errors"),
        (entry(textPayload=TRACEBACK), "texts"),
        (entry(severity="INFO", textPayload=TRACEBACK), "texts"),
        (entry(severity="INFO", textPayload='  File "/app/oven.py", line 7, in bake'), "texts"),
        (entry(severity="INFO", textPayload="\tat com.example.Oven.bake(Oven.java:7)"), "texts"),
        (entry(severity="INFO", textPayload='INFO:     203.0.113.5:0 - "GET / HTTP/1.1" 500 Internal'), "texts"),
        (entry(textPayload="connection refused"), "texts"),
        (entry(jsonPayload={"level": "ERROR", "event": "cold"}), "texts"),
        (entry(jsonPayload={"level": 50, "msg": "cold"}), "texts"),
        (entry(jsonPayload={"levelno": 40, "msg": "cold"}), "texts"),
        (entry(jsonPayload={"log.level": "error", "message": "cold"}), "texts"),
        (entry(jsonPayload={"record": {"level": {"name": "CRITICAL"}}, "text": "cold"}), "texts"),
        (entry(jsonPayload={"message": "cold", "exc_info": "KeyError: 3"}), "texts"),
        (entry(jsonPayload={"message": "it failed"}), "texts"),
        (entry(severity="WARNING", textPayload="oven is cooling"), "warnings"),
        (entry("run.googleapis.com/requests", severity="INFO", httpRequest={"status": 404}), "warnings"),
        (entry(textPayload="WARN oven is cooling"), "warnings"),
        (entry(jsonPayload={"level": "warn", "msg": "cooling"}), "warnings"),
        (entry(textPayload="oven is warm"), "rest"),
        (entry(severity="INFO", textPayload="no error in sight"), "rest"),
        (entry(severity="NOTICE", jsonPayload={"message": "oven is warm", "level": "error"}), "rest"),
        (entry(jsonPayload={"level": 30, "msg": "warm"}), "rest"),
        (entry(jsonPayload={"message": "warm", "error": {"type": None}, "exc_info": None}), "rest"),
        (entry("run.googleapis.com/requests", severity="INFO", httpRequest={"status": 200}), "rest"),
    ],
)
def test_an_entry_answers_the_question_it_is_worth(document: dict[str, Any], tier: str) -> None:
    assert answered(tiers(sample=1.0), [document]) == [[tier]]


def test_only_errors_are_worth_the_surface_that_tells_error_groups() -> None:
    assert [tier.name for tier in tiers() if tier.wants_error_groups] == ["errors"]


words = st.sampled_from(
    ["error", "ERROR", "warn", "Traceback (most recent call last):", "oven", "HTTP/1.1 500", "HTTP/1.1 404", "", "50"]
)
values = st.one_of(words, st.sampled_from([30, 40, 50, 17, 13, None, True]), st.just({"message": "failed"}))
keys = st.sampled_from(["message", "msg", "level", "levelno", "severity", "error", "exception", "stack_trace", "lvl"])
documents = st.builds(
    entry,
    log=st.sampled_from(["stdout", "events", "run.googleapis.com/varlog/system", "run.googleapis.com/requests"]),
    service=st.sampled_from(["bakery", "oven", ""]),
    severity=st.sampled_from(["DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"]),
    httpRequest=st.sampled_from([{}, {"status": 200}, {"status": 404}, {"status": 500}]),
    errorGroups=st.sampled_from([[], [{"id": "a"}]]),
).flatmap(
    lambda given_: st.one_of(
        st.just(given_),
        words.map(lambda text: {**given_, "textPayload": text}),
        st.dictionaries(keys, values, max_size=4).map(lambda payload: {**given_, "jsonPayload": payload}),
        st.sampled_from(["google.cloud.run.v1.Services.ReplaceService", "storage.objects.get"]).map(audit),
    )
)


@settings(max_examples=60)
@given(st.lists(documents, min_size=1, max_size=8))
def test_every_entry_answers_exactly_one_question(entries: list[dict[str, Any]]) -> None:
    assert all(len(names) == 1 for names in answered(tiers(sample=1.0), entries))


@settings(max_examples=30)
@given(st.lists(documents, min_size=1, max_size=8))
def test_of_named_services_every_entry_answers_exactly_one_question(entries: list[dict[str, Any]]) -> None:
    named = ["bakery", "mill"]
    (every,) = tiers(services=named, every=True)
    for asked, found in zip(
        answered([every], entries), answered(tiers(services=named, sample=1.0), entries), strict=True
    ):
        assert len(found) == len(asked)


def test_what_belongs_to_a_service_is_found_whatever_names_it() -> None:
    (every,) = tiers(services=["bakery"], every=True)
    for label in SERVICE_LABELS:
        own = entry(resource={"type": "any", "labels": {label: "bakery"}})
        other = entry(resource={"type": "any", "labels": {label: "bakery2"}})
        assert answered([every], [own, other]) == [["all"], []]


def test_deploys_of_a_service_are_found_where_its_workload_is_named() -> None:
    pod = entry("events", resource={"type": "k8s_pod", "labels": {"pod_name": "bakery-5d4f8-x2x9z"}})
    other = entry("events", resource={"type": "k8s_pod", "labels": {"pod_name": "bakery-api-5d4f8-x2x9z"}})
    workload = audit("io.k8s.apps.v1.deployments.update", resource={"type": "k8s_cluster"})
    workload["protoPayload"]["resourceName"] = "apps/v1/namespaces/shop/deployments/bakery"
    assert answered(tiers(services=["bakery"]), [pod, other, workload]) == [["deploys"], [], ["deploys"]]


def test_a_sample_is_written_without_an_exponent_and_may_be_nothing() -> None:
    assert tiers(sample=0.000012)[-1].filter.startswith("sample(insertId, 0.000012) AND ")
    assert "sample(" not in tiers(sample=1.0)[-1].filter
    assert [tier.name for tier in tiers(sample=0.0)] == ["deploys", "errors", "texts", "warnings"]


@pytest.mark.parametrize("options", [{"sample": -0.1}, {"sample": 1.1}, {"services": [" "]}, {"services": ["x" * 300]}])
def test_what_cannot_be_asked_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        tiers(**options)
    assert caught.value.hint


def test_more_services_than_a_filter_holds_are_refused() -> None:
    with pytest.raises(ConfigError, match="characters"):
        tiers(services=[f"a-rather-long-service-name-{number:04}" for number in range(100)])


def comparisons(tree: Node) -> list[Compare]:
    if isinstance(tree, And | Or):
        return [leaf for part in tree.parts for leaf in comparisons(part)]
    assert isinstance(tree, Compare)
    return [tree]


@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_no_name_of_a_service_changes_the_question(name: str) -> None:
    (tier,) = tiers(services=[name], every=True)
    asked = comparisons(parse(tier.filter))
    assert [c.path for c in asked] == [("resource", "labels", label) for label in SERVICE_LABELS]
    assert {c.operator for c in asked} == {"="}
    if name.isprintable():
        assert {c.text for c in asked} == {name.strip()}


@given(st.text(alphabet=st.sampled_from('ab"\\() \n\t\x00\ud800*') | st.characters(), max_size=20))
def test_a_quoted_value_is_one_value_and_can_be_sent(value: str) -> None:
    tree = parse(f"insertId={quoted(value)}")
    assert isinstance(tree, Compare)
    quoted(value).encode("utf-8")


def test_a_filter_stands_as_one_in_its_window() -> None:
    window = Window(from_ns=NOON, to_ns=NOON + SECOND + 1)
    bounds = 'timestamp>="2026-11-24T12:00:00.000000000Z" AND timestamp<"2026-11-24T12:00:01.000000001Z"'
    assert in_window("a=1 OR b=2", window) == f"(a=1 OR b=2) AND {bounds}"
    assert in_window("", window, NOON) == f'{bounds} AND receiveTimestamp>="2026-11-24T12:00:00.000000000Z"'


def test_context_is_asked_for_with_few_filters() -> None:
    traces = [f"projects/demo/traces/{number:032x}" for number in range(1000)]
    filters = context_filters(traces, [])
    assert len(filters) == 3  # 57 characters each
    assert all(len(in_window(f, Window(from_ns=0, to_ns=NOON), NOON)) <= MAX_FILTER for f in filters)
    assert sorted(c.text for f in filters for c in comparisons(parse(f))) == traces


def test_context_of_traces_and_instances_finds_what_is_theirs() -> None:
    filters = context_filters(
        ["projects/demo/traces/aa", "bb", "bb", ""], [("i1", NOON), ("i1", NOON + 40 * SECOND), ("job-x/3", NOON)]
    )
    assert len(filters) == 1
    chosen = [Tier(name="context", filter=filters[0])]
    task = {"run.googleapis.com/execution_name": "job-x", "run.googleapis.com/task_index": "3"}
    wanted = [
        entry(trace="projects/demo/traces/aa"),
        entry(trace="projects/demo/traces/bb"),
        entry(labels={"instanceId": "i1"}),
        entry(labels={"instanceId": "i1"}, timestamp="2026-11-24T12:01:09Z"),
        entry(resource={"type": "k8s_pod", "labels": {"pod_name": "i1"}}),
        entry(labels=task),
    ]
    others = [
        entry(trace="projects/demo/traces/aabb1"),
        entry(labels={"instanceId": "i1"}, timestamp="2026-11-24T12:01:10Z"),
        entry(labels={"instanceId": "i1"}, timestamp="2026-11-24T11:59:29Z"),
        entry(labels={**task, "run.googleapis.com/task_index": "4"}),
        entry(textPayload="bb"),
    ]
    others[0]["trace"] = "projects/demo/traces/cc"
    assert answered(chosen, wanted) == [["context"]] * len(wanted)
    assert answered(chosen, others) == [[]] * len(others)


def test_no_context_is_no_filter_and_nonsense_is_refused() -> None:
    assert context_filters([], []) == []
    with pytest.raises(ConfigError, match="no trace"):
        context_filters(["x" * MAX_FILTER], [])
