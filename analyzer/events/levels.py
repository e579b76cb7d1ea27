"""Levels by name or number. A number means what its key says: python's 40 is an error, pino's 40 a warning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.model import Severity

_NAMES = {
    "trace": Severity.DEBUG,
    "verbose": Severity.DEBUG,
    "debug": Severity.DEBUG,
    "info": Severity.INFO,
    "information": Severity.INFO,
    "success": Severity.INFO,
    "notice": Severity.NOTICE,
    "warn": Severity.WARNING,
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
    "err": Severity.ERROR,
    "severe": Severity.ERROR,
    "exception": Severity.ERROR,
    "critical": Severity.CRITICAL,
    "crit": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "panic": Severity.CRITICAL,
    "alert": Severity.ALERT,
    "emergency": Severity.EMERGENCY,
    "emerg": Severity.EMERGENCY,
}
_LETTERS = {"I": Severity.INFO, "W": Severity.WARNING, "E": Severity.ERROR, "F": Severity.CRITICAL}
_KEYS = ("severity", "level", "levelname", "log_level", "loglevel", "levelno", "lvl", "severity_text", "severityText")
LEVEL_KEYS = frozenset((*_KEYS, "log", "log.level", "severity_number", "severityNumber", "record"))
"""keys of a payload at which its level may stand"""
_SERVER_ERROR = 500
_CLIENT_ERROR = 400


def level_by_name(name: str) -> Severity | None:
    """The level a word stands for, whatever its case; klog's letters too."""
    word = name.strip()
    return _LETTERS.get(word) or _NAMES.get(word.lower())


def level_of_payload(payload: Mapping[str, Any]) -> Severity | None:
    """The level a JSON payload states for itself, or None."""
    for key in _KEYS:
        found = _level(key, payload.get(key))
        if found is not None:
            return found
    log = payload.get("log")
    if isinstance(log, Mapping) and (found := _level("level", log.get("level"))) is not None:
        return found
    if (found := _level("level", payload.get("log.level"))) is not None:
        return found
    for key in ("severity_number", "severityNumber"):
        number = payload.get(key)
        if isinstance(number, int | float) and _is_number(number):
            return _otel(int(number))
    record = payload.get("record")
    if isinstance(record, Mapping) and isinstance(record.get("level"), Mapping):
        return _level("levelname", record["level"].get("name"))
    return None


def level_of_status(status: int | None) -> Severity | None:
    """ERROR for 5xx, WARNING for 4xx, else None."""
    if status is None:
        return None
    if status >= _SERVER_ERROR:
        return Severity.ERROR
    return Severity.WARNING if status >= _CLIENT_ERROR else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10_000


def _level(key: str, value: object) -> Severity | None:
    if isinstance(value, str):
        return _level(key, int(value)) if value.isascii() and value.isdigit() else level_by_name(value)
    if not isinstance(value, int | float) or not _is_number(value):
        return None
    number = int(value)
    if key == "severity":
        return Severity(number) if number in Severity._value2member_map_ and number else None
    if key == "levelno":
        return _step(number, (50, Severity.CRITICAL), (40, Severity.ERROR), (30, Severity.WARNING), (20, Severity.INFO))
    return _step(number, (60, Severity.CRITICAL), (50, Severity.ERROR), (40, Severity.WARNING), (30, Severity.INFO))


def _otel(number: int) -> Severity | None:
    """https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber"""
    if number <= 0:
        return None
    return _step(number, (21, Severity.CRITICAL), (17, Severity.ERROR), (13, Severity.WARNING), (9, Severity.INFO))


def _step(number: int, *steps: tuple[int, Severity]) -> Severity:
    return next((level for least, level in steps if number >= least), Severity.DEBUG)
