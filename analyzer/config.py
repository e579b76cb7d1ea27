"""`analyzer.toml`, the environment and options → one frozen `Config` that knows where each value comes from.

Later wins: default, `[tool.analyzer]` in `pyproject.toml`, `analyzer.toml`, `ANALYZER_*`, option.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError
from analyzer.places import default_data_dir

FAIL_ON = ("new", "regressed", "any", "never")
ENGINES = ("local", "dask")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: what it is, its default, and the kind of value it takes."""

    name: str
    kind: str
    """str, list, bool or int"""
    default: Any
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting(name="repo", kind="list", default=(), help="DIR or SERVICE=DIR[:SUBDIR]"),
    Setting(name="revision", kind="list", default=(), help="COMMIT or SERVICE=COMMIT to read the code at"),
    Setting(name="tests", kind="list", default=(), help="test results: JUnit XML, pytest-json-report, CTRF"),
    Setting(name="cycle", kind="str", default="", help="name of the cycle"),
    Setting(name="baseline", kind="str", default="previous", help="an earlier report, a saved cycle, previous or none"),
    Setting(
        name="history",
        kind="str",
        default="",
        help="database of saved cycles (sqlite:///FILE, postgresql+psycopg://…), or none",
    ),
    Setting(name="impact", kind="str", default="", help="file that says what areas of the tests are worth"),
    Setting(name="fix", kind="list", default=(), help="SHA=ID|TEXT, a claimed fix"),
    Setting(name="output", kind="list", default=(), help="files to write; the suffix picks the format"),
    Setting(name="fail_on", kind="str", default="never", help="exit 1 on: " + ", ".join(FAIL_ON)),
    Setting(name="members", kind="bool", default=False, help="list every entry id of every cluster"),
    Setting(name="rules", kind="list", default=(), help="folders with a project's own rule packs"),
    Setting(name="project", kind="list", default=(), help="Cloud projects or resource names to pull from"),
    Setting(name="service", kind="list", default=(), help="services to pull; none is all"),
    Setting(name="impersonate", kind="str", default="", help="service account to act as when pulling"),
    Setting(name="endpoint", kind="list", default=(), help="where to pull from instead of Google"),
    Setting(name="transport", kind="str", default="", help="grpc or rest for every question"),
    Setting(name="max_requests", kind="int", default=54, help="calls a minute when pulling"),
    Setting(name="engine", kind="str", default="local", help="local or dask"),
    Setting(name="jobs", kind="int", default=0, help="processes to use; 0 is one per core"),
    Setting(name="salt", kind="str", default="", help="[redact] salt: stable pseudonyms for addresses and users"),
    Setting(name="cache_dir", kind="str", default="", help="where the code index and pulled entries are kept"),
)
_BY_NAME = {s.name: s for s in SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A setting's value and where it comes from."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, each with its origin."""

    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> Any:
        """The value of a setting."""
        return self.values[name].value


def load_config(
    options: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str],
    folder: Path,
) -> Config:
    """Settings for a run started in `folder`; options that are None were not given. Raises `ConfigError`."""
    values = {s.name: Value(value=s.default, origin="default") for s in SETTINGS}
    values["history"] = default_history(environ)
    for path, table in _files(folder):
        values |= _from_table(table, path)
    for setting in SETTINGS:
        name = f"ANALYZER_{setting.name.upper()}"
        if environ.get(name):
            raw: Any = environ[name]
            if setting.kind == "list":
                raw = [x for x in raw.split("\n" if "\n" in raw else ",") if x.strip()]
            values[setting.name] = Value(value=_convert(setting, raw, name), origin=f"environment {name}")
    for name, raw in (options or {}).items():
        if raw is not None and raw != () and raw != []:
            origin = f"option --{name.replace('_', '-')}"
            values[name] = Value(value=_convert(_BY_NAME[name], raw, origin), origin=origin)
    config = Config(values)
    _check(config)
    return config


def default_history(environ: Mapping[str, str]) -> Value:
    """The user's own database; none where the environment says CI, for what is saved there is gone with the job."""
    if environ.get("CI", "").strip().lower() not in ("", "0", "false", "no"):
        return Value(value="none", origin="default")
    return Value(value=f"sqlite:///{default_data_dir(environ) / 'history.sqlite3'}", origin="default")


def _files(folder: Path) -> list[tuple[Path, Mapping[str, Any]]]:
    """The nearest pyproject.toml and analyzer.toml at or above `folder`, in the order in which they apply."""
    found: list[tuple[Path, Mapping[str, Any]]] = []
    for name in ("pyproject.toml", "analyzer.toml"):
        path = next((p / name for p in (folder, *folder.parents) if (p / name).is_file()), None)
        if path is None:
            continue
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
            if name == "pyproject.toml":
                continue  # somebody else's file: not ours to complain about
            raise ConfigError(f"{path}: {err}", "mend the file, or move it away") from err
        table = data.get("tool", {}).get("analyzer", {}) if name == "pyproject.toml" else data
        if table:
            found.append((path, table))
    return found


def _from_table(table: Mapping[str, Any], path: Path) -> dict[str, Value]:
    flat = {k: v for k, v in table.items() if k != "redact"}
    redact = table.get("redact", {})
    if not isinstance(redact, Mapping) or set(redact) - {"salt"}:
        raise ConfigError(f"{path}: [redact] holds only salt", 'write [redact] salt = "…"')
    flat |= redact
    unknown = sorted(set(flat) - set(_BY_NAME))
    if unknown:
        raise ConfigError(f"{path}: unknown setting {unknown[0]!r}", f"settings are {', '.join(sorted(_BY_NAME))}")
    values = {}
    for name, raw in flat.items():
        value = _convert(_BY_NAME[name], raw, f"{path}: {name}")
        if name in {"repo", "tests", "rules", "output"}:
            value = tuple(_beside(path, text) for text in value)
        elif name in {"impact", "cache_dir"} and value:
            value = _beside(path, value)
        elif name == "history" and value.startswith("sqlite:///"):
            value = f"sqlite:///{path.parent / Path(value.removeprefix('sqlite:///')).expanduser()}"
        values[name] = Value(value=value, origin=str(path))
    return values


def _beside(path: Path, text: str) -> str:
    """A path in a file is relative to that file."""
    service, equals, place = text.partition("=")
    if not equals:
        return str(path.parent / text)
    return f"{service}={path.parent / place}"


def _convert(setting: Setting, raw: Any, where: str) -> Any:
    if setting.kind == "list":
        rows = [raw] if isinstance(raw, str) else raw
        if isinstance(rows, Sequence) and all(isinstance(x, str | Path) for x in rows):
            return tuple(str(x) for x in rows)
    elif setting.kind == "bool":
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.lower() in {"1", "true", "yes", "0", "false", "no"}:
            return raw.lower() in {"1", "true", "yes"}
    elif setting.kind == "int":
        if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
            return raw
        if isinstance(raw, str) and raw.isdecimal():
            return int(raw)
    elif isinstance(raw, str | Path):
        return str(raw)
    raise ConfigError(f"{where}: {raw!r} is not a {setting.kind}", setting.help)


def _check(config: Config) -> None:
    for name, allowed in (("fail_on", FAIL_ON), ("engine", ENGINES)):
        if config[name] not in allowed:
            raise ConfigError(
                f"{config.values[name].origin}: {name} is {config[name]!r}", f"it is one of {', '.join(allowed)}"
            )
