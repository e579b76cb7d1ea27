"""Entries of a made-up fleet from a seed, in the JSON form of the API: the mix of kinds that a real project shows.

About 45 % text lines of Cloud Run without severity, 30 % structured, 20 % requests, the rest stack traces, deploys,
system lines, split and unusual entries. See `fleet.PLANTED` for what redaction must hide.
"""

from __future__ import annotations

import random
import string
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from .fleet import PLANTED, Instance, instances
from .oddities import ODDITIES, audit, split_parts, stack_trace
from .times import NANOS, format_time

PROJECT = "shop-staging"
START_NS = 1_782_900_000 * NANOS  # 2026-07-01T10:00:00Z
END_NS = START_NS + 3600 * NANOS
LATEST_S = 3600
"""no entry arrives later after its timestamp"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What to make: so many entries, spread evenly at random over `[start_ns, end_ns)`."""

    count: int
    seed: int = 0
    start_ns: int = START_NS
    end_ns: int = END_NS
    project: str = PROJECT
    late: float = 0.0
    """share of entries that arrive up to an hour after their timestamp; requests take a while anyway"""
    huge_texts: bool = True
    """unusual entries may be texts of 200 kB"""


Maker = Callable[["_Scene"], dict[str, Any]]


@dataclass(slots=True)
class _Scene:
    """Where the next entry happens."""

    chance: random.Random
    mix: Mix
    instance: Instance
    timestamp: int
    delay: int
    """ns until the entry arrives"""

    @property
    def logs(self) -> str:
        return f"projects/{self.mix.project}/logs/"

    def plant(self, kind: str) -> str:
        return self.chance.choice(PLANTED[kind])


def make_entries(mix: Mix) -> Iterator[dict[str, Any]]:
    """`mix.count` entries by timestamp, the same for the same mix; identities are distinct."""
    chance = random.Random(f"{mix.seed}:{mix.project}")
    fleet = instances(mix.project)
    ends = list(accumulate(share for share, _ in _MAKERS))
    pending: list[dict[str, Any]] = []
    times = sorted(chance.randrange(mix.start_ns, mix.end_ns) for _ in range(mix.count))
    for number, timestamp in enumerate(times):
        scene = _Scene(chance, mix, chance.choice(fleet), timestamp, chance.randrange(NANOS // 50, NANOS // 2))
        entry = pending.pop() if pending else _MAKERS[bisect(ends, chance.random() * ends[-1])][1](scene)
        if "parts" in entry:  # one long text in several entries, one after the other
            pending = entry["parts"][::-1]
            entry = pending.pop()
        if mix.late and chance.random() < mix.late:
            scene.delay = chance.randrange(scene.delay, LATEST_S * NANOS)
        yield _stamped(entry, scene, number)


def _stamped(entry: dict[str, Any], scene: _Scene, number: int) -> dict[str, Any]:
    seconds, nanos = divmod(scene.timestamp, NANOS)
    return {
        "insertId": f"{seconds:08x}{nanos // 1000:08x}{number & 0xFFFFFFFF:08x}",
        **entry,
        "timestamp": format_time(scene.timestamp),
        "receiveTimestamp": format_time(scene.timestamp + scene.delay),
    }


def _container(scene: _Scene, stream: str, **fields: Any) -> dict[str, Any]:
    of_pod = scene.instance.resource["type"] == "k8s_container"
    log = stream if of_pod else f"run.googleapis.com%2F{stream}"
    place = {"resource": scene.instance.resource, "labels": scene.instance.labels}
    return {"logName": scene.logs + log, **place, **fields}


def _text(scene: _Scene) -> dict[str, Any]:
    """A line of stdout or stderr; on Kubernetes the stream gives it a severity."""
    stream = scene.chance.choice(("stdout", "stderr"))
    fields = {"textPayload": _line(scene)}
    if scene.instance.resource["type"] == "k8s_container":
        fields["severity"] = "INFO" if stream == "stdout" else "ERROR"
    return _container(scene, stream, **fields)


def _line(scene: _Scene) -> str:
    chance = scene.chance
    order, took = f"ord-{chance.randrange(10**8):08d}", chance.randrange(2, 3000)
    pick = chance.random()
    if pick < 0.80:
        return chance.choice(_QUIET).format(order=order, took=took, port=chance.randrange(30_000, 60_000))
    if pick < 0.90:
        return chance.choice(_LOUD).format(order=order, took=took, port=chance.randrange(30_000, 60_000))
    return chance.choice(_SECRET).format(
        email=scene.plant("email"),
        ip=scene.plant("ip"),
        ipv6=scene.plant("ipv6"),
        jwt=scene.plant("jwt"),
        vendor_key=scene.plant("vendor_key"),
        password=scene.plant("password"),
    )


def _structured(scene: _Scene) -> dict[str, Any]:
    chance = scene.chance
    severity = chance.choices(("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"), (70, 12, 10, 7, 1))[0]
    payload: dict[str, Any] = {
        "message": _line(scene),
        "logger": f"{scene.instance.service}.{chance.choice(('orders', 'stock', 'http', 'jobs'))}",
        "level": severity.lower(),
        "order": {"id": f"ord-{chance.randrange(10**8):08d}", "lines": chance.randrange(1, 9), "paid": True},
        "took_ms": chance.randrange(1, 4000) / 4,
        "attempt": chance.randrange(1, 4),
    }
    fields: dict[str, Any] = {"severity": severity, **_trace(scene), "jsonPayload": payload}
    if chance.random() < 0.2:
        payload["user"] = {"email": scene.plant("email"), "ip": scene.plant("ip"), "password": scene.plant("password")}
    if severity in ("ERROR", "CRITICAL"):
        payload["error"] = {"type": "StockError", "message": "no stock left", "cause": {"code": 409, "retry": False}}
        fields["sourceLocation"] = {"file": "/app/shop/stock.py", "line": "88", "function": "reserve"}
        fields["errorGroups"] = [{"id": f"CJ{chance.randrange(4):012d}"}]
    if chance.random() < 0.05:
        first = chance.random() < 0.5
        fields["operation"] = {"id": f"job-{chance.randrange(999)}", "producer": "shop.jobs", "first": first}
    return _container(scene, "stdout", **fields)


def _request(scene: _Scene) -> dict[str, Any]:
    """Stamped when the request began, written when it was over."""
    chance = scene.chance
    latency = min(int(chance.lognormvariate(-2, 1.8) * NANOS), LATEST_S * NANOS - NANOS)
    scene.delay += latency
    status = chance.choices((200, 204, 302, 404, 409, 429, 500, 503), (70, 8, 3, 8, 3, 1, 5, 2))[0]
    severity = "INFO" if status < 400 else "WARNING" if status < 500 else "ERROR"
    request = {
        "requestMethod": chance.choice(("GET", "GET", "POST", "PUT")),
        "requestUrl": f"https://{scene.instance.service}.example.com/v1/orders/{chance.randrange(10**8)}?page=2",
        "requestSize": str(chance.randrange(200, 5000)),
        "status": status,
        "responseSize": str(chance.randrange(100, 90_000)),
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0",
        "remoteIp": scene.plant("ipv6" if chance.random() < 0.1 else "ip"),
        "serverIp": "192.0.2.1",
        "latency": f"{latency / NANOS:.9f}s",
        "protocol": "HTTP/1.1",
    }
    entry: dict[str, Any] = {
        "logName": scene.logs + "run.googleapis.com%2Frequests",
        "resource": scene.instance.resource,
    }
    entry |= {"labels": {"instanceId": scene.instance.labels.get("instanceId", "none")}, "httpRequest": request}
    entry["insertId"] = "".join(chance.choices(string.ascii_lowercase + string.digits, k=14))
    if status == 503:
        entry["textPayload"] = "The request was aborted because there was no available instance."
    return {**entry, "severity": severity, **_trace(scene)}


def _trace(scene: _Scene) -> Mapping[str, Any]:
    trace = f"projects/{scene.mix.project}/traces/{scene.chance.getrandbits(128):032x}"
    return {"trace": trace, "spanId": f"{scene.chance.getrandbits(64):016x}", "traceSampled": True}


def _crash(scene: _Scene) -> dict[str, Any]:
    fields = {"severity": "ERROR", "errorGroups": [{"id": f"CK{scene.chance.randrange(3):012d}"}]}
    return _container(scene, "stderr", textPayload=stack_trace(scene.chance), **fields)


def _deploy(scene: _Scene) -> dict[str, Any]:
    return audit(scene.instance, scene.logs, scene.plant("email"), scene.plant("ip"))


def _system(scene: _Scene) -> dict[str, Any]:
    texts = (
        "Starting new instance. Reason: AUTOSCALING",
        "Container called exit(3).",
        "Memory limit of 512 MiB exceeded",
    )
    place = {"logName": scene.logs + "run.googleapis.com%2Fvarlog%2Fsystem", "resource": scene.instance.resource}
    return {**place, "severity": "WARNING", "labels": scene.instance.labels, "textPayload": scene.chance.choice(texts)}


def _split(scene: _Scene) -> dict[str, Any]:
    entry = _container(scene, "stdout")
    return {"parts": [entry | part for part in split_parts(scene.chance)]}


def _odd(scene: _Scene) -> dict[str, Any]:
    odd = scene.chance.choice(ODDITIES)
    if odd.name == "huge text" and not scene.mix.huge_texts:
        odd = ODDITIES[0]
    return _container(scene, "stdout", **odd.fields())


_MAKERS: tuple[tuple[float, Maker], ...] = (
    (45, _text),
    (30, _structured),
    (20, _request),
    (2.5, _crash),
    (1.4, _system),
    (0.5, _deploy),
    (0.5, _split),
    (0.1, _odd),
)
"""share in percent, and what makes such an entry"""

_QUIET = (
    "[INFO] order {order} placed after {took} ms",
    "2026-07-01 10:04:11,512 INFO shop.stock: reserved 3 items for {order}, 41 left in the warehouse of Łódź",
    'INFO:     127.0.0.1:{port} - "GET /healthz HTTP/1.1" 200 OK',
    "cache miss for product {order}; fetched from the database in {took} ms, ttl 300 s",
    "worker picked up job {order} (priority 5), queue length now {took}",
    "✓ synchronised {took} products — naïve façade → 日本語, Ελληνικά, عربى",
    "connected to the database pool, size 10, idle 7, waited {took} ms",
)
_LOUD = (
    "ERROR:root:payment of {order} failed: gateway timed out after {took} ms",
    "2026-07-01 10:04:12,001 ERROR shop.orders: could not reserve {order}\nreason: version conflict\nretry: no",
    "[WARNING] slow query: SELECT * FROM orders WHERE id = '{order}' took {took} ms",
    'INFO:     127.0.0.1:{port} - "POST /v1/orders HTTP/1.1" 500 Internal Server Error',
)
_SECRET = (
    "signed in {email} from {ip}",
    "new session for {email}: Authorization: Bearer {jwt}",
    "client {ipv6} opened a connection",
    "charging with key {vendor_key} for {email}",
    "config loaded: user=shop password={password} host=db.example.com",
    'postgresql://shop:{password}@db.example.com/shop is unreachable from "{ip}"',
)
