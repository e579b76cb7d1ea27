"""What was printed around an error, and what an error event is known by in its cycle."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.model.entries import Severity, SourceLocation
from analyzer.model.events import ErrorEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry near an error, of any severity."""

    entry_id: str
    time_ns: int | None
    severity: Severity | None = None
    text: str
    service: str = ""
    instance: str = ""
    location: SourceLocation | None = None
    """where the entry claims to come from"""
    same_request: bool = False
    """it carries the trace id of the error"""
    from_application: bool = True
    """False for request logs, access lines and what the platform writes: they show no statement of the service"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The lines around one real occurrence: of its request in any service, and of its instance.

    Lines of the instance that carry the id of another request are left out. In printed order.
    """

    fingerprint: str
    """of the cluster"""
    entry_ids: tuple[str, ...]
    """of the occurrence's event"""
    time_ns: int | None
    service: str = ""
    instance: str = ""
    before: tuple[Line, ...] = ()
    """at most 20, the nearest last"""
    after: tuple[Line, ...] = ()
    """at most 5, the nearest first"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An error event with the cluster it fell into."""

    fingerprint: str
    event: ErrorEvent
    request_ids: tuple[str, ...] = ()
    """ids of the request beside the trace id: correlation ids in fields of the payload"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """How often something happened in how long a time."""

    count: int
    minutes: float
