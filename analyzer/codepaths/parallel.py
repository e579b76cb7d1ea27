"""Extraction of many files on all cores. The result does not depend on how many there are."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from analyzer.codepaths.languages import extract_as, language_of_key
from analyzer.codepaths.statements import Extract
from analyzer.codepaths.worker import receive, send
from analyzer.model.collecting import collector_paused

_BATCH_BYTES = 1_000_000
_HOME = str(Path(__file__).resolve().parents[2])
"""where this very package lies"""
FEW_FILES = 200
"""Below this a process costs more to start than it saves."""

Batch = list[tuple[str, bytes]]


def extract_all(
    files: Iterable[tuple[str, bytes | None]],
    count: int,
    *,
    jobs: int = 0,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Extract]:
    """Key → what the file holds, for `count` files; `jobs` 0 means one process a usable core."""
    workers = min(jobs or _cores(), 16, 1 + count // FEW_FILES)
    results: dict[str, Extract] = {}
    source = _batches(files)
    lock = threading.Lock()

    def note(batch: Batch, extracts: list[Extract]) -> None:
        with lock:
            results.update((key, found) for (key, _), found in zip(batch, extracts, strict=True))
            if progress is not None:
                progress(f"indexing the repository: {len(results)} of {count} files")

    def take() -> Batch | None:
        with lock:
            return next(source, None)

    if workers > 1:
        threads = [threading.Thread(target=_feed, args=(take, note), daemon=True) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with collector_paused():
        while (batch := take()) is not None:
            note(batch, [extract_as(language_of_key(key), code) for key, code in batch])
    return results


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _batches(files: Iterable[tuple[str, bytes | None]]) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for key, code in files:
        if code is None:
            continue
        batch.append((key, code))
        size += len(code)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _feed(take: Callable[[], Batch | None], note: Callable[[Batch, list[Extract]], None]) -> None:
    """Hands batches to one process. Where it fails, its batch is done here and the rest is left to the others."""
    decoder = msgspec.msgpack.Decoder(list[Extract])
    # -P: the current folder may be the repository that is read, and nothing of it is ever run
    command = [sys.executable, "-P", "-m", "analyzer.codepaths.worker"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([_HOME, *(p for p in sys.path if p)])}
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
    except OSError:
        return
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        while (batch := take()) is not None:
            try:
                send(process.stdin, [(language_of_key(key), code) for key, code in batch])
                body = receive(process.stdout)
            except OSError:
                body = None
            if body is None:
                note(batch, [extract_as(language_of_key(key), code) for key, code in batch])
                break
            note(batch, decoder.decode(body))
        try:
            process.stdin.close()
        except OSError:
            process.kill()
