"""What a rate gate knows, in one small file: a page of numbers, and a ring of the times at which calls ended.

The page is written by one write that crosses no page of memory, which `kill -9` cannot cut; a checksum finds what a
failing disk did to it. Whoever opens the file must hold its lock.
"""

from __future__ import annotations

import io
import struct
import zlib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import BinaryIO

from analyzer.sources.cloud_logging.callers import Caller

MAX_OPEN = 80
"""calls that can be under way at once, over all processes: what fits into the page"""
RING = 65_536
"""ends of calls that are remembered: more than the largest limit of a minute"""
LONG_AGO = -(10**18)

_PAGE = 4096
_BATCH = 64
_MAGIC = b"anlzgate"
_VERSION = 1
_NUMBERS = (
    "last_ns",
    "due_ns",
    "quiet_until_ns",
    "refused_ns",
    "refusals",
    "cuts",
    "longest_wait_ns",
    "longest_wait_at_ns",
    "carried",
    "carried_until_ns",
    "next_number",
    "first",
    "ended",
)
"""fields of `GateState` as they stand in the page; another order is another version"""
_HEAD = struct.Struct(f"<8sII{len(_NUMBERS)}q")
_OPEN = struct.Struct("<QqQQQ")
_TIME = struct.Struct("<q")
_SUM = struct.Struct("<I")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """A call that was begun and not yet ended."""

    number: int
    started_ns: int
    caller: Caller


@dataclass(slots=True, kw_only=True)
class GateState:
    """All that calls share. Times are Unix nanoseconds, as the latest caller's clock saw them."""

    last_ns: int = LONG_AGO
    """when the state was last written: a clock before this jumped back"""
    due_ns: int = LONG_AGO
    """when the next call is due at even spacing (the theoretical arrival time of GCRA)"""
    quiet_until_ns: int = LONG_AGO
    """nobody starts before"""
    refused_ns: int = LONG_AGO
    """the latest refusal"""
    refusals: int = 0
    """how many refusals without a granted call in between"""
    cuts: int = 0
    """tenths taken from the limit"""
    longest_wait_ns: int = 0
    """the longest wait that a refusal asked for lately, and when it was asked"""
    longest_wait_at_ns: int = LONG_AGO
    carried: int = 0
    """ended calls whose end is not in the ring; their places are all free at `carried_until_ns`"""
    carried_until_ns: int = LONG_AGO
    next_number: int = 1
    first: int = 0
    """index of the oldest end in the ring, and how many follow from it"""
    ended: int = 0
    open_calls: list[OpenCall] = field(default_factory=list)

    def used(self) -> int:
        """Places that are taken."""
        return self.carried + self.ended + len(self.open_calls)


class StateFile:
    """The opened file: reads and writes the page and single ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self) -> GateState | None:
        """The state; a fresh one of an empty file; None where the file is torn or somebody else's."""
        self._file.seek(0)
        page = self._file.read(_PAGE)
        if not page:
            return GateState()
        body = page[: -_SUM.size]
        if len(page) < _PAGE or _SUM.pack(zlib.crc32(body)) != page[-_SUM.size :]:
            return None
        magic, version, count, *numbers = _HEAD.unpack_from(body)
        if magic != _MAGIC or version != _VERSION:
            return None
        calls = _OPEN.iter_unpack(body[_HEAD.size : _HEAD.size + count * _OPEN.size])
        state = GateState(
            **dict(zip(_NUMBERS, numbers, strict=True)),
            open_calls=[
                OpenCall(number=number, started_ns=started, caller=Caller(pid=pid, born=born, place=place))
                for number, started, pid, born, place in calls
            ],
        )
        ring_end = _PAGE + min(state.first + state.ended, RING) * _TIME.size
        return state if self._file.seek(0, io.SEEK_END) >= ring_end else None

    def write(self, state: GateState) -> None:
        """Write the page. A death before this line leaves the state as it was, one after it as it is now."""
        body = _HEAD.pack(_MAGIC, _VERSION, len(state.open_calls), *(getattr(state, name) for name in _NUMBERS))
        for call in state.open_calls:
            who = call.caller
            body += _OPEN.pack(call.number, call.started_ns, who.pid, who.born, who.place)
        body = body.ljust(_PAGE - _SUM.size, b"\0")
        self._file.seek(0)
        self._file.write(body + _SUM.pack(zlib.crc32(body)))

    def add_end(self, state: GateState, time_ns: int) -> None:
        """Remember that a call ended at `time_ns`, not before any other; it counts once the page is written."""
        if state.ended == RING:
            state.first, state.ended = (state.first + 1) % RING, state.ended - 1
        self._file.seek(_PAGE + (state.first + state.ended) % RING * _TIME.size)
        self._file.write(_TIME.pack(time_ns))
        state.ended += 1

    def ends(self, state: GateState, start: int, count: int) -> tuple[int, ...]:
        """Up to `count` ends from the `start`th oldest on, in the order of time; fewer where the ring turns over."""
        place = (state.first + start) % RING
        count = min(count, state.ended - start, RING - place)
        if count <= 0:
            return ()
        self._file.seek(_PAGE + place * _TIME.size)
        data = self._file.read(count * _TIME.size)
        return tuple(time for (time,) in _TIME.iter_unpack(data))

    def forget_ends(self, state: GateState, until_ns: int) -> None:
        """Drop the ends at or before `until_ns` from the ring."""
        while found := self.ends(state, 0, _BATCH):
            old = bisect_right(found, until_ns)
            state.first, state.ended = (state.first + old) % RING, state.ended - old
            if old < len(found):
                return
