"""What `entries.list` does, whichever door a call came through: journal, quota, faults, then the page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .faults import ERRORS, Draw, Faults, Quota, draw
from .journal import Call, Journal
from .queries import Queries, Request, read_token
from .statuses import ApiError, invalid
from .store import Store

READ_PERMISSION = "logging.logEntries.list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer before a door renders it; positions are of the store as long as its lock is held."""

    store: Store
    positions: Sequence[int]
    next_token: str
    padding: int
    """bytes to be added, so that the answer is huge"""


@dataclass(slots=True)
class Clock:
    """The server's time: the machine's plus an offset, or standing still."""

    offset_s: float = 0.0
    frozen_ns: int | None = None

    def now_ns(self) -> int:
        """Unix nanoseconds."""
        return time.time_ns() + round(self.offset_s * 1e9) if self.frozen_ns is None else self.frozen_ns


class LoggingService:
    """The state of the server. All methods may be called from any thread."""

    def __init__(self, *, faults: Faults, quota: Quota, page_bytes: int = 0) -> None:
        self.lock = threading.RLock()
        self.store = Store()
        self.queries = Queries(self.store, page_bytes)
        self.clock = Clock()
        self.faults = faults
        self.quota = quota
        self.journal = Journal(time.monotonic())
        self._since_change = 0
        self._dead_tokens: set[str] = set()

    def list_entries(
        self, request: Request, *, door: str, headers: Mapping[str, str], render: Callable[[Page], bytes]
    ) -> bytes:
        """The rendered page; `headers` by lower-case name. Raises `ApiError`; every call is noted with its outcome."""
        arrived = time.monotonic()
        with self.lock:
            call = self._enter(request, door, headers, arrived)
            drawn = draw(self.faults, self._since_change)
            self._since_change += 1
            pause = self.faults.slow_s if "slow" in drawn.names else 0.0
            with _outcome(call):  # quota is used up on arrival, however long the answer takes
                self._admit(call, drawn)
        if pause:
            call.faults = (*call.faults, "slow")
            time.sleep(pause)
        with self.lock, _outcome(call):
            page = self._answer(call, request, drawn)
            data = render(page)
        call.outcome, call.rows, call.bytes = "OK", len(page.positions), len(data)
        return data

    def _enter(self, request: Request, door: str, headers: Mapping[str, str], arrived: float) -> Call:
        user_project = headers.get("x-goog-user-project", "")
        call = Call(
            number=len(self.journal.calls),
            door=door,
            project=user_project or _project(request),
            arrived=arrived,
            filter=request.filter,
            order_by=request.order_by,
            page_size=request.page_size,
            resource_names=request.resource_names,
            page_token=request.page_token,
            authorization=headers.get("authorization", ""),
            user_project=user_project,
        )
        self.journal.arrive(call)
        return call

    def _answer(self, call: Call, request: Request, drawn: Draw) -> Page:
        request.check()
        cursor = read_token(request.page_token, request.query)
        self._break(call, request, drawn)
        positions, following = self.queries.page(request, cursor, self.clock.now_ns(), drawn)
        note = {"empty", "short", "duplicates", "disorder", "huge"} & drawn.names
        call.faults = (*call.faults, *sorted(note))
        return Page(
            store=self.store,
            positions=positions,
            next_token=following.token(request.query) if following else "",
            padding=self.faults.huge_bytes if "huge" in drawn.names else 0,
        )

    def _admit(self, call: Call, drawn: Draw) -> None:
        """Who calls, and how often. A call refused here does not count against the quota."""
        if self.faults.unauthenticated:
            raise ApiError(
                "UNAUTHENTICATED",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
                "valid authentication credential.",
                info={"reason": "ACCESS_TOKEN_EXPIRED", "domain": "googleapis.com"},
            )
        if self.faults.permission:
            raise ApiError(
                "PERMISSION_DENIED",
                f"Permission '{READ_PERMISSION}' denied on resource (or it may not exist).",
                info={
                    "reason": "IAM_PERMISSION_DENIED",
                    "domain": "iam.googleapis.com",
                    "metadata": {"permission": READ_PERMISSION},
                },
            )
        wait = self.journal.wait_for(call, self.quota)
        if "exhausted" in drawn.names:
            call.faults = (*call.faults, "exhausted")
            wait = max(wait, self.faults.exhausted_s)
        if wait:
            self.journal.refuse(call, wait, time.monotonic())
            raise ApiError(
                "RESOURCE_EXHAUSTED",
                "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute' of service "
                f"'logging.googleapis.com' for consumer 'project_number:{sum(call.project.encode())}'.",
                retry_delay_s=wait,
                info={"reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"},
            )
        self.journal.accept(call)

    def _break(self, call: Call, request: Request, drawn: Draw) -> None:
        """The faults that give no page."""
        for name, (status, message) in ERRORS.items():
            if name in drawn.names:
                call.faults = (*call.faults, name)
                raise ApiError(status, message)
        if request.page_token and "dead_token" in drawn.names:
            call.faults = (*call.faults, "dead_token")
            self._dead_tokens.add(request.page_token)
        if request.page_token in self._dead_tokens:
            raise invalid("page_token has expired.")

    def log_names(self, parent: str) -> list[str]:
        """The names of the logs that have entries, for ListLogs."""
        with self.lock:
            self.journal.other_calls["ListLogs"] += 1
            return sorted(name for name in self.store.known_names if name.startswith(parent + "/"))

    def set_faults(self, faults: Faults) -> None:
        """From the next call on; the sequence of their chances starts anew."""
        with self.lock:
            self.faults, self._since_change = faults, 0

    def reset(self) -> None:
        """Forgets calls, refusals, used quota and dead tokens; entries, faults, quota and clock stay."""
        with self.lock:
            self.journal = Journal(time.monotonic())
            self._since_change = 0
            self._dead_tokens.clear()

    def statistics(self) -> dict[str, Any]:
        """The journal's figures, and what the server holds."""
        with self.lock:
            return self.journal.statistics(self.quota) | {"entries": len(self.store), "now_ns": self.clock.now_ns()}


@contextmanager
def _outcome(call: Call) -> Iterator[None]:
    """Notes a refusal in the journal."""
    try:
        yield
    except ApiError as refusal:
        call.outcome = refusal.status
        raise


def _project(request: Request) -> str:
    parts = request.resource_names[0].split("/") if request.resource_names else []
    return parts[1] if len(parts) > 1 else ""
