"""Which entries may belong together with a neighbour of their stream at all: most stand alone, and need no stitching.

Says yes too often, never no where stitching would join.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.events.screening import Screened
from analyzer.events.stitching import MAX_GAP_NS
from analyzer.events.units import SAME_PRINTING_NS, TAIL_GAP_NS
from analyzer.model import Entry

_Key = tuple[str, str]
_NEVER = 1 << 63


def linked(entries: Sequence[Entry], shown: Screened) -> bytearray:
    """1 at the place of every entry that may belong to one before or after it, for entries in printed order."""
    found = bytearray(len(entries))
    starting = shown.starts | shown.untold
    _link_backwards(entries, shown, starting, found)
    if starting:
        _link_forwards(entries, starting, found)
    return found


def _link_backwards(entries: Sequence[Entry], shown: Screened, starting: set[int], found: bytearray) -> None:
    """What comes before a line of a stack may be its title; a text that shows one may go on in the next entry."""
    following: dict[_Key, tuple[int, int, int, int]] = {}
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        time_ns = entry.time_ns
        if time_ns is None:
            found[at] = 1
            continue
        key = entry.log_name, entry.instance
        after = following.get(key)
        if after is None:
            following[key] = (at, time_ns, at, time_ns if at in starting else _NEVER)
            continue
        next_at, next_ns, start_at, start_ns = after
        if start_ns - time_ns <= MAX_GAP_NS:
            found[at] = found[start_at] = 1
        gap = next_ns - time_ns
        if (gap <= SAME_PRINTING_NS and at in shown.stacks) or (gap <= TAIL_GAP_NS and entry.severity is None):
            found[at] = found[next_at] = 1
        following[key] = (at, time_ns, at, time_ns) if at in starting else (at, time_ns, start_at, start_ns)


def _link_forwards(entries: Sequence[Entry], starting: set[int], found: bytearray) -> None:
    """After a line of a stack, whatever comes in time may be the next one: a source line shows nothing of a stack."""
    until: dict[_Key, tuple[int, int]] = {}
    for at, entry in enumerate(entries):
        time_ns = entry.time_ns
        if time_ns is None:
            continue
        key = entry.log_name, entry.instance
        start = until.get(key) if until else None
        if start is not None and time_ns <= start[1]:
            found[at] = found[start[0]] = 1
        if at in starting:
            until[key] = at, time_ns + MAX_GAP_NS
