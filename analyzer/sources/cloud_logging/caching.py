"""What was pulled: listed, made smaller, checked against its digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from analyzer.model import Window
from analyzer.sources.cloud_logging.manifest import Layer, Part, Slice
from analyzer.sources.cloud_logging.pulling import is_final
from analyzer.sources.cloud_logging.store import Store

LEFT_OVER = "left over from a pull that died"
"""said of a file without a line in the manifest: takes space, does no harm"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one layer holds."""

    layer: Layer
    rows: int
    bytes: int
    parts: int
    window: Window | None
    """from the first to the last moment asked for; None where nothing was"""
    final: bool
    """whether a pull of that window would make no call"""
    unfinished: int
    """slices that a pull broke off in"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A file that is not what the manifest says."""

    file: str
    reason: str


def held(store: Store) -> list[Held]:
    """All layers, by resources, tier and filter."""
    found = []
    for layer in store.manifest.layers():
        slices, parts = store.manifest.slices(layer), store.manifest.parts(layer)
        done = [s for s in slices if s.done]
        found.append(
            Held(
                layer=layer,
                rows=sum(p.rows for p in parts),
                bytes=sum(p.bytes for p in parts),
                parts=len(parts),
                window=Window(from_ns=min(s.from_ns for s in slices), to_ns=max(s.to_ns for s in slices))
                if slices
                else None,
                final=bool(done) and len(done) == len(slices) and all(is_final(s) for s in done),
                unfinished=len(slices) - len(done),
            )
        )
    return sorted(found, key=lambda h: (h.layer.resources, h.layer.tier, h.layer.filter, h.layer.key))


def prune(store: Store, *, before_ns: int | None = None, resource: str | None = None) -> tuple[int, int]:
    """Drop what ends before a time (everything without one), of one resource or all; gives (files, bytes) dropped.

    A layer that a pull is writing to is left alone.
    """
    files = size = 0
    for layer in store.manifest.layers():
        if resource is not None and resource not in layer.resources:
            continue
        lock = store.lock(layer)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            slices, parts = store.manifest.slices(layer), store.manifest.parts(layer)
            old = [s for s in slices if before_ns is None or s.to_ns <= before_ns]
            kept = [s for s in slices if s not in old]
            gone = [p for p in parts if not any(_holds(s, p) for s in kept)]
            with store.manifest.transaction():
                store.manifest.forget(old)
                store.manifest.drop_parts([p.file for p in gone])
                if not kept:
                    store.manifest.drop_layer(layer)
            for part in gone:
                (store.folder / part.file).unlink(missing_ok=True)
            files, size = files + len(gone), size + sum(p.bytes for p in gone)
            for orphan in _orphans(store, layer):
                orphan.unlink(missing_ok=True)
        finally:
            lock.release()
    return files, size


def verify(store: Store, *, repair: bool = False, contents: bool = True) -> list[Damage]:
    """Files that are missing, changed, or of which the manifest knows nothing. Repaired, their time is asked anew.

    Without `contents` nothing is read: a file of the right size counts as unchanged.
    """
    found = []
    for layer in store.manifest.layers():
        broken = [
            (p, reason) for p in store.manifest.parts(layer) if (reason := _damage(store.folder / p.file, p, contents))
        ]
        orphans = _left_over(store, layer)
        found += [Damage(file=p.file, reason=reason) for p, reason in broken]
        found += [Damage(file=f"{layer.key}/{o.name}", reason=LEFT_OVER) for o in orphans]
        if repair and (broken or orphans):
            with store.lock(layer):
                _repair(store, layer, [p for p, _ in broken])
                for orphan in _orphans(store, layer):
                    orphan.unlink(missing_ok=True)
    return found


def _repair(store: Store, layer: Layer, broken: Sequence[Part]) -> None:
    lost = [Window(from_ns=p.min_ns, to_ns=p.max_ns + 1) for p in broken]
    with store.manifest.transaction():
        store.manifest.drop_parts([p.file for p in broken])
        store.manifest.uncover(layer, lost)
    for part in broken:
        (store.folder / part.file).unlink(missing_ok=True)


def _damage(path: Path, part: Part, contents: bool) -> str | None:
    try:
        if path.stat().st_size != part.bytes:
            return "its size is not what was written"
        if not contents:
            return None
        data = path.read_bytes()
    except OSError as err:
        return f"cannot be read: {err.strerror or err}"
    if hashlib.blake2b(data, digest_size=16).hexdigest() != part.digest:
        return "its content is not what was written"
    return None


def _left_over(store: Store, layer: Layer) -> list[Path]:
    """Files without a line; none where a pull is writing just now, for it writes the file first."""
    lock = store.lock(layer)
    try:
        with lock.acquire(timeout=0):
            return _orphans(store, layer)
    except Timeout:
        return []


def _orphans(store: Store, layer: Layer) -> list[Path]:
    known = {part.file for part in store.manifest.parts(layer)}
    return sorted(p for p in _files(store.folder / layer.key) if f"{layer.key}/{p.name}" not in known)


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in folder.iterdir() if p.is_file()) if folder.is_dir() else iter(())


def _holds(slice_: Slice, part: Part) -> bool:
    return slice_.from_ns <= part.max_ns and part.min_ns < slice_.to_ns
