"""Faults of services and what follows from them: entries of the roots, and the services that print them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.made_services import MALFORMED, MILLISECOND, SECOND, START, Callers, World, printed

Found = tuple[list[frozenset[str]], list[str]]
"""insertIds of the printings of each root, and the service of each"""

_OUTSIDE = ("postgres:5432", "redis-main:6379", "smtp.mail.example:587", "10.20.0.8:9092")
_SETTINGS = ("SIGNING_KEY", "DB_PASSWORD", "PAYMENT_TOKEN", "SMTP_PASSWORD")
_TABLES = ("agent_runs", "berths", "price_rules", "stock_levels")
_DEFECTS = (
    ("KeyError", "'total'"),
    ("TypeError", "unsupported operand type(s) for +: 'int' and 'NoneType'"),
    ("AttributeError", "'NoneType' object has no attribute 'price'"),
)
_SLOW = (
    ("psycopg2.errors.QueryCanceled", "canceling statement due to statement timeout"),
    ("LockWaitError", "lock on table berths not acquired in 9s"),
)
_UNABLE_TO_START = (
    ("ModuleNotFoundError", "No module named 'berths.rules'"),
    ("RuntimeError", "database initialization timeout after 25.0s"),
    ("pydantic.ValidationError", "1 validation error for Settings"),
)


def dependency_down(world: World) -> Found:
    """Something that writes no log here refuses connections."""
    host = world.made.choice(_OUTSIDE)
    text = world.made.choice(("[Errno 111] Connection refused", f"connect to {host} failed: Connection refused"))
    return _leaf(world, "ConnectionRefusedError", text, head=f"query failed: {text}")


def schema(world: World) -> Found:
    """The code expects another database."""
    table = world.made.choice(_TABLES)
    missing = world.made.choice((f'relation "{table}"', f'column {table}.kind of relation "{table}"'))
    text = f"{missing} does not exist"
    return _leaf(world, "psycopg2.errors.UndefinedTable", text, head=f"query failed: {text}")


def bare(world: World) -> Found:
    """The root prints one line without a trace."""
    text = "reservation refused: stock level of item 77 is negative"
    return _leaf(world, "StockError", text, plain=True)


def defect(world: World) -> Found:
    """A mistake in the code of a service in the middle; those below are well."""
    kind, text = world.made.choice(_DEFECTS)
    head = world.made.choice(("", "unhandled exception", f"handler failed: {text}"))
    return _leaf(world, kind, text, head=head, middle=True)


def retried(world: World) -> Found:
    """The caller tries three times."""
    text = "Error 104 while writing to socket. Connection reset by peer."
    return _leaf(world, "redis.exceptions.ConnectionError", text, head="cache write failed", retries=3)


def distracted(world: World) -> Found:
    """Besides the root, a service in the same requests reports a failure that it survives."""
    said = "cache lookup failed: connection reset, falling back to the store"
    return _leaf(world, "LookupError", "no tariff for zone 7", head="pricing failed", beside=(1, said))


def beside(world: World) -> Found:
    """A second defect with a trace of its own in the same requests, from which no failure follows."""
    said = printed(world.services[0], "TypeError", "audit record is not serializable", "audit failed")
    return _leaf(world, "LookupError", "no tariff for zone 7", head="pricing failed", beside=(0, said))


def _leaf(
    world: World,
    kind: str,
    text: str,
    *,
    head: str = "",
    middle: bool = False,
    retries: int = 1,
    beside: tuple[int, str] | None = None,
    plain: bool = False,
) -> Found:
    """The deepest service fails (with `middle`, the one before it), its callers report it.

    `beside`: the place of a service and a text that it prints in every one of the requests.
    """
    path = world.services
    place = len(path) - 2 if middle and len(path) > 3 else len(path) - 1
    ids: list[str] = []
    callers = Callers(world, place)
    for began in world.requests():
        request = world.request()
        at = world.walk(began, request, to=place)
        if beside:
            world.error(path[beside[0]], at, beside[1], request=request)
        for attempt in range(1, retries + 1):
            said = text if plain else printed(path[place], kind, text, head)
            ids += world.error(path[place], at, said, request=request)
            at += 3 * MILLISECOND
            if retries > 1:
                said = f"attempt {attempt}/{retries} failed: HTTP Error 500: Internal Server Error"
                world.write(path[place - 1], at, "WARNING" if attempt < retries else "ERROR", said, request=request)
                at += 50 * MILLISECOND
        callers.report(at, request)
    return [frozenset(ids)], [path[place]]


def slow(world: World) -> Found:
    """The caller gives up, and says so before the callee knows what went wrong."""
    made, path = world.made, world.services
    place, limit = len(path) - 1, made.choice((2, 5))
    caller, callee = path[place - 1], path[place]
    kind, text = made.choice(_SLOW)
    ids: list[str] = []
    for began in world.requests(spread=20):
        request = world.request()
        late = world.walk(began, request, to=place) + limit * SECOND
        if limit == 2:
            said = printed(caller, "httpx.ReadTimeout", f"timed out after {limit}.0s", f"call to {callee} timed out")
        else:
            said = f"{callee} did not answer: timed out after {limit}s"
        world.error(caller, late, said, request=request)
        for depth in range(place - 2, -1, -1):
            at = late + (place - 1 - depth) * 3 * MILLISECOND
            world.error(path[depth], at, f"Connection rejected: {path[depth + 1]} responded 504", request=request)
        said = printed(callee, kind, text, f"query failed: {text}")
        ids += world.error(callee, late + made.randint(1, 6) * SECOND, said, request=request)
    return [frozenset(ids)], [callee]


def secret(world: World) -> Found:
    """A setting is missing at the start; the service serves all the same, and every request fails."""
    made, place = world.made, len(world.services) - 1
    service, name = world.services[place], made.choice(_SETTINGS)
    callers = Callers(world, place)
    head = made.choice(("settings load failed", "could not read configuration", "Application startup failed"))
    said = printed(service, "KeyError", f"'{name}'", head)
    ids = world.write(service, START, made.choice(("CRITICAL", "ERROR")), said)
    for began in world.requests(after=made.randint(5, 60)):
        request = world.request()
        at = world.walk(began, request, to=0)
        world.error(service, at, f"token check failed: [500] {name} missing", request=request)
        callers.report(at + 2 * MILLISECOND, request)
    return [frozenset(ids)], [service]


def crash_loop(world: World) -> Found:
    """It cannot start: an exception, the server's last words, the platform's exit, and 503 for every caller."""
    made, place = world.made, len(world.services) - 1
    service = world.services[place]
    kind, text = made.choice(_UNABLE_TO_START)
    ids: list[str] = []
    callers = Callers(world, place)
    for number in range(made.randint(2, 5)):
        at = START + number * 40 * SECOND
        here: dict[str, Any] = {"number": number}
        world.write(service, at, "INFO", "Starting up", **here)
        said = printed(service, kind, text, made.choice(("", "startup failure")))
        ids += world.error(service, at + 2 * SECOND, said, **here)
        if made.random() < 0.8:
            world.error(service, at + 2 * SECOND + 20 * MILLISECOND, "Application startup failed. Exiting.", **here)
        world.write(service, at + 4 * SECOND, "WARNING", "Container called exit(3).", log="varlog%2Fsystem", **here)
        _unreachable(world, callers, service, at + SECOND, "3.5s", number)
    return [frozenset(ids)], [service]


def memory(world: World) -> Found:
    """The platform kills an instance; the requests in it and their callers fail."""
    made, place = world.made, len(world.services) - 1
    service = world.services[place]
    ids: list[str] = []
    callers = Callers(world, place)
    for number in range(made.randint(2, 4)):
        at = START + number * 60 * SECOND
        world.write(service, at, "INFO", "loading the whole catalogue", number=number)
        said = f"Memory limit of 512 MiB exceeded with {made.randint(513, 560)} MiB used."
        ids += world.error(service, at + 2 * SECOND, said, number=number, log="varlog%2Fsystem")
        _unreachable(world, callers, service, at + SECOND, "1.5s", number)
    return [frozenset(ids)], [service]


def _unreachable(world: World, callers: Callers, service: str, at: int, latency: str, number: int) -> None:
    for _ in range(world.made.randint(1, 3)):
        request = world.request()
        world.answered(service, at, 503, latency, MALFORMED, request=request, number=number)
        callers.report(at + int(float(latency[:-1]) * SECOND), request, status=503)


def two_roots(world: World) -> Found:
    """Two faults in services that have nothing to do with one another."""
    both = list(world.services)
    half = max(1, len(both) // 2)
    roots: list[frozenset[str]] = []
    owners: list[str] = []
    for group, make in ((both[:half], schema), (both[half:], defect)):
        world.services = group
        found = make(world)
        roots += found[0]
        owners += found[1]
    world.services = both
    return roots, owners


def nothing(world: World) -> Found:
    """All is well but for the noise."""
    for began in world.requests():
        world.walk(began, world.request(), to=len(world.services) - 1)
    return [], []


def hidden(world: World) -> Found:
    """Callers report a service of whose failure nothing is in the logs, only an error of its own in other requests."""
    last = world.services[-1]
    at = START - 9 * SECOND
    while at < START + 90 * SECOND:
        at += world.made.randint(3, 9) * SECOND
        said = printed(last, "ValueError", "invalid literal for int() with base 10: 'n/a'", "import failed")
        world.error(last, at, said, request=world.request())
    callers = Callers(world, len(world.services) - 1)
    for at in world.requests():
        callers.report(at, world.request())
    return [], []


FAULTS: dict[str, Callable[[World], Found]] = {
    "bare": bare,
    "beside": beside,
    "crash-loop": crash_loop,
    "defect": defect,
    "dependency-down": dependency_down,
    "distracted": distracted,
    "hidden": hidden,
    "memory": memory,
    "nothing": nothing,
    "retried": retried,
    "schema": schema,
    "secret": secret,
    "slow": slow,
    "two-roots": two_roots,
}
