"""Everything that a run needs, looked at one by one; nothing is asked over a network unless a project is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from analyzer.codepaths.checks import check_git, check_index, check_languages, check_repository
from analyzer.config import SETTINGS, Config, Value, load_config
from analyzer.errors import AnalyzerError, ConfigError
from analyzer.model import Check
from analyzer.pipeline.machine import check_folder, check_packages, check_python, check_rules
from analyzer.pipeline.repositories import parse_repositories
from analyzer.places import default_cache_dir


def run_checks(options: Mapping[str, Any], *, environ: Mapping[str, str], folder: Path) -> Iterator[Check]:
    """All checks in order, each when it is done. `options` are settings as given on the command line (None: not
    given); the others come from `environ` and the settings files of `folder`. Raises nothing: a check that breaks is
    a failed one."""
    config, settings = _settings(options, environ, folder)
    cache = Path(config["cache_dir"]) if config["cache_dir"] else None
    place = cache or default_cache_dir()
    yield from guarded("python", check_python)
    yield from guarded("packages", lambda: check_packages(cloud=bool(config["project"])))
    yield settings
    yield from guarded("rules", lambda: check_rules(tuple(Path(r) for r in config["rules"])))
    yield from guarded("git", check_git)
    yield from guarded("repository", lambda: _check_repositories(config["repo"] or (".",)))
    yield from guarded("cache folder", lambda: check_folder(place))
    yield from guarded("code index", lambda: check_index(cache))
    yield from guarded("languages", check_languages)
    yield from guarded("pulled entries", lambda: _check_pulled(place / "pulled"))
    yield from guarded("history", lambda: _check_history(str(config["history"] or "none")))
    yield from guarded("cloud", lambda: _check_cloud(config))


def guarded(name: str, checks: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """The checks; what one of them raises is a failed check of that name."""
    try:
        yield from checks()
    except AnalyzerError as err:
        yield Check.failed(name, err.message, err.hint)
    except Exception as err:  # a doctor that dies of the patient's illness helps nobody
        yield Check.failed(
            name, f"the check itself broke: {type(err).__name__}: {err}", "report it, with this line: it is a defect"
        )


def _settings(options: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> tuple[Config, Check]:
    """The settings, and whether they can be read; where they cannot, defaults and options alone."""
    try:
        config = load_config(options, environ=environ, folder=folder)
    except ConfigError as err:
        values = {s.name: Value(value=s.default, origin="default") for s in SETTINGS}
        values |= {n: Value(value=v, origin="option") for n, v in options.items() if v}
        return Config(values), Check.failed("settings", err.message, err.hint or "analyzer config show --origin")
    origins = sorted({v.origin for v in config.values.values()} - {"default"})
    return config, Check.ok("settings", f"from {', '.join(origins)}" if origins else "all as by default")


def _check_repositories(repos: Iterable[str]) -> Iterator[Check]:
    folders, _ = parse_repositories(list(repos), ())
    for path in sorted({path for path, _ in folders.values()}):
        yield from check_repository(path)


def _check_pulled(folder: Path) -> Iterator[Check]:
    from analyzer.sources.cloud_logging.cache_checks import check_pulled

    yield from check_pulled(folder)


def _check_history(url: str) -> Iterator[Check]:
    from analyzer.history import history_exists, open_history, shown_place

    if url == "none":
        yield Check.skipped("history", "cycles are not saved here", "name a database: --history sqlite:///FILE")
    elif not history_exists(url):
        yield Check.skipped("history", f"{shown_place(url)}: no cycle is saved yet")
    else:
        history = open_history(url, create=False)
        faults = history.check()
        if faults:
            yield Check.failed("history", faults[0], "analyzer history export what can be read, and begin a new one")
        else:
            yield Check.ok("history", f"{history}: {len(history.cycles())} cycles")


def _check_cloud(config: Config) -> Iterator[Check]:
    if not config["project"]:
        yield Check.skipped(
            "cloud",
            "credentials, access, quota, clock: nothing is asked over the network without a project",
            "analyzer doctor --project ID",
        )
        return
    from analyzer.redaction import build_redactor
    from analyzer.sources.cloud_logging.checks import check_cloud

    yield from check_cloud(
        config["project"],
        gates=default_cache_dir() / "gates",
        endpoint=config["endpoint"],
        transport=config["transport"] or None,
        impersonate=config["impersonate"] or None,
        max_requests=config["max_requests"],
        redact=build_redactor([Path(r) for r in config["rules"]], config["salt"] or None).text,
    )
