"""The rate gate: one per quota project over all threads and processes of the user that share a cache folder.

`entries.list` has a quota of requests a minute and project, shared with the team's console and scripts
(https://cloud.google.com/logging/quotas). How the server counts a minute is not written anywhere, so the gate holds
for every possible minute: no 60 seconds are touched by more than `per_minute` calls, from their start to their end.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from filelock import FileLock

from analyzer.errors import ConfigError, SourceError
from analyzer.places import make_private, touch_private
from analyzer.sources.cloud_logging.callers import is_gone, this_process
from analyzer.sources.cloud_logging.gate_state import LONG_AGO, MAX_OPEN, GateState, OpenCall, StateFile

PER_MINUTE = 54
"""of the 60 that a project has: six are left to the people at its console"""
MAX_PER_MINUTE = 60_000
BURST = 6

_SECOND = 1_000_000_000
_MINUTE = 60 * _SECOND
_PLACE_KEPT = _MINUTE + _SECOND // 20
"""a place is free a minute after its call ended; the rest is for two clocks that are being set at different speeds"""
_LOST_AFTER = 150 * _SECOND
"""a call takes at most 90 s: one open for longer has lost its process in a way that could not be seen"""
_LATELY = 10 * _MINUTE
_LONGEST_WAIT_S = 24 * 3600.0
"""an answer that asks for more than a day is wrong, and must not close the gate for ever"""
_STEP_BACK = _SECOND
"""a clock may be set back by less without being a jump: time then stands still for that long"""
_LEAST_JITTER = _SECOND // 50
_LEAST_SPREAD, _MOST_SPREAD = _SECOND // 25, _SECOND // 4
_CHANCE = random.Random()
"""not the module's own: whoever seeds that one must not move us, nor we them"""
_MOST_CUTS = 5


class Used(NamedTuple):
    """Calls that touch the last minute, and how many may."""

    calls: int
    limit: int


class Gate:
    """Lets calls start: at most `per_minute` in any minute, at most `BURST` at once and evenly spaced after that.

    After a refusal nobody starts before the server allows it, and then without a burst; until a minute has passed
    without one, the limit is a tenth lower for every refusal, down to the half. That is so for every limit, for a
    raised quota is shared with others just as the default one is, and after a minute the server has forgotten too.
    """

    def __init__(
        self,
        folder: Path,
        quota_project: str,
        per_minute: int = PER_MINUTE,
        *,
        max_open: int = MAX_OPEN,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        """`folder` is made where it is missing; `on_wait` hears how many seconds are still to wait, at least once a
        second. With `max_open=1` no call of anyone is under way while another starts: the only way to be sure that
        none is sent between a refusal and its arrival here. Raises `ConfigError`, `SourceError`."""
        if not 1 <= per_minute <= MAX_PER_MINUTE:
            raise ConfigError(f"{per_minute} requests a minute", f"give a number from 1 to {MAX_PER_MINUTE:,}")
        self.per_minute = per_minute
        self._max_open = min(max(max_open, 1), MAX_OPEN)
        self._clock, self._sleep, self._on_wait = clock, sleep, on_wait
        self._path = folder / f"quota-{_file_name(quota_project)}.gate"
        try:
            make_private(folder)
        except OSError as err:
            raise self._unusable(err) from err
        self._thread_lock = threading.Lock()
        self._file_lock = FileLock(self._path.with_suffix(".lock"), thread_local=False, poll_interval=0.001, mode=0o600)

    def call(self) -> Call:
        """A call to make in a `with` block, which is entered when it may start. Raises `SourceError` there."""
        return Call(self)

    def waiting_s(self) -> float:
        """Seconds until a call may start; 0 where one may, or where only the end of an open call is waited for."""
        with self._state() as (state, file, now):
            return max(self._wait_ns(state, file, now) or 0, 0) / _SECOND

    def used(self) -> Used:
        """How much of the limit is used."""
        with self._state() as (state, _, _now):
            limit = self._limit(state)
            return Used(min(state.used(), limit), limit)

    # --- what a Call does ---------------------------------------------------------------------------------------------

    def _begin(self) -> OpenCall:
        waited = 0.0
        call: OpenCall | None = None
        try:
            while True:
                with self._state() as (state, file, now):
                    wait = self._wait_ns(state, file, now)
                    if wait is not None and wait <= 0:
                        call = self._admit(state, now)
                    file.write(state)
                if call is not None:
                    return call
                # Nobody tells when a call of another process ends: look again, less often the longer it takes.
                seconds = min(max(waited / 4, 0.002), 0.1) if wait is None else wait / _SECOND
                if self._on_wait:
                    self._on_wait(seconds)
                seconds = min(max(seconds, 1e-6), 1.0)  # a float of seconds knows no shorter time
                self._sleep(seconds)
                waited += seconds
        except BaseException:
            if call is not None:  # Ctrl-C between the writing and the call
                self._end(call, granted=False)
            raise

    def _admit(self, state: GateState, now: int) -> OpenCall:
        call = OpenCall(number=state.next_number, started_ns=now, caller=this_process())
        state.next_number += 1
        state.open_calls.append(call)
        state.due_ns = max(state.due_ns, now) + self._interval(state)
        return call

    def _end(self, call: OpenCall, *, granted: bool) -> None:
        with self._state() as (state, file, now):
            state.open_calls = [c for c in state.open_calls if c.number != call.number]
            # Also where it was thought lost: then it counts twice, which errs on the polite side.
            file.add_end(state, now)
            if granted and call.started_ns > state.refused_ns:
                state.refusals = 0
            file.write(state)

    def _refused(self, call: OpenCall, retry_after_s: float | None) -> None:
        with self._state() as (state, file, now):
            if call.started_ns > state.refused_ns:  # those under way at a refusal say nothing new
                state.cuts = min(state.cuts + 1, _MOST_CUTS)
                state.refusals += 1
            state.refused_ns = now
            if retry_after_s is None or not math.isfinite(retry_after_s):
                wait = min(2 ** (min(max(state.refusals, 1), 9) - 1), 60) * _SECOND
            else:
                wait = math.ceil(min(max(retry_after_s, 0.0), _LONGEST_WAIT_S) * _SECOND)
            if wait >= state.longest_wait_ns or now - state.longest_wait_at_ns > _LATELY:
                state.longest_wait_ns, state.longest_wait_at_ns = wait, now
            self._quiet(state, now, wait)
            file.write(state)

    # --- what holds for the state -------------------------------------------------------------------------------------

    def _wait_ns(self, state: GateState, file: StateFile, now: int) -> int | None:
        """Nanoseconds until a call may start, not above 0 where it may; None until some open call ends."""
        limit = self._limit(state)
        earliest = max(state.quiet_until_ns, state.due_ns - self._slack(state))
        too_many = state.used() - limit + 1
        if too_many > state.carried:
            oldest = file.ends(state, too_many - state.carried - 1, 1)
            if not oldest:
                return None
            earliest = max(earliest, oldest[0] + _PLACE_KEPT)
        elif too_many > 0:
            earliest = max(earliest, state.carried_until_ns)
        if len(state.open_calls) >= self._max_open and earliest <= now:
            return None
        return earliest - now

    def _limit(self, state: GateState) -> int:
        return max(self.per_minute * (10 - state.cuts) // 10, 1)

    def _interval(self, state: GateState) -> int:
        return -(-_MINUTE // self._limit(state))

    def _slack(self, state: GateState) -> int:
        """How long before it is due a call may start: what makes a burst."""
        return (min(BURST, self._limit(state)) - 1) * self._interval(state)

    def _quiet(self, state: GateState, now: int, wait_ns: int) -> None:
        """Nobody starts for so long, and after that evenly spaced from the first on."""
        spread = min(max(wait_ns // 4, _LEAST_SPREAD), _MOST_SPREAD)
        jitter = _LEAST_JITTER + int(_CHANCE.random() * spread)  # so that processes do not come back all at once
        until = now + wait_ns + jitter
        state.quiet_until_ns = max(state.quiet_until_ns, until)
        state.due_ns = max(state.due_ns, until + self._slack(state))

    @contextmanager
    def _state(self) -> Iterator[tuple[GateState, StateFile, int]]:
        """The state as it is now, read under the lock; written only by who calls `write`."""
        try:
            with self._thread_lock, self._file_lock, _opened(self._path) as raw:
                file = StateFile(raw)
                state = file.read()
                now = int(self._clock() * _SECOND)
                if state is None:
                    state = self._anew(self._path.stat().st_mtime_ns, now)
                if now < state.last_ns - _STEP_BACK:
                    _jump_back(state, file, now)
                now = state.last_ns = max(now, state.last_ns)
                self._forget(state, file, now)
                yield state, file, now
        except OSError as err:
            raise self._unusable(err) from err

    def _forget(self, state: GateState, file: StateFile, now: int) -> None:
        """Free places that are due, bury calls of the dead, give back what refusals took."""
        file.forget_ends(state, now - _PLACE_KEPT)
        if state.carried_until_ns <= now:
            state.carried = 0
        if now - max(state.refused_ns, state.quiet_until_ns) > _MINUTE:
            state.cuts = state.refusals = 0
        lost = [c for c in state.open_calls if now - c.started_ns > _LOST_AFTER or is_gone(c.caller)]
        if lost:
            state.open_calls = [c for c in state.open_calls if c not in lost]
            for _ in lost:
                file.add_end(state, now)
            # The answer may have been a refusal that nobody heard.
            heard = state.longest_wait_ns if now - state.longest_wait_at_ns <= _LATELY else 0
            self._quiet(state, now, max(heard, _SECOND))

    def _anew(self, changed_ns: int, now: int) -> GateState:
        """In place of a file that cannot be read: as if every place had been taken until its last change."""
        state = GateState(carried=MAX_PER_MINUTE, carried_until_ns=min(changed_ns, now) + _PLACE_KEPT)
        self._quiet(state, now, _SECOND)
        return state

    def _unusable(self, err: OSError) -> SourceError:
        return SourceError(
            f"{self._path}: cannot count the calls of the minute ({err.strerror or err})",
            "the cache folder must be writable, with space left; choose another one",
        )


class Call:
    """One call; a context manager, for one use."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._open: OpenCall | None = None
        self._refused = False

    def __enter__(self) -> Self:
        self._open = self._gate._begin()
        return self

    @property
    def started_ns(self) -> int:
        """When it was let through, by the gate's clock in Unix ns. Raises `RuntimeError` before that."""
        return self._begun().started_ns

    def refused(self, retry_after_s: float | None) -> None:
        """The server answered RESOURCE_EXHAUSTED; `retry_after_s` is the delay of its RetryInfo.

        To be told inside the `with` block, as soon as the answer is there. Without a delay the wait is 1 s, doubling
        to 60 s while refusals repeat.
        """
        self._refused = True
        self._gate._refused(self._begun(), retry_after_s)

    def _begun(self) -> OpenCall:
        if self._open is None:
            raise RuntimeError("the call was not begun: enter its `with` block first")
        return self._open

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._gate._end(self._open, granted=kind is None and not self._refused)


def _jump_back(state: GateState, file: StateFile, now: int) -> None:
    """The clock was set back by nobody knows how much: what was used counts from now, nothing for over a minute."""
    then = state.last_ns
    file.forget_ends(state, then - _PLACE_KEPT)
    state.carried = (state.carried if state.carried_until_ns > then else 0) + state.ended
    state.carried_until_ns = now + _MINUTE
    state.ended = 0
    state.open_calls = [OpenCall(number=c.number, started_ns=now, caller=c.caller) for c in state.open_calls]
    state.due_ns = now + min(max(state.due_ns - then, 0), _MINUTE)
    state.quiet_until_ns = now + min(max(state.quiet_until_ns - then, 0), _MINUTE)
    state.refused_ns = now if then - state.refused_ns <= _MINUTE else LONG_AGO
    state.longest_wait_at_ns = now if then - state.longest_wait_at_ns <= _LATELY else LONG_AGO
    state.last_ns = now


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file for reading and writing without buffers. Opened each time: someone may delete the cache meanwhile."""
    try:
        raw = path.open("r+b", buffering=0)
    except FileNotFoundError:
        make_private(path.parent)
        touch_private(path)
        raw = path.open("r+b", buffering=0)
    with raw:
        yield raw


def _file_name(quota_project: str) -> str:
    """The project where it can be a file's name on every system, else a digest of it."""
    if re.fullmatch(r"[a-z][a-z0-9-]{0,62}", quota_project):
        return quota_project
    return hashlib.blake2b(quota_project.encode(), digest_size=12).hexdigest()
