"""Which process made a call, and whether it is still there. A process number alone is soon somebody else's."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A process: its number, when it was born (ticks since boot, 0 where unknown), and where numbers mean that."""

    pid: int
    born: int
    place: int
    """a number for this boot of this machine or container: elsewhere `pid` is another process"""


def this_process() -> Caller:
    """The process that asks; after a fork the child."""
    return _this(os.getpid())


def is_gone(caller: Caller) -> bool:
    """True where the process is surely dead. Of another machine or container nothing is known: False."""
    here = this_process()
    if caller == here or caller.place != here.place or sys.platform == "win32":
        return False  # on Windows os.kill has no signal 0: it would end the process
    try:
        os.kill(caller.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    state, born = _status(caller.pid)
    # a zombie was killed, but its parent has not asked yet
    return state in ("Z", "X") or bool(born and caller.born and born != caller.born)


@cache
def _this(pid: int) -> Caller:
    return Caller(pid=pid, born=_status(pid)[1], place=_place())


def _place() -> int:
    parts = [platform.node(), _text("/proc/sys/kernel/random/boot_id")]
    try:
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        parts.append("")
    return int.from_bytes(hashlib.blake2b("\n".join(parts).encode(), digest_size=8).digest(), "little")


def _status(pid: int) -> tuple[str, int]:
    """State letter and birth of a process (proc_pid_stat(5), fields 3 and 22); ("", 0) where it cannot be read."""
    # the name in parentheses may hold anything, so count from its end
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return (fields[0], int(fields[19])) if len(fields) > 19 and fields[19].isdecimal() else ("", 0)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
