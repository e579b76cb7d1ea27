"""Every call with its time and outcome, and what they add up to: was the client polite, did it keep its rate?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .faults import Quota

MINUTE_S = 60.0


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of `entries.list`; times in seconds of the server's monotonic clock."""

    number: int
    """from 0, by arrival"""
    door: str
    """grpc or rest"""
    project: str
    """whom the quota is counted for"""
    arrived: float
    filter: str
    order_by: str
    page_size: int
    resource_names: Sequence[str]
    page_token: str
    authorization: str = ""
    """the header as it came; empty without one"""
    user_project: str = ""
    """what `x-goog-user-project` named"""
    outcome: str = ""
    """OK or the status; empty while the call is under way"""
    faults: Sequence[str] = ()
    early_s: float = 0.0
    """it came this much before an earlier RetryInfo of its project allowed; 0 for a polite call"""
    retry_delay_s: float | None = None
    rows: int = 0
    bytes: int = 0
    """of the answer, before compression"""


class Journal:
    """The calls since the start or the last reset."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.calls: list[Call] = []
        self.other_calls: Counter[str] = Counter()
        self._refusals: dict[str, list[tuple[float, float]]] = defaultdict(list)
        """by project: when it was told, and the instant that was named"""
        self._accepted: dict[str, list[float]] = defaultdict(list)

    def arrive(self, call: Call) -> None:
        """Notes a call and how early it came."""
        self.calls.append(call)
        # what was told after the call had come could not be obeyed
        named = [instant for told, instant in self._refusals[call.project] if told <= call.arrived]
        call.early_s = max(0.0, max(named, default=0.0) - call.arrived)

    def wait_for(self, call: Call, quota: Quota) -> float:
        """Seconds until the quota has room for the call; 0 takes it."""
        taken = self._accepted[call.project]
        if quota.calls and len(taken) >= quota.calls:
            wait = taken[-quota.calls] + quota.window_s - call.arrived
            if wait > 0:
                return wait
        return 0.0

    def accept(self, call: Call) -> None:
        """The call counts against the quota."""
        self._accepted[call.project].append(call.arrived)

    def refuse(self, call: Call, delay_s: float, now: float) -> None:
        """Answers RetryInfo: no call of this project before `now + delay_s`."""
        call.retry_delay_s = delay_s
        self._refusals[call.project].append((now, now + delay_s))

    def statistics(self, quota: Quota) -> dict[str, Any]:
        """The figures told by the control door."""
        impolite = Counter(call.project for call in self.calls if call.early_s > 0)
        accepted = self._accepted.values()
        return {
            "calls": len(self.calls),
            "accepted": sum(len(times) for times in accepted),
            "refused": sum(call.outcome == "RESOURCE_EXHAUSTED" for call in self.calls),
            "outcomes": dict(Counter(call.outcome or "under way" for call in self.calls)),
            "faults": dict(Counter(name for call in self.calls for name in call.faults)),
            "doors": dict(Counter(call.door for call in self.calls)),
            "other_calls": dict(self.other_calls),
            "rows": sum(call.rows for call in self.calls),
            "bytes": sum(call.bytes for call in self.calls),
            "impolite": impolite.total(),
            "impolite_by_project": dict(impolite),
            "peak_accepted_per_minute": max((self._by_minute(times) for times in accepted), default=0),
            "peak_accepted_per_60s": max((peak(times, MINUTE_S) for times in accepted), default=0),
            "peak_accepted_per_window": max((peak(times, quota.window_s) for times in accepted), default=0),
        }

    def _by_minute(self, times: Iterable[float]) -> int:
        """Most calls of a project in one minute, counted from the journal's start."""
        return max(Counter(int((moment - self.started) // MINUTE_S) for moment in times).values(), default=0)

    def documents(self) -> list[dict[str, Any]]:
        """The calls as JSON objects."""
        return [asdict(call) for call in self.calls]


def peak(times: Sequence[float], window_s: float) -> int:
    """Most of the times, sorted or not, within any half-open window of that length."""
    ordered, most, first = sorted(times), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
