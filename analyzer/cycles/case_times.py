"""When each case of a JUnit suite ran: as it says, else laid one after the other up to the end of the suite."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.model import parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

NANOS = 1_000_000_000
_EARLIEST_NS = 946_684_800 * NANOS
"""the year 2000; tools write the year 1 or 1970 where they know no time"""
_ZONE = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$", re.ASCII)
_LOCAL_TOOLS = ("pytest", "unittest")
_SLACK = 10.0
"""seconds of a suite that need not lie in any of its cases"""
_SLACK_SHARE = 0.25

Span = tuple[int | None, int | None]


def time_of(text: str | None) -> int | None:
    """Unix nanoseconds of a time that a test file gives; None where there is none, or one before the year 2000."""
    found = parse_time(text or "")
    return found if found is not None and found >= _EARLIEST_NS else None


def names_zone(text: str | None) -> bool:
    """Whether a time says its zone."""
    return bool(_ZONE.search((text or "").strip()))


def case_spans(suite: Element, seconds: Sequence[float | None], *, root: Element) -> list[Span]:
    """Start and end of the cases that took `seconds`; (None, None) where the file does not tell.

    A case with a time of its own began then. Else the cases are laid back from the end of their suite: what lies in no
    case (collecting, loading, a set-up of the module) mostly comes before the first one. Nothing is told
    where the cases take longer than their suite (they ran side by side), where much of the suite lies in no case,
    where the suite's time is not its start (vitest and go write when the file was made, or the run began), nor where a
    zone is missing and the tool writes local time.
    """
    cases = suite.findall("testcase")
    own = [time_of(case.get("timestamp")) if _trusted(case.get("timestamp"), suite, root) else None for case in cases]
    if any(start is not None for start in own):
        return [
            (start, start + round(took * NANOS)) if start is not None and took is not None else (None, None)
            for start, took in zip(own, seconds, strict=True)
        ]
    nothing: list[Span] = [(None, None)] * len(cases)
    start, whole = time_of(suite.get("timestamp")), seconds_of(suite.get("time"))
    if (
        start is None
        or whole is None
        or not _trusted(suite.get("timestamp"), suite, root)
        or not _is_start(suite, root)
    ):
        return nothing
    took = [s or 0.0 for s in seconds]
    slack = whole - sum(took)
    rounding = 0.001 * (len(took) + 1)
    if slack < -rounding or slack > max(_SLACK, _SLACK_SHARE * whole):
        return nothing
    at = max(slack, 0.0)
    spans: list[Span] = []
    for one in took:
        spans.append((start + round(at * NANOS), start + round((at + one) * NANOS)))
        at += one
    return spans


def _trusted(text: str | None, suite: Element, root: Element) -> bool:
    """Without a zone the time of pytest and unittest is that of an unknown machine; others write UTC."""
    if names_zone(text):
        return True
    names = f"{suite.get('name') or ''} {root.get('name') or ''}".casefold()
    from_unittest = suite.get("line") is not None or any(case.get("line") for case in suite.findall("testcase"))
    return not from_unittest and not any(tool in names for tool in _LOCAL_TOOLS)


def _is_start(suite: Element, root: Element) -> bool:
    if (root.get("name") or "").casefold() == "vitest tests":
        return False
    if any(p.get("name") == "go.version" for p in suite.iter("property")):
        return False
    told = [s.get("timestamp") for s in root.iter("testsuite") if s.find("testcase") is not None]
    return told.count(suite.get("timestamp")) == 1


def seconds_of(text: str | None) -> float | None:
    """A duration in seconds, also `1,234.5`; None where there is none or no sensible one."""
    text = (text or "").strip()
    if "," in text:
        text = text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?", text) else text.replace(",", ".")
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def time_of_seconds(value: object) -> int | None:
    """Unix nanoseconds of Unix seconds, None where it is no number or lies outside the years 2000 to 2200."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 7.3e9:
        return None
    found = round(value * 1_000_000) * 1_000
    return found if found >= _EARLIEST_NS else None
