"""What people write for a time → a window: `2h`, `today 14:00`, `2026-11-24T10:00 Europe/Berlin`, Unix seconds.

A time without a zone is the machine's local time; one that the clocks showed twice, or never, is refused. Whoever
opens a window should print it in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from analyzer.errors import ConfigError
from analyzer.model import Window, format_time
from analyzer.sources.fields import time_of

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
MAX_DAYS = 400
"""the longest that Cloud Logging keeps anything by itself: the audit logs of `_Required`"""
BEFORE_NS = 120 * _SECOND
AFTER_NS = 300 * _SECOND
"""around a run of tests: what starts up before it, and what is logged late"""

_FORMS = (
    "write 10:00, today 14:00, yesterday, 2026-11-24, 2026-11-24T10:00:00Z, '2026-11-24 10:00 Europe/Berlin', "
    "2h or 1h30m (with --since), -2h, now, or Unix seconds"
)
_UNITS = {"w": 7 * _DAY, "d": _DAY, "h": 3600 * _SECOND, "m": 60 * _SECOND, "s": _SECOND}
_NUMBER = r"\d{1,9}(?:[.]\d{1,9})?"
_DURATION = re.compile("".join(rf"(?:({_NUMBER}){unit})?" for unit in _UNITS), re.ASCII | re.IGNORECASE)
_ISO_DURATION = re.compile(
    rf"P(?:({_NUMBER})W)?(?:({_NUMBER})D)?(?:T(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_WALL = re.compile(
    r"(?:(\d{4})-(\d\d)-(\d\d)|(today|yesterday))?"
    r"(?:(?:T|\s{1,9})?(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?"
    r"\s{0,9}(Z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_ZONED = re.compile(r"(.{1,60}?)\s{1,9}([A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2})", re.ASCII)
_WORDS = ("now", "today", "yesterday")


def read_window(
    *,
    since: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    now_ns: int,
    zone: tzinfo | None = None,
) -> Window:
    """The window of `--since`, or of `--from` and `--to`; where the end is not given or not yet there, it is `now_ns`.

    `since` is a length (`2h`, `1h30m`, `PT2H`; a day has 24 hours) or a time. A date is its first moment, so
    `--from 2026-11-24 --to 2026-11-25` is one day. `zone` is that of times without one; None is the machine's.
    Raises `ConfigError`.
    """
    if since is not None and (from_ is not None or to is not None):
        other = "--from" if from_ is not None else "--to"
        raise ConfigError(f"--since together with {other}", "give --since, or --from and --to")
    if since is not None:
        length = _duration(since.strip())
        start = now_ns - length if length is not None else read_time(since, "--since", now_ns=now_ns, zone=zone)
        return _window(start, now_ns, now_ns)
    if from_ is None:
        what = "--to without --from" if to is not None else "no window"
        raise ConfigError(what, "give --since 2h, or --from TIME and --to TIME")
    start = read_time(from_, "--from", now_ns=now_ns, zone=zone)
    end = now_ns if to is None else read_time(to, "--to", now_ns=now_ns, zone=zone)
    return _window(start, end, now_ns)


def window_around(started_ns: int, ended_ns: int, before_ns: int = BEFORE_NS, after_ns: int = AFTER_NS) -> Window:
    """The window around a run of tests. Raises `ConfigError` where that is no run."""
    if ended_ns < started_ns:
        raise ConfigError("the run ends before it begins", "give --from and --to instead")
    return _bounded(started_ns - before_ns, ended_ns + after_ns)


def read_time(text: str, option: str = "time", *, now_ns: int, zone: tzinfo | None = None) -> int:
    """Unix nanoseconds of one time; `option` is what errors call it. Raises `ConfigError`."""
    given = text.strip()
    if given.casefold() == "now":
        return now_ns
    if given.startswith("-") and (length := _duration(given[1:].strip())) is not None:
        return now_ns - length
    if re.fullmatch(r"\d{9,19}(?:[.]\d{1,9})?", given, re.ASCII) and (unix := time_of(given)) is not None:
        return unix
    named = _ZONED.fullmatch(given)
    if named and named[2].casefold() not in _WORDS:
        given, zone = named[1], _zone(named[2], option)
    found = _WALL.fullmatch(given)
    if not found or not (found[1] or found[4] or found[5]):
        raise ConfigError(f"{option} {text!r} is no time", _FORMS)
    if found[9]:
        if named and named[2].casefold() not in _WORDS:
            raise ConfigError(f"{option} {text!r} has two zones", "give the offset or the zone's name")
        zone = _offset(found[9], option, text)
    return _moment(found, option, text, now_ns, zone)


def _moment(found: re.Match[str], option: str, text: str, now_ns: int, zone: tzinfo | None) -> int:
    """Unix nanoseconds of a date, a time of day, or both, as the clocks of the zone show it."""
    year, month, day, word, hour, minute, second, fraction, _ = found.groups()
    try:
        if year:
            day_meant = date(int(year), int(month), int(day))
        else:
            today = datetime.fromtimestamp(now_ns // _SECOND, UTC).astimezone(zone).date()
            day_meant = today - timedelta(days=1 if word and word.casefold() == "yesterday" else 0)
        # a leap second is the one after it
        leap = 1 if second == "60" else 0
        clock = (int(hour or 0), int(minute or 0), int(second or 0) - leap)
        wall = datetime(day_meant.year, day_meant.month, day_meant.day, *clock, tzinfo=UTC)
        # without a zone the machine's is taken; https://peps.python.org/pep-0495/ says what `fold` tells
        first, again = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    except (ValueError, OverflowError, OSError) as err:
        raise ConfigError(f"{option} {text!r} is no time: {err}", _FORMS) from None
    if first != again:
        readings = " or ".join(_shown(s) for s in sorted((first, again)))
        happens = "is there twice" if first < again else "does not exist"
        raise ConfigError(f"{option} {text!r} {happens} where clocks change: {readings}", "give one of these")
    return (first + leap) * _SECOND + int((fraction or "").ljust(9, "0"))


def _duration(text: str) -> int | None:
    """Nanoseconds of `1h30m` or `PT1H30M`; None where it is no length of time."""
    joined = "".join(text.split())
    found = _DURATION.fullmatch(joined) or _ISO_DURATION.fullmatch(joined)
    if not found or not any(found.groups()):
        return None
    total = 0
    for number, unit in zip(found.groups(), _UNITS.values(), strict=True):
        whole, _, part = (number or "0").partition(".")
        total += int(whole) * unit + (int(part) * unit // 10 ** len(part) if part else 0)
    return total


def _zone(name: str, option: str) -> tzinfo:
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(
            f"{option}: there is no time zone {name!r}", "name it like Europe/Berlin or UTC, or give an offset: +01:00"
        ) from None


def _offset(text: str, option: str, whole: str) -> tzinfo:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:] if len(text) > 3 else 0)
    if hours > 23 or minutes > 59:
        raise ConfigError(f"{option} {whole!r} has no possible offset", "offsets go from -23:59 to +23:59")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _window(from_ns: int, to_ns: int, now_ns: int) -> Window:
    if from_ns >= now_ns:
        raise ConfigError(
            f"the window begins at {format_time(from_ns)}, which is not past", f"it is {format_time(now_ns)} now"
        )
    if from_ns >= to_ns:
        raise ConfigError(
            f"the window ends at {format_time(to_ns)}, not after its beginning at {format_time(from_ns)}",
            "--from must be earlier than --to",
        )
    return _bounded(from_ns, min(to_ns, now_ns))


def _bounded(from_ns: int, to_ns: int) -> Window:
    if to_ns - from_ns > MAX_DAYS * _DAY:
        days = (to_ns - from_ns) // _DAY
        raise ConfigError(
            f"a window of {days:,} days", f"Cloud Logging keeps at most {MAX_DAYS}; give a window no longer than that"
        )
    return Window(from_ns=from_ns, to_ns=to_ns)


def _shown(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
