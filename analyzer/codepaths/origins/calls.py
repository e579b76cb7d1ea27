"""A call to the functions that it can run, as far as static reading tells."""

from __future__ import annotations

import ast
import io
import logging
import pathlib
import re
from functools import cache

from analyzer.codepaths.code_facts import Found
from analyzer.codepaths.fact_rows import Call, Function
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.meanings import Meaning, Names
from analyzer.codepaths.origins.receivers import Receivers
from analyzer.codepaths.readings import chain

_MAX_RIVALS = 4
_MAX_FILES = 100
"""files that mention a name beyond which it says nothing about who is meant"""
__all__ = ["Names", "Receivers", "by_name", "called", "known", "names_of", "receivers_of", "resolve"]
_MAKING = ("__init__", "__post_init__", "__new__")


@cache
def _of_everybody() -> frozenset[str]:
    """Methods of the built-in and usual classes: on a receiver that is not known they are nobody's."""
    import asyncio  # only here: it is slow to import, and few runs ask

    kinds = (
        dict,
        list,
        str,
        bytes,
        set,
        tuple,
        int,
        io.TextIOWrapper,
        logging.Logger,
        asyncio.Queue,
        asyncio.Task,
        pathlib.Path,
        re.Pattern,
        re.Match,
    )
    return frozenset(name for kind in kinds for name in dir(kind))


def resolve(code: Code, call: Found[Call]) -> list[Found[Function]]:
    """The functions that a call can run: the one it surely means, else those of that name where they are few."""
    return known(code, call) or by_name(code, call)


def known(code: Code, call: Found[Call]) -> list[Found[Function]]:
    """What a call means by imports, definitions and classes; of a class, the methods that make an instance."""
    names, receivers = names_of(code), receivers_of(code)
    name, receiver = call.row.name, call.row.receiver
    if not name:
        return []
    owner: Meaning | None = None
    if not receiver:
        meant = names.meaning(call.path, name, function=_function(call))
    else:
        owner = receivers.klass(call.path, _function(call), receiver)
        meant = names.method(owner, name) if owner is not None else names.dotted(call.path, f"{receiver}.{name}")
    if meant is None:
        return []
    if meant.function is not None:
        return [Found(meant.path, meant.function.name, meant.function)]
    made = [names.method(meant, making) for making in _MAKING]
    return [Found(m.path, m.function.name, m.function) for m in made if m is not None and m.function is not None]


def by_name(code: Code, call: Found[Call]) -> list[Found[Function]]:
    """Methods of that name anywhere in the tree, where they are few and the receiver is not known at all."""
    name = call.row.name
    if not name or not call.row.receiver or name in _of_everybody() or name.startswith("__"):
        return []
    kept: dict[str, list[Found[Function]]] = code.once("methods by name", dict)
    if name not in kept:
        found = []
        if code.facts.mentioned(name) <= _MAX_FILES:
            found = [f for f in code.facts.functions(name) if f.row.owner and not code.is_test(f.path)]
        kept[name] = found if len(found) <= _MAX_RIVALS else []
    return kept[name]


def names_of(code: Code) -> Names:
    """What names mean in this tree."""
    return code.once("names", lambda: Names(code))


def receivers_of(code: Code) -> Receivers:
    """The classes of receivers in this tree."""
    return code.once("receivers", lambda: Receivers(code, names_of(code)))


def called(code: Code, path: str, function: str, node: ast.Call) -> list[Found[Function]]:
    """What a call of a syntax tree surely means."""
    name, receiver = "", ""
    if isinstance(node.func, ast.Name):
        name = node.func.id
    elif isinstance(node.func, ast.Attribute):
        name, receiver = node.func.attr, chain(node.func.value)
        if not receiver:
            return []
    row = Call(0, name, receiver, node.lineno, len(node.args), [], False)
    return known(code, Found(path, function, row))


def _function(call: Found[Call]) -> str:
    return "" if call.function == "<module>" else call.function
