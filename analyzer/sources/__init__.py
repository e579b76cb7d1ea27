"""Where entries come from: adapters that give normalised, redacted entries.

Takes names of files; gives a `SourceResult`: entries sorted by time, each once, and what was left out. Does not
interpret messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from analyzer import plugins
from analyzer.model import SourceResult
from analyzer.sources.files import open_files, read_files
from analyzer.sources.log_entries import decode_entry

__all__ = ["Source", "decode_entry", "open_files", "open_source", "read_files"]


class Source(Protocol):
    """Somewhere that entries come from."""

    def read(self, progress: Callable[[str], None] | None = None) -> SourceResult:
        """All entries of the window, redacted."""


def open_source(spec: Any, *, name: str = "files", **options: Any) -> Source:
    """A source by its registered name (`files` unless told otherwise); raises `ConfigError` where there is none."""
    return cast(Source, plugins.load("sources", name)(spec, **options))
