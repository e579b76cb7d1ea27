"""Incidents of several services with known roots: one fault, what it drags along, and errors that have nothing to do with it.

`make_cascade(seed)` gives the LogEntry dicts and the truth. The same seed makes the same entries.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_NAMES = ("lantern", "harbor", "ledger", "catalog", "courier", "pantry", "tariff-svc", "identity", "quay-api", "orchard",
          "beacon", "mill", "cellar-staging", "ferry", "almanac", "orders", "auth", "search", "billing", "seats", "parcel")  # fmt: skip
_OUTSIDE = ("postgres:5432", "redis-main:6379", "smtp.mail.example:587", "10.20.0.8:9092")
_THINGS = ("order", "parcel", "voucher", "berth", "recipe", "invoice", "seat", "route")
_SETTINGS = ("SIGNING_KEY", "DB_PASSWORD", "PAYMENT_TOKEN", "SMTP_PASSWORD")
_TABLES = ("agent_runs", "berths", "price_rules", "stock_levels")
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
_NOISE_TRACES = (("ValueError", "invalid literal for int() with base 10: 'n/a'"), ("KeyError", "'locale'"),
                 ("ZeroDivisionError", "division by zero"))  # fmt: skip
_SECOND = 1_000_000_000
_START = 1_767_000_000 * _SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Entries in order of time, and what is behind them."""

    seed: int
    fault: str
    tags: tuple[str, ...]
    entries: tuple[dict[str, Any], ...]
    roots: tuple[frozenset[str], ...]
    """insertIds of the printings of each root; empty where nothing in the logs is one"""
    services: tuple[str, ...]
    """of each root"""


@dataclass(slots=True)
class _World:
    made: random.Random
    seed: int
    services: list[str]
    ids: str
    """how a request is known: trace, field, or none"""
    instances: bool
    skew: dict[str, int]
    split: bool
    json: bool
    entries: list[dict[str, Any]] = field(default_factory=list)

    def write(
        self, service: str, at: int, severity: str, text: str, *, request: str = "", number: int = 0, log: str = "stderr",
        http: dict[str, Any] | None = None,
    ) -> list[str]:  # fmt: skip
        lines = text.split("\n") if self.split and "\nTraceback" in f"\n{text}" else [text]
        found = []
        for offset, line in enumerate(lines):
            when = at + self.skew[service] + offset * 2_000
            entry: dict[str, Any] = {
                "insertId": f"{self.made.getrandbits(48):012x}{len(self.entries):04x}",
                "timestamp": _time(when),
                "severity": severity,
                "logName": f"projects/made/logs/run.googleapis.com%2F{log}",
                "resource": {"type": "cloud_run_revision",
                             "labels": {"service_name": service, "revision_name": f"{service}-00007"}},
            }  # fmt: skip
            if self.instances:
                entry["labels"] = {"instanceId": f"{service}-i{number}-{self.seed:04d}"}
            if http:
                entry["httpRequest"] = http
            platform = log != "stderr"
            if request and (self.ids == "trace" or (platform and self.ids == "field")):
                entry["trace"] = f"projects/made/traces/{request}"
            if line and self.json and not platform:
                entry["jsonPayload"] = {"message": line}
                if request and self.ids == "field":
                    entry["jsonPayload"]["request_id"] = request
            elif line:
                entry["textPayload"] = line
            self.entries.append(entry)
            found.append(entry["insertId"])
        return found

    def request(self) -> str:
        return f"{self.made.getrandbits(128):032x}"


def make_cascade(seed: int) -> Cascade:
    """The incident of a seed: faults in turn, all else by chance."""
    made = random.Random(seed)
    services = made.sample(_NAMES, made.randint(3, 6))
    skewed = made.random() < 0.4
    world = _World(
        made=made,
        seed=seed,
        services=services,
        ids=made.choice(("trace", "trace", "field", "none")),
        instances=made.random() < 0.7,
        skew={s: made.randint(-3 * _SECOND, 3 * _SECOND) if skewed else 0 for s in services},
        split=made.random() < 0.3,
        json=made.random() < 0.7,
    )
    if world.ids == "field":
        world.json, world.split = True, False
    fault = sorted(_FAULTS)[seed % len(_FAULTS)]
    roots, owners = _FAULTS[fault](world)
    noisy = _noise(world, len(roots))
    entries = sorted(world.entries, key=lambda e: (e["timestamp"], e["insertId"]))
    tags = (fault, f"ids:{world.ids}", *(["skew"] if skewed else []), *(["split"] if world.split else []), *noisy)
    return Cascade(seed=seed, fault=fault, tags=tags, entries=tuple(entries), roots=tuple(roots), services=tuple(owners))


_Found = tuple[list[frozenset[str]], list[str]]


def _dependency_down(world: _World) -> _Found:
    """Something that writes no log here refuses connections."""
    host = world.made.choice(_OUTSIDE)
    text = world.made.choice(("[Errno 111] Connection refused", f"connect to {host} failed: Connection refused"))
    return _failing_leaf(world, "ConnectionRefusedError", text, head=f"query failed: {text}")


def _schema(world: _World) -> _Found:
    table = world.made.choice(_TABLES)
    text = world.made.choice((f'relation "{table}" does not exist', f'column {table}.kind of relation "{table}" does not exist'))
    return _failing_leaf(world, "psycopg2.errors.UndefinedTable", text, head=f"query failed: {text}")


def _bare(world: _World) -> _Found:
    """The root prints one line without a trace."""
    return _failing_leaf(world, "StockError", "stock level of item 77 is negative", head="reservation refused", traced=False)


def _defect(world: _World) -> _Found:
    """A mistake in the code of a service in the middle; those below are well."""
    kind, text = world.made.choice((("KeyError", "'total'"), ("TypeError", "unsupported operand type(s) for +: 'int' and 'NoneType'"),
                                    ("AttributeError", "'NoneType' object has no attribute 'price'")))  # fmt: skip
    return _failing_leaf(world, kind, text, head=world.made.choice(("", "unhandled exception", f"handler failed: {text}")), middle=True)


def _retried(world: _World) -> _Found:
    return _failing_leaf(world, "redis.exceptions.ConnectionError", "Error 104 while writing to socket. Connection reset by peer.",
                         head="cache write failed", retries=3)  # fmt: skip


def _distracted(world: _World) -> _Found:
    """Besides the root, a service in the same requests reports a failure that it survives."""
    return _failing_leaf(world, "LookupError", "no tariff for zone 7", head="pricing failed", survived=True)


def _beside(world: _World) -> _Found:
    """A second defect with a trace of its own in the same requests, which nobody's failure follows from."""
    return _failing_leaf(world, "LookupError", "no tariff for zone 7", head="pricing failed", beside=True)


def _failing_leaf(
    world: _World, kind: str, text: str, *, head: str, middle: bool = False, retries: int = 1, survived: bool = False,
    beside: bool = False, traced: bool = True,
) -> _Found:
    made, path = world.made, world.services
    place = len(path) - 2 if middle and len(path) > 3 else len(path) - 1
    printed: list[str] = []
    style = _Style(world, place)
    for at in _requests(world):
        request, moment = world.request(), at
        for service in path[: place + 1]:
            world.write(service, moment, "INFO", f"{made.choice(('GET', 'POST'))} /v1/{service}/{made.randrange(999)}", request=request)
            moment += made.randint(1, 9) * 1_000_000
        if survived:
            world.write(path[1], moment, made.choice(("ERROR", "WARNING")),
                        "cache lookup failed: connection reset, falling back to the store", request=request)  # fmt: skip
        if beside:
            world.write(path[0], moment, "ERROR", _printed(path[0], "TypeError", "audit record is not serializable", "audit failed"), request=request)
        for attempt in range(retries):
            printed += world.write(path[place], moment, "ERROR", _printed(path[place], kind, text, head) if traced else f"{head or kind}: {text}", request=request)
            moment += 3_000_000
            if retries > 1 and place:
                word = "WARNING" if attempt + 1 < retries else "ERROR"
                world.write(path[place - 1], moment, word, f"attempt {attempt + 1}/{retries} failed: HTTP Error 500: Internal Server Error", request=request)
                moment += 50_000_000
        style.fail_up(moment, request)
    return [frozenset(printed)], [path[place]]


class _Style:
    """How each service of an incident reports that the one it called failed; the same in every request."""

    def __init__(self, world: _World, place: int) -> None:
        self.world, self.place = world, place
        self.ways = [world.made.randrange(13) for _ in world.services]
        self.things = [world.made.choice(_THINGS) for _ in world.services]

    def fail_up(self, at: int, request: str, *, status: int = 500, inner: str = "") -> int:
        """The callers from the deepest one to the front report; gives the time of the last."""
        world = self.world
        for depth in range(self.place - 1, -1, -1):
            at += world.made.randint(1, 6) * 1_000_000
            service, callee = world.services[depth], world.services[depth + 1]
            self.report(depth, service, callee, at, request, status)
            status = 502
        if world.made.random() < 0.6 or self.place == 0:
            began = at - 40_000_000
            http = {"requestMethod": "GET", "requestUrl": f"https://front.example/v1/{world.services[0]}", "status": status,
                    "latency": "0.05s"}  # fmt: skip
            world.write(world.services[0], began, "ERROR", "", request=request, log="requests", http=http)
        return at

    def report(self, depth: int, service: str, callee: str, at: int, request: str, status: int) -> None:
        way, thing, world = self.ways[depth], self.things[depth], self.world
        number = world.made.randrange(10_000)
        if way == 0:
            text = f"{thing} {number} load failed: UpstreamError: {callee} returned {status}"
        elif way == 1:
            text = f"Connection rejected: {callee} responded {status}"
        elif way == 2:
            text = _printed(service, "httpx.HTTPStatusError",
                            f"Server error '{status} Internal Server Error' for url 'http://{callee}:8080/v1/{thing}/{number}'",
                            f"could not load {thing} {number}")  # fmt: skip
        elif way == 3:
            text = f"downstream request failed with status {status}"
        elif way == 4:
            text = f"POST http://{callee}/v1/{thing}: {status} from {callee}, giving up"
        elif way == 5:
            text = f"Request failed: {status} Service Unavailable while calling {callee}"
        elif way == 6:
            text = f"rpc error: code = Unavailable desc = {callee}: server returned an error"
        elif way == 7:
            text = f"org.springframework.web.client.HttpServerErrorException: {status} : [no body]\n\tat com.made.{thing}.Client.get(Client.java:88)"
        elif way == 8:
            text = f"fetch {thing}: unexpected status code: {status}"
        elif way == 9:
            text = _printed(service, "RuntimeError", f"{callee} unavailable", f"{thing} {number} could not be shown")
        elif way == 10:
            text = f"{thing} page is incomplete: {callee} service error"
        elif way == 11:
            text = f"AxiosError: Request failed with status code {status}\n    at settle (/srv/node_modules/axios/lib/core/settle.js:19:12)"
        else:
            text = f"unable to {made_verb(number)} {thing} {number}"
        world.write(service, at, "ERROR", text, request=request)


def made_verb(number: int) -> str:
    """A word that says nothing of a call."""
    return ("show", "price", "reserve")[number % 3]


def _slow(world: _World) -> _Found:
    """The caller gives up, and says so before the callee knows what went wrong."""
    made, path = world.made, world.services
    place, limit = len(path) - 1, made.choice((2, 5))
    printed: list[str] = []
    kind, text = made.choice((("psycopg2.errors.QueryCanceled", "canceling statement due to statement timeout"),
                              ("LockWaitError", "lock on table berths not acquired in 9s")))  # fmt: skip
    for at in _requests(world, spread=20):
        request = world.request()
        for depth, service in enumerate(path):
            world.write(service, at + depth * 4_000_000, "INFO", f"GET /v1/{service}/{made.randrange(999)}", request=request)
        late = at + limit * _SECOND
        callee = path[place]
        said = _printed(path[place - 1], "httpx.ReadTimeout", f"timed out after {limit}.0s", f"call to {callee} timed out")
        world.write(path[place - 1], late, "ERROR", said if limit == 2 else f"{callee} did not answer: timed out after {limit}s", request=request)
        moment = late
        for depth in range(place - 2, -1, -1):
            moment += 3_000_000
            world.write(path[depth], moment, "ERROR", f"Connection rejected: {path[depth + 1]} responded 504", request=request)
        printed += world.write(callee, late + made.randint(1, 6) * _SECOND, "ERROR", _printed(callee, kind, text, f"query failed: {text}"), request=request)
    return [frozenset(printed)], [path[place]]


def _secret(world: _World) -> _Found:
    """A setting is missing at the start; the service serves all the same, and every request fails."""
    made, path = world.made, world.services
    place, name = len(path) - 1, made.choice(_SETTINGS)
    style = _Style(world, place)
    head = made.choice(("settings load failed", "could not read configuration", "Application startup failed"))
    root = world.write(path[place], _START, made.choice(("CRITICAL", "ERROR")), _printed(path[place], "KeyError", f"'{name}'", head))
    for at in _requests(world, after=made.randint(5, 60)):
        request = world.request()
        world.write(path[0], at, "INFO", f"GET /v1/{path[0]}", request=request)
        text = made.choice((f"token check failed: [500] {name} missing", f"token check failed: [500] {name} missing"))
        world.write(path[place], at + 4_000_000, "ERROR", text, request=request)
        style.fail_up(at + 6_000_000, request)
    return [frozenset(root)], [path[place]]


def _crash_loop(world: _World) -> _Found:
    """It cannot start: an exception, the server's last words, the platform's exit, and 503 for every caller."""
    made, path = world.made, world.services
    place = len(path) - 1
    kind, text = made.choice((("ModuleNotFoundError", "No module named 'berths.rules'"), ("RuntimeError", "database initialization timeout after 25.0s"),
                              ("pydantic.ValidationError", "1 validation error for Settings")))  # fmt: skip
    printed: list[str] = []
    style = _Style(world, place)
    for number in range(made.randint(2, 5)):
        at = _START + number * 40 * _SECOND
        world.write(path[place], at, "INFO", "Starting up", number=number)
        printed += world.write(path[place], at + 2 * _SECOND, "ERROR", _printed(path[place], kind, text, made.choice(("", "startup failure"))), number=number)
        if made.random() < 0.8:
            world.write(path[place], at + 2 * _SECOND + 20_000_000, "ERROR", "Application startup failed. Exiting.", number=number)
        world.write(path[place], at + 4 * _SECOND, "WARNING", "Container called exit(3).", number=number, log="varlog%2Fsystem")
        for _ in range(made.randint(1, 3)):
            request = world.request()
            began = at + _SECOND
            http = {"requestMethod": "GET", "requestUrl": f"https://{path[place]}.example/v1/x", "status": 503, "latency": "3.5s"}
            said = "The request failed because either the HTTP response was malformed or connection to the instance had an error."
            world.write(path[place], began, "ERROR", said, request=request, number=number, log="requests", http=http)
            style.fail_up(at + 5 * _SECOND, request, status=503)
    return [frozenset(printed)], [path[place]]


def _memory(world: _World) -> _Found:
    """The platform kills an instance; the requests in it and their callers fail."""
    made, path = world.made, world.services
    place = len(path) - 1
    printed: list[str] = []
    style = _Style(world, place)
    for number in range(made.randint(2, 4)):
        at = _START + number * 60 * _SECOND
        world.write(path[place], at, "INFO", "loading the whole catalogue", number=number)
        printed += world.write(path[place], at + 2 * _SECOND, "ERROR", f"Memory limit of 512 MiB exceeded with {made.randint(513, 560)} MiB used. Consider increasing the memory limit.",
                               number=number, log="varlog%2Fsystem")  # fmt: skip
        for _ in range(made.randint(1, 3)):
            request = world.request()
            http = {"requestMethod": "GET", "requestUrl": f"https://{path[place]}.example/v1/x", "status": 503, "latency": "1.5s"}
            said = "The request failed because either the HTTP response was malformed or connection to the instance had an error."
            world.write(path[place], at + _SECOND, "ERROR", said, request=request, number=number, log="requests", http=http)
            style.fail_up(at + 3 * _SECOND, request, status=503)
    return [frozenset(printed)], [path[place]]


def _two_roots(world: _World) -> _Found:
    """Two faults in services that have nothing to do with one another."""
    both = world.services if len(world.services) > 3 else [*world.services, *(s for s in _NAMES if s not in world.services)][:5]
    for service in both:
        world.skew.setdefault(service, 0)
    half = len(both) // 2
    roots: list[frozenset[str]] = []
    owners: list[str] = []
    for group, make in ((both[:half], _schema), (both[half:], _defect)):
        world.services = list(group)
        found = make(world)
        roots += found[0]
        owners += found[1]
    world.services = list(both)
    return roots, owners


def _nothing(world: _World) -> _Found:
    """All is well but for the noise."""
    for at in _requests(world):
        request = world.request()
        for depth, service in enumerate(world.services):
            world.write(service, at + depth * 4_000_000, "INFO", f"GET /v1/{service}/{at % 997}", request=request)
    return [], []


def _hidden(world: _World) -> _Found:
    """Callers report a service of whose failure nothing is in the logs, only an error of its own in other requests."""
    at = _START - 9 * _SECOND
    while at < _START + 90 * _SECOND:
        at += world.made.randint(3, 9) * _SECOND
        trace = _printed(world.services[-1], "ValueError", "invalid literal for int() with base 10: 'n/a'", "import failed")
        world.write(world.services[-1], at, "ERROR", trace, request=world.request())
    style = _Style(world, len(world.services) - 1)
    for at in _requests(world):
        style.fail_up(at, world.request())
    return [], []


_FAULTS: dict[str, Callable[[_World], _Found]] = {
    "bare": _bare,
    "crash-loop": _crash_loop,
    "defect": _defect,
    "dependency-down": _dependency_down,
    "distracted": _distracted,
    "beside": _beside,
    "hidden": _hidden,
    "memory": _memory,
    "nothing": _nothing,
    "retried": _retried,
    "schema": _schema,
    "secret": _secret,
    "slow": _slow,
    "two-roots": _two_roots,
}


def _noise(world: _World, roots: int) -> list[str]:
    """Errors at a steady rate in other requests, in services of their own and in those of the incident."""
    made, tags = world.made, []
    free = [s for s in _NAMES if s not in world.services]
    chosen = made.sample(free, 2) + ([made.choice(world.services)] if made.random() < 0.5 else [])
    for service in chosen:
        world.skew.setdefault(service, 0)
        text, trace = made.choice(_NOISE), made.choice(_NOISE_TRACES) if roots and made.random() < 0.3 else None
        if trace:
            tags.append("traced-noise")
        gap = made.randint(4, 25) * _SECOND
        at = _START - made.randint(0, 20) * _SECOND
        while at < _START + 180 * _SECOND:
            printed = _printed(service, *trace, "job failed") if trace else text.format(n=made.randint(2, 900))
            world.write(service, at, "ERROR", printed, request=world.request(), number=9)
            at += gap
    return tags


def _requests(world: _World, *, after: int = 3, spread: int = 6) -> list[int]:
    """Times of the failing requests."""
    at, times = _START + after * _SECOND, []
    for _ in range(world.made.randint(2, 8)):
        times.append(at)
        at += world.made.randint(1, spread) * _SECOND + world.made.randrange(_SECOND)
    return times


def _printed(service: str, kind: str, text: str, head: str) -> str:
    """A headline and the traceback under it, as `logger.exception` prints them."""
    folder = service.replace("-", "_")
    short = kind.rpartition(".")[2].lower()[:6]
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


def _time(time_ns: int) -> str:
    whole, rest = divmod(time_ns, _SECOND)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def make_cascades(seeds: Sequence[int]) -> list[Cascade]:
    """One incident a seed."""
    return [make_cascade(seed) for seed in seeds]
