"""One made-up incident as REST prints its entries: every kind of payload, four platforms, nanoseconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROJECT = "projects/bakery-staging"
COMMIT = "0123abcd4567ef890123abcd4567ef890123abcd"
_OLD, _NEW = "bakery-00007-abc", "bakery-00008-def"
_TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/app/bakery/oven.py", line 41, in bake\n'
    "    heat(loaf, degrees)\n"
    '  File "/app/bakery/heater.py", line 12, in heat\n'
    '    raise HeaterError(f"oven {number} stays cold")\n'
    "bakery.heater.HeaterError: oven 7 stays cold"
)


def incident() -> list[dict[str, Any]]:
    """About sixty entries, oldest first, each with an insertId of its own."""
    rows = [*_deploy(), *_texts(), *_documents(), *_split_trace(), *_requests(), *_cluster(), *_job(), *_quiet()]
    for number, row in enumerate(rows):
        row.setdefault("insertId", f"made-up-{number:03}")
        row.setdefault("receiveTimestamp", row["timestamp"][:-1] + "Z")
    return sorted(rows, key=lambda r: (r["timestamp"], r["insertId"]))


def _at(second: int, nanos: int) -> str:
    return f"2026-11-24T10:{second // 60:02}:{second % 60:02}.{nanos:09}Z"


def _run(second: int, nanos: int, log: str = "stderr", revision: str = _NEW, **fields: Any) -> dict[str, Any]:
    return {
        "timestamp": _at(second, nanos),
        "logName": f"{PROJECT}/logs/run.googleapis.com%2F{log}",
        "resource": {
            "type": "cloud_run_revision",
            "labels": {
                "project_id": "bakery-staging",
                "location": "europe-west1",
                "service_name": "bakery",
                "configuration_name": "bakery",
                "revision_name": revision,
            },
        },
        "labels": {"instanceId": f"00aa{revision[-3:]}", "commit-sha": COMMIT, "managed-by": "github-actions"},
        **fields,
    }


def _deploy() -> list[dict[str, Any]]:
    def audit(second: int, log: str, labels: Mapping[str, str], **payload: Any) -> dict[str, Any]:
        return {
            "timestamp": _at(second, 123_456_789),
            "logName": f"{PROJECT}/logs/cloudaudit.googleapis.com%2F{log}",
            "severity": "NOTICE",
            "resource": {
                "type": "cloud_run_revision",
                "labels": {"project_id": "bakery-staging", "service_name": "bakery", **labels},
            },
            "protoPayload": {
                "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                "serviceName": "run.googleapis.com",
                **payload,
            },
        }

    template = {
        "metadata": {"labels": {"commit-sha": COMMIT}},
        "spec": {"containers": [{"image": f"europe-west1-docker.pkg.dev/bakery/images/bakery:{COMMIT}"}]},
    }
    ready = f"Ready condition status changed to True for Revision {_NEW} with message: Deploying revision succeeded."
    return [
        audit(
            1,
            "activity",
            {},
            methodName="google.cloud.run.v1.Services.ReplaceService",
            resourceName="namespaces/bakery-staging/services/bakery",
            authenticationInfo={"principalEmail": "deployer@example.com"},
            requestMetadata={"callerIp": "203.0.113.7", "callerSuppliedUserAgent": "deployer/1"},
            request={"service": {"metadata": {"name": "bakery"}, "spec": {"template": template}}},
            response={"metadata": {"generation": 8}},
            status={"code": 0},
        ),
        audit(
            20,
            "system_event",
            {"revision_name": _NEW},
            methodName="/Services.ReplaceService",
            resourceName=f"namespaces/bakery-staging/revisions/{_NEW}",
            status={"message": ready},
        ),
        audit(
            600,
            "activity",
            {},
            methodName="google.cloud.run.v1.Services.DeleteService",
            resourceName="namespaces/bakery-staging/services/bakery",
            authenticationInfo={"principalEmail": "intern@example.com"},
            status={"code": 7, "message": "Permission denied on resource bakery"},
            metadata={"reason": "policy"},
        )
        | {"severity": "ERROR"},
    ]


def _texts() -> list[dict[str, Any]]:
    rows = [
        _run(30 + n, 1_000_001 + n, severity="ERROR", textPayload=f"cannot reach yeast store number {n}: timed out")
        for n in range(5)
    ]
    rows += [_run(50 + n, 999_999_999, severity="ERROR", textPayload=_TRACE.replace("7", str(n))) for n in range(3)]
    # two in one microsecond: only nanoseconds and ids tell them apart
    rows += [
        _run(58, nanos, textPayload="2026-11-24 10:00:58 [ERROR] shop: till is jammed") for nanos in (5_001, 5_900)
    ]
    rows.append(_run(59, 7, textPayload='{"message": "flour, wheat; \\"type 405\\" is gone", "level": "error"}'))
    return rows


def _documents() -> list[dict[str, Any]]:
    rows = [
        _run(
            70 + n,
            123_456_001,
            severity="ERROR",
            jsonPayload={"message": f"order {100 + n} failed", "stack_trace": _TRACE, "attempt": 3, "ratio": 0.25},
        )
        for n in range(4)
    ]
    rows += [
        _run(
            80 + n,
            2,
            jsonPayload={
                "message": "recipe is not readable",
                "level": "error",
                "error": {"type": "RecipeError", "value": "page 3 is torn", "traceback": None},
                "context": {
                    "reportLocation": {"filePath": "bakery/recipes.py", "lineNumber": 17, "functionName": "read"}
                },
            },
        )
        for n in range(3)
    ]
    rows.append(
        _run(
            84,
            9,
            "stdout",
            jsonPayload={"level": 50, "pid": 1, "hostname": "a", "time": 1, "msg": "crumbs in the keyboard"},
        )
    )
    rows.append(
        _run(
            85,
            3,
            severity="ERROR",
            sourceLocation={"file": "bakery/till.py", "line": "88", "function": "close"},
            jsonPayload={"event": "till does not close", "exception": _TRACE, "tags": ["a", "b"], "ok": False},
        )
    )
    return rows


def _split_trace() -> list[dict[str, Any]]:
    lines = ["Traceback (most recent call last):", '  File "/app/bakery/van.py", line 9, in drive']
    lines += ["    start(engine)", "bakery.van.EngineError: the van does not start"]
    return [_run(90, 1_000_000 + 10_000 * n, textPayload=line) for n, line in enumerate(lines)]


def _requests() -> list[dict[str, Any]]:
    def request(second: int, status: int, severity: str) -> dict[str, Any]:
        return _run(
            second,
            41_000_321,
            "requests",
            revision=_OLD if second % 2 else _NEW,
            severity=severity,
            trace=f"projects/bakery-staging/traces/{second:032x}",
            spanId=f"{second:016x}",
            traceSampled=True,
            httpRequest={
                "requestMethod": "POST",
                "requestUrl": f"https://bakery.example.com/api/orders/{second}",
                "requestSize": "812",
                "status": status,
                "responseSize": "90",
                "userAgent": "shop/2.1",
                "remoteIp": "203.0.113.9",
                "latency": "1.250000001s",
                "protocol": "HTTP/1.1",
            },
        )

    rows = [request(100 + n, 500, "ERROR") for n in range(4)]
    return [*rows, request(110, 404, "WARNING"), request(111, 200, "INFO")]


def _cluster() -> list[dict[str, Any]]:
    return [
        {
            "timestamp": _at(200 + n, 77_000_077),
            "logName": f"{PROJECT}/logs/stderr",
            "severity": "ERROR",
            "resource": {
                "type": "k8s_container",
                "labels": {
                    "project_id": "bakery-staging",
                    "cluster_name": "ovens",
                    "namespace_name": "shop",
                    "pod_name": f"courier-6d4cf56db6-x{n}",
                    "container_name": "courier",
                },
            },
            "labels": {
                "k8s-pod/app": "courier",
                "k8s-pod/pod-template-hash": "6d4cf56db6",
                "k8s-pod/app_kubernetes_io/commit-sha": COMMIT,
                "compute.googleapis.com/resource_name": "gke-ovens-1",
            },
            "textPayload": f"E1124 10:03:2{n}.000000       1 route.go:{30 + n}] no route to customer",
        }
        for n in range(3)
    ]


def _job() -> list[dict[str, Any]]:
    return [
        {
            "timestamp": _at(300 + n, 500_000_000),
            "logName": f"{PROJECT}/logs/run.googleapis.com%2Fstderr",
            "severity": "ERROR",
            "resource": {
                "type": "cloud_run_job",
                "labels": {"project_id": "bakery-staging", "job_name": "stocktaking"},
            },
            "labels": {
                "instanceId": f"00bb{n}",
                "run.googleapis.com/execution_name": "stocktaking-x1",
                "run.googleapis.com/task_index": str(n),
                "run.googleapis.com/task_attempt": "0",
            },
            "textPayload": "shelf is empty",
        }
        for n in range(3)
    ]


def _quiet() -> list[dict[str, Any]]:
    rows = [_run(400 + n, 9_000, "stdout", severity="WARNING", textPayload="flour is low") for n in range(4)]
    rows += [_run(420 + n, 9_000, "stdout", severity="INFO", textPayload=f"loaf {n} is done") for n in range(9)]
    rows += [_run(440 + n, 9_000, "stdout", textPayload="door opened") for n in range(3)]
    return [*rows, _run(450, 0, "varlog%2Fsystem", severity="ERROR", textPayload="Container called exit(3).")]
