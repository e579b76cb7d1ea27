"""The cache of pulled entries, looked at without reading it: seconds for gigabytes. Imports nothing of Google's."""

from __future__ import annotations

import os
import shlex
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from filelock import Timeout

from analyzer.errors import SourceError
from analyzer.model import Check
from analyzer.sources.cloud_logging.caching import LEFT_OVER, Held, held, verify
from analyzer.sources.cloud_logging.store import Store, open_store

_NAME = "pulled entries"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_pulled(folder: Path) -> Iterator[Check]:
    """Whether what was pulled is private, listed and all there. `folder` is the one of pulled entries in the cache."""
    if not folder.is_dir():
        yield Check.ok(_NAME, "nothing was pulled yet")
        return
    if os.name == "posix":
        yield _privacy(folder)
    try:
        yield from _contents(open_store(folder))
    except SourceError as err:
        yield Check.failed(_NAME, err.message, err.hint)
    except sqlite3.Error as err:
        yield Check.failed(
            _NAME,
            f"the manifest in {folder} cannot be read: {err}",
            f"delete the folder, the next pull asks for its entries again: rm -r {_quoted(folder)}",
        )


def _privacy(folder: Path) -> Check:
    name = f"{_NAME}, privacy"
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _OTHERS:
        return Check.warning(
            name, f"other users of this machine may look into {folder} (mode {mode:o})", f"chmod 700 {_quoted(folder)}"
        )
    return Check.ok(name, f"the folder is its owner's alone (mode {mode:o})")


def _contents(store: Store) -> Iterator[Check]:
    layers = held(store)
    rows, size = sum(layer.rows for layer in layers), sum(layer.bytes for layer in layers)
    found = verify(store, contents=False)
    damaged = [d for d in found if d.reason != LEFT_OVER]
    if damaged:
        yield Check.failed(
            _NAME,
            f"{len(damaged):,} of its files are not what the manifest says; {damaged[0].file}: {damaged[0].reason}",
            "analyzer cache verify --repair; the next pull asks for what was lost",
        )
    else:
        yield Check.ok(
            _NAME, f"{rows:,} entries in {len(layers):,} layers, {size / 1e6:,.1f} MB; every file has its size"
        )
    left_over = len(found) - len(damaged)
    if left_over:
        yield Check.warning(
            f"{_NAME}, left over",
            f"{left_over:,} file{'s' * (left_over != 1)} of pulls that died take space and are never read",
            "analyzer cache verify --repair",
        )
    broken_off = [layer for layer in layers if layer.unfinished and not _under_way(store, layer)]
    if broken_off:
        slices = sum(layer.unfinished for layer in broken_off)
        named = ", ".join(sorted({name for layer in broken_off for name in layer.layer.resources}))
        yield Check.warning(
            f"{_NAME}, unfinished",
            f"a pull of {named} broke off: {slices:,} slice{'s are' if slices != 1 else ' is'} not finished",
            "run the same analyzer pull again: it goes on where it stopped",
        )


def _under_way(store: Store, layer: Held) -> bool:
    try:
        with store.lock(layer.layer).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
