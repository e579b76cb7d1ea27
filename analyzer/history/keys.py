"""What makes two analyses one cycle: the same services, window and inputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any


def cycle_key(report: Mapping[str, Any]) -> str:
    """20 hex digits of services, window and digest of the inputs; a report without that digest is its own input.

    Raises KeyError, TypeError or AttributeError where `report` is none.
    """
    cycle = report["cycle"]
    window = cycle.get("window") or {}
    inputs = cycle.get("inputs") or content_digest({k: v for k, v in report.items() if k != "integrity"})
    identity = [sorted(map(str, cycle.get("services") or ())), window.get("from"), window.get("to"), inputs]
    return blake2b(plain_json(identity), digest_size=10).hexdigest()


def services_key(services: Iterable[str]) -> str:
    """What cycles of the same services share, whatever their order."""
    return blake2b(plain_json(sorted(set(services))), digest_size=10).hexdigest()


def content_digest(value: Any) -> str:
    """32 hex digits of a JSON value; the order of its keys is nothing."""
    return blake2b(plain_json(value), digest_size=16).hexdigest()


def plain_json(value: Any) -> bytes:
    """The value as JSON in ASCII, keys sorted: also half a surrogate pair or a NUL comes back as it was."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")
