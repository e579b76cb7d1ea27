"""What the command line names → inputs: files, folders, globs, buckets, standard input; unpacked."""

from __future__ import annotations

import glob
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analyzer.errors import SourceError
from analyzer.sources.buckets import SCHEME, Buckets

_SUFFIXES = (".json", ".jsonl", ".ndjson", ".log", ".txt", ".out", ".err", ".parquet")
_PACKED = (".gz", ".zst")
STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: its name and its bytes, unpacked. `cut` says why it ends too early."""

    name: str
    data: bytes
    cut: str | None = None


def find_inputs(specs: Sequence[str], buckets: Buckets) -> list[str]:
    """The files that specs name, folders, globs and buckets opened, each once, in order; raises `SourceError`."""
    found: list[str] = []
    for spec in specs:
        if spec == STDIN:
            found.append(spec)
            continue
        if spec.startswith(SCHEME):
            found += buckets.names(spec, is_log_name)
            continue
        path = Path(spec)
        if path.is_dir():
            inside = sorted(str(p) for p in path.rglob("*") if p.is_file() and is_log_name(p.name))
            if not inside:
                raise SourceError(
                    f"no logs in folder {spec}", f"files that end in {' '.join(_SUFFIXES)} (also .gz, .zst) are read"
                )
            found += inside
        elif path.exists():
            found.append(spec)
        else:
            matched = sorted(p for p in glob.glob(spec, recursive=True) if Path(p).is_file())  # noqa: PTH207 - absolute patterns too
            if not matched:
                raise SourceError(f"no such file: {spec}", "give log files, folders, globs, gs:// addresses, or -")
            found += matched
    return list(dict.fromkeys(found))


def is_log_name(name: str) -> bool:
    """Whether a file in a folder is taken for a log by its suffix."""
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name.endswith(_SUFFIXES)


def read_input(name: str, stdin: BinaryIO | None, buckets: Buckets) -> Input:
    """The bytes of one input, unpacked by their first bytes; what a cut archive still gives is kept."""
    if name == STDIN:
        if stdin is None:
            raise SourceError("standard input is not open", "pipe the log in, or name a file")
        data, shown = stdin.read(), "standard input"
    elif name.startswith(SCHEME):
        data, shown = buckets.read(name), name
    else:
        try:
            data, shown = Path(name).read_bytes(), name
        except OSError as err:
            raise SourceError(f"cannot read {name}: {err.strerror or err}", "see who may read it") from err
    if data[:2] == b"\x1f\x8b":
        return _gunzip(shown, data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return _unzstd(shown, data)
    return Input(name=shown, data=data)


def _gunzip(name: str, data: bytes) -> Input:
    try:
        return Input(name=name, data=gzip.decompress(data))
    except (EOFError, OSError, zlib.error):
        whole = zlib.decompressobj(wbits=31)
        try:
            kept = whole.decompress(data)
        except zlib.error:
            kept = b""
        if not kept:
            raise SourceError(f"{name} is a broken .gz file", "fetch it again; `gzip -t` tests a file") from None
        return Input(name=name, data=kept, cut="the archive ends too early")


def _unzstd(name: str, data: bytes) -> Input:
    import pyarrow as pa  # heavy, and only this suffix needs it

    kept = bytearray()
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
            while chunk := stream.read(1 << 20):
                kept += chunk
    except (OSError, pa.ArrowException):
        if not kept:
            raise SourceError(f"{name} is a broken .zst file", "fetch it again; `zstd -t` tests a file") from None
        return Input(name=name, data=bytes(kept), cut="the archive ends too early")
    return Input(name=name, data=bytes(kept))
