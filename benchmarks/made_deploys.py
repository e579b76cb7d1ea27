"""Made-up deploys as Cloud Logging shows them: audit and system entries, starts, lines and requests of revisions.

    log = DeployLog(seed=3)
    log.deploy("api", at=0, image=image_of("api", SHA))          # the audit entry names no revision
    log.ready("api", "api-00008-xyz", at=20)                     # printed twice, as in life
    log.requests("api", {"api-00007-abc": 9, "api-00008-xyz": 1}, begin=30, end=90, count=100)
    log.shift_traffic("api", {"api-00007-abc": 100}, at=120)     # `gcloud run services update-traffic`
    rows = log.entries(shuffled=4)                               # LogEntry dicts, REST names

All times are seconds after `start`, by the true clock; `audit_skew_s` is by how much the clock of audit and system
entries is wrong. The same calls with the same seed make the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

_LAST_TYPE = "type.googleapis.com/google.cloud.run.v2.Service"
_ROLLOUT = (
    "Starting new instance. Reason: DEPLOYMENT_ROLLOUT - Instance started due to traffic shifting between revisions "
    "due to deployment, traffic split adjustment, or deployment health check."
)


def image_of(name: str, tag: str = "") -> str:
    """The name of an image: with a tag where one is given, else by digest."""
    return f"europe-docker.pkg.dev/example/images/{name}" + (f":{tag}" if tag else f"@sha256:{'5' * 64}")


def revision_of(service: str, number: int, suffix: str = "abc") -> str:
    """The name that Cloud Run gives to a revision: `api-00007-abc`."""
    return f"{service}-{number:05d}-{suffix}"


class DeployLog:
    """The log of some services while it is written. Each call adds entries and answers nothing."""

    def __init__(
        self,
        *,
        seed: int = 1,
        start: str = "2026-02-03T09:00:00Z",
        project: str = "example-staging",
        audit_skew_s: float = 0.0,
    ) -> None:
        """Nothing is written yet."""
        self._made = random.Random(seed)
        self._start = datetime.fromisoformat(start)
        self._project = project
        self._skew_s = audit_skew_s
        self._rows: list[dict[str, Any]] = []

    def time(self, at: float) -> str:
        """RFC 3339 of a moment."""
        return (self._start + timedelta(seconds=at)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def entries(self, *, shuffled: int | None = None) -> list[dict[str, Any]]:
        """LogEntry dicts in order of time, or in an order drawn with a seed."""
        rows = sorted(self._rows, key=lambda row: (row["timestamp"], row["insertId"]))
        if shuffled is not None:
            random.Random(shuffled).shuffle(rows)
        return rows

    # ---- what the platform's audit log says ----

    def deploy(
        self,
        service: str,
        *,
        at: float,
        image: str | None = None,
        labels: Mapping[str, str] | None = None,
        names: str | None = None,
        previous: str = "",
        traffic: Mapping[str, int] | None = None,
        code: int = 0,
        message: str = "",
        version: int = 1,
        takes_s: float = 25.0,
    ) -> None:
        """A deploy of a service: `gcloud run deploy`, in version 2 (Terraform) the two entries of one operation.

        `names` is the revision where the request names it (it seldom does), `previous` what the response calls the
        latest one (the one before), `traffic` revision → percent as for `--no-traffic`, `code` not 0 for a refused one,
        in version 2 told by the second entry.
        """
        containers = [{"image": image}] if image else []
        target = _targets(traffic or {"": 100}, version)
        if version == 1:
            metadata: dict[str, Any] = {"name": names} if names else {}
            if labels:
                metadata["labels"] = dict(labels)
            spec = {"template": {"metadata": metadata, "spec": {"containers": containers}}, "traffic": target}
            service_part: dict[str, Any] = {"metadata": {"name": service}, "spec": spec}
        else:
            template: dict[str, Any] = {"containers": containers, "labels": dict(labels or {})}
            service_part = {"template": {**template, **({"revision": names} if names else {})}, "traffic": target}
        self._change(service, service_part, at, version, previous, code, message, takes_s)

    def shift_traffic(
        self, service: str, percents: Mapping[str, int], *, at: float, version: int = 1, template: str | None = None
    ) -> None:
        """`gcloud run services update-traffic`: revision → percent, "" is the latest ready one.

        `template` is the image that the request repeats in version 1.
        """
        target = _targets(percents, version)
        if version == 1:
            containers = [{"image": template}] if template else []
            spec = {"template": {"metadata": {}, "spec": {"containers": containers}}, "traffic": target}
            self._change(service, {"metadata": {"name": service}, "spec": spec}, at, version, "", 0, "", 5.0)
        else:
            self._change(service, {"traffic": target}, at, version, "", 0, "", 5.0, mask="traffic")

    def ready(
        self, service: str, revision: str, *, at: float, problem: str = "", twice: bool = True, in_resource: bool = True
    ) -> None:
        """The Ready condition of a revision: True, or False with a problem."""
        outcome = f"False for Revision {revision} with message: {problem}" if problem else ""
        outcome = outcome or f"True for Revision {revision} with message: Deploying revision succeeded in 8.03s."
        payload = {
            "methodName": "/Services.ReplaceService",
            "resourceName": f"namespaces/{self._project}/revisions/{revision}",
            "status": {"code": 9 if problem else 0, "message": f"Ready condition status changed to {outcome}"},
        }
        for late in (0.0, 0.4)[: 2 if twice else 1]:
            severity = "ERROR" if problem else "INFO"
            named = revision if in_resource else ""
            self._audit(service, named, at + late, "system_event", {"severity": severity}, payload)

    def _change(
        self,
        service: str,
        service_part: Mapping[str, Any],
        at: float,
        version: int,
        previous: str,
        code: int,
        message: str,
        takes_s: float,
        mask: str = "",
    ) -> None:
        status = {"code": code, "message": message} if code else {}
        response = {"status": {"latestCreatedRevisionName": previous}}
        if version == 1:
            payload = {
                "methodName": "google.cloud.run.v1.Services.ReplaceService",
                "resourceName": f"namespaces/{self._project}/services/{service}",
                "request": {"service": service_part},
                "response": response,
                "status": status,
            }
            self._audit(service, "", at, "activity", {"severity": "ERROR" if code else "NOTICE"}, payload)
            return
        request = {"service": service_part, **({"updateMask": mask} if mask else {})}
        begun = {
            "methodName": "google.cloud.run.v2.Services.UpdateService",
            "resourceName": f"projects/{self._project}/locations/europe-west1/services/{service}",
        }
        operation = f"projects/{self._project}/operations/{self._made.getrandbits(64):016x}"
        first = {"severity": "NOTICE", "operation": {"id": operation, "first": True}}
        last = {"severity": "ERROR" if code else "NOTICE", "operation": {"id": operation, "last": True}}
        self._audit(service, "", at, "activity", first, {**begun, "request": request, "status": {}})
        ended = {**begun, "response": {"@type": _LAST_TYPE, "latestCreatedRevision": previous}, "status": status}
        self._audit(service, "", at + takes_s, "activity", last, ended)

    # ---- what revisions do ----

    def start_instance(
        self, service: str, revision: str, *, at: float, instance: str = "", fails: bool = False
    ) -> None:
        """The platform's lines about a start: an instance begins, its probe succeeds, or the container ends."""
        self._platform(service, revision, at, instance, _ROLLOUT, "INFO")
        if fails:
            text = 'Default STARTUP TCP probe failed 1 time consecutively for container "app-1" on port 8080.'
            self._platform(service, revision, at + 2.0, instance, "Container called exit(1).", "WARNING")
            self._platform(service, revision, at + 2.1, instance, text, "ERROR")
        else:
            text = 'Default STARTUP TCP probe succeeded after 1 attempt for container "app-1" on port 8080.'
            self._platform(service, revision, at + 2.0, instance, text, "INFO")

    def line(
        self,
        service: str,
        revision: str,
        text: str,
        *,
        at: float,
        severity: str = "INFO",
        labels: Mapping[str, str] | None = None,
        instance: str = "",
        trace: str | None = None,
        resource: Mapping[str, Any] | None = None,
    ) -> None:
        """A line that the program writes. `resource` for other than Cloud Run, with `type` and `labels`."""
        more: dict[str, Any] = {"severity": severity, "textPayload": text}
        if trace:
            more["trace"] = f"projects/{self._project}/traces/{trace}"
        log = "run.googleapis.com%2Fstderr" if severity in ("ERROR", "WARNING") else "run.googleapis.com%2Fstdout"
        if resource:
            more["resource"] = dict(resource)
            log = "stderr"
        self._add(service, revision, at, log, more, instance, labels)

    def request(
        self,
        service: str,
        revision: str,
        *,
        at: float,
        status: int = 200,
        url: str = "https://api.example.com/v1/orders",
        method: str = "GET",
        labels: Mapping[str, str] | None = None,
        instance: str = "",
        trace: str | None = None,
    ) -> None:
        """An entry of the request log. `trace` is drawn where none is given."""
        trace = trace or f"{self._made.getrandbits(128):032x}"
        more = {
            "severity": "ERROR" if status >= 500 else "WARNING" if status >= 400 else "INFO",
            "httpRequest": {"requestMethod": method, "requestUrl": url, "status": status, "latency": "0.041s"},
            "trace": f"projects/{self._project}/traces/{trace}",
        }
        self._add(service, revision, at, "run.googleapis.com%2Frequests", more, instance, labels)

    def requests(
        self,
        service: str,
        weights: Mapping[str, float],
        *,
        begin: float,
        end: float,
        count: int,
        statuses: Sequence[int] = (200,),
        labels: Mapping[str, Mapping[str, str]] | None = None,
        url: str = "https://api.example.com/v1/orders",
    ) -> None:
        """That many requests, evenly in `[begin, end)`, to revisions drawn by weight; `labels` are by revision."""
        names = sorted(weights)
        for number in range(count):
            revision = self._made.choices(names, [weights[name] for name in names])[0]
            at = begin + (end - begin) * (number + 0.5) / count
            status = statuses[number % len(statuses)]
            self.request(service, revision, at=at, status=status, url=url, labels=(labels or {}).get(revision))

    # ---- Google Kubernetes Engine ----

    def pod_line(
        self, service: str, pod_hash: str, text: str, *, at: float, pod: int = 1, severity: str = "INFO"
    ) -> None:
        """A line of a container of a deployment's pod; the revision is the hash of the pod template."""
        name = f"{service}-{pod_hash}-{pod:05d}"
        labels = {"container_name": service, "pod_name": name, "namespace_name": "default", "cluster_name": "example"}
        resource = {"type": "k8s_container", "labels": labels}
        self.line(
            service, "", text, at=at, severity=severity, resource=resource,
            labels={"k8s-pod/pod-template-hash": pod_hash},
        )  # fmt: skip

    def pulls_image(self, service: str, pod_hash: str, image: str, *, at: float, pod: int = 1) -> None:
        """The event of a node that pulls the image of a container."""
        name = f"{service}-{pod_hash}-{pod:05d}"
        payload = {
            "kind": "Event",
            "reason": "Pulling",
            "message": f'Pulling image "{image}"',
            "involvedObject": {"kind": "Pod", "name": name, "fieldPath": f"spec.containers{{{service}}}"},
        }
        labels = {"pod_name": name, "namespace_name": "default", "cluster_name": "example"}
        more = {"severity": "INFO", "jsonPayload": payload, "resource": {"type": "k8s_pod", "labels": labels}}
        self._add(service, "", at, "events", more)

    # ---- rows ----

    def _platform(self, service: str, revision: str, at: float, instance: str, text: str, severity: str) -> None:
        more = {"severity": severity, "textPayload": text}
        self._add(service, revision, at, "run.googleapis.com%2Fvarlog%2Fsystem", more, instance)

    def _audit(
        self, service: str, revision: str, at: float, log: str, more: Mapping[str, Any], payload: Mapping[str, Any]
    ) -> None:
        proto = {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "run.googleapis.com",
            "authenticationInfo": {"principalEmail": "deployer@example.com"},
            **payload,
        }
        name = f"cloudaudit.googleapis.com%2F{log}"
        self._add(service, revision, at + self._skew_s, name, {**more, "protoPayload": proto})

    def _add(
        self,
        service: str,
        revision: str,
        at: float,
        log: str,
        more: Mapping[str, Any],
        instance: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> None:
        who = {
            "configuration_name": service,
            "location": "europe-west1",
            "project_id": self._project,
            "revision_name": revision,
            "service_name": service,
        }
        own = {**({"instanceId": instance or f"i-{revision}"} if revision else {}), **(labels or {})}
        row: dict[str, Any] = {
            "insertId": f"{self._made.getrandbits(80):020x}",
            "timestamp": self.time(at),
            "logName": f"projects/{self._project}/logs/{log}",
            "resource": {"type": "cloud_run_revision", "labels": who},
        }
        self._rows.append({**row, **({"labels": own} if own else {}), **more})


def _targets(percents: Mapping[str, int], version: int) -> list[dict[str, Any]]:
    """Revision → percent as the API writes it; "" is the latest ready one."""
    if version == 1:
        return [
            {"percent": share, **({"revisionName": name} if name else {"latestRevision": True})}
            for name, share in percents.items()
        ]
    kind = "TRAFFIC_TARGET_ALLOCATION_TYPE_"
    return [
        {"percent": share, "type": kind + "REVISION", "revision": name}
        if name
        else {"percent": share, "type": kind + "LATEST"}
        for name, share in percents.items()
    ]
