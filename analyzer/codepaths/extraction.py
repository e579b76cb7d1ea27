"""Source of one file to its string expressions: template, kind, level, name, function, lines; and its facts."""

from __future__ import annotations

import ast
import contextlib
import warnings

from analyzer.codepaths.binding import Names
from analyzer.codepaths.fact_rows import mentions, pack
from analyzer.codepaths.facts import read_facts
from analyzer.codepaths.statements import Extract
from analyzer.codepaths.text_fallback import read_broken, read_lines
from analyzer.codepaths.text_walker import Place, TextWalker

_MAX_SOURCE_BYTES = 4_000_000
_MAX_BROKEN_BYTES = 1_000_000


def extract(code: bytes) -> Extract:
    """Every string expression of a Python file but docstrings. Never raises."""
    if len(code) > _MAX_SOURCE_BYTES:
        return Extract([], [], f"larger than {_MAX_SOURCE_BYTES} bytes")
    walker = TextWalker()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in someone's source is not our warning
            tree = ast.parse(code)
        walker.names = Names(tree)
        walker.body(tree.body, "<module>")
        walker.hand_over()
        facts = read_facts(tree)
    except SyntaxError as err:
        return _extract_broken(code, f"{err.msg} (line {err.lineno})" if err.lineno else str(err.msg))
    except (ValueError, RecursionError, MemoryError) as err:
        return _extract_broken(code, f"{type(err).__name__}: {err}")
    return Extract(walker.statements, walker.words, "", pack(facts), mentions(facts))


def _extract_broken(code: bytes, problem: str) -> Extract:
    """What can be had of a file without a syntax tree: statement by statement, and text where there is none."""
    if len(code) > _MAX_BROKEN_BYTES:
        return Extract([], [], f"{problem}; larger than {_MAX_BROKEN_BYTES} bytes, so it was not read in parts")
    broken = read_broken(code)
    walker = TextWalker()
    facts, deep = None, []
    if broken.tree is not None:
        walker.names = Names(broken.tree)
        for node in broken.tree.body:
            count = len(walker.statements)
            try:
                walker.statement(node, "<module>")
            except RecursionError:
                del walker.statements[count:], walker.words[count:]
                deep.append((node.lineno, node.end_lineno or node.lineno))
        with contextlib.suppress(RecursionError):
            facts = read_facts(broken.tree)
    for statement, function in [*broken.rebuilt, *read_lines(broken.lines, deep)]:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant | ast.JoinedStr):
            place = Place("text", "", "", statement.lineno, statement.end_lineno or statement.lineno, function)
            walker.expression(statement.value, place)
        else:
            walker.statement(statement, function)
    walker.hand_over()
    problem = f"{problem}; {broken.how}"
    if facts is None:
        return Extract(walker.statements, walker.words, problem)
    return Extract(walker.statements, walker.words, problem, pack(facts), mentions(facts))
