"""`impact.toml`: what the areas behind tests and code are worth. A configured assumption, never a finding.

One table an area:

    [[area]]
    name = "ordering"
    value = 120000
    unit = "USD MRR"
    tests = ["tests.e2e.test_orders*"]   # shell patterns on test ids
    paths = ["shop/orders/*"]            # on files of tests and of the code behind errors
    labels = ["checkout"]                # on markers, tags and tiers of tests
    cap = 100000                         # optional: counts no more than this
    pool = "checkout"                    # optional: areas of one pool share a value, which counts once
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError

MAX_BYTES = 1_000_000
MAX_VALUE = 1e15
"""sums of such values are exact to a cent"""
_MAX_TEXT = 300
_KEYS = ("name", "value", "unit", "tests", "paths", "labels", "cap", "pool")
_HINT = "an area has name, value, unit, and at least one of tests, paths, labels; it may have cap and pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One configured area; `tests`, `paths` and `labels` are shell patterns, case-sensitive."""

    name: str
    value: float
    unit: str
    tests: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    cap: float | None = None
    pool: str | None = None


def read_impact(path: Path) -> tuple[Area, ...]:
    """The areas of a file in its order.

    Raises `ConfigError` for a file that cannot be read or is no TOML, for unknown keys, wrong types, values below 0 or
    beyond all measure, a name given twice, and a pool of two units or two caps.
    """
    table = _load(path)
    unknown = sorted(set(table) - {"area"})
    if unknown:
        raise ConfigError(f"{path}: unknown key {unknown[0]!r}", "the file holds [[area]] tables and nothing else")
    rows = table.get("area", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{path}: area is no list of tables", "write [[area]] in double brackets")
    areas = tuple(_area(row, f"{path}: area {number}") for number, row in enumerate(rows, 1))
    _check_together(areas, path)
    return areas


def _load(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as err:
        raise ConfigError(f"{path}: {err.strerror or err}", "--impact takes a TOML file with [[area]] tables") from err
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            f"{path}: more than {MAX_BYTES:,} bytes", "patterns such as tests.e2e.* say much in few words"
        )
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as err:
        raise ConfigError(f"{path}: {err}", "--impact takes a TOML file with [[area]] tables") from err


def _area(row: Mapping[str, Any], where: str) -> Area:
    name = _text(row, "name", where)
    where = f"{where} ({name})"
    unknown = sorted(set(row) - set(_KEYS))
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}", _HINT)
    area = Area(
        name=name,
        value=_amount(row, "value", where),
        unit=_text(row, "unit", where),
        tests=_patterns(row, "tests", where),
        paths=_patterns(row, "paths", where),
        labels=_patterns(row, "labels", where),
        cap=_amount(row, "cap", where) if "cap" in row else None,
        pool=_text(row, "pool", where) if "pool" in row else None,
    )
    if not (area.tests or area.paths or area.labels):
        raise ConfigError(f"{where}: has no tests, paths or labels", _HINT)
    return area


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if value is None:
        raise ConfigError(f"{where}: lacks {key}", _HINT)
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_TEXT or not value.isprintable():
        raise ConfigError(f"{where}: {key} is no line of text of at most {_MAX_TEXT} characters", _HINT)
    return value.strip()


def _amount(row: Mapping[str, Any], key: str, where: str) -> float:
    value = row.get(key)
    if value is None:
        raise ConfigError(f"{where}: lacks {key}", _HINT)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConfigError(f"{where}: {key} is no number", f"write {key} = 120000, without quotes and unit")
    if not (math.isfinite(value) and 0 <= value <= MAX_VALUE):
        raise ConfigError(f"{where}: {key} is not between 0 and {MAX_VALUE:.0e}", f"write {key} = 120000")
    return float(value)


def _patterns(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    values = row.get(key, [])
    if not isinstance(values, list) or not all(isinstance(v, str) and 0 < len(v) <= _MAX_TEXT for v in values):
        raise ConfigError(f"{where}: {key} is no list of patterns", f'write {key} = ["first*", "second"]')
    return tuple(values)


def _check_together(areas: Sequence[Area], path: Path) -> None:
    names = [area.name for area in areas]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"{path}: two areas are named {twice!r}", "name each area once, with all its patterns")
    for pool in sorted({area.pool for area in areas if area.pool}):
        mine = [area for area in areas if area.pool == pool]
        if len({area.unit for area in mine}) > 1:
            raise ConfigError(f"{path}: pool {pool!r} has areas of different units", "a pool is one value in one unit")
        if len({area.cap for area in mine if area.cap is not None}) > 1:
            raise ConfigError(f"{path}: pool {pool!r} has different caps", "give the cap of a pool once")
