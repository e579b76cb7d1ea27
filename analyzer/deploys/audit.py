"""Audit and system-event entries of Cloud Run to what happened to a revision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.deploys.commits import commit_of_image, commit_of_labels, images
from analyzer.model import Entry

_DEPLOY = re.compile(
    r"(?:google\.cloud\.run\.v\w{1,9}|google\.cloud\.serverless\.internal)\.\w{1,40}\.(?:Replace|Create|Update)\w{0,20}"
)
_READY = re.compile(r"Ready condition status changed to (True|False) for Revision (\S{1,200}?)(?:\.?\s|\.?$)")
_RESOURCE = re.compile(r"(?:^|/)(services|revisions)/([^/\s]{1,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing an audit entry says: `deployed`, `ready` or `refused`."""

    event: str
    time_ns: int | None
    service: str
    revision: str | None
    entry_id: str
    commit: str | None = None
    source: str | None = None
    """where the commit stands: `audit` (labels of the request) or `image`"""


def read_step(entry: Entry) -> Step | None:
    """What an entry says about a deploy, None where it says nothing."""
    payload = entry.proto_payload
    if not payload or "cloudaudit.googleapis.com" not in entry.log_name:
        return None
    method, status = payload.get("methodName"), payload.get("status")
    status = status if isinstance(status, Mapping) else {}
    if entry.log_id.endswith("/system_event"):
        return _ready(entry, str(status.get("message") or ""))
    if not isinstance(method, str) or not _DEPLOY.fullmatch(method):
        return None
    request = payload.get("request")
    refused = bool(status.get("code"))
    if not refused and request is None and ".v2." in method:
        return None  # the end of a long-running operation whose start was the deploy
    template = _template(request)
    labels = _mapping(_mapping(template.get("metadata")).get("labels")) | _mapping(template.get("labels"))
    labelled = commit_of_labels(labels)
    tagged = next(filter(None, map(commit_of_image, images(template))), None)
    named = _mapping(template.get("metadata")).get("name") or template.get("revision")
    return Step(
        event="refused" if refused else "deployed",
        time_ns=entry.time_ns,
        service=entry.service or _named(payload, "services") or "",
        # Not `response.status.latestCreatedRevisionName`: in real entries that is the previous revision.
        revision=entry.revision or (str(named) if named else None),
        entry_id=entry.entry_id,
        commit=labelled[1] if labelled else tagged,
        source="audit" if labelled else ("image" if tagged else None),
    )


def _ready(entry: Entry, message: str) -> Step | None:
    found = _READY.match(message)
    if not found:
        return None
    return Step(
        event="ready" if found[1] == "True" else "refused",
        time_ns=entry.time_ns,
        service=entry.service or _named(entry.proto_payload or {}, "services") or "",
        revision=found[2],
        entry_id=entry.entry_id,
    )


def _template(request: object) -> Mapping[str, object]:
    """The revision template of a request: `service.spec.template` in v1, `service.template` in v2."""
    service = _mapping(_mapping(request).get("service"))
    return _mapping(_mapping(service.get("spec")).get("template")) or _mapping(service.get("template"))


def _named(payload: Mapping[str, object], kind: str) -> str | None:
    found = _RESOURCE.search(str(payload.get("resourceName") or "")[:500])
    return found[2] if found and found[1] == kind else None


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}
