"""Where on this machine things are kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def default_cache_dir() -> Path:
    """`$ANALYZER_CACHE_DIR`, else `analyzer` in the user's cache folder."""
    given = os.environ.get("ANALYZER_CACHE_DIR")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "analyzer"


def default_data_dir(environ: Mapping[str, str] | None = None) -> Path:
    """`$ANALYZER_DATA_DIR`, else `analyzer` in the user's data folder: what is kept there cannot be had again."""
    environ = os.environ if environ is None else environ
    if given := environ.get("ANALYZER_DATA_DIR"):
        return Path(given)
    if home := environ.get("XDG_DATA_HOME"):
        return Path(home) / "analyzer"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "analyzer"
    if sys.platform == "win32" and (local := environ.get("LOCALAPPDATA")):
        return Path(local) / "analyzer"
    return Path.home() / ".local" / "share" / "analyzer"


def make_private(folder: Path) -> None:
    """Makes the folder with those above it that are missing, each for its owner alone; what is there stays as it is.

    Logs are private, and `mkdir` would leave the ones above to the umask. Raises `OSError`.
    """
    if not folder.parent.exists():
        make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def touch_private(path: Path) -> None:
    """Makes an empty file for its owner alone where there is none. Raises `OSError`."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
