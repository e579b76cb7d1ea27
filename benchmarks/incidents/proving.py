"""Siblings and look-alikes called for real: which fail with the text of the defect, and which do not.

`prove(defect)` puts each in a module of its own, calls it, and gives what it raised beside what the defect raised.
"""

from __future__ import annotations

import ast
import json
import random
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.incidents.drafting import Draft, bad_fields, merge, needed
from benchmarks.incidents.texts import Template, unmark
from benchmarks.incidents.words import Words

_VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
_ARGUMENTS = {
    "text": '"x y"', "name": '"zz"', "region": '"zz"', "base": '"zz"', "code": '"zz"', "id": '"zz"', "key": '"zz"',
    "size": "2.5", "value": "2.5", "codes": '["a", "b"]', "ids": '["a"]', "numbers": "[1, 2]", "share": '"0.5"',
    "reason": '"r"', "label": '"abc"', "cells": '["3,5"]', "hours": "2",
}  # fmt: skip
_CALLER = """
import importlib, inspect, json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, ".")
home, calls, unit = json.load(sys.stdin)
names = {"UNIT": unit}
try:
    names.update(vars(importlib.import_module(home)))
except Exception:
    pass
for module, function, arguments in calls:
    try:
        found = getattr(importlib.import_module(module), function)
        made = found(*eval(f"({arguments},)" if arguments else "()", dict(names)))
        if inspect.isawaitable(made):
            import asyncio
            async def wait(made=made):
                return await made
            made = asyncio.run(wait())
        print(json.dumps([None, ""]))
    except Exception as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""


@dataclass(frozen=True)
class Proof:
    """A function that was called: `mark` is defect, sibling or harmless."""

    mark: str
    code: str
    type: str | None
    """of what it raised; None where it did not"""
    text: str

    def is_like(self, other: Proof) -> bool:
        """True where both raised the same, but for names and numbers."""
        return self.type == other.type and _VALUES.sub("…", self.text) == _VALUES.sub("…", other.text)


def prove(defect: Template) -> list[Proof]:
    """The defect first, then its siblings and look-alikes."""
    draft = Draft(random.Random(defect.name), Words(random.Random(defect.name)))
    v = draft.words.values
    for kind in ("models", "other"):
        if text := defect.one(kind):
            draft.add(v[kind], draft.fill(text))
    for name, text in defect.all("file"):
        draft.files[draft.fill(name)] = draft.fill(text)
    top = draft.fill(defect.one("top"))
    if module := defect.one("module"):
        draft.add(v["home"], draft.fill(module, act="act"))
    else:
        prefix = "async " if defect.options.get("mode") == "async" else ""
        body = textwrap.indent(draft.fill(defect.one("body")), "    ")
        draft.add(v["home"], merge(top, f"{prefix}def act({v['unit']}):\n{body}"))
    calls = [("defect", f"{v['pkg']}.{v['home']}", "act", "UNIT")]
    codes = [draft.files[f"{v['pkg']}/{v['home']}.py"]]
    for mark in ("sibling", "harmless"):
        for number, (arguments, text) in enumerate(defect.all(mark)):
            code = draft.fill(text, fn="alike")
            needs = needed(top, code, f"{v['pkg']}.{v['home']}")
            draft.add(f"{mark}{number}", merge("\n".join(needs), code))
            given = draft.fill(arguments) if arguments else _guessed(code, v)
            calls.append((mark, f"{v['pkg']}.{mark}{number}", "alike", given))
            codes.append(code)
    unit = {**draft.words.unit(1), **bad_fields(defect, v)}
    answers = _call(draft.files, f"{v['pkg']}.{v['home']}", [c[1:] for c in calls], unit)
    return [Proof(c[0], code, *answer) for c, code, answer in zip(calls, codes, answers, strict=True)]


def _guessed(code: str, values: Mapping[str, str]) -> str:
    """Arguments by the names of the parameters."""
    functions = [s for s in ast.parse(code).body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)]
    unit, part = values["unit"], values["part"]
    known = {part: '"p"', f"{part}s": '["p", "q"]', unit: "UNIT", f"clean_{values['label']}": '"x"', **_ARGUMENTS}
    known |= {"lines": f'UNIT["{values["lines"]}"]', "rows": f'UNIT["{values["lines"]}"]'}
    parameters = functions[-1].args
    return ", ".join(known[a.arg] for a in parameters.args[: len(parameters.args) - len(parameters.defaults)])


def _call(
    files: Mapping[str, str], home: str, calls: list[tuple[str, str, str]], unit: Mapping[str, object]
) -> list[tuple[str | None, str]]:
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(unmark(text)[0], encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-B", "-s", "-c", _CALLER],
            cwd=folder,
            input=json.dumps([home, calls, unit]).encode(),
            capture_output=True,
            check=True,
        )
    return [(kind, text) for kind, text in map(json.loads, done.stdout.splitlines()[-len(calls) :])]
