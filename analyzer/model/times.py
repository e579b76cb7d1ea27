"""Times as Unix nanoseconds (Cloud Logging's precision) and as RFC 3339 in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?\s*(Z|z|[+-]\d\d:?\d\d)?$", re.ASCII
)


def parse_time(text: str) -> int | None:
    """Unix nanoseconds of an RFC 3339 time, None where it is none; no zone means UTC."""
    found = _RFC3339.match(text.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        whole = datetime(int(year), int(month), int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC)
    except ValueError:
        return None
    seconds = int(whole.timestamp()) + (1 if second == "60" else 0)
    if zone and zone not in "Zz":
        sign = -1 if zone[0] == "-" else 1
        seconds -= sign * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)
    return seconds * 1_000_000_000 + int((fraction or "").ljust(9, "0") or 0)


def format_time(time_ns: int | None) -> str | None:
    """RFC 3339 in UTC with microseconds, or None."""
    if time_ns is None:
        return None
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time range `[from_ns, to_ns)` in Unix nanoseconds, UTC."""

    from_ns: int
    to_ns: int
