"""Names as BigQuery keeps them → the names that the entry was written with.

A sink's table lower-cases the names of users' fields and puts `_` for what is neither letter nor digit; only names
known here can be given back. Rules: https://cloud.google.com/logging/docs/export/bigquery
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.sources.fields import integer

_ODD = re.compile(r"[^A-Za-z0-9_]")
_POD = "k8s_pod_"


def kept_name(name: str) -> str:
    """A name as a sink's table keeps it: `run.googleapis.com/task_index` → `run_googleapis_com_task_index`."""
    return _ODD.sub("_", name).lower().lstrip("_")


def _by_kept(names: Iterable[str]) -> Mapping[str, str]:
    return {kept_name(name): name for name in names}


_COMMITS = (
    "commit-sha", "git-commit-sha", "commit-id", "git-commit", "git-sha", "git-revision", "vcs-ref", "source-version",
    "revision-sha", "app-version",
)  # fmt: skip
_LABELS = _by_kept(
    (
        *_COMMITS,
        "instanceId",
        "gcb-build-id",
        "gcb-trigger-id",
        "gcb-trigger-region",
        "managed-by",
        "goog-managed-by",
        "goog-drz-cloudfunctions-id",
        "goog-drz-cloudfunctions-location",
        "firebase-functions-hash",
        "pod-template-hash",
        "run.googleapis.com/execution_name",
        "run.googleapis.com/task_index",
        "run.googleapis.com/task_attempt",
        "run.googleapis.com/base_image_versions",
        "compute.googleapis.com/resource_name",
        "container.googleapis.com/namespace_name",
        "container.googleapis.com/pod_name",
        "container.googleapis.com/stream",
        "logging.gke.io/top_level_controller_name",
        "logging.gke.io/top_level_controller_type",
        "appengine.googleapis.com/instance_name",
        "appengine.googleapis.com/trace_id",
    )
)
_POD_LABELS = _by_kept((*_COMMITS, "pod-template-hash", "helm_sh/chart"))
_POD_DOMAINS = ("app_kubernetes_io_",)
"""a label's own dots are underlines already where a cluster wrote it"""

_PAYLOAD = _by_kept(
    (
        "serviceContext", "reportLocation", "filePath", "lineNumber", "functionName", "funcName", "httpRequest",
        "responseStatusCode", "requestMethod", "requestUrl", "userAgent", "sourceLocation", "stackTrace",
        "severityText", "severityNumber", "stringValue", "textPayload", "exception.stacktrace",
    )
)  # fmt: skip
"""fields of payloads that are read by name; `stacktrace` and others are known in lower case too"""
_PAYLOAD_NUMBERS = frozenset(
    ("lineNumber", "line", "lineno", "level", "levelno", "severity_number", "severityNumber", "responseStatusCode")
)
"""fields that are read as numbers; some exports print every scalar as text, `"17.0"`"""
_AUDIT = _by_kept(
    (
        "serviceName", "methodName", "resourceName", "resourceLocation", "numResponseItems", "authenticationInfo",
        "principalEmail", "principalSubject", "authoritySelector", "authorizationInfo", "permissionType",
        "resourceAttributes", "requestMetadata", "callerIp", "callerSuppliedUserAgent", "callerNetwork",
        "policyViolationInfo", "serviceData",
        "requestId", "versionId", "startTime", "endTime", "httpVersion", "userAgent", "urlMapEntry", "moduleId",
        "instanceId", "appId", "logMessage", "sourceLocation", "functionName",
    )
)  # fmt: skip
"""fields of AuditLog and of App Engine's RequestLog"""
AUDIT_NUMBERS = frozenset(("code", "status", "line"))


def label_name(kept: str) -> str:
    """The name of a label, `k8s_pod_pod_template_hash` → `k8s-pod/pod-template-hash`; itself where it is unknown."""
    if not kept.startswith(_POD):
        return _LABELS.get(kept.lower(), kept)
    inner = kept.removeprefix(_POD)
    for domain in _POD_DOMAINS:
        if inner.startswith(domain):
            rest = inner.removeprefix(domain)
            return f"k8s-pod/{domain[:-1]}/{_POD_LABELS.get(rest, rest)}"
    return f"k8s-pod/{_POD_LABELS.get(inner, inner)}"


def payload_names(value: Any) -> Any:
    """A payload's record under the names that its readers know, what is null or empty by the table's columns gone."""
    return numbers_of(_renamed(value, _PAYLOAD, joined=False))


def audit_names(value: Any) -> Any:
    """An audit record (or a request log) under its REST names, from `methodname` or `method_name`; nulls gone."""
    return numbers_of(_renamed(value, _AUDIT, joined=True), AUDIT_NUMBERS)


def numbers_of(value: Any, fields: frozenset[str] = _PAYLOAD_NUMBERS) -> Any:
    """A payload whose fields of these names are numbers again, where an export made texts of them."""
    if isinstance(value, list):
        return [numbers_of(item, fields) for item in value]
    if not isinstance(value, Mapping):
        return value
    found = {}
    for key, item in value.items():
        count = integer(item) if key in fields and isinstance(item, str) else None
        found[key] = numbers_of(item, fields) if count is None else count
    return found


def _renamed(value: Any, names: Mapping[str, str], *, joined: bool) -> Any:
    if isinstance(value, Mapping):
        found = {}
        for key, item in value.items():
            inner = _renamed(item, names, joined=joined)
            if inner is None or inner == {} or inner == []:
                continue
            plain = str(key).lower()
            found[names.get(plain.replace("_", "") if joined else plain, str(key))] = inner
        return found
    if isinstance(value, list):
        return [_renamed(item, names, joined=joined) for item in value]
    return value
