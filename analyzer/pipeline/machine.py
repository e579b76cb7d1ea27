"""What every run stands on, looked at: Python, packages, settings, rules, the folder of the cache."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analyzer.errors import RuleError
from analyzer.model import Check
from analyzer.rules import KINDS, load_rules

DISTRIBUTION = "incident-analyzer"
_OLDEST = (3, 11)
_CLOUD = "google-cloud-logging"
_MODULES = {_CLOUD: "google.cloud.logging", "google-cloud-storage": "google.cloud.storage"}
"""where a package's module is not called like it"""
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:>=([0-9.]+))?")
_LITTLE_SPACE = 1_000_000_000
_NO_SPACE = 100_000_000


def check_python() -> Iterator[Check]:
    """The version of Python."""
    version = platform.python_version()
    if sys.version_info < _OLDEST:
        yield Check.failed("python", version, f"install Python {'.'.join(map(str, _OLDEST))} or newer")
    else:
        yield Check.ok("python", version)


def check_packages(*, cloud: bool) -> Iterator[Check]:
    """Whether every package that is asked for is here, new enough and can be imported; Google's only with `cloud`."""
    try:
        wanted = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        yield Check.warning(
            "packages",
            "analyzer runs from a folder and is not installed, so nobody knows what it needs",
            f"pip install {DISTRIBUTION}",
        )
        return
    required = [text for text in wanted if "extra ==" not in text]
    problems = [problem for text in required if (problem := _problem(text, cloud=cloud))]
    for problem in problems:
        yield Check.failed("packages", problem, f"pip install --upgrade {DISTRIBUTION}")
    if not problems:
        told = "" if cloud else "; Google's client is here, and not tried without a project"
        yield Check.ok("packages", f"{len(required)} here and new enough{told}")


def check_rules(folders: tuple[Path, ...]) -> Iterator[Check]:
    """Whether the rule packs are valid; their samples are the business of `rules check`."""
    count = 0
    broken = False
    for kind in KINDS:
        try:
            count += len(load_rules(kind, folders))
        except RuleError as err:
            broken = True
            yield Check.failed("rules", err.message, err.hint or "analyzer rules check")
    if not broken:
        yield Check.ok("rules", f"{count:,} rules are valid")


def check_folder(folder: Path) -> Iterator[Check]:
    """Whether the cache can be written, and how much space is left there."""
    name = "cache folder"
    there = next((p for p in (folder, *folder.absolute().parents) if p.exists()), folder)
    try:
        if there == folder:
            with tempfile.TemporaryFile(dir=folder):
                pass
        elif not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            raise PermissionError(f"{there} cannot be written")
    except OSError as err:
        yield Check.failed(
            name,
            f"{folder} cannot be written: {err.strerror or err}",
            f"chmod u+rwx {shlex.quote(str(there))}; or choose another one with ANALYZER_CACHE_DIR",
        )
        return
    yield Check.ok(name, str(folder) if there == folder else f"{folder}, not there yet; the first run makes it")
    yield _space(there)


def _space(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    finding = f"{free / 1e9:,.1f} GB free"
    remedy = "make space; what was pulled goes with: analyzer cache prune --older-than 30d"
    if free < _NO_SPACE:
        return Check.failed("disk", finding, remedy)
    if free < _LITTLE_SPACE:
        return Check.warning("disk", finding, remedy)
    return Check.ok("disk", finding)


def _problem(requirement: str, *, cloud: bool) -> str | None:
    found = _REQUIREMENT.match(requirement)
    if found is None:
        return f"{requirement}: not understood"
    name, least = found.groups()
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"{name} is missing"
    if least and _numbers(version) < _numbers(least):
        return f"{name} is {version}, and {least} is needed"
    if name == _CLOUD and not cloud:
        return None
    try:
        importlib.import_module(_MODULES.get(name, name.replace("-", "_")))
    except Exception as err:  # a broken wheel may raise anything
        return f"{name} {version} cannot be imported: {type(err).__name__}: {err}"
    return None


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
