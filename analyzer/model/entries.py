"""Entries as they were pulled, and what reading them left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """Cloud Logging's LogSeverity values
    (https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity)."""

    DEFAULT = 0
    DEBUG = 100
    INFO = 200
    NOTICE = 300
    WARNING = 400
    ERROR = 500
    CRITICAL = 600
    ALERT = 700
    EMERGENCY = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """The request of an entry; `latency_ns` None where it was not given."""

    method: str | None = None
    url: str | None = None
    status: int | None = None
    latency_ns: int | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLocation:
    """Where an entry claims to come from. A claim: most real ones point at a logging wrapper."""

    file: str | None = None
    """a path or a dotted module"""
    line: int | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySplit:
    """Which part of a larger entry this is
    (https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logsplit)."""

    uid: str
    """the same in all parts"""
    index: int
    """from 0"""
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One LogEntry, redacted, whatever format it came in. Times are Unix nanoseconds, UTC."""

    entry_id: str
    """insertId, `insertId@log_id` where two logs share one, else `x-…` from the content"""
    time_ns: int | None
    """None in plain text without times"""
    log_name: str = ""
    """`projects/P/logs/ID`, id still percent-encoded; empty where unknown"""
    severity: Severity | None = None
    """as given; None where the field is missing or DEFAULT"""
    resource_type: str = ""
    service: str = ""
    """service_name, module_id, container_name, function_name or job_name of the resource; else a payload's own claim"""
    revision: str = ""
    instance: str = ""
    """labels.instanceId, pod name or the like: the stream in which neighbours are found"""
    labels: Mapping[str, str] = field(default_factory=dict)
    resource_labels: Mapping[str, str] = field(default_factory=dict)
    trace: str | None = None
    span_id: str | None = None
    text_payload: str | None = None
    json_payload: Mapping[str, Any] | None = None
    proto_payload: Mapping[str, Any] | None = None
    http_request: HttpRequest | None = None
    source_location: SourceLocation | None = None
    error_groups: tuple[str, ...] = ()
    split: EntrySplit | None = None
    """None for an entry that was written whole"""
    position: int = 0
    """place in the input; breaks ties only where there is no time (plain text)"""

    @property
    def log_id(self) -> str:
        """The last part of the log name, decoded: `run.googleapis.com/stderr`."""
        return self.log_name.rpartition("/")[2].replace("%2F", "/").replace("%2f", "/")

    @property
    def has_payload(self) -> bool:
        """True where anything readable is left: text, JSON, proto or a request."""
        return bool(
            (self.text_payload and self.text_payload.strip())
            or self.json_payload
            or self.proto_payload
            or self.http_request
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Entries that were not used, with the reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A part of the window `[from_ns, to_ns)` that was not read, and why."""

    from_ns: int | None
    to_ns: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What one input was taken for."""

    name: str
    format: str
    entries: int
    share: float
    """share of the lines (or array items) that fit the format, 0 to 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """What a source read: entries sorted by (time, log name, id, position), and what it left out.

    `read` counts everything met: `read == len(entries) + duplicates + sum(dropped)`.
    """

    entries: tuple[Entry, ...]
    duplicates: int = 0
    dropped: tuple[Dropped, ...] = ()
    gaps: tuple[Gap, ...] = ()
    files: tuple[FileReport, ...] = ()
    warnings: tuple[str, ...] = ()
    """sentences for stderr and the report: what was odd and what was done about it"""

    @property
    def read(self) -> int:
        """Everything that was met."""
        return len(self.entries) + self.duplicates + sum(d.count for d in self.dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCounts:
    """How the entries of a window divide by level (given, else inferred from the text)."""

    error: int = 0
    warning: int = 0
    other: int = 0
    without_severity: int = 0
    without_payload: int = 0
    from_ns: int | None = None
    """time of the first entry"""
    to_ns: int | None = None
    """time of the last entry"""
