"""Services that log: entries with request ids, instances, clocks that differ, and the ways in which callers report.

Everything is drawn from the generator of random numbers that a `World` is given: the same seed makes the same entries.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
START = 1_767_000_000 * SECOND
NAMES = (
    *("lantern", "harbor", "ledger", "catalog", "courier", "pantry", "tariff-svc", "identity", "quay-api", "orchard"),
    *("beacon", "mill", "cellar-staging", "ferry", "almanac", "orders", "auth", "search", "billing", "seats", "parcel"),
)
MALFORMED = (
    "The request failed because either the HTTP response was malformed or connection to the instance had an error."
)
_THINGS = ("order", "parcel", "voucher", "berth", "recipe", "invoice", "seat", "route")
_NOISE = (
    "Rate limit reached: retry in {n}s (attempt 1/5)",
    "image {n} could not be scaled, original is shown",
    "feature flag cache refresh failed: stale for {n}s",
    "metric export of {n} points was refused by the collector",
    "webhook {n} answered 410, it is removed",
    "no orders for zone {n}, the search is skipped",
    "auth cache holds {n} expired entries",
    "parcel {n} has no billing address",
    "connection pool is exhausted ({n} waiting)",
)
_NOISE_TRACES = (
    ("ValueError", "invalid literal for int() with base 10: 'n/a'"),
    ("KeyError", "'locale'"),
    ("ZeroDivisionError", "division by zero"),
)


@dataclass(slots=True)
class World:
    """A staging environment of a few services, the first at the front, each calling the next."""

    made: random.Random
    seed: int
    services: list[str]
    ids: str
    """how a request is known: by trace, by a field of the payload, or not at all (none)"""
    instances: bool
    skew: dict[str, int]
    """nanoseconds by which the clock of a service is wrong"""
    split: bool
    """traces come line by line"""
    json: bool
    entries: list[dict[str, Any]] = field(default_factory=list)

    def write(
        self,
        service: str,
        at: int,
        severity: str,
        text: str,
        *,
        request: str = "",
        number: int = 0,
        log: str = "stderr",
        http: dict[str, Any] | None = None,
    ) -> list[str]:
        """Print a text; gives the insertIds of its entries."""
        whole = not self.split or "Traceback" not in text
        ids = []
        for offset, line in enumerate([text] if whole else text.split("\n")):
            when = at + self.skew.setdefault(service, 0) + offset * 2_000
            entry = self._entry(service, when, severity, line, request, log)
            if self.instances:
                entry["labels"] = {"instanceId": f"{service}-i{number}-{self.seed:04d}"}
            if http:
                entry["httpRequest"] = http
            self.entries.append(entry)
            ids.append(str(entry["insertId"]))
        return ids

    def error(self, service: str, at: int, text: str, **where: Any) -> list[str]:
        """`write` with severity ERROR."""
        return self.write(service, at, "ERROR", text, **where)

    def answered(self, service: str, at: int, status: int, latency: str, text: str = "", **where: Any) -> list[str]:
        """The platform's entry on a request: written with the time at which the request began."""
        http = {"requestMethod": "GET", "requestUrl": f"https://front.example/v1/{service}", "status": status}
        return self.error(service, at, text, log="requests", http={**http, "latency": latency}, **where)

    def request(self) -> str:
        """A new id."""
        return f"{self.made.getrandbits(128):032x}"

    def requests(self, *, after: int = 3, spread: int = 6) -> list[int]:
        """Times of the failing requests."""
        at, times = START + after * SECOND, []
        for _ in range(self.made.randint(2, 8)):
            times.append(at)
            at += self.made.randint(1, spread) * SECOND + self.made.randrange(SECOND)
        return times

    def walk(self, at: int, request: str, *, to: int) -> int:
        """One line of every service on the way to the one at a place; gives the time of arrival."""
        for service in self.services[: to + 1]:
            self.write(service, at, "INFO", f"GET /v1/{service}/{self.made.randrange(999)}", request=request)
            at += self.made.randint(1, 9) * MILLISECOND
        return at

    def _entry(self, service: str, when: int, severity: str, line: str, request: str, log: str) -> dict[str, Any]:
        labels = {"service_name": service, "revision_name": f"{service}-00007"}
        entry: dict[str, Any] = {
            "insertId": f"{self.made.getrandbits(48):012x}{len(self.entries):04x}",
            "timestamp": _time(when),
            "severity": severity,
            "logName": f"projects/made/logs/run.googleapis.com%2F{log}",
            "resource": {"type": "cloud_run_revision", "labels": labels},
        }
        platform = log != "stderr"
        if request and (self.ids == "trace" or (platform and self.ids == "field")):
            entry["trace"] = f"projects/made/traces/{request}"
        if line and self.json and not platform:
            entry["jsonPayload"] = {"message": line}
            if request and self.ids == "field":
                entry["jsonPayload"]["request_id"] = request
        elif line:
            entry["textPayload"] = line
        return entry


def printed(service: str, kind: str, text: str, head: str = "") -> str:
    """A headline and the traceback under it, as `logger.exception` prints them."""
    folder, short = service.replace("-", "_"), kind.rpartition(".")[2].lower()[:6]
    lines = [
        *([head] if head else []),
        "Traceback (most recent call last):",
        f'  File "/app/{folder}/handlers.py", line {20 + len(service)}, in handle_{short}',
        f"    return load_{short}(request)",
        f'  File "/app/{folder}/store.py", line {40 + len(kind)}, in load_{short}',
        "    raise error",
        f"{kind}: {text}",
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that failed, as its caller knows it."""

    service: str
    """the caller"""
    callee: str
    thing: str
    number: int
    status: int


def _httpx(call: Failed) -> str:
    url = f"http://{call.callee}:8080/v1/{call.thing}/{call.number}"
    text = f"Server error '{call.status} Internal Server Error' for url '{url}'"
    return printed(call.service, "httpx.HTTPStatusError", text, f"could not load {call.thing} {call.number}")


def _spring(call: Failed) -> str:
    return (
        f"org.springframework.web.client.HttpServerErrorException: {call.status} : [no body]\n"
        f"\tat com.made.{call.thing}.Client.get(Client.java:88)"
    )


def _axios(call: Failed) -> str:
    place = "/srv/node_modules/axios/lib/core/settle.js:19:12"
    return f"AxiosError: Request failed with status code {call.status}\n    at settle ({place})"


def _unavailable(call: Failed) -> str:
    head = f"{call.thing} {call.number} could not be shown"
    return printed(call.service, "RuntimeError", f"{call.callee} unavailable", head)


_WAYS: tuple[Callable[[Failed], str], ...] = (
    lambda c: f"{c.thing} {c.number} load failed: UpstreamError: {c.callee} returned {c.status}",
    lambda c: f"Connection rejected: {c.callee} responded {c.status}",
    _httpx,
    lambda c: f"downstream request failed with status {c.status}",
    lambda c: f"POST http://{c.callee}/v1/{c.thing}: {c.status} from {c.callee}, giving up",
    lambda c: f"Request failed: {c.status} Service Unavailable while calling {c.callee}",
    lambda c: f"rpc error: code = Unavailable desc = {c.callee}: server returned an error",
    _spring,
    lambda c: f"fetch {c.thing}: unexpected status code: {c.status}",
    _unavailable,
    lambda c: f"{c.thing} page is incomplete: {c.callee} service error",
    _axios,
    lambda c: f"unable to {('show', 'price', 'reserve')[c.number % 3]} {c.thing} {c.number}",
)


class Callers:
    """How each service of an incident reports that the one it called failed; the same in every request."""

    def __init__(self, world: World, place: int) -> None:
        self.world, self.place = world, place
        """`place`: of the service that fails first"""
        self._ways = [world.made.choice(_WAYS) for _ in world.services]
        self._things = [world.made.choice(_THINGS) for _ in world.services]

    def report(self, at: int, request: str, *, status: int = 500) -> None:
        """The callers from the deepest one to the front."""
        world = self.world
        for depth in range(self.place - 1, -1, -1):
            at += world.made.randint(1, 6) * MILLISECOND
            service, callee = world.services[depth], world.services[depth + 1]
            call = Failed(service, callee, self._things[depth], world.made.randrange(10_000), status)
            world.error(service, at, self._ways[depth](call), request=request)
            status = 502
        if world.made.random() < 0.6 or self.place == 0:
            world.answered(world.services[0], at - 40 * MILLISECOND, status, "0.05s", request=request)


def add_noise(world: World, *, traced: bool) -> list[str]:
    """Errors at a steady rate in other requests, in services of their own and in one of the incident; gives tags."""
    made, tags = world.made, []
    free = [s for s in NAMES if s not in world.services]
    for service in made.sample(free, 2) + ([made.choice(world.services)] if made.random() < 0.5 else []):
        text, trace = made.choice(_NOISE), made.choice(_NOISE_TRACES) if traced and made.random() < 0.3 else None
        if trace:
            tags.append("traced-noise")
        gap, at = made.randint(4, 25) * SECOND, START - made.randint(0, 20) * SECOND
        while at < START + 180 * SECOND:
            said = printed(service, *trace, "job failed") if trace else text.format(n=made.randint(2, 900))
            world.error(service, at, said, request=world.request(), number=9)
            at += gap
    return tags


def _time(time_ns: int) -> str:
    whole, rest = divmod(time_ns, SECOND)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
