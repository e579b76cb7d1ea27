"""RFC 3339 to Unix nanoseconds and back: `datetime` keeps microseconds, an entry's identity has nanoseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

NANOS = 1_000_000_000
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?"
)


def parse_ns(text: str) -> int:
    """`2026-07-01T10:00:00.123456789Z`, an offset, or a date alone → nanoseconds since 1970. Raises `ValueError`."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not a time")
    year, month, day, hour, minute, second, fraction, _, sign, off_hours, off_minutes = found.groups()
    zone: timezone = UTC
    if sign:
        offset = timedelta(hours=int(off_hours), minutes=int(off_minutes))
        zone = timezone(-offset if sign == "-" else offset)
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone)
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return whole * NANOS + int((fraction or "").ljust(9, "0"))


def format_time(ns: int) -> str:
    """As the API prints it: UTC with 0, 3, 6 or 9 digits."""
    seconds, nanos = divmod(ns, NANOS)
    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    if not nanos:
        return text + "Z"
    digits = f"{nanos:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z"
