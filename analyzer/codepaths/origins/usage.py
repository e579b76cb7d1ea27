"""Whether anything of the tree uses a function: one that nobody calls or names has not raised what was logged."""

from __future__ import annotations

import re

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.code import Code

_MAX_FILES = 60
"""files that mention a name beyond which somebody surely uses it"""


def is_used(code: Code, path: str, function: str) -> bool:
    """Whether a function of the tree is called, named, imported or decorated; True where that cannot be told."""
    if not function or function == MODULE:
        return True
    rows = {f.name: f for f in code.facts.of(path).functions}
    parts = function.split(".")
    for size in range(len(parts), 0, -1):  # a nested function runs where the one around it does
        row = rows.get(".".join(parts[:size]))
        if row is None:
            continue
        if row.decorators:
            return True
        name = parts[size - 1]
        if not name.startswith("__") and not _is_named(code, path, name):
            return False
    return True


def _is_named(code: Code, path: str, name: str) -> bool:
    """Whether a name stands anywhere but where it is defined."""
    files = code.facts.files_mentioning([name])
    if len(files) > _MAX_FILES:
        return True
    word = re.compile(rf"\b{re.escape(name)}\b")
    for file in dict.fromkeys((path, *(f for f in files if not code.is_test(f)))):
        lines = code.lines(file)
        defining = sum(1 for f in code.facts.of(file).functions if f.name.rpartition(".")[2] == name)
        if sum(1 for line in lines if word.search(line)) > defining:
            return True
    return False
