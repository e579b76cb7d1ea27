"""A program while it is put together: its files, names that can be called, pieces of modules made one."""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.incidents.texts import Template, fill
from benchmarks.incidents.words import Words

_VARIABLES = ("payload", "record", "item", "wish", "data")


@dataclass
class Target:
    """Something that can be called: how it is imported and called."""

    module: str
    name: str
    """what is imported"""
    call: str
    is_async: bool
    late: bool = False


@dataclass
class Draft:
    """A program while it is put together; files by path, the package's own at its name."""

    draw: random.Random
    words: Words
    files: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)

    @property
    def package(self) -> str:
        return self.words.values["pkg"]

    def fill(self, text: str, **more: str) -> str:
        return fill(text, {**self.words.values, **more})

    def add(self, module: str, code: str) -> None:
        path = f"{self.package}/{module}.py"
        self.files[path] = merge(self.files[path], code) if path in self.files else code

    def variable(self) -> str:
        return self.draw.choice((self.words.values["unit"], *_VARIABLES))

    def imported(self, target: Target) -> tuple[str, str]:
        """An import statement, and how the target is called after it."""
        style = self.draw.random()
        if style < 0.55:
            return f"from {self.package}.{target.module} import {target.name}", target.call
        if style < 0.9:
            return f"from {self.package} import {target.module}", f"{target.module}.{target.call}"
        return f"import {self.package}.{target.module} as {target.module}_", f"{target.module}_.{target.call}"


def bad_fields(defect: Template, values: Mapping[str, str]) -> dict[str, object]:
    """What a unit holds that makes the defect fail, where not every unit does."""
    bad = json.loads(defect.label("bad") or "{}")
    return {values[key] if key in ("qty", "label", "state", "at") else key: value for key, value in bad.items()}


def needed(top: str, code: str, home: str) -> list[str]:
    """The imports that a function needs to stand in another module than the one it was written for."""
    free = {n.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Name)}
    own, lines = set(), []
    for statement in ast.parse(top).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            names = [a for a in statement.names if (a.asname or a.name).partition(".")[0] in free]
            if names:
                lines.append(ast.unparse(_with_names(statement, names)))
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            own.add(statement.name)
        elif isinstance(statement, ast.Assign):
            own |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
    stored = {n.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    wanted = sorted((own & free) - stored)
    return lines + ([f"from {home} import {', '.join(wanted)}"] if wanted else [])


def _with_names(statement: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    if isinstance(statement, ast.Import):
        return ast.Import(names=names)
    return ast.ImportFrom(module=statement.module, names=names, level=statement.level)


def defined(code: str) -> set[str]:
    """What a module defines at its top, but for its logger."""
    found = set()
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(statement.name)
        elif isinstance(statement, ast.Assign):
            found |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
    return found - {"logger", "log"}


def merge(first: str, second: str) -> str:
    """Two pieces of a module as one: the imports of the second go to those of the first, once each."""
    if not first.strip():
        return second
    head, rest = _split(second)
    own, body = _split(first)
    known = {line.partition("  #")[0] for line in own}
    own += [line for line in head if line.partition("  #")[0] not in known]
    return "\n".join([*own, *(["", body] if body else []), *(["", rest] if rest else [])])


def _split(text: str) -> tuple[list[str], str]:
    lines = text.strip("\n").splitlines()
    count = 0
    while count < len(lines) and (lines[count].startswith(("import ", "from ")) or not lines[count].strip()):
        count += 1
    return [line for line in lines[:count] if line.strip()], "\n".join(lines[count:]).strip("\n")
