"""A call to the functions that it can run, as far as static reading tells."""

from __future__ import annotations

from analyzer.codepaths.code_facts import Found
from analyzer.codepaths.fact_rows import Call, Function
from analyzer.codepaths.origins.code import Code

_MAX_RIVALS = 4


def resolve(code: Code, call: Found[Call]) -> list[Found[Function]]:
    """The functions that a call can run, by imports, classes and names; none where too many fit."""
    name = call.row.name
    if not name:
        return []
    found = [f for f in code.facts.functions(name) if not code.is_test(f.path)]
    return found if len(found) <= _MAX_RIVALS else []
