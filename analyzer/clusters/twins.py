"""Twins: several layers print one error within a second. They are one occurrence, not several."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MIN_CONTAINED_CHARS = 12
"""a shorter text inside another proves nothing ("timeout", "not found")"""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """One event as seen by the search for twins."""

    stream: tuple[str, str]
    """service and instance"""
    time_ns: int | None
    latency_ns: int
    """a request entry carries the start of the request; its effect may be printed until the end"""
    text: str
    """innermost text, blanks collapsed"""
    form: tuple[str, ...]
    """what printed it: two printings of the same form are two occurrences"""
    is_request: bool


def twin_links(printings: Sequence[Printing], *, twin_ns: int) -> list[tuple[int, int]]:
    """Pairs of indexes that are twins; enough of them to join every group, not all of them."""
    links: set[tuple[int, int]] = set()
    for stream in _streams(printings):
        open_by_form: dict[tuple[tuple[str, ...], str], int] = {}
        for index in stream:
            one = printings[index]
            closed = [key for key, other in open_by_form.items() if not _near(printings[other], one, twin_ns=twin_ns)]
            for key in closed:
                del open_by_form[key]
            for other in open_by_form.values():
                if printings[other].form != one.form and same_error(printings[other], one):
                    links.add((min(other, index), max(other, index)))
            open_by_form[one.form, one.text] = index
    return sorted(links)


def occurrences(printings: Sequence[Printing], indexes: Sequence[int], *, twin_ns: int) -> list[list[int]]:
    """The printings of one cluster divided into occurrences, earliest first.

    A printing belongs to the earliest occurrence within reach that has nothing of its form yet and shares the text.
    """
    found: list[list[int]] = []
    for stream in _streams(printings, indexes):
        open_ones: list[list[int]] = []
        for index in stream:
            one = printings[index]
            open_ones = [o for o in open_ones if _near(printings[o[0]], one, twin_ns=twin_ns)]
            for occurrence in open_ones:
                members = [printings[i] for i in occurrence]
                if all(m.form != one.form for m in members) and any(same_error(m, one) for m in members):
                    occurrence.append(index)
                    break
            else:
                fresh = [index]
                open_ones.append(fresh)
                found.append(fresh)
    return found


def same_error(a: Printing, b: Printing) -> bool:
    """True where the innermost texts are equal or one contains the other."""
    if a.is_request or b.is_request:
        return a.text == b.text
    short, long = sorted((a.text, b.text), key=len)
    if not short:
        return False
    if short == long:
        return True
    return len(short) >= _MIN_CONTAINED_CHARS and len(_WORD.findall(short)) >= 2 and short in long


def _near(earlier: Printing, later: Printing, *, twin_ns: int) -> bool:
    if earlier.time_ns is None or later.time_ns is None:
        return False
    return later.time_ns - earlier.time_ns <= earlier.latency_ns + twin_ns


def _streams(printings: Sequence[Printing], indexes: Iterable[int] | None = None) -> list[list[int]]:
    """Indexes by stream, each in order of time and then text; times that are missing come alone."""
    streams: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(printings)) if indexes is None else indexes:
        one = printings[index]
        streams[one.stream if one.time_ns is not None else ("", "", str(index))].append(index)
    return [
        sorted(streams[key], key=lambda i: (printings[i].time_ns or 0, printings[i].form, printings[i].text, i))
        for key in sorted(streams)
    ]
