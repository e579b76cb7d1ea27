"""Clusters and their events from a few lines: what the tests of links are told in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from analyzer.model import (
    Cluster,
    Context,
    ErrorEvent,
    EventKind,
    Exemplar,
    Frame,
    HttpRequest,
    Line,
    Occurrence,
    Severity,
    StackTrace,
    TraceException,
)

SECOND = 1_000_000_000


@dataclass
class Story:
    """Printings are told one by one; texts that are equal are one cluster, called by `name`."""

    occurrences: list[Occurrence] = field(default_factory=list)
    _prints: dict[str, list[Occurrence]] = field(default_factory=lambda: defaultdict(list))
    _cores: dict[str, str] = field(default_factory=dict)
    _severities: dict[str, Severity] = field(default_factory=dict)

    def tell(
        self,
        name: str,
        service: str,
        seconds: float,
        message: str,
        *,
        request: str | None = None,
        instance: str = "",
        exceptions: tuple[tuple[str, str], ...] = (),
        kind: EventKind = EventKind.APPLICATION,
        severity: Severity = Severity.ERROR,
        latency: float | None = None,
        ids: tuple[str, ...] = (),
    ) -> None:
        """`exceptions`: (type, message), the oldest cause first."""
        http = HttpRequest(status=503, latency_ns=int(latency * SECOND)) if latency is not None else None
        event = ErrorEvent(
            entry_ids=(f"{name}-{len(self.occurrences)}",),
            time_ns=int(seconds * SECOND),
            severity=severity,
            service=service,
            instance=instance,
            message=message,
            trace=request,
            kind=kind,
            request=http,
            stack_traces=(_trace(exceptions),) if exceptions else (),
        )
        one = Occurrence(fingerprint=f"s2:{name}", event=event, request_ids=ids)
        self.occurrences.append(one)
        self._prints[name].append(one)
        self._cores.setdefault(name, exceptions[0][1] if exceptions else message)
        self._severities.setdefault(name, severity)

    def clusters(self) -> list[Cluster]:
        """In the order in which they were first told."""
        return [self._cluster(name) for name in self._prints]

    def _cluster(self, name: str) -> Cluster:
        events = [o.event for o in self._prints[name]]
        root = next((e.stack_traces[0].root_exception for e in events if e.stack_traces), None)
        return Cluster(
            fingerprint=f"s2:{name}",
            title=events[0].message,
            template=events[0].message,
            core=self._cores[name],
            exception_type=root.type if root else None,
            exception_message=root.message if root else None,
            severity=self._severities[name],
            kind=events[0].kind,
            count=len(events),
            entries=len(events),
            printings=len(events),
            first_seen_ns=events[0].time_ns,
            services=tuple(sorted({e.service for e in events})),
            exemplars=tuple(Exemplar(entry_ids=e.entry_ids, message=e.message) for e in events[:3]),
        )


def context(
    name: str,
    *,
    at: float,
    before: tuple[tuple[float, str], ...] = (),
    after: tuple[tuple[float, str], ...] = (),
    service: str = "oven",
    instance: str = "i1",
) -> Context:
    """Lines of the error's own instance, as (seconds, text)."""
    return Context(
        fingerprint=f"s2:{name}",
        entry_ids=(f"{name}-0",),
        time_ns=int(at * SECOND),
        service=service,
        instance=instance,
        before=tuple(line(s, text, service=service, instance=instance) for s, text in before),
        after=tuple(line(s, text, service=service, instance=instance) for s, text in after),
    )


def line(seconds: float, text: str, *, service: str = "oven", instance: str = "i1", **more: object) -> Line:
    made = {"severity": Severity.INFO, **more}
    return Line(
        entry_id=f"l{seconds}", time_ns=int(seconds * SECOND), text=text, service=service, instance=instance, **made
    )  # type: ignore[arg-type]


def _trace(exceptions: tuple[tuple[str, str], ...]) -> StackTrace:
    frame = Frame(file="/app/store.py", line=7, function="load")
    made = tuple(
        TraceException(type=kind, message=text, parent=n + 1 if n + 1 < len(exceptions) else None, frames=(frame,))
        for n, (kind, text) in enumerate(exceptions)
    )
    return StackTrace(language="python", exceptions=made, root=0, last=len(made) - 1)
