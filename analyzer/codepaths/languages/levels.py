"""What the names of calls mean in every language here: levels, loggers, errors."""

from __future__ import annotations

import re

LEVELS = {
    "trace": "DEBUG",
    "silly": "DEBUG",
    "verbose": "DEBUG",
    "debug": "DEBUG",
    "finest": "DEBUG",
    "finer": "DEBUG",
    "fine": "DEBUG",
    "config": "DEBUG",
    "info": "INFO",
    "http": "INFO",
    "success": "INFO",
    "notice": "NOTICE",
    "warn": "WARNING",
    "warning": "WARNING",
    "error": "ERROR",
    "err": "ERROR",
    "severe": "ERROR",
    "exception": "ERROR",
    "panic": "CRITICAL",
    "crit": "CRITICAL",
    "critical": "CRITICAL",
    "fatal": "CRITICAL",
    "alert": "CRITICAL",
    "emerg": "CRITICAL",
}
"""a method's or an argument's name in lower case → the level in Cloud Logging's names"""

ANYWHERE = frozenset({"debug", "info", "warn", "warning", "error", "severe", "fatal", "critical", "crit", "verbose"})
"""levels that mean a log line whatever they are called on"""

LOGGER = re.compile(
    r"(?:^|[_.$\W])(?:log|logger|logging|console)(?:$|[_.\W])|log(?:ger)?$|Log(?:ger)?\b", re.IGNORECASE
)
"""the source of what a method is called on, where that is a logger"""

ERROR_NAME = re.compile(r"(?:Error|Exception|Warning|Failure|Failed|Timeout|Interrupt|Fault|Rejection)$")
"""the name of a class or function that makes an error"""


def level_in(name: str) -> str | None:
    """Level in a name such as `logWarn`, `warn_log`, `logerror`; empty for a bare `log`; None where it logs nothing."""
    lower = name.lower()
    if lower in ("log", "logf", "logln"):
        return ""
    rest = lower.removeprefix("log").strip("_")
    if rest != lower and rest in LEVELS:
        return LEVELS[rest]
    return None
