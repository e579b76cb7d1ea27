"""Which entries may belong together with a neighbour of their stream at all: most stand alone, and need no stitching.

Says yes too often, never no where stitching would join.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from analyzer.events.stitching import MAX_GAP_NS, MIN_GAP_NS, SOON_NS, TAIL_GAP_NS
from analyzer.model import Entry


def linked(
    entries: Sequence[Entry], *, stacks: Collection[int], starts: Collection[int], untold: Collection[int]
) -> bytearray:
    """1 at the place of every entry that may belong to one before or after it, for entries in printed order.

    `stacks` are the places of texts that show a stack, `starts` of those whose first line does or begins with white
    space, `untold` of those about which nothing is known.
    """
    found = bytearray(len(entries))
    following: dict[tuple[str, str], tuple[int, int, int]] = {}
    never = 1 << 63
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        time_ns = entry.time_ns
        key = entry.log_name, entry.instance
        after = following.get(key)
        if time_ns is None:
            found[at] = 1
            continue
        starting = at in starts or at in untold
        if after is None:
            following[key] = at, time_ns, time_ns if starting else never
            continue
        next_at, next_ns, start_ns = after
        gap = next_ns - time_ns
        if (
            (gap <= MAX_GAP_NS and start_ns == next_ns)
            or (gap <= SOON_NS and (at in stacks or start_ns - next_ns <= MIN_GAP_NS or at in untold))
            or (gap <= TAIL_GAP_NS and entry.severity is None)
        ):
            found[at] = found[next_at] = 1
        following[key] = at, time_ns, time_ns if starting else start_ns
    return found
