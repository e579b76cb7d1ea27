"""The filter language: what it finds, what it refuses, and where the place of an error is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logging_server.fields import View
from tests.logging_server.filters import And, parse
from tests.logging_server.matching import BEGINNING, END, build_test, window
from tests.logging_server.queries import Queries, Request
from tests.logging_server.statuses import ApiError
from tests.logging_server.store import Store

LOGS = "projects/demo/logs/"
RUN = {"type": "cloud_run_revision", "labels": {"service_name": "checkout", "revision_name": "checkout-00002-abc"}}
AUDIT = "type.googleapis.com/google.cloud.audit.AuditLog"

ENTRIES: dict[str, dict[str, Any]] = {
    "a": {"logName": LOGS + "run.googleapis.com%2Fstderr", "textPayload": "ERROR: Payment failed", "resource": RUN},
    "b": {"logName": LOGS + "run.googleapis.com%2Fstdout", "severity": "INFO", "textPayload": "paid in 3 ms"},
    "c": {
        "logName": LOGS + "run.googleapis.com%2Fstdout",
        "severity": "ERROR",
        "jsonPayload": {"level": "error", "code": 409, "retry": False, "none": None, "tags": ["red", "blue"]},
        "errorGroups": [{"id": "CJ1"}],
        "trace": "projects/demo/traces/77",
    },
    "d": {
        "logName": LOGS + "run.googleapis.com%2Frequests",
        "severity": "WARNING",
        "httpRequest": {"status": 503, "latency": "2.5s", "requestSize": "9007199254740993", "remoteIp": "203.0.113.9"},
        "split": {"uid": "u1", "totalSplits": 2},
        "labels": {"k8s-pod/app": "search", "plain": "x"},
    },
    "e": {
        "logName": LOGS + "cloudaudit.googleapis.com%2Factivity",
        "severity": "NOTICE",
        "protoPayload": {"@type": AUDIT, "methodName": "run.Replace", "request": {"spec": {"replicas": 3}}},
    },
    "f": {"logName": LOGS + "stdout", "severity": "CRITICAL", "jsonPayload": {"odd.key": {"in": "there"}, "level": 50}},
}  # fmt: skip

FINDS = {
    # nothing and all
    "": "abcdef",
    "-- a comment alone": "abcdef",
    # severity has an order, and none is DEFAULT
    "severity>=ERROR": "cf",
    "severity>WARNING AND severity<CRITICAL": "c",
    "severity=DEFAULT": "a",
    "severity=200": "b",
    'severity="warning"': "d",
    "severity=(INFO OR NOTICE)": "be",
    "severity!=DEFAULT": "bcdef",
    # texts ignore case, expressions do not
    'textPayload="error: payment FAILED"': "a",
    "textPayload:payment": "a",
    'textPayload=~"Payment"': "a",
    'textPayload=~"payment"': "",
    'textPayload=~"(?i)payment"': "a",
    'textPayload=~"^paid in \\\\d+ ms$"': "b",
    'textPayload!~"Payment"': "b",
    'textPayload>"f"': "b",
    # a field that is missing satisfies nothing, not even !=
    'textPayload!="paid in 3 ms"': "a",
    'NOT textPayload="paid in 3 ms"': "acdef",
    'NOT textPayload:"paid" severity!=INFO': "acdef",
    "textPayload:*": "ab",
    "-textPayload:*": "cdef",
    # paths
    "resource.type=cloud_run_revision": "a",
    'resource.labels.service_name="CHECKOUT"': "a",
    "jsonPayload.level=error": "c",
    "jsonPayload.level=50": "f",
    "jsonPayload.level:*": "cf",
    'jsonPayload."odd.key".in="there"': "f",
    "jsonPayload.code>=400": "c",
    "jsonPayload.code:409": "c",
    "jsonPayload.code=-1": "",
    "jsonPayload.retry=false": "c",
    "jsonPayload.none=NULL_VALUE": "c",
    "jsonPayload.tags=red": "c",
    "jsonPayload.tags:BLU": "c",
    'labels."k8s-pod/app"=search': "d",
    "labels.plain:*": "d",
    "labels:plain": "d",
    "httpRequest.status>=500": "d",
    "httpRequest.status!=503": "",
    "http_request.status=503": "d",
    "httpRequest.requestSize=9007199254740993": "d",
    'httpRequest.latency>="2.4s" httpRequest.latency<3s': "d",
    "split.uid=u1": "d",
    "split.totalSplits=2": "d",
    "errorGroups.id:*": "c",
    'errorGroups.id="cj1"': "c",
    "errorGroups:*": "c",
    'trace=("projects/demo/traces/76" OR "projects/demo/traces/77")': "c",
    "protoPayload.methodName:replace": "e",
    "protoPayload.request.spec.replicas=3": "e",
    f'protoPayload.@type="{AUDIT}"': "e",
    "protoPayload.nowhere:*": "",
    "insertId=b": "b",
    f'logName="{LOGS}run.googleapis.com%2Fstderr"': "a",
    'logName:"stdout"': "bcf",
    # functions
    'log_id("run.googleapis.com/stdout")': "bc",
    "log_id(stdout)": "f",
    "sample(insertId, 1)": "abcdef",
    "sample(insertId, 0)": "",
    'SEARCH("failed payment")': "a",
    'SEARCH("pay")': "",
    'SEARCH(textPayload, "MS paid")': "b",
    'ip_in_net(httpRequest.remoteIp, "203.0.113.0/24")': "d",
    # text alone: anywhere
    "payment": "a",
    '"in 3"': "b",
    "blue": "c",
    "cj1": "c",
    "replace": "e",
    # AND, OR, NOT: OR binds tighter than AND, side by side is AND
    "severity=INFO OR severity=ERROR": "bc",
    "severity=INFO AND textPayload:paid OR textPayload:failed": "b",
    "textPayload:failed OR textPayload:paid AND severity=INFO": "b",
    "(textPayload:failed) OR (textPayload:paid AND severity=INFO)": "ab",
    "textPayload:paid severity=INFO": "b",
    "NOT severity=INFO OR severity=INFO": "abcdef",
    "NOT (severity=INFO OR severity=ERROR)": "adef",
    "-severity=INFO -severity=ERROR": "adef",
    'jsonPayload.level=("error" OR "critical" OR "50")': "cf",
    'jsonPayload.tags=("red" AND "blue")': "c",
    'textPayload:("error" "paid")': "",
    "jsonPayload.level=(NOT error)": "abdef",
    # lines and comments
    "severity>=ERROR -- and above\n  -- nothing\n jsonPayload.code:*": "c",
    'textPayload:"failed"\nAND\nseverity=DEFAULT': "a",
    # times
    'timestamp>="2026-07-01T10:00:02Z"': "cdef",
    'timestamp>"2026-07-01T10:00:02Z" timestamp<="2026-07-01T10:00:04Z"': "de",
    'timestamp="2026-07-01T12:00:02+02:00"': "c",
    'timestamp<"2026-07-01T10:00:01.000000001Z"': "ab",
    "timestamp>=2026-07-01T10:00:04Z": "ef",
    'timestamp>="2026-07-02"': "",
    'NOT timestamp<"2026-07-01T10:00:05Z"': "f",
    'timestamp<"2026-07-01T10:00:01Z" OR timestamp>="2026-07-01T10:00:05Z"': "af",
    'receiveTimestamp>="2026-07-01T10:00:05Z"': "f",
}

REFUSED = {
    "severity>=": "line 1, column 11",
    "severity>=ERROR AND": "line 1, column 20",
    "(severity>=ERROR": "line 1, column 17",
    "severity>=ERROR)": "line 1, column 16",
    'textPayload="open': "line 1, column 13",
    "severity=ERROR\nAND = 3": "line 2, column 5",
    "AND": "line 1, column",
    "sample(insertId)": "takes 2 to 2 arguments",
    "nowhere=3": "Field not found: 'nowhere'",
    "httpRequest.nowhere=3": "Field not found",
    "severity>=LOUD": "Unknown severity",
    'timestamp>="yesterday"': "Invalid timestamp",
    'textPayload=~"("': "Invalid regular expression",
    "sample(insertId, 2)": "between 0 and 1",
    'ip_in_net(httpRequest.remoteIp, "home")': "ip_in_net",
}


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    made.add(
        {"insertId": name, "timestamp": f"2026-07-01T10:00:0{second}Z", **fields}
        for second, (name, fields) in enumerate(ENTRIES.items())
    )
    return made


def found(store: Store, text: str) -> str:
    positions = Queries(store).matched(Request(resource_names=("projects/demo",), filter=text))
    return "".join(store.insert_ids[position] for position in positions)


@pytest.mark.parametrize(("text", "expected"), FINDS.items(), ids=FINDS)
def test_a_filter_finds(store: Store, text: str, expected: str) -> None:
    assert found(store, text) == expected


@pytest.mark.parametrize(("text", "why"), REFUSED.items(), ids=REFUSED)
def test_a_wrong_filter_is_refused_with_the_reason(store: Store, text: str, why: str) -> None:
    with pytest.raises(ApiError) as refusal:
        found(store, text)
    assert refusal.value.status == "INVALID_ARGUMENT"
    assert why in refusal.value.message


@pytest.mark.parametrize("text", FINDS, ids=FINDS)
def test_taking_the_window_out_of_a_filter_changes_nothing(store: Store, text: str) -> None:
    tree = parse(text)
    start, end, rest = window(tree)
    whole, remaining, view = build_test(tree), build_test(rest), View(store)
    for position in range(len(store)):
        inside = start <= store.timestamps[position] < end
        assert whole(view.move(position)) == (inside and remaining(view.move(position)))


def test_only_conjuncts_of_the_whole_filter_make_the_window() -> None:
    assert window(parse('timestamp>="2026-07-01" OR severity=ERROR'))[:2] == (BEGINNING, END)
    assert window(parse('timestamp>="1970-01-01T00:00:01Z" timestamp<"1970-01-01T00:00:02Z"')) == (
        10**9,
        2 * 10**9,
        And(()),
    )


@given(st.text(alphabet='ab.:=<>!~()"- \\\nANDORNOT*12', max_size=30))
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    store = Store()
    try:
        found(store, text)
    except ApiError as refusal:
        assert refusal.status == "INVALID_ARGUMENT"  # noqa: PT017 - either is right


def test_a_sample_is_stable_and_about_as_large_as_asked_for() -> None:
    store = Store()
    store.add({"logName": LOGS + "x", "insertId": f"i{n}", "timestamp": "2026-07-01T10:00:00Z"} for n in range(2000))
    tenth, half = found(store, "sample(insertId, 0.1)"), found(store, "sample(insertId, 0.5)")
    assert tenth == found(store, "sample(insertId, 0.1)")
    assert set(tenth.split("i")) < set(half.split("i"))
    assert 140 <= tenth.count("i") <= 260
