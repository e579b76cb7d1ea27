"""Error events: one printed error each, with the stack traces read from its text.

There are many of them, so they are `msgspec.Struct`s: frozen like dataclasses, made in a sixth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from analyzer.model.entries import HttpRequest, Severity, SourceLocation
from analyzer.model.times import format_time

NO_MESSAGE = "(no message)"
"""message of an error entry without payload (contract, "What counts")"""


class Relation(StrEnum):
    """How an exception hangs under its parent."""

    CAUSE = "cause"
    CONTEXT = "context"
    MEMBER = "member"
    SUPPRESSED = "suppressed"


class EventKind(StrEnum):
    """Who says it: the application, the platform, a request log, a dependency, a deploy."""

    APPLICATION = "application"
    PLATFORM = "platform"
    REQUEST = "request"
    DEPENDENCY = "dependency"
    DEPLOY = "deploy"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One stack frame as printed; `in_app` by text alone."""

    file: str | None
    line: int | None
    function: str | None
    in_app: bool = True
    code: str | None = None
    """the printed source line, where there was one; never part of an identity"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"file": self.file, "line": self.line, "function": self.function, "in_app": self.in_app}


class TraceException(msgspec.Struct, frozen=True, kw_only=True):
    """One exception of a trace. Frames run outermost to innermost."""

    type: str | None
    message: str
    relation: Relation | None = None
    parent: int | None = None
    """index in `StackTrace.exceptions`; None for the title"""
    frames: tuple[Frame, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "type": self.type,
            "message": self.message,
            "relation": self.relation.value if self.relation else None,
            "parent": self.parent,
            "frames": [f.to_dict() for f in self.frames],
        }


class StackTrace(msgspec.Struct, frozen=True, kw_only=True):
    """A tree of exceptions in a list; the one without parent is the title."""

    language: str
    exceptions: tuple[TraceException, ...]
    root: int | None
    """index of the oldest cause; None where a group has several"""
    last: int
    """index of the one printed or raised last: the title"""
    truncated: bool = False

    @property
    def root_exception(self) -> TraceException:
        """The oldest cause; where a group has several, the title."""
        return self.exceptions[self.root if self.root is not None else self.last]

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "language": self.language,
            "truncated": self.truncated,
            "exceptions": [e.to_dict() for e in self.exceptions],
            "root": self.root,
            "last": self.last,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedText:
    """An error text found as a field of a JSON document inside a message or payload."""

    field: str
    """the key, e.g. `error_message`"""
    text: str


class ErrorEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One printing of one error or warning, joined from one or more entries. Two printings are two events."""

    entry_ids: tuple[str, ...]
    """in printed order"""
    time_ns: int | None
    """of the first entry"""
    severity: Severity
    """given, else inferred; at least WARNING"""
    service: str = ""
    revision: str = ""
    instance: str = ""
    message: str
    """the human text without decorations (ANSI, loguru, level prefixes) and without the stack trace;
    `NO_MESSAGE` where nothing is left"""
    stack_traces: tuple[StackTrace, ...] = ()
    truncated: bool = False
    trace: str | None = None
    kind: EventKind = EventKind.APPLICATION
    logger: str | None = None
    location: SourceLocation | None = None
    """where the entry claims to come from; interception frames already left out"""
    nested: tuple[NestedText, ...] = ()
    """error texts inside a JSON document of the message, outermost first"""
    request: HttpRequest | None = None
    log_name: str = ""

    @property
    def is_error(self) -> bool:
        """True for ERROR and above; otherwise it counts as a warning."""
        return self.severity >= Severity.ERROR

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "entry_ids": list(self.entry_ids),
            "timestamp": format_time(self.time_ns),
            "severity": self.severity.name,
            "service": self.service,
            "revision": self.revision,
            "instance": self.instance,
            "message": self.message,
            "stack_traces": [t.to_dict() for t in self.stack_traces],
            "truncated": self.truncated,
            "trace": self.trace,
        }
