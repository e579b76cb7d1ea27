"""One id per entry, every entry once, one order: the same for any order of reading.

Identity of an entry is (log name, time, insertId); a query's answer holds it once, overlapping dumps do not. Tables
keep times to the microsecond, so a time without nanoseconds is that of a copy with some.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from analyzer.model import Entry

_CONTENT_ID = re.compile(r"x-[0-9a-f]{16}-1")


def settle(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], int]:
    """The entries sorted by (time, log name, id, position), each once, and how many were duplicates.

    Entries with a time lose their position; those without one stand last, in the order of their input.
    """
    by_id: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_id[entry.entry_id].append(entry)
    settled: list[Entry] = []
    duplicates = 0
    for entry_id, group in by_id.items():
        if len(group) == 1:
            settled += group
        elif _CONTENT_ID.fullmatch(entry_id):
            settled += _numbered(group, entry_id.removesuffix("-1"))
        else:
            distinct = _distinct(group)
            duplicates += len(group) - len(distinct)
            settled += _told_apart(distinct)
    settled = [e if e.time_ns is None or e.position == 0 else replace(e, position=0) for e in settled]
    return tuple(sorted(settled, key=_order)), duplicates


def _order(entry: Entry) -> tuple[bool, int, int, str, str]:
    return (
        entry.time_ns is None,
        entry.time_ns or 0,
        entry.position if entry.time_ns is None else 0,
        entry.log_name,
        entry.entry_id,
    )


def _content(entry: Entry) -> tuple[int, str]:
    return (entry.position if entry.time_ns is None else 0, repr(replace(entry, position=0)))


def _numbered(group: list[Entry], stem: str) -> list[Entry]:
    ordered = sorted(group, key=_content)
    return [replace(entry, entry_id=f"{stem}-{n}") for n, entry in enumerate(ordered, 1)]


def _distinct(group: list[Entry]) -> list[Entry]:
    """One of each (log name, time); of copies the one that tells most. Collectors lose log names and nanoseconds:
    a copy without a log name is a copy of the named one in the same microsecond."""
    kept: list[Entry] = []
    ordered = sorted(group, key=lambda e: (not e.log_name, not e.has_payload, _coarse(e), -len(repr(e)), _content(e)))
    for entry in ordered:
        if not any(_same(entry, other) for other in kept):
            kept.append(entry)
    return kept


def _same(one: Entry, other: Entry) -> bool:
    if one.time_ns == other.time_ns:
        return one.log_name == other.log_name or not (one.log_name and other.log_name)
    if one.time_ns is None or other.time_ns is None or one.time_ns // 1000 != other.time_ns // 1000:
        return False
    if one.log_name == other.log_name:
        return _coarse(one) or _coarse(other)
    return not (one.log_name and other.log_name)


def _coarse(entry: Entry) -> bool:
    return entry.time_ns is None or entry.time_ns % 1000 == 0


def _told_apart(distinct: list[Entry]) -> list[Entry]:
    """`insertId@log_id` where two logs share an id; `-2`, `-3` where that is not enough."""
    if len(distinct) == 1:
        return distinct
    shared = len({entry.log_id for entry in distinct}) > 1
    named: list[Entry] = []
    seen: dict[str, int] = defaultdict(int)
    for entry in sorted(distinct, key=lambda e: (e.time_ns or 0, e.log_name, _content(e))):
        name = f"{entry.entry_id}@{entry.log_id}" if shared else entry.entry_id
        seen[name] += 1
        named.append(replace(entry, entry_id=name if seen[name] == 1 else f"{name}-{seen[name]}"))
    return named
