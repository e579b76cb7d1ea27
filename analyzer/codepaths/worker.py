"""A process that extracts: length-prefixed msgpack batches in, length-prefixed results out. Ends when its input does.

Run as `python -m analyzer.codepaths.worker`: unlike a process pool it needs no `__main__` guard in the caller's
script, works from notebooks, and never forks a process that has threads.
"""

from __future__ import annotations

import gc
import struct
import sys
from typing import IO

import msgspec

from analyzer.codepaths.languages import extract_as
from analyzer.codepaths.statements import Extract

_LENGTH = struct.Struct(">Q")


def send(pipe: IO[bytes], message: object) -> None:
    """One message, its length in front."""
    body = msgspec.msgpack.encode(message)
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Bytes of the next message, None at the end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(head)[0]
    body = pipe.read(size)
    return body if len(body) == size else None


def main() -> None:
    """Answer batches until the input ends."""
    gc.disable()  # syntax trees are freed by reference counts; collecting them costs a third more
    decoder = msgspec.msgpack.Decoder(list[tuple[str, bytes]])
    while (body := receive(sys.stdin.buffer)) is not None:
        answers: list[Extract] = [extract_as(language, code) for language, code in decoder.decode(body)]
        send(sys.stdout.buffer, answers)
        gc.collect(0)


if __name__ == "__main__":
    main()
