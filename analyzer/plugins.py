"""Entry points: the name of a source or tracker → the thing itself. Ours register the same way as anyone's."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from analyzer.errors import ConfigError


def load(group: str, name: str) -> Any:
    """The object registered as `name` in `analyzer.<group>`; raises `ConfigError` naming what there is."""
    points = entry_points(group=f"analyzer.{group}")
    for point in points:
        if point.name == name:
            return point.load()
    known = ", ".join(sorted(p.name for p in points)) or "none"
    raise ConfigError(f"no {group} plugin named {name!r}", f"installed: {known}")
