"""What an `except` clause does with the error it caught: is the stack trace still there afterwards?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, NamedTuple

_KEEPERS = frozenset(
    {
        "exception",  # logger.exception
        "format_exc",
        "print_exc",
        "print_exception",
        "format_exception",
        "print_tb",
        "format_tb",
        "exc_info",  # sys.exc_info()
        "capture_exception",
        "record_exception",
        "excepthook",
    }
)
"""calls that write the trace or hand it to someone who does"""

_TEXT_OF = frozenset(
    {"str", "repr", "format", "type", "isinstance", "getattr", "hasattr", "len", "bool", "dir", "vars"}
)
"""calls that take an exception and give back something without its trace"""

_LOGGED = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "fatal", "log", "print", "echo", "secho", "write"}
)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LEAVES = frozenset({ast.Constant, ast.Name, ast.Load, ast.Store, ast.Pass, ast.Import, ast.ImportFrom, ast.arguments})
_SHOWS = frozenset({ast.FormattedValue, ast.Attribute, ast.Compare, ast.BinOp, ast.UnaryOp})
"""what these make of an exception is a text, a part of it or a truth value"""


class Outcome(NamedTuple):
    """Of one clause; the fields are those of `Handler`."""

    logs_trace: bool
    reraise: str
    always: bool
    use: str


def judge(handler: ast.ExceptHandler) -> Outcome:
    """What becomes of the error in this clause; functions defined in it and clauses of a `try` in it do not count."""
    judged = _Judge(handler.name)
    judged.all(handler.body)
    last = handler.body[-1]
    use = "object" if judged.object else "text" if judged.text else ""
    return Outcome(judged.logs_trace, judged.reraise, isinstance(last, ast.Raise), use)


def raise_kind(node: ast.Raise, variable: str | None = None) -> str:
    """bare, same, new, from or "from None"."""
    if node.exc is None:
        return "bare"
    if node.cause is not None:
        return "from None" if isinstance(node.cause, ast.Constant) else "from"
    return "same" if variable and isinstance(node.exc, ast.Name) and node.exc.id == variable else "new"


class _Judge:
    def __init__(self, variable: str | None) -> None:
        self.variable = variable
        self.logs_trace = False
        self.reraise = ""
        self.object = False
        self.text = False

    def all(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self.one(node)

    def one(self, node: ast.AST) -> None:
        of = type(node)
        if of in _LEAVES or isinstance(node, _NESTED):
            return
        if isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, ast.Raise):
            self.raised(node)
        elif isinstance(node, ast.Try | ast.TryStar):
            self.all(node.body)
            self.all(node.orelse)
            self.all(node.finalbody)
        elif isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            self.held(node.test, shown=True)
            self.value(node, shown=False, but="test")
        else:
            self.value(node, shown=of in _SHOWS)

    def value(self, node: ast.AST, shown: bool, but: str = "") -> None:
        """Looks at what a node holds; `shown` says that the node makes a text, or no more, of the error."""
        fields: dict[str, Any] = node.__dict__
        for name in node._fields:
            held = fields.get(name) if name != but else None
            if type(held) is list:
                for item in held:
                    if isinstance(item, ast.AST):
                        self.held(item, shown)
            elif isinstance(held, ast.AST):
                self.held(held, shown)

    def held(self, node: ast.AST, shown: bool) -> None:
        if type(node) is ast.Name:
            if self.variable is not None and node.id == self.variable:
                if shown:
                    self.text = True
                else:
                    self.object = True
        elif shown and type(node) is ast.Tuple:  # "%s" % (name, err)
            self.value(node, shown=True)
        else:
            self.one(node)

    def call(self, node: ast.Call) -> None:
        function = node.func
        name = (
            function.id
            if isinstance(function, ast.Name)
            else function.attr
            if isinstance(function, ast.Attribute)
            else ""
        )
        if name in _KEEPERS:
            self.logs_trace = True
        shown = name in _TEXT_OF or name.lower() in _LOGGED
        for arg in node.args:
            self.held(arg, shown)
        for keyword in node.keywords:
            if keyword.arg in ("exc_info", "exception") and not _is_off(keyword.value):
                self.logs_trace = True
            self.held(keyword.value, shown)
        self.one(function)

    def raised(self, node: ast.Raise) -> None:
        self.reraise = self.reraise or raise_kind(node, self.variable)
        if isinstance(node.exc, ast.Call):
            for arg in [*node.exc.args, *(k.value for k in node.exc.keywords)]:
                self.held(arg, shown=True)  # what lives on is the new error, and its context


def _is_off(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
