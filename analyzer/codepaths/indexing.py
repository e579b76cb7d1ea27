"""Every source file of a tree in a store: what is cached is read, what is missing is parsed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from analyzer.codepaths.languages import blob_of_key
from analyzer.codepaths.parallel import extract_all
from analyzer.codepaths.store import Store, StoredBlob, memory_store, open_store
from analyzer.codepaths.trees import Tree


def index(
    tree: Tree, wanted: list[str], cache_dir: Path | None, jobs: int, progress: Callable[[str], None] | None
) -> tuple[Store, dict[str, StoredBlob]]:
    """A store that holds every wanted blob; the cache where it can be used, else memory."""
    store = open_store(cache_dir)
    try:
        return store, complete(store, tree, wanted, jobs, progress)
    except sqlite3.Error:  # locked for too long, broken, no space left
        store.close()
        store = memory_store()
        return store, complete(store, tree, wanted, jobs, progress)


def complete(
    store: Store, tree: Tree, wanted: list[str], jobs: int, progress: Callable[[str], None] | None
) -> dict[str, StoredBlob]:
    """What the store knows of these keys (`languages.choose`), after parsing those that it did not hold."""
    known = store.blobs(wanted)
    missing = [blob for blob in wanted if blob not in known]
    if missing:
        keys: dict[str, list[str]] = {}
        for key in missing:
            keys.setdefault(blob_of_key(key), []).append(key)
        files = ((key, code) for blob, code in tree.read(sorted(keys)) for key in keys[blob])
        extracts = extract_all(files, len(missing), jobs=jobs, progress=progress)
        store.add(extracts)
        known |= store.blobs(missing)
    return known
