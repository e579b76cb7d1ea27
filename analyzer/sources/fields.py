"""Single fields of an entry, as the many writers spell them: times, levels, durations, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.model import Severity, parse_time

_NANOS = 1_000_000_000
_FIRST, _END = -62_135_596_800 * _NANOS, 253_402_300_800 * _NANOS
"""the years 0001 to 9999: what RFC 3339 can write"""
_SEVERITIES: Mapping[str, Severity] = {
    **{severity.name: severity for severity in Severity if severity is not Severity.DEFAULT},
    "TRACE": Severity.DEBUG,
    "VERBOSE": Severity.DEBUG,
    "INFORMATION": Severity.INFO,
    "SUCCESS": Severity.INFO,
    "WARN": Severity.WARNING,
    "ERR": Severity.ERROR,
    "EXCEPTION": Severity.ERROR,
    "SEVERE": Severity.ERROR,
    "CRIT": Severity.CRITICAL,
    "FATAL": Severity.CRITICAL,
    "PANIC": Severity.CRITICAL,
    "EMERG": Severity.EMERGENCY,
}
_DECIMAL = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?[eE][+-]?\d{1,2}", re.ASCII)
_DURATION = re.compile(r"(\d{1,12})(?:\.(\d{1,9})\d*)?s", re.ASCII)
_CLOCK = re.compile(r"(\d{1,6}):(\d\d):(\d\d)(?:\.(\d{1,9}))?", re.ASCII)


def time_of(value: Any) -> int | None:
    """Unix nanoseconds of a time in RFC 3339, of BigQuery's `… UTC`, of `{seconds, nanos}`, or of a Unix time whose
    size tells its unit (seconds, milli-, micro-, nanoseconds); None where it is none of these."""
    if isinstance(value, str):
        value = value.removesuffix(" UTC")
        found = parse_time(value)
        if found is None and _DECIMAL.fullmatch(value):
            return time_of(float(value) if "." in value else int(value))
        if found is None and _SCIENTIFIC.fullmatch(value):
            return time_of(float(value))
        return found if found is not None and _FIRST <= found < _END else None
    if isinstance(value, Mapping):
        seconds = integer(value.get("seconds"))
        found = None if seconds is None else seconds * _NANOS + (integer(value.get("nanos")) or 0)
        return found if found is not None and _FIRST <= found < _END else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    for limit, unit in ((1e11, _NANOS), (1e14, 1_000_000), (1e17, 1_000), (1e19, 1)):
        if 1e8 <= value < limit:
            # a float of seconds is exact to a microsecond only
            return value * unit if isinstance(value, int) else round(value * unit / 1_000) * 1_000
    return None


def severity_of(value: Any) -> Severity | None:
    """The level a name or a LogSeverity number stands for; None for DEFAULT, for nothing, for an unknown name."""
    if isinstance(value, str):
        return _SEVERITIES.get(value.strip().upper())
    number = integer(value)
    return Severity(number) if number and number in Severity._value2member_map_ else None


def integer(value: Any) -> int | None:
    """An int64 written as a number, as a float without a fraction or as text; None otherwise."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return integer(float(value) if "." in value else int(value))
    return None


def duration_ns(value: Any) -> int | None:
    """Nanoseconds of `"0.002s"`, of `{seconds, nanos}`, of `H:MM:SS.ffffff`, or of a number of seconds."""
    if isinstance(value, str):
        value = value.strip()
        if found := _DURATION.fullmatch(value):
            return int(found[1]) * _NANOS + int((found[2] or "").ljust(9, "0"))
        if found := _CLOCK.fullmatch(value):
            whole = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
            return whole * _NANOS + int((found[4] or "").ljust(9, "0"))
        return duration_ns(float(value)) if _DECIMAL.fullmatch(value) or _SCIENTIFIC.fullmatch(value) else None
    if isinstance(value, Mapping):
        seconds, nanos = integer(value.get("seconds")), integer(value.get("nanos"))
        return None if seconds is None and nanos is None else (seconds or 0) * _NANOS + (nanos or 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        return None
    return round(value * _NANOS)


def whole_numbers(value: Any) -> Any:
    """Integers that a protobuf Struct or a FLOAT64 column turned into floats, as integers again."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, Mapping):
        return {key: whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return value


def text_of(value: Any) -> str:
    """The text itself; what is not text as nothing."""
    return value if isinstance(value, str) else ""


def mapping_of(value: Any) -> Mapping[str, Any]:
    """The mapping itself; what is none as an empty one."""
    return value if isinstance(value, Mapping) else {}


def first_of(row: Mapping[str, Any], *names: str) -> Any:
    """The first value among the names that is there and not null."""
    for name in names:
        value = row.get(name)
        if value is not None:
            return value
    return None
