"""Projects asked for one entry of the last hour: may they be read, how much quota is left, is the clock right.

At most three calls a project, all of them through the same gate as a pull's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path

from analyzer.model import Check, CheckStatus, format_time
from analyzer.sources.cloud_logging.connecting import Connector, read_endpoints
from analyzer.sources.cloud_logging.credential_checks import check_credentials, member_of
from analyzer.sources.cloud_logging.gate import PER_MINUTE, Gate
from analyzer.sources.cloud_logging.listing import CallError, Page, Query, Trouble
from analyzer.sources.cloud_logging.refusals import refused
from analyzer.sources.cloud_logging.source import read_resource

_SECOND = 1_000_000_000
_HOUR = 3600 * _SECOND
_LONGEST_WAIT_S = 20.0
_SKEW_WARNED_S = 30.0
_SKEW_FAILED_S = 60.0
_TOLD = "REST answers, and tells them with the errors"
_SET_CLOCK = "let the clock be set by the network: timedatectl set-ntp true, or the system's settings of date and time"


@dataclass(slots=True, kw_only=True)
class _Asking:
    """The calls, and what they tell of the server's clock besides."""

    connector: Connector
    gate: Gate
    now_ns: Callable[[], int]
    skews_s: list[float] = field(default_factory=list)
    """how far this machine is behind the server, by each answer over REST"""
    ahead_s: list[float] = field(default_factory=list)
    """how far an entry's time of receipt lies in this machine's future"""

    def ask(self, resource: str, surface: str) -> Page | CallError | float:
        """One call; the seconds to wait where it would have to wait long for its turn."""
        wait = self.gate.waiting_s()
        if wait > _LONGEST_WAIT_S:
            return wait
        listing = self.connector.listing(surface)
        since = format_time(self.now_ns() - _HOUR)
        query = Query(resources=(resource,), filter=f'timestamp >= "{since}"', page_size=1)
        with self.gate.call() as call:
            asked = self.now_ns()
            try:
                answer: Page | CallError = listing.page(query, "")
            except CallError as err:
                if err.trouble is Trouble.EXHAUSTED:
                    call.refused(err.retry_after_s)
                answer = err
            now = self.now_ns()
        self._compare(getattr(listing, "date", None), asked, now)
        if isinstance(answer, Page):
            self.ahead_s += [(row.receive_timestamp - now) / _SECOND for row in answer.rows if row.receive_timestamp]
        return answer

    def _compare(self, date: str | None, asked_ns: int, answered_ns: int) -> None:
        try:
            told = parsedate_to_datetime(date or "").timestamp()
        except (ValueError, OverflowError):
            return
        self.skews_s.append(skew_s(told, asked_ns / _SECOND, answered_ns / _SECOND))


def check_cloud(
    projects: Sequence[str],
    *,
    gates: Path,
    endpoint: Sequence[str] = (),
    transport: str | None = None,
    impersonate: str | None = None,
    max_requests: int = PER_MINUTE,
    redact: Callable[[str], str],
    now_ns: Callable[[], int] = time.time_ns,
) -> Iterator[Check]:
    """Credentials, then each project, then quota and clock. Raises `ConfigError`, and `SourceError` of the gate."""
    resources = [read_resource(name) for name in projects]
    connector = Connector(
        endpoints=read_endpoints(endpoint, transport),
        transport=transport,
        project=resources[0].split("/")[1],
        impersonate=impersonate,
    )
    try:
        usable = True
        for check in check_credentials(connector):
            usable = usable and check.status is not CheckStatus.FAILED
            yield check
        if not usable:
            yield Check.skipped("access, quota, clock", "not asked without credentials")
            return
        gate = Gate(gates, connector.counted_as(), max_requests, max_open=1)
        asking = _Asking(connector=connector, gate=gate, now_ns=now_ns)
        for resource in resources:
            yield from _check_project(asking, resource, redact)
        yield _check_quota(gate, connector.quota_project())
        yield _check_clock(asking)
    finally:
        connector.close()


def _check_project(asking: _Asking, resource: str, redact: Callable[[str], str]) -> Iterator[Check]:
    name = f"access {resource}"
    surface = asking.connector.surface(error_groups=False)
    answer = asking.ask(resource, surface)
    if isinstance(answer, CallError) and answer.trouble is Trouble.PASSING:
        answer = asking.ask(resource, surface)
    access = _judge(name, answer, asking, resource, surface, redact)
    yield access
    name = f"error groups {resource}"
    richer = asking.connector.surface(error_groups=True)
    if richer != "rest":
        yield Check.skipped(
            name, "only REST tells Google's own groups of errors, and everything is asked over gRPC", "--transport rest"
        )
    elif access.status is not CheckStatus.OK:
        yield Check.skipped(name, "not asked: the project cannot be read")
    elif surface == "rest":
        yield Check.ok(name, _TOLD)
    else:
        check = _judge(name, asking.ask(resource, "rest"), asking, resource, "rest", redact)
        yield Check.ok(name, _TOLD) if check.status is CheckStatus.OK else check
    yield Check.skipped(
        f"data access logs {resource}",
        "cannot be known from here: without the role their entries are left out silently",
        "where they matter, grant roles/logging.privateLogViewer",
    )


def _judge(
    name: str,
    answer: Page | CallError | float,
    asking: _Asking,
    resource: str,
    surface: str,
    redact: Callable[[str], str],
) -> Check:
    over = "REST" if surface == "rest" else "gRPC"
    if isinstance(answer, float):
        return Check.warning(
            name, f"not asked: no call may start for {answer:,.0f} s, for the quota's sake", "run it again after that"
        )
    if isinstance(answer, CallError):
        ends = asking.connector.endpoints
        return refused(
            name,
            answer,
            resource,
            over=over,
            server=ends.rest if surface == "rest" else ends.grpc,
            member="" if ends.plain else member_of(asking.connector.credentials()),
            payer=asking.connector.quota_project(),
            redact=redact,
        )
    if answer.rows:
        return Check.ok(name, f"readable over {over}, with entries in the last hour")
    if answer.token:
        return Check.ok(name, f"readable over {over}; whether there are entries of the last hour takes a longer search")
    return Check.ok(name, f"readable over {over}, without any entry in the last hour")


def _check_quota(gate: Gate, payer: str) -> Check:
    used, wait = gate.used(), gate.waiting_s()
    finding = f"{used.calls:,} of {used.limit:,} calls of the last minute used, counted for {payer}"
    if wait > _LONGEST_WAIT_S:
        finding += f"; no call may start for {wait:,.0f} s"
    if used.limit < gate.per_minute:
        finding += f"; refused lately, so {gate.per_minute:,} became {used.limit:,} for now"
    elif wait <= _LONGEST_WAIT_S:
        return Check.ok("quota", finding)
    return Check.warning(
        "quota",
        finding,
        "others spend the same quota: wait, or pull with fewer --max-requests; "
        "a higher one: https://cloud.google.com/logging/quotas",
    )


def _check_clock(asking: _Asking) -> Check:
    if asking.skews_s:
        skew = min(asking.skews_s, key=abs)
        if abs(skew) <= _SKEW_WARNED_S:
            return Check.ok("clock", "agrees with the server's" if abs(skew) < 1 else f"{abs(skew):.0f} s off")
        finding = f"{abs(skew):,.0f} s {'behind' if skew > 0 else 'ahead of'} the server's"
    else:
        skew = max(asking.ahead_s, default=0.0)
        if skew <= _SKEW_WARNED_S:
            told = "no entry was received in its future; only" if asking.ahead_s else "not compared:"
            check = Check.ok if asking.ahead_s else Check.skipped
            return check("clock", f"{told} an answer over REST tells the server's time")
        finding = f"{skew:,.0f} s or more behind the server's: an entry was received in its future"
    judge = Check.failed if abs(skew) > _SKEW_FAILED_S else Check.warning
    return judge("clock", f"{finding}; windows that end now miss entries, and tokens may be refused", _SET_CLOCK)


def skew_s(told: float, asked: float, answered: float) -> float:
    """How far a clock is behind the one that told a time in whole seconds between asking and answer; all Unix seconds.

    0 where the two may agree, negative where the clock is ahead.
    """
    if told > answered:
        return told - answered
    return min(told + 1 - asked, 0.0)
