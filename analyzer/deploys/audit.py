"""Audit and system-event entries of a deploy to steps: Cloud Run in both versions, functions, App Engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzer.deploys.commits import commit_of_image, images, label_of_commit
from analyzer.model import Entry

_DEPLOY = re.compile(
    r"google\.cloud\.run\.v\w{1,9}\.\w{1,40}\.(?:Replace|Create|Update)\w{0,20}"
    r"|google\.cloud\.serverless\.internal\.\w{1,40}\.(?:Replace|Create|Update)\w{0,20}"
    r"|google\.cloud\.functions\.v\w{1,9}\.\w{1,40}\.(?:Create|Update)Function"
    r"|google\.appengine\.v\w{1,9}\.(?:Versions\.(?:Create|Update)Version|Services\.UpdateService)"
)
_READY = re.compile(r"Ready condition status changed to (True|False) for Revision (\S{1,200}?)(?:\.?\s|\.?$)")
_QUOTED = re.compile(r"\bRevision '([^'\s]{1,200})'")
_RESOURCE = re.compile(r"(?:^|/)(services|revisions|functions|versions)/([^/\s]{1,200})")
_MAX_PROBLEM = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A commit that one entry names."""

    commit: str
    source: str
    """label, audit, image or banner"""
    text: str
    """where it stands, a sentence"""
    entry_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing an audit entry says: `deployed`, `ready`, `refused`, or `traffic` (it was divided anew)."""

    event: str
    time_ns: int | None
    service: str
    revision: str | None
    entry_id: str
    told: tuple[Told, ...] = ()
    """the commits of a deploy, the most reliable first"""
    traffic: tuple[tuple[str, int], ...] = ()
    """(revision, percent) that were asked for, "" for the latest ready one; sorted"""
    content: str = ""
    """the revision template as canonical JSON, to tell whether two requests ask for the same"""
    problem: str = ""
    """why it was refused"""
    named_by_request: bool = False
    """`revision` stands in the request (the resource of the entry can name the revision before)"""
    ends: bool = False
    """the second entry of a long-running operation"""

    @property
    def commit(self) -> str | None:
        """The commit that the entry names most reliably."""
        return self.told[0].commit if self.told else None


def read_step(entry: Entry) -> Step | None:
    """What an entry says about a deploy, None where it says nothing."""
    payload = entry.proto_payload
    if not payload or "cloudaudit.googleapis.com" not in entry.log_name:
        return None
    method, status = payload.get("methodName"), _mapping(payload.get("status"))
    message = str(status.get("message") or "")
    if entry.log_id.endswith("/system_event"):
        return _ready(entry, message)
    if not isinstance(method, str) or not _DEPLOY.fullmatch(method):
        return None
    request = payload.get("request")
    refused = bool(status.get("code"))
    is_operation = re.match(r"google\.cloud\.run\.v1\.|google\.cloud\.serverless", method) is None
    ends = is_operation and "response" in payload
    if not refused and request is None and is_operation and not _named(payload, "versions"):
        return None  # the end of a long-running operation whose start was the deploy
    service = _service(request)
    template = _template(service)
    name = _mapping(template.get("metadata")).get("name") or template.get("revision") or _named(payload, "versions")
    quoted = _QUOTED.search(message[:2_000]) if refused else None
    traffic = tuple(sorted(_targets(service)))
    # Not `response.status.latestCreatedRevisionName`: in real entries that is the previous revision.
    revision = (str(name) if name else None) or entry.revision or (quoted[1] if quoted else None)
    return Step(
        event="refused" if refused else "traffic" if _only_traffic(request, template, traffic) else "deployed",
        time_ns=entry.time_ns,
        service=entry.service or _named(payload, "services") or _named(payload, "functions") or "",
        revision=revision[:200] if revision else None,
        entry_id=entry.entry_id,
        told=tuple(_told(service, template, entry.entry_id)),
        traffic=traffic,
        content=json.dumps(template, sort_keys=True, default=str) if template else "",
        problem=message[:_MAX_PROBLEM] or (f"status code {status.get('code')}" if refused else ""),
        named_by_request=bool(name),
        ends=ends,
    )


def _ready(entry: Entry, message: str) -> Step | None:
    found = _READY.match(message)
    if not found:
        return None
    ready = found[1] == "True"
    return Step(
        event="ready" if ready else "refused",
        time_ns=entry.time_ns,
        service=entry.service or _named(entry.proto_payload or {}, "services") or "",
        revision=found[2],
        entry_id=entry.entry_id,
        problem="" if ready else message[found.end() :].removeprefix("with message: ")[:_MAX_PROBLEM],
    )


def _service(request: object) -> dict[str, object]:
    """What a request wants the service to be; of a function or a version, that."""
    asked = _mapping(request)
    return next((found for key in ("service", "function", "version") if (found := _mapping(asked.get(key)))), {})


def _template(service: Mapping[str, object]) -> dict[str, object]:
    """The revision template: `spec.template` in version 1, `template` in version 2."""
    return _mapping(_mapping(service.get("spec")).get("template")) or _mapping(service.get("template"))


def _told(service: Mapping[str, object], template: Mapping[str, object], entry_id: str) -> Iterator[Told]:
    """Labels of the revision, then its images, then labels of the service, which a later deploy may have left as is."""
    own = _mapping(_mapping(template.get("metadata")).get("labels")) | _mapping(template.get("labels"))
    around = _mapping(_mapping(service.get("metadata")).get("labels")) | _mapping(service.get("labels"))
    ids = (entry_id,)
    if found := label_of_commit(own):
        text = f"the label {found[0]} of its deploy names {found[1]}"
        yield Told(commit=found[1], source="audit", text=text, entry_ids=ids)
    for image in images(template):
        if commit := commit_of_image(image):
            yield Told(commit=commit, source="image", text=f"its image is tagged {commit}", entry_ids=ids)
            break
    if not own and (found := label_of_commit(around)):
        text = f"the service's label {found[0]} names {found[1]} in its deploy"
        yield Told(commit=found[1], source="audit", text=text, entry_ids=ids)


def _targets(service: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """(revision, percent): `spec.traffic` in version 1, `traffic` in version 2, `split` in App Engine."""
    given = _mapping(service.get("spec")).get("traffic") or service.get("traffic")
    for target in given if isinstance(given, list) else ():
        wanted = _mapping(target)
        name, percent = wanted.get("revisionName") or wanted.get("revision"), wanted.get("percent")
        if isinstance(percent, int | float) and 0 < percent <= 100:
            yield (str(name)[:200] if name else ""), round(percent)
    for name, share in _mapping(_mapping(service.get("split")).get("allocations")).items():
        if isinstance(share, int | float) and 0 < share <= 1:
            yield name[:200], round(100 * share)


def _only_traffic(request: object, template: Mapping[str, object], traffic: object) -> bool:
    """Whether a request says itself that it changes nothing but traffic."""
    asked = _mapping(request)
    mask = asked.get("updateMask") or asked.get("update_mask")
    fields = _mapping(mask).get("paths") if isinstance(mask, Mapping) else str(mask or "").split(",")
    named = {str(field).partition(".")[0] for field in fields} if isinstance(fields, list) else set()
    return named in ({"traffic"}, {"split"}) or bool(traffic and not template)


def _named(payload: Mapping[str, object], kind: str) -> str | None:
    for found in _RESOURCE.finditer(str(payload.get("resourceName") or "")[:500]):
        if found[1] == kind:
            return found[2]
    return None


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}
