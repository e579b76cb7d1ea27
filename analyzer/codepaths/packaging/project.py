"""The files that say how a Python project is packaged, read once: what they hold, and in which lines."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with a `pyproject.toml`, `setup.cfg` or `setup.py`. Paths in it are relative to that folder."""

    folder: str
    """from the tree's root; empty, or ending with `/`"""
    files: AbstractSet[str]
    texts: Mapping[str, str]
    """name → text of the project's own files that are there"""
    pyproject: Mapping[str, Any] = field(default_factory=dict)
    setup_cfg: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    setup_call: ast.Call | None = None

    @property
    def backend(self) -> str:
        """What builds it: setuptools where nothing is said."""
        backend = table(self.pyproject, "build-system").get("build-backend", "")
        return str(backend).partition(".")[0].partition(":")[0].replace("hatchling", "hatch") or "setuptools"

    @property
    def name(self) -> str:
        """The distribution's name as a module would be called."""
        said = table(self.pyproject, "project").get("name") or table(self.pyproject, "tool", "poetry").get("name") or ""
        return re.sub(r"[-.]", "_", str(said))

    def tool(self, *names: str) -> Mapping[str, Any]:
        """A table below `[tool]` of pyproject.toml; empty where it is not there."""
        return table(self.pyproject, "tool", *names)

    def line(self, file: str, *wanted: str) -> int:
        """The first line of a file with one of these texts, the first text that is found at all; else line 1."""
        lines = self.texts.get(file, "").split("\n")
        for text in wanted:
            found = next((n for n, line in enumerate(lines, 1) if text in line and line.lstrip()[:1] != "#"), None)
            if found is not None:
                return found
        return 1


def read_project(folder: str, files: AbstractSet[str], read: Callable[[str], str]) -> Project:
    """The project in a folder. `files` are relative to it; `read` takes a path from the root.

    Broken files say nothing.
    """
    texts = {name: read(folder + name) for name in (*PROJECT_FILES, "MANIFEST.in") if name in files}
    texts = {name: text for name, text in texts.items() if len(text) < _MAX_BYTES}
    return Project(
        folder=folder,
        files=files,
        texts=texts,
        pyproject=_toml(texts.get("pyproject.toml", "")),
        setup_cfg=_ini(texts.get("setup.cfg", "")),
        setup_call=_setup(texts.get("setup.py", "")),
    )


def table(data: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """A table inside of tables; empty where there is none."""
    for name in names:
        found = data.get(name)
        data = found if isinstance(found, Mapping) else {}
    return data


def texts(value: object) -> list[str]:
    """The texts of a list, or the one text; none of anything else."""
    if isinstance(value, str):
        return [value]
    return [v for v in value if isinstance(v, str)] if isinstance(value, Sequence) else []


def keyword(call: ast.Call | None, name: str) -> ast.expr | None:
    """The value of a keyword of a call."""
    return next((k.value for k in call.keywords if k.arg == name), None) if call is not None else None


def literal(node: ast.expr | None) -> Any:
    """The value of a literal; None for anything that has to be run."""
    if node is None:
        return None
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _ini(text: str) -> Mapping[str, Mapping[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _setup(text: str) -> ast.Call | None:
    """The call of `setup()`; None where the file does not parse or has none."""
    try:
        nodes = ast.walk(ast.parse(text))
        return next((n for n in nodes if isinstance(n, ast.Call) and _called(n.func) == "setup"), None)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
