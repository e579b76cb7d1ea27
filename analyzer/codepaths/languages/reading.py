"""A file's bytes to its rows or its outline, in whatever language."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING

from analyzer.codepaths.extraction import extract
from analyzer.codepaths.functions import Outline, read_outline
from analyzer.codepaths.languages.choosing import PYTHON, is_installed
from analyzer.codepaths.languages.grammar import Grammar
from analyzer.codepaths.languages.walker import Walker
from analyzer.codepaths.statements import Extract

if TYPE_CHECKING:
    from tree_sitter import Parser, QueryCursor, Tree

_DESCRIPTIONS = {
    "javascript": "javascript",
    "typescript": "javascript",
    "tsx": "javascript",
    "go": "go",
    "java": "java",
}
_FACTORIES = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
}
_ALSO = {"javascript": "tsx"}
"""Where a file does not parse: its annotated dialect."""
_MAX_SOURCE_BYTES = 1_000_000
_MINIFIED_LINE = 500
"""Bytes a line on average: no person wrote that."""
_MAX_OPEN_BRACKETS = 1_000
_STATEMENT_END = re.compile(rb"[;{}]")
_NOTHING = Outline(functions=(), raises=(), parsed=False)


def extract_as(language: str, code: bytes) -> Extract:
    """Every string expression of a file that may be a message. Never raises."""
    if language == PYTHON:
        return extract(code)
    problem = _problem(language, code)
    if problem:
        return Extract([], [], problem)
    tree, used = _parse(language, code)
    grammar = _grammar(language)
    walker = Walker(grammar, code, _starts(tree, used, grammar.texts))
    try:
        walker.walk(tree.root_node)
    except RecursionError:
        return Extract(walker.statements, walker.words, "nested too deeply: read in part")
    return Extract(walker.statements, walker.words, "")


def outline_as(language: str, code: bytes) -> Outline:
    """Functions of a file and where it raises; `parsed` is false where it cannot be read. Never raises."""
    if language == PYTHON:
        return read_outline(code)
    if language not in _FACTORIES or not is_installed(language) or _problem(language, code):
        return _NOTHING
    tree, used = _parse(language, code)
    grammar = _grammar(language)
    walker = Walker(grammar, code, _starts(tree, used, grammar.functions | grammar.throws))
    try:
        walker.walk(tree.root_node)
    except RecursionError:
        return _NOTHING
    return Outline(
        functions=tuple(sorted(walker.functions, key=lambda f: (f.line, -f.end_line, f.name))),
        raises=tuple(sorted(walker.raises)),
        parsed=True,
    )


def _problem(language: str, code: bytes) -> str:
    if len(code) > _MAX_SOURCE_BYTES:
        return f"larger than {_MAX_SOURCE_BYTES:,} bytes"
    if len(code) > 10 * _MINIFIED_LINE and len(code) > _MINIFIED_LINE * (1 + code.count(b"\n")):
        return "minified"
    # the grammar takes memory with the square of type arguments that stand open
    if language == "java" and any(s.count(b"<") > _MAX_OPEN_BRACKETS for s in _STATEMENT_END.split(code)):
        return f"more than {_MAX_OPEN_BRACKETS:,} open brackets in one statement"
    return ""


def _parse(language: str, code: bytes) -> tuple[Tree, str]:
    """The syntax tree with the fewest errors, and the language it is written in."""
    tree = _parser(language).parse(code)
    other = _ALSO.get(language)
    if other is None or not tree.root_node.has_error or not is_installed(other):
        return tree, language
    second = _parser(other).parse(code)
    if _errors(second, other) < _errors(tree, language):
        return second, other
    return tree, language


def _errors(tree: Tree, language: str) -> int:
    return len(_starts(tree, language, frozenset({"ERROR"})))


def _starts(tree: Tree, language: str, types: frozenset[str]) -> list[int]:
    """First bytes of all nodes of these types, ascending."""
    captures = _cursor(language, types).captures(tree.root_node)
    return sorted(node.start_byte for node in captures.get("it", ()))


@cache
def _parser(language: str) -> Parser:
    from tree_sitter import Language, Parser

    module, factory = _FACTORIES[language]
    return Parser(Language(getattr(importlib.import_module(module), factory)()))


@cache
def _cursor(language: str, types: frozenset[str]) -> QueryCursor:
    from tree_sitter import Query, QueryCursor

    written = _parser(language).language
    assert written is not None
    known = [t for t in sorted(types) if t == "ERROR" or written.id_for_node_kind(t, True) is not None]
    return QueryCursor(Query(written, "[" + " ".join(f"({t})" for t in known) + "] @it"))


@cache
def _grammar(language: str) -> Grammar:
    found = importlib.import_module(f"analyzer.codepaths.languages.{_DESCRIPTIONS[language]}").GRAMMAR
    assert isinstance(found, Grammar)
    return found
