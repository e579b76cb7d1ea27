"""The bundled incident: a small repository and four really recorded deploy-and-test cycles, unpacked offline.

Takes a folder to write to; gives paths, deployed commits and claimed fixes. Analyses nothing. What is true about each
cycle stands in `story.toml` beside this file and is for our own tests; how all of it was recorded: `demo/README.md`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from analyzer.errors import AnalyzerError, RepositoryError

MARKER = ".analyzer-demo"
"""The file that tells a former demo from a folder of yours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFix:
    """A commit, and the text of the error it is claimed to cure."""

    commit: str
    claims: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCycle:
    """One deploy and the tests against it."""

    name: str
    logs: Path
    """LogEntry objects as JSON lines, gzipped"""
    junit: Path
    commit: str
    """what the service under test was built from"""
    commits: Mapping[str, str]
    """service → commit of the revision that serves"""
    revisions: Mapping[str, str]
    """service → that revision"""
    fixes: tuple[DemoFix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoIncident:
    """What was unpacked. HEAD of the repository is newer than any deployed commit."""

    root: Path
    repository: Path
    head: str
    cycles: tuple[DemoCycle, ...]


def unpack(target: Path) -> DemoIncident:
    """The incident in `target`: `repo/` with HEAD checked out, `cycle-1/` … `cycle-4/` with logs and JUnit file.

    In a former demo these folders are replaced, what else is there stays. Raises AnalyzerError when `target` is a
    file, holds something else or cannot be written; RepositoryError when git is missing or fails.
    """
    story = read_story()
    names = [f"cycle-{cycle['name']}" for cycle in story["cycle"]]
    try:
        _make_room(target, ["repo", *names])
        for name in names:
            (target / name).mkdir()
            for file in ("logs.jsonl.gz", "junit.xml"):
                (target / name / file).write_bytes(_data(name, file))
        (target / "repo").mkdir()
    except OSError as error:
        raise AnalyzerError(
            f"The demo cannot be written to {target}: {error.strerror or error}",
            "Choose a folder that you may write to.",
        ) from error
    _import_history(target / "repo", story["head"])
    return DemoIncident(
        root=target,
        repository=target / "repo",
        head=story["head"],
        cycles=tuple(_cycle(target, cycle) for cycle in story["cycle"]),
    )


def read_story() -> dict[str, Any]:
    """story.toml: per cycle the window, what was deployed, the claims with the verdict they deserve, the errors with
    file, line and function at the deployed commit."""
    import tomllib

    return tomllib.loads(_data("story.toml").decode())


def _cycle(target: Path, cycle: dict[str, Any]) -> DemoCycle:
    folder = target / f"cycle-{cycle['name']}"
    services = cycle["services"]
    return DemoCycle(
        name=cycle["name"],
        logs=folder / "logs.jsonl.gz",
        junit=folder / "junit.xml",
        commit=services["box-office"]["commit"],
        commits={service: deploy["commit"] for service, deploy in services.items()},
        revisions={service: deploy["revision"] for service, deploy in services.items()},
        fixes=tuple(DemoFix(commit=claim["commit"], claims=claim["text"]) for claim in cycle.get("claims", ())),
    )


def _data(*path: str) -> bytes:
    return resources.files("analyzer.demo").joinpath(*path).read_bytes()


def _make_room(target: Path, names: list[str]) -> None:
    """An empty folder, or a former demo without its old parts. The marker comes first: a broken run can be repeated."""
    if target.exists() or target.is_symlink():
        former = (target / MARKER).is_file()
        if not target.is_dir() or (not former and any(target.iterdir())):
            raise AnalyzerError(
                f"{target} is there already and is not a former demo.",
                "Name a new or an empty folder, or move that one away.",
            )
    target.mkdir(parents=True, exist_ok=True)
    (target / MARKER).write_text(
        "Written by `analyzer demo`. May be deleted with the whole folder.\n", encoding="utf-8"
    )
    for name in names:
        path = target / name
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)


def _import_history(repo: Path, head: str) -> None:
    import gzip

    stream = gzip.decompress(_data("history.fast-import.gz"))
    _git(repo, "init", "-q", "--template=")
    _git(repo, "fast-import", "--quiet", stdin=stream)
    _git(repo, "symbolic-ref", "HEAD", "refs/heads/main")
    _git(repo, "reset", "-q", "--hard")
    found = _git(repo, "rev-parse", "HEAD").decode().strip()
    if found != head:
        raise RepositoryError(
            f"The demo repository came out as {found[:12]}, expected {head[:12]}.",
            "The installation is damaged: install the package again.",
        )


def _git(repo: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Runs git blind to the settings of user and machine: line ends, hooks, hash and signing must not differ."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    command = ["git", "-c", "core.autocrlf=false", *arguments]
    try:
        done = subprocess.run(command, cwd=repo, env=clean, input=stdin, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise RepositoryError("git was not found.", "Install git and see that it is on PATH.") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise RepositoryError(
            f"git {arguments[0]} failed: {reason[-1] if reason else done.returncode}", "`analyzer doctor` checks git."
        )
    return done.stdout
