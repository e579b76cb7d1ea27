"""JavaScript and TypeScript: console, winston, pino, bunyan and their like; `throw`, `new Error`; template literals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.codepaths.languages.grammar import Call, Grammar, Meaning, source
from analyzer.codepaths.languages.levels import ANYWHERE, ERROR_NAME, LEVELS, LOGGER, level_in
from analyzer.codepaths.languages.literals import open_placeholders, unescape

if TYPE_CHECKING:
    from tree_sitter import Node

    from analyzer.codepaths.languages.grammar import Part

_PLACEHOLDER = re.compile(r"(?P<literal>%%|%c)|%[sdifjoO]|\{\{ {0,3}[\w.]{1,60} {0,3}\}\}|\{[\w.]{0,60}\}")
_STYLES = re.compile(
    r"^(?:bg)?(?:red|green|yellow|blue|magenta|cyan|white|gr[ae]y|black|bold|dim|italic|underline|inverse|reset)"
    r"(?:Bright)?$",
    re.IGNORECASE,
)
_OF_TEXT = frozenset({"trim", "trimEnd", "trimStart", "toString", "toUpperCase", "toLowerCase", "replace"})
_NOT_NAMES = frozenset({"module", "exports", "this", "self", "window", "globalThis", "global", "prototype", "default"})
_MEMBER = re.compile(r"[\w$#]+(?:\??\.[\w$#]+)*$")


def _literal(node: Node, code: bytes) -> list[Part]:
    if node.type == "string":
        return open_placeholders(unescape(source(node, code)[1:-1]), _PLACEHOLDER)
    parts: list[Part] = []
    at = node.start_byte + 1
    for child in node.named_children:
        if child.type == "template_substitution":
            parts += _opened(code[at : child.start_byte])
            inner = child.named_children
            parts += _literal(inner[0], code) if inner and inner[0].type == "template_string" else (inner[:1] or [None])
            at = child.end_byte
    return [*parts, *_opened(code[at : node.end_byte - 1])] or [""]


def _opened(text: bytes) -> list[Part]:
    return open_placeholders(unescape(text.decode("utf-8", "replace")), _PLACEHOLDER) if text else []


def _call(node: Node, code: bytes) -> Call:
    function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    arguments = node.child_by_field_name("arguments")
    given: list[Node] = []
    if arguments is not None:
        tagged = arguments.type == "template_string"
        given = [arguments] if tagged else [a for a in arguments.named_children if a.type != "comment"]
    if function is None:
        return Call("", "", given)
    name, of = function.child_by_field_name("property"), function.child_by_field_name("object")
    if name is None or of is None:
        return Call(source(function, code)[:80], "", given)
    called = source(name, code)
    if called in _OF_TEXT:
        given = [of, *given]
    return Call(called, source(of, code)[-400:], given)


def _meaning(call: Call) -> Meaning | None:
    name, on = call.name, call.receiver
    if name[:1].isupper():
        return Meaning("exception") if ERROR_NAME.search(name) else None
    lower = name.lower()
    if on == "console":
        return Meaning("log", LEVELS.get(lower, ""), style="join")
    if on in ("process.stdout", "process.stderr") and name == "write":
        return Meaning("print")
    if on and lower in LEVELS and (lower in ANYWHERE or LOGGER.search(on)):
        return Meaning("log", LEVELS[lower], style="trail")
    if on and name == "log" and LOGGER.search(on):
        return Meaning("log", style="trail")
    level = level_in(name)
    if level is not None and not (on and name == "log"):
        return Meaning("log", level, style="trail")
    if not on and lower in ANYWHERE:
        return Meaning("log", LEVELS[lower], style="trail")
    if _STYLES.match(name) or name in ("stripIndent", "dedent", "oneLine", "String"):
        return Meaning("text")
    if (name == "format" and on in ("util", "")) or (name in _OF_TEXT and call.arguments):
        return Meaning("text")
    if ERROR_NAME.search(name):
        return Meaning("exception")
    if name in ("assert", "invariant") or on == "assert":
        return Meaning("raise")
    return None


def _name(node: Node, code: bytes) -> str:
    name = node.child_by_field_name("name")
    return source(name, code).strip("\"'[]#") if name is not None else ""


def _assigned(node: Node, code: bytes) -> str:
    """`Foo.bar` of `Foo.prototype.bar`, `bar` of `exports.bar`; empty for `module.exports` and what is computed."""
    text = source(node, code)
    if len(text) > 120 or not _MEMBER.match(text):
        return ""
    return ".".join(part.strip("#") for part in text.replace("?", "").split(".") if part not in _NOT_NAMES)


_FUNCTIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "function_expression",
        "generator_function",
        "arrow_function",
        "method_definition",
        "class_declaration",
        "abstract_class_declaration",
        "class",
        "internal_module",
    }
)

GRAMMAR = Grammar(
    roles={
        "string": "text",
        "template_string": "text",
        "binary_expression": "operation",
        "parenthesized_expression": "within",
        "as_expression": "within",
        "satisfies_expression": "within",
        "non_null_expression": "within",
        "await_expression": "within",
        "call_expression": "call",
        "new_expression": "call",
        "throw_statement": "throw",
        "return_statement": "return",
        "variable_declarator": "assign",
        "assignment_expression": "assign",
        "augmented_assignment_expression": "assign",
        "public_field_definition": "assign",
        "field_definition": "assign",
        "enum_assignment": "assign",
        "pair": "pair",
        "ternary_expression": "choice",
        "array": "items",
        "object": "items",
        "import_statement": "skip",
        "type_alias_declaration": "skip",
        "type_annotation": "skip",
        "interface_declaration": "skip",
    }
    | dict.fromkeys(_FUNCTIONS, "function")
    | dict.fromkeys(("class_declaration", "abstract_class_declaration", "class", "internal_module"), "class"),
    texts=frozenset({"string", "template_string"}),
    functions=_FUNCTIONS,
    throws=frozenset({"throw_statement"}),
    literal=_literal,
    call=_call,
    meaning=_meaning,
    name=_name,
    assigned=_assigned,
    names_locals=True,
)
