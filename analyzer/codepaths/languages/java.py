"""Java: SLF4J, Log4j, java.util.logging, System.out; `throw new`; concatenation, `String.format`, text blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.codepaths.languages.grammar import Call, Grammar, Meaning, source
from analyzer.codepaths.languages.levels import ANYWHERE, ERROR_NAME, LEVELS, LOGGER
from analyzer.codepaths.languages.literals import open_placeholders, unescape

if TYPE_CHECKING:
    from tree_sitter import Node

    from analyzer.codepaths.languages.grammar import Part

_PLACEHOLDER = re.compile(
    r"(?P<literal>%%|%n)|%(?:\d{1,3}\$)?[-#+0,(]{0,4}\d{0,4}(?:\.\d{1,3})?(?:[bBhHsScCdoxXeEfgGaA]|[tT][A-Za-z])"
    r"|\{(?:\w{0,60}|\d{1,2},[^{}\n]{0,60})\}"
)
_OF_TEXT = frozenset({"strip", "trim", "stripIndent", "indent", "toString", "intern", "repeat"})
_FORMATTERS = frozenset({"format", "formatted", "lenientFormat", "arrayFormat"})
_CHECKS = frozenset(
    {"requireNonNull", "checkNotNull", "checkArgument", "checkState", "verifyNotNull", "assertTrue", "assertNotNull"}
)
"""raise their text where a condition fails"""
_CHAINED_LEVEL = re.compile(r"\bat(Trace|Debug|Info|Warn|Error|Fatal|Severe|Warning)\(\)")


def _literal(node: Node, code: bytes) -> list[Part]:
    text = source(node, code)
    text = text[3:-3] if text.startswith('"""') else text[1:-1]
    return open_placeholders(unescape(text), _PLACEHOLDER)


def _call(node: Node, code: bytes) -> Call:
    name = node.child_by_field_name("name") or node.child_by_field_name("type")
    receiver = node.child_by_field_name("object")
    arguments = node.child_by_field_name("arguments")
    given = [a for a in arguments.named_children if "comment" not in a.type] if arguments is not None else []
    called = source(name, code).split("<", 1)[0].rsplit(".", 1)[-1] if name is not None else "super"
    told = source(receiver, code)[-400:] if receiver is not None else ""
    if receiver is not None and (called == "formatted" or called in _OF_TEXT or called == "concat"):
        given = [receiver, *given]
    return Call(called, told, given)


def _meaning(call: Call) -> Meaning | None:
    name, on = call.name, call.receiver
    if on.startswith("System.") and name in ("println", "print", "printf", "format"):
        return Meaning("print")
    if name in LEVELS and (name in ANYWHERE or LOGGER.search(on)) and on:
        return Meaning("log", LEVELS[name])
    if name in ("log", "logp", "setMessage") and on:
        chained = _CHAINED_LEVEL.search(on)
        if chained:
            return Meaning("log", LEVELS[chained[1].lower()])
        return Meaning("log") if LOGGER.search(on) else None
    if name in ("println", "print", "printf") and on:
        return Meaning("print")
    if name in _FORMATTERS or (name in _OF_TEXT and call.arguments):
        return Meaning("text")
    if name == "super" or ERROR_NAME.search(name):
        return Meaning("exception")
    if name in _CHECKS or on in ("Assert", "Validate"):
        return Meaning("raise")
    return None


def _name(node: Node, code: bytes) -> str:
    if node.type in ("constructor_declaration", "compact_constructor_declaration"):
        return "<init>"
    if node.type == "static_initializer":
        return "<clinit>"
    name = node.child_by_field_name("name")
    return source(name, code) if name is not None else ""


GRAMMAR = Grammar(
    roles={
        "string_literal": "text",
        "character_literal": "text",
        "binary_expression": "operation",
        "parenthesized_expression": "within",
        "method_invocation": "call",
        "object_creation_expression": "call",
        "explicit_constructor_invocation": "call",
        "enum_constant": "call",
        "throw_statement": "throw",
        "assert_statement": "assert",
        "return_statement": "return",
        "yield_statement": "return",
        "variable_declarator": "assign",
        "assignment_expression": "assign",
        "element_value_pair": "pair",
        "ternary_expression": "choice",
        "array_initializer": "items",
        "method_declaration": "function",
        "constructor_declaration": "function",
        "compact_constructor_declaration": "function",
        "static_initializer": "function",
        "lambda_expression": "function",
        "class_declaration": "class",
        "interface_declaration": "class",
        "enum_declaration": "class",
        "record_declaration": "class",
        "annotation_type_declaration": "class",
        "import_declaration": "skip",
        "package_declaration": "skip",
    },
    texts=frozenset({"string_literal"}),
    functions=frozenset(
        {
            "method_declaration",
            "constructor_declaration",
            "compact_constructor_declaration",
            "static_initializer",
            "lambda_expression",
            "class_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
        }
    ),
    throws=frozenset({"throw_statement"}),
    literal=_literal,
    call=_call,
    meaning=_meaning,
    name=_name,
    assigned=source,
)
