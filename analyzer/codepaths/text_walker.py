"""A syntax tree walked once for its texts: what each string is for, and in which function it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from analyzer.codepaths.binding import Names
from analyzer.codepaths.folding import HOLE, Part, carrier, command_line, dress, fill, fold, operands, source, template
from analyzer.codepaths.handing import Handing
from analyzer.codepaths.statements import CLASS_MARK, CONSTANT_MARK, MESSAGE_NAME, Statement, inside, readable
from analyzer.codepaths.wording import plain

_LEVELS = {
    "trace": "DEBUG",
    "debug": "DEBUG",
    "info": "INFO",
    "success": "INFO",
    "notice": "NOTICE",
    "warn": "WARNING",
    "warning": "WARNING",
    "error": "ERROR",
    "exception": "ERROR",
    "critical": "CRITICAL",
    "fatal": "CRITICAL",
}
_PRINTERS = frozenset({"print", "echo", "secho", "write", "writelines", "pprint"})
_EXCEPTION_NAME = re.compile(r"(?:Error|Exception|Warning|Exit|Failure|Failed|Timeout|Interrupt)$")
_LOGGING_NAME = re.compile(r"(?:^|_)log(?:ger|ging)?(?:_|$)", re.IGNORECASE)
_ONE_WORD_KINDS = frozenset({"log", "print", "raise", "exception", "return"})
_ASSIGNMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CLAUSES = (ast.excepthandler, ast.match_case, ast.withitem)
_EMITTING = frozenset({"log", "print", "raise"})
_EMPTY = frozenset({ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal, ast.Break, ast.Continue})
_TEXTS = frozenset({ast.Constant, ast.JoinedStr})
_NO_STRINGS_INSIDE = (str, ast.Name, ast.Attribute, ast.Constant)


class Place(NamedTuple):
    """What a string is for, and where."""

    kind: str
    level: str
    name: str
    line: int
    end_line: int
    function: str


class TextWalker:
    """Walks statements and expressions once, knowing what each string is for."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.words: list[list[str]] = []
        self.names = Names()
        self.handing: Handing[Place] = Handing()

    def hand_over(self) -> None:
        """The file was read: what helpers write of the texts they are handed is noted."""
        for parts, place, line in self.handing.texts():
            self.emit(parts, place, source_line=line)

    def emit(self, parts: list[Part], place: Place, keep_holes: bool = False, source_line: int = 0) -> None:
        kind = place.kind
        if not kind:
            return
        text, holes = (str(parts[0]), [""]) if keep_holes else template(parts)
        text, distinct = readable(text)
        if not distinct:
            return
        self.statements.append(
            Statement(
                place.line,
                place.end_line,
                place.function,
                kind,
                place.level,
                place.name,
                text,
                "\x1f".join(holes),
                source_line,
            )
        )
        self.words.append(distinct)

    def refer(self, mark: str, name: str, place: Place) -> None:
        """A statement that emits what is written elsewhere under a name."""
        self.statements.append(
            Statement(place.line, place.end_line, place.function, place.kind, place.level, name, HOLE, "")
        )
        self.words.append([mark + name])

    def carried(self, node: ast.expr, place: Place, values: list[ast.expr]) -> bool:
        """A message that reaches its statement by a name: True where the name's strings, or the name, are noted."""
        name = carrier(node) if type(node) not in _TEXTS else None
        if name is None:
            return False
        found = self.names.find(name, place.function)
        for bound in found:
            self.emit(fill(dress(node, bound.parts), values), place, source_line=bound.line)
        last = name.id if isinstance(name, ast.Name) else name.attr
        if not found and len(last) > 3 and last.isupper():
            self.refer(CONSTANT_MARK, last, place)
            return True
        return bool(found)

    def body(self, body: list[ast.stmt], function: str) -> None:
        for node in body:
            self.statement(node, function)

    def statement(self, node: ast.stmt, function: str) -> None:
        of = type(node)
        if of in _EMPTY:
            return
        line, end = node.lineno, node.end_lineno or node.lineno
        if of is ast.Expr:
            value = node.value  # type: ignore[attr-defined]
            if type(value) is not ast.Constant:
                self.expression(value, Place("", "", "", line, end, function))
        elif isinstance(node, _ASSIGNMENTS):
            if node.value is not None:
                if self.names.in_function:
                    self.names.bind(node)
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                self.expression(node.value, Place("assign", "", _last_name(target), line, end, function))
        elif isinstance(node, ast.Return):
            if node.value is not None:
                self.expression(node.value, Place("return", "", "", line, end, function))
        elif isinstance(node, ast.Raise):
            if node.exc is not None:
                self.raised(node.exc, Place("raise", "", "", line, end, function))
        elif isinstance(node, ast.Assert):
            nothing = Place("", "", "", line, end, function)
            self.expression(node.test, nothing)
            if node.msg is not None:
                self.expression(node.msg, Place("raise", "", "AssertionError", line, end, function))
        elif isinstance(node, _FUNCTIONS):
            for decorator in node.decorator_list:
                self.expression(decorator, Place("", "", "", decorator.lineno, decorator.lineno, function))
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None:
                    self.expression(default, Place("default", "", "", default.lineno, default.lineno, function))
            self.names.enter()
            self.handing.enter(node)
            try:
                self.body(node.body, inside(function, node.name))
            finally:  # a part nested too deep is left out, and what follows is read on
                self.handing.leave()
                self.names.leave()
        elif isinstance(node, ast.ClassDef):
            self.body(node.body, inside(function, node.name))
        else:
            self.compound(node, function)

    def compound(self, node: ast.AST, function: str) -> None:
        """Statements that hold statements: their heads are searched for calls, their bodies walked."""
        fields = node.__dict__
        for field in node._fields:
            value = fields.get(field)
            for child in value if type(value) is list else (value,):
                if isinstance(child, ast.stmt):
                    self.statement(child, function)
                elif isinstance(child, ast.expr):
                    kind = "item" if field == "iter" else ""
                    place = Place(kind, "", "", child.lineno, child.end_lineno or child.lineno, function)
                    self.expression(child, place)
                elif isinstance(child, _CLAUSES):
                    self.compound(child, function)

    def raised(self, node: ast.expr, place: Place) -> None:
        if not isinstance(node, ast.Call):
            self.expression(node, _silent(place))
            if _EXCEPTION_NAME.search(name := _last_name(node)) and name[0].isupper():
                self.refer(CLASS_MARK, name, place)
            return
        place = place._replace(name=_last_name(node.func))
        before = len(self.statements)
        for arg in (*node.args, *(k.value for k in node.keywords)):
            if not self.carried(arg, place, []):
                self.expression(arg, place)
        if len(self.statements) == before and place.name:
            self.refer(CLASS_MARK, place.name, place)
        if isinstance(node.func, ast.Attribute):
            self.expression(node.func.value, _silent(place))

    def expression(self, node: ast.expr, place: Place) -> None:
        visit = _VISITS.get(type(node))
        if visit is not None:
            visit(self, node, place)

    def constant(self, node: ast.Constant, place: Place) -> None:
        value = node.value
        if place.kind and type(value) is str and (" " in value or _may_be_one_word(place)):
            self.emit(fold(node) or [], place)

    def string(self, node: ast.expr, place: Place) -> None:
        self.folded(fold(node) or [], place)

    def called(self, node: ast.Call, place: Place) -> None:
        parts = fold(node)
        if parts is not None:
            self.folded(parts, place)
        else:
            self.call(node, place)

    def attribute(self, node: ast.Attribute, place: Place) -> None:
        if type(node.value) is not ast.Name:
            self.expression(node.value, _silent(place))

    def operation(self, node: ast.BinOp, place: Place) -> None:
        parts = fold(node)
        if parts is not None:
            self.folded(parts, place)
            return
        for term in operands(node) if isinstance(node.op, ast.Add) else [node.left, node.right]:
            self.expression(term, place)

    def items(self, node: ast.List | ast.Tuple | ast.Set, place: Place) -> None:
        if type(node) is ast.List and place.kind:
            self.emit(command_line(node) or [], place)
        for item in node.elts:
            self.expression(item, place)

    def choice(self, node: ast.IfExp, place: Place) -> None:
        self.expression(node.test, _silent(place))
        self.expression(node.body, place)
        self.expression(node.orelse, place)

    def either(self, node: ast.BoolOp, place: Place) -> None:
        for value in node.values:
            self.expression(value, place)

    def within(self, node: ast.Await | ast.Starred | ast.NamedExpr | ast.YieldFrom, place: Place) -> None:
        self.expression(node.value, place)

    def given(self, node: ast.Yield, place: Place) -> None:
        if node.value is not None:
            self.expression(node.value, place._replace(kind="return"))

    def function(self, node: ast.Lambda, place: Place) -> None:
        self.expression(node.body, place._replace(kind="return"))

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, place: Place) -> None:
        self.expression(node.elt, place)
        for generator in node.generators:
            self.expression(generator.iter, place._replace(kind="item"))

    def silently(self, node: ast.expr, place: Place) -> None:
        """Searched for calls only: a string compared with or used as a key is no message."""
        silent = _silent(place)
        fields = node.__dict__
        for field in node._fields:
            held = fields.get(field)
            for child in held if type(held) is list else (held,):
                if child is not None:
                    self.expression(child, silent)

    def mapping(self, node: ast.Dict, place: Place) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            name = plain(str(key.value)) if isinstance(key, ast.Constant) else ""
            end = value.end_lineno or value.lineno
            self.expression(value, Place("dict", "", name, value.lineno, end, place.function))

    def folded(self, parts: list[Part], place: Place) -> None:
        self.emit(parts, place)
        if place.kind in _EMITTING:
            self.handing.wrote(parts, place)
        for part in parts:
            if part is None or type(part) in _NO_STRINGS_INSIDE:
                continue
            assert isinstance(part, ast.expr)
            self.expression(part, place._replace(kind="item") if isinstance(part, ast.IfExp) else _silent(place))

    def call(self, node: ast.Call, place: Place) -> None:
        name = _last_name(node.func)
        here = Place("call", "", name, node.lineno, node.end_lineno or node.lineno, place.function)
        args = list(node.args)
        level = _log_level(node.func, name)
        if level is not None:
            here = here._replace(kind="log", level=level)
            args = self.logged(args, here, direct=type(node.func) is ast.Attribute)
            here = here._replace(kind="call", level="")
        elif name in _PRINTERS:
            here = here._replace(kind="print")
        elif _EXCEPTION_NAME.search(name):
            here = here._replace(kind="exception")
        emits = here.kind != "call"
        if not emits:
            self.handing.called(node, name)
        for arg in args:
            if not (emits and self.carried(arg, here, [])):
                self.expression(arg, here)
        for keyword in node.keywords:
            value = keyword.value
            end = value.end_lineno or value.lineno
            self.expression(value, Place("kwarg", "", keyword.arg or "", value.lineno, end, place.function))
        if isinstance(node.func, ast.Attribute):
            self.expression(node.func.value, _silent(here))

    def logged(self, args: list[ast.expr], place: Place, direct: bool) -> list[ast.expr]:
        """The message of a logging call with its `%` arguments; gives back what is left to look at.

        A project's own function `info(TEXT)` (not `direct`) is no emitter: there the constant stands for itself.
        """
        for i, arg in enumerate(args):
            if direct and self.carried(arg, place, args[i + 1 :]):
                return args[i + 1 :]
            parts = fold(arg)
            if parts is not None:
                self.folded(fill(parts, args[i + 1 :]), place)
                return args[:i] + args[i + 1 :]
            if isinstance(arg, ast.IfExp | ast.BoolOp):
                self.expression(arg, place)
                return args[:i] + args[i + 1 :]
        return args


def _silent(place: Place) -> Place:
    return Place("", "", "", place.line, place.end_line, place.function) if place.kind else place


def _may_be_one_word(place: Place) -> bool:
    """One word is kept where a message is expected; as a key, name or choice it would only be noise."""
    return place.kind in _ONE_WORD_KINDS or bool(place.name and MESSAGE_NAME.search(place.name))


def _last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`; of a subscript its constant key, so that `result["error"] = …` is named `error`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return plain(node.slice.value)
        return _last_name(node.value)
    return _last_name(node.func) if isinstance(node, ast.Call) else ""


def _log_level(function: ast.expr, name: str) -> str | None:
    """Level of a logging call, empty where it is an argument; None where this is no logging call."""
    lower = name.lower()
    if isinstance(function, ast.Attribute):
        if lower in _LEVELS:
            return _LEVELS[lower]
        if lower in ("log", "msg") and _LOGGING_NAME.search(source(function.value).replace(".", "_")):
            return ""
    if lower in _LEVELS and lower not in ("trace", "success", "notice", "exception"):
        return _LEVELS[lower]  # a project's own `error(…)`, `warn(…)`
    if _LOGGING_NAME.search(lower) and not lower.startswith(("get_", "setup_", "configure_")) and "logger" not in lower:
        return next((level for word, level in _LEVELS.items() if word in lower), "")
    return None


_VISITS: dict[type[ast.expr], Callable[[TextWalker, Any, Place], None]] = {
    ast.Constant: TextWalker.constant,
    ast.JoinedStr: TextWalker.string,
    ast.Call: TextWalker.called,
    ast.Attribute: TextWalker.attribute,
    ast.BinOp: TextWalker.operation,
    ast.Dict: TextWalker.mapping,
    ast.List: TextWalker.items,
    ast.Tuple: TextWalker.items,
    ast.Set: TextWalker.items,
    ast.IfExp: TextWalker.choice,
    ast.BoolOp: TextWalker.either,
    ast.Await: TextWalker.within,
    ast.Starred: TextWalker.within,
    ast.NamedExpr: TextWalker.within,
    ast.YieldFrom: TextWalker.within,
    ast.Yield: TextWalker.given,
    ast.Lambda: TextWalker.function,
    ast.ListComp: TextWalker.comprehension,
    ast.SetComp: TextWalker.comprehension,
    ast.GeneratorExp: TextWalker.comprehension,
    ast.DictComp: TextWalker.silently,
    ast.Compare: TextWalker.silently,
    ast.Subscript: TextWalker.silently,
    ast.UnaryOp: TextWalker.silently,
    ast.FormattedValue: TextWalker.silently,
}
