"""The rarer entries: stack traces, deploys, texts in parts, and shapes that trip up whoever did not expect them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .fleet import Instance

HUGE_TEXT = 200_000
"""characters; an entry may have 256 KiB"""

_FILES = ("orders.py", "stock.py", "payments.py", "database.py")
_FUNCTIONS = ("place", "reserve", "charge", "fetch_one", "handle")
_ERRORS = (
    "shop.errors.StockError: only 2 left of 'SKU-77', 3 wanted",
    "KeyError: 'currency'",
    "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) server closed the connection unexpectedly",
)


def stack_trace(chance: random.Random) -> str:
    """A Python traceback of a few frames."""
    frames = [
        f'  File "/app/shop/{chance.choice(_FILES)}", line {chance.randrange(400)}, in {chance.choice(_FUNCTIONS)}\n'
        f"    return {chance.choice(_FUNCTIONS)}(order, retries=3)\n"
        for _ in range(chance.randrange(2, 7))
    ]
    return "Traceback (most recent call last):\n" + "".join(frames) + chance.choice(_ERRORS)


def audit(instance: Instance, logs: str, who: str, address: str) -> dict[str, Any]:
    """A deploy, as Cloud Run's audit log tells it."""
    service = f"namespaces/{instance.resource['labels']['project_id']}/services/{instance.service}"
    template = {"metadata": {"name": instance.revision}, "spec": {"containers": [{"image": "shop:latest"}]}}
    return {
        "logName": logs + "cloudaudit.googleapis.com%2Factivity",
        "resource": instance.resource,
        "severity": "NOTICE",
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "run.googleapis.com",
            "methodName": "google.cloud.run.v1.Services.ReplaceService",
            "resourceName": service,
            "authenticationInfo": {"principalEmail": who},
            "requestMetadata": {"callerIp": address, "callerSuppliedUserAgent": "google-cloud-sdk"},
            "request": {"service": {"metadata": {"name": instance.service}, "spec": {"template": template}}},
            "response": {"status": {"latestCreatedRevisionName": instance.revision, "observedGeneration": 3}},
            "status": {},
        },
    }


def split_parts(chance: random.Random) -> list[dict[str, Any]]:
    """A text too long for one entry, as two to four."""
    total, uid = chance.randrange(2, 5), f"{chance.getrandbits(64):016x}"
    texts = [" ".join(f"item-{chance.randrange(10**6):06d}" for _ in range(60)) for _ in range(total)]
    return [
        # the first part's index is 0, which the API does not print
        {"textPayload": text, "split": {"uid": uid, "totalSplits": total} | ({"index": index} if index else {})}
        for index, text in enumerate(texts)
    ]


@dataclass(frozen=True, slots=True)
class Oddity:
    """A name, and what makes the entry's own fields."""

    name: str
    fields: Callable[[], dict[str, Any]]


ODDITIES = (
    Oddity("no payload", dict),
    Oddity("huge text", lambda: {"textPayload": "0123456789abcdef ünïcödé\n" * (HUGE_TEXT // 25)}),
    Oddity("empty text", lambda: {"textPayload": ""}),
    Oddity(
        "numbers",
        lambda: {
            "jsonPayload": {
                "beyond_double": 9_007_199_254_740_993,
                "int64": 9_223_372_036_854_775_000,
                "tiny": 5e-324,
                "large": 1.5e300,
                "negative": -0.25,
                "whole": 3.0,
            }
        },
    ),
    Oddity(
        "nothing and nested lists",
        lambda: {"jsonPayload": {"none": None, "lists": [[1, [2, None]], [], [{"a": []}]], "empty": {}, "": "no name"}},
    ),
    Oddity(
        "deep",
        lambda: {"jsonPayload": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": "bottom"}}}}}}}}},
    ),
    Oddity("control signs", lambda: {"textPayload": "tab\there\r\nbell\x07 escape \x1b[31mred\x1b[0m nul\x00 end"}),
    Oddity(
        "key with dots and quotes", lambda: {"jsonPayload": {'odd."key" with/slash': {"k.v": True}, "message": "m"}}
    ),
    Oddity("severity only", lambda: {"severity": "EMERGENCY"}),
    Oddity("unset request", lambda: {"httpRequest": {}, "textPayload": "an empty request", "trace": ""}),
)
