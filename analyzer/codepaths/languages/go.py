"""Go: log, slog, zap, zerolog, logrus, klog; `panic`, `errors.New`, `fmt.Errorf`; verbs of fmt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.codepaths.languages.grammar import Call, Grammar, Meaning, source
from analyzer.codepaths.languages.levels import LEVELS, level_in
from analyzer.codepaths.languages.literals import open_placeholders, unescape

if TYPE_CHECKING:
    from tree_sitter import Node

    from analyzer.codepaths.languages.grammar import Part

_VERB = re.compile(
    r"(?P<literal>%%)|%[-+#0]{0,4}(?:\[\d{1,2}\])?(?:\d{1,4}|\*)?(?:\.(?:\d{1,4}|\*)?)?(?:\[\d{1,2}\])?[vTtbcdoOqxXUeEfFgGspw]"
)
_LOG_NAME = re.compile(
    r"(Debug|Info|Warning|Warn|Error|Fatal|Panic|Trace|Print|Critical|Notice|Exit|Log)"
    r"(f|ln|w|S|Context|ContextS|Contextf|Depth|Depthf|DepthS|Ctx|Attrs)?$"
)
_CHAINED_LEVEL = re.compile(r"\b(Trace|Debug|Info|Warn|Error|Err|Fatal|Panic)\(")
_WRAPS = frozenset({"Wrap", "Wrapf", "WithMessage", "WithMessagef", "Annotate", "Annotatef"})
_MAKES = ("New", "Error")
_NO_LOGGER = frozenset({"http", "t", "b", "require", "assert"})


def _literal(node: Node, code: bytes) -> list[Part]:
    text = source(node, code)[1:-1]
    return open_placeholders(text if node.type == "raw_string_literal" else unescape(text), _VERB)


def _call(node: Node, code: bytes) -> Call:
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    given = [a for a in arguments.named_children if a.type != "comment"] if arguments is not None else []
    if function is None:
        return Call("", "", given)
    field, operand = function.child_by_field_name("field"), function.child_by_field_name("operand")
    if field is None or operand is None:
        return Call(source(function, code)[:80], "", given)
    return Call(source(field, code), source(operand, code)[-400:], given)


def _meaning(call: Call) -> Meaning | None:
    name, on = call.name, call.receiver
    if on == "fmt":
        if name == "Errorf":
            return Meaning("exception")
        if name.startswith(("Sprint", "Append")):
            return Meaning("text", style="format" if name.endswith("f") else "join")
        return Meaning("print", style="format" if name.endswith("f") else "join") if "rint" in name else None
    if on.endswith(("errors", "xerrors", "errs", "status", "oops")):
        if name in _WRAPS:
            return Meaning("exception", style="wrap")
        if name.startswith(_MAKES):
            return Meaning("exception")
    if name == "panic" and not on:
        return Meaning("raise")
    if name in ("Msg", "Msgf", "Send"):
        chained = _CHAINED_LEVEL.findall(on)
        return Meaning("log", LEVELS[chained[-1].lower()] if chained else "")
    found = _LOG_NAME.match(name)
    if found and on and on not in _NO_LOGGER:
        word, form = found.groups()
        level = LEVELS.get(word.lower(), "")
        if form == "ln" or (not form and word in ("Print", "Fatal", "Panic", "Exit")):
            return Meaning("log", level, style="join")
        return Meaning("log", level, style="format" if word == "Log" else "spaced")
    level_here = level_in(name.removesuffix("f").removesuffix("ln")) if not on else None
    if level_here is not None:
        return Meaning("log", level_here, style="trail")
    if name in ("New", "NewError") and on.lower().endswith(("err", "error")):
        return Meaning("exception")
    if re.search(r"Err(?:or)?f?$", name) and name not in ("Err", "Error", "Errorf"):
        return Meaning("exception")
    return None


def _name(node: Node, code: bytes) -> str:
    name = node.child_by_field_name("name")
    if name is None:
        return ""
    receiver = node.child_by_field_name("receiver")
    if receiver is None:
        return source(name, code)
    of = source(receiver, code).strip("() ").split("[", 1)[0].rsplit(" ", 1)[-1].lstrip("*")
    return f"{of}.{source(name, code)}"


GRAMMAR = Grammar(
    roles={
        "interpreted_string_literal": "text",
        "raw_string_literal": "text",
        "binary_expression": "operation",
        "parenthesized_expression": "within",
        "expression_list": "within",
        "literal_element": "within",
        "call_expression": "call",
        "return_statement": "return",
        "short_var_declaration": "assign",
        "assignment_statement": "assign",
        "var_spec": "assign",
        "const_spec": "assign",
        "keyed_element": "pair",
        "literal_value": "items",
        "function_declaration": "function",
        "method_declaration": "function",
        "func_literal": "function",
        "import_declaration": "skip",
        "field_declaration": "skip",
    },
    texts=frozenset({"interpreted_string_literal", "raw_string_literal"}),
    functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
    throws=frozenset({"call_expression"}),
    literal=_literal,
    call=_call,
    meaning=_meaning,
    name=_name,
    assigned=source,
)
