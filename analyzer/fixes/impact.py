"""Impact: what the areas behind the tests are worth. A configured assumption, never a finding.

The file is TOML, one table an area:

    [[area]]
    name = "ordering"
    value = 120000
    unit = "USD MRR"
    tests = ["tests.e2e.test_orders*"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from analyzer.errors import ConfigError
from analyzer.model import Impact, TestRun, TestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One configured area; `tests` are shell patterns on test ids."""

    name: str
    value: float
    unit: str
    tests: tuple[str, ...]


def read_impact(path: Path) -> tuple[Area, ...]:
    """The areas of a file in its order; raises `ConfigError`."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("area", [])
        return tuple(
            Area(
                name=str(row["name"]),
                value=float(row["value"]),
                unit=str(row["unit"]),
                tests=tuple(str(t) for t in row["tests"]),
            )
            for row in rows
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise ConfigError(f"{path}: {err}", "--impact takes a TOML file with [[area]] tables") from err
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise ConfigError(f"{path}: an area lacks or misuses {err}", "an area has name, value, unit, tests") from err


def weigh_impact(areas: Sequence[Area], tests: TestRun | None) -> tuple[Impact, ...]:
    """`at_risk` where one of an area's tests fails, `protected` where all that ran pass, else `unknown`."""
    found = []
    for area in areas:
        mine = [r for r in (tests.results if tests else ()) if any(fnmatchcase(r.test, t) for t in area.tests)]
        failing = [r.test for r in mine if r.status in (TestStatus.FAILED, TestStatus.ERROR)]
        passing = [r.test for r in mine if r.status is TestStatus.PASSED]
        status = "at_risk" if failing else "protected" if passing else "unknown"
        named = tuple(sorted(failing or passing))
        found.append(Impact(area=area.name, value=area.value, unit=area.unit, status=status, tests=named))
    return tuple(found)
