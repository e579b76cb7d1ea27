"""The control door: a test reads figures and changes the weather while the server runs. HTTP and JSON.

GET  /stats /journal        figures; the calls one by one
POST /truth                 {"filter", "resourceNames"} → identities [logName, ns, insertId], visible yet or not
POST /entries               one LogEntry as JSON per line → {"added": n}
POST /faults /quota         the fields of Faults, of Quota; what is not named is off
POST /clock                 {"offset_s": x} | {"frozen_ns": n}; {} is the machine's time
POST /reset                 forgets the calls
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .faults import Faults, Quota
from .queries import Request
from .rest_door import HttpServer, JsonHandler
from .service import Clock, LoggingService
from .statuses import ApiError


def open_control(service: LoggingService) -> HttpServer:
    """The control server, not started yet."""
    routes: dict[tuple[str, str], Callable[[bytes], Any]] = {
        ("GET", "/stats"): lambda body: service.statistics(),
        ("GET", "/journal"): lambda body: _journal(service),
        ("POST", "/truth"): lambda body: _truth(service, **_object(body)),
        ("POST", "/entries"): lambda body: _add(service, body),
        ("POST", "/faults"): lambda body: service.set_faults(Faults.of(_object(body))),
        ("POST", "/quota"): lambda body: _set_quota(service, Quota.of(_object(body))),
        ("POST", "/clock"): lambda body: _set_clock(service, Clock(**_object(body))),
        ("POST", "/reset"): lambda body: service.reset(),
    }

    class Handler(JsonHandler):
        def answer(self, method: str, path: str, body: bytes) -> bytes:
            if (method, path) not in routes:
                raise ApiError("NOT_FOUND", f"{method} {path} is not found.")
            try:
                return json.dumps(routes[method, path](body) or {}).encode()
            except TypeError as err:  # a name that is no parameter
                raise ValueError(str(err)) from err

    return HttpServer(Handler)


def _object(body: bytes) -> dict[str, Any]:
    value = json.loads(body or b"{}")
    if not isinstance(value, dict):
        raise ValueError("an object is expected")
    return value


def _journal(service: LoggingService) -> list[dict[str, Any]]:
    with service.lock:
        return service.journal.documents()


def _truth(service: LoggingService, filter: str = "", resourceNames: list[str] | None = None) -> list[Any]:  # noqa: A002, N803 - the API's names
    with service.lock:
        names = {"/".join(name.split("/")[:2]) for name in service.store.known_names}
        request = Request(resource_names=tuple(resourceNames or sorted(names)), filter=filter)
        return [service.store.identity(position) for position in service.queries.matched(request)]


def _add(service: LoggingService, body: bytes) -> dict[str, int]:
    with service.lock:
        return {"added": service.store.add(json.loads(line) for line in body.splitlines() if line.strip())}


def _set_quota(service: LoggingService, quota: Quota) -> None:
    with service.lock:
        service.quota = quota


def _set_clock(service: LoggingService, clock: Clock) -> None:
    with service.lock:
        service.clock = clock
