"""LogEntry dicts that look like those of a few busy services: mostly chatter, many errors, one in ten with a stack.

The same seed makes the same entries.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

_SERVICES = ("oven", "till", "stock", "delivery", "accounts", "search")
_NOUNS = ("order", "basket", "invoice", "parcel", "recipe", "voucher", "shift", "counter", "ticket", "tray")
_VERBS = ("save", "load", "price", "pack", "send", "merge", "count", "close", "open", "lock")
_WHY = ("connection refused", "deadline exceeded", "not found", "disk full", "already closed", "checksum differs")
_TYPES = ("TimeoutError", "LookupError", "StoreError", "IllegalStateException", "RangeError")
_START_NS = 1_767_000_000_000_000_000

_Make = Callable[[random.Random], str]


def make_entries(count: int, *, seed: int = 17, templates: int = 300) -> Iterator[dict[str, Any]]:
    """That many entries with REST names, in order of time."""
    made = random.Random(seed)
    errors = [_template(made) for _ in range(templates)]
    stacks = [_stack(made, number) for number in range(templates)]
    chatter = [_template(made) for _ in range(120)]
    pods = [f"{service}-{made.getrandbits(28):07x}-{n}" for service in _SERVICES for n in range(8)]
    for number in range(count):
        kind = made.random()
        which = min(int(made.paretovariate(0.8)), templates) - 1
        severity = "ERROR" if kind < 0.3 else "WARNING" if kind < 0.4 else "INFO"
        text = (errors[which] if severity == "ERROR" else chatter[which % 120])(made)
        if severity == "ERROR" and made.random() < 1 / 3:
            text = f"{text}\n{stacks[which].replace('%s', text)}"
        pod = made.choice(pods)
        service = pod.partition("-")[0]
        entry: dict[str, Any] = {
            "insertId": f"{made.getrandbits(52):013x}",
            "timestamp": _time(_START_NS + number * 3_600_000 + made.randrange(400_000_000)),
            "severity": severity,
            "logName": f"projects/demo/logs/{'stderr' if severity == 'ERROR' else 'stdout'}",
            "resource": {"type": "k8s_container", "labels": {"container_name": service, "pod_name": pod}},
            "labels": {"k8s-pod/app": service},
        }
        if made.random() < 0.45:
            entry["textPayload"] = text
        else:
            entry["jsonPayload"] = {"message": text, "logger": f"{service}.core", "thread": made.getrandbits(4)}
        if severity == "ERROR" and made.random() < 0.2:
            entry["httpRequest"] = {"requestMethod": "POST", "requestUrl": f"/v1/{service}/{number}", "status": 500}
        yield entry


def _template(made: random.Random) -> _Make:
    verb, noun, why, kind = (made.choice(pool) for pool in (_VERBS, _NOUNS, _WHY, _TYPES))
    form = made.randrange(5)

    def message(values: random.Random) -> str:
        number, key = values.randrange(10**6), f"{values.getrandbits(64):016x}"
        return (
            f"cannot {verb} {noun} {number}: {why}",
            f"{kind}: {noun} {key} is gone after {number % 900} ms",
            f"{verb} of {noun} {number} at 203.0.113.{number % 250}:{1024 + number % 9000} failed, {why}",
            f"giving up on {noun} {key} (attempt {number % 5} of 5)",
            f"[{noun}] {verb} id={number} owner=user{number % 97} elapsed={number % 3000}ms",
        )[form]

    return message


def _stack(made: random.Random, number: int) -> str:
    """A stack of one error with `%s` for its message."""
    frames = [(made.choice(_NOUNS), made.choice(_VERBS), made.randint(10, 900)) for _ in range(made.randint(3, 9))]
    kind = made.choice(_TYPES)
    if number % 5 < 2:
        lines = [f'  File "/app/{m}.py", line {n}, in {f}_{m}\n    {f}({m})' for m, f, n in frames]
        return "\n".join(["Traceback (most recent call last):", *lines, f"shop.errors.{kind}: %s"])
    if number % 5 == 2:
        lines = [f"\tat com.shop.{m.title()}Service.{f}({m.title()}Service.java:{n})" for m, f, n in frames]
        return "\n".join([f"com.shop.{kind}: %s", *lines])
    if number % 5 == 3:
        lines = [f"shop/{m}.{f.title()}(0xc000{n:05x})\n\t/src/shop/{m}.go:{n} +0x{n:x}" for m, f, n in frames]
        return "\n".join(["panic: %s", "", "goroutine 42 [running]:", *lines])
    lines = [f"    at {f}{m.title()} (/srv/shop/{m}.js:{n}:{n % 70 + 1})" for m, f, n in frames]
    return "\n".join([f"{kind}: %s", *lines])


def _time(time_ns: int) -> str:
    seconds, rest = divmod(time_ns, 10**9)
    days, seconds = divmod(seconds - 1_766_966_400, 86_400)  # from midnight of 2025-12-29
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"2026-01-{days + 1:02}T{hour:02}:{minute:02}:{second:02}.{rest:09}Z"
