"""Where on this machine things are kept."""

from __future__ import annotations

import os
from pathlib import Path


def default_cache_dir() -> Path:
    """`$ANALYZER_CACHE_DIR`, else `analyzer` in the user's cache folder."""
    given = os.environ.get("ANALYZER_CACHE_DIR")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "analyzer"
