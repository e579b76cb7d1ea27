"""Expressions that only look: what runs when a message is put together, and what that can never do.

An f-string reads names and attributes and makes a text of them. That can fail in its own ways (a missing attribute, a
missing key), and never in others: it encodes nothing, opens nothing, waits for nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.calls import called
from analyzer.codepaths.origins.code import Code, FunctionNode
from analyzer.codepaths.origins.repairs.syntax import dotted, last
from analyzer.model import Query, QueryKind

_LOOKING = frozenset(
    {"str", "repr", "type", "isinstance", "hasattr", "getattr", "bool", "id", "callable", "ascii", "format"}
)
_COUNTING = frozenset(
    {"len", "int", "float", "round", "min", "max", "sum", "sorted", "list", "tuple", "set", "dict", "any", "all", "abs"}
)
_TEXT_METHODS = frozenset(
    {
        *("lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "join", "hex", "isoformat"),
        *("keys", "values", "items", "total_seconds", "format", "casefold", "removeprefix", "removesuffix", "split"),
    }
)
_CLOCKS = frozenset({"time.time", "time.monotonic", "time.perf_counter", "datetime.now", "datetime.datetime.now"})
_LOG_METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "fatal", "trace", "success"}
)
_SILENT_KEYWORDS = frozenset({"exc_info", "stack_info", "stacklevel", "file", "flush", "sep", "end"})
_DISPLAYS = frozenset({"__str__", "__repr__", "__format__"})
_PLAIN = (
    *(ast.Name, ast.Attribute, ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.Tuple, ast.List, ast.IfExp),
    *(ast.BoolOp, ast.UnaryOp, ast.Not, ast.And, ast.Or, ast.Load, ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.Compare),
    *(ast.Call, ast.keyword),
)
_COMPUTING = (
    *(ast.BinOp, ast.Subscript, ast.Slice, ast.Dict, ast.operator, ast.cmpop, ast.unaryop, ast.ListComp, ast.Starred),
    *(ast.GeneratorExp, ast.comprehension, ast.Store, ast.DictComp, ast.SetComp, ast.Set),
)
NEVER = frozenset({QueryKind.UNSERIALIZABLE, QueryKind.MODULE, QueryKind.IMPORT, QueryKind.FILE})
"""errors that no expression which only looks can raise, whatever it looks at"""
_LAZY = frozenset(
    {
        *(QueryKind.CONNECTION, QueryKind.CREDENTIAL, QueryKind.DATABASE, QueryKind.TIMEOUT, QueryKind.VALIDATION),
        *(QueryKind.RESOURCE,),
    }
)
"""errors that the attribute of a record can raise, for it may be fetched when it is first read"""
_IF_PLAIN = frozenset(
    {
        *(QueryKind.ATTRIBUTE, QueryKind.OPERATION, QueryKind.NAME, QueryKind.UNBOUND, QueryKind.KEY, QueryKind.INDEX),
        *(QueryKind.UNPACK, QueryKind.CONVERSION, QueryKind.ENVIRONMENT, QueryKind.SIGNATURE),
    }
)
"""errors that it can raise only by an operation that is to be seen, or by a name"""
_MAX_DEPTH = 3
_MAX_NODES = 400


class Observing:
    """Tells for one error and one tree which expressions can neither raise it nor change what runs after them.

    `busy` are the bare names of functions that hold a place of the error: who calls one does more than look.
    """

    def __init__(self, code: Code | None, query: Query | None, busy: Iterable[str] = (), written: bool = False) -> None:
        self._code = code
        self.query = query
        self._busy = frozenset(busy)
        self._written = written
        """a statement of the repository is known to raise the text"""

    @property
    def kind(self) -> QueryKind | None:
        """What the error asks of the code."""
        return self.query.kind if self.query is not None else None

    def only_looks(self, node: ast.AST, path: str, function: str, depth: int = 0) -> bool:
        """Whether an expression only reads and shows, and can never raise the error."""
        if isinstance(node, ast.Constant):
            return True
        if self.query is None or self._busy & _DISPLAYS:
            return not any(not isinstance(n, ast.Constant | ast.JoinedStr) for n in ast.walk(node))
        nodes = list(ast.walk(node))
        allowed = (*_PLAIN, *_COMPUTING) if self._may_compute() else _PLAIN
        if len(nodes) > _MAX_NODES or not all(isinstance(n, allowed) for n in nodes):
            return False
        return all(self._harmless(n, path, function, depth) for n in nodes)

    def _may_compute(self) -> bool:
        return self.kind in NEVER or (self.kind is QueryKind.TEXT and self._written)

    def _harmless(self, node: ast.AST, path: str, function: str, depth: int) -> bool:
        kind = self.kind
        assert self.query is not None
        names = self.query.names
        if kind in _LAZY:
            return isinstance(node, ast.Constant | ast.JoinedStr | ast.FormattedValue | ast.Name | ast.Load)
        if kind not in NEVER and kind not in _IF_PLAIN and not (kind is QueryKind.TEXT and self._written):
            return isinstance(node, ast.Constant | ast.JoinedStr)
        if isinstance(node, ast.FormattedValue):
            return kind in NEVER or kind in (QueryKind.NAME, QueryKind.UNBOUND) or node.format_spec is None
        if isinstance(node, ast.Name):
            return not (kind in (QueryKind.NAME, QueryKind.UNBOUND) and node.id == names.get("name"))
        if isinstance(node, ast.Attribute):
            if node.attr in self._busy:
                return False
            wanted = names.get("attribute", "")
            if kind is QueryKind.ENVIRONMENT:
                return node.attr != "environ"
            return kind is not QueryKind.ATTRIBUTE or (bool(wanted) and node.attr != wanted)
        if isinstance(node, ast.Compare) and kind is QueryKind.OPERATION:
            return all(isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq) for op in node.ops)
        if isinstance(node, ast.Call):
            return self._call(node, path, function, depth)
        return True

    def _call(self, node: ast.Call, path: str, function: str, depth: int) -> bool:
        name = dotted(node.func)
        short = node.func.attr if isinstance(node.func, ast.Attribute) else last(name)
        if short in self._busy:
            return False
        kind = self.kind
        if name in _LOOKING:
            if name == "getattr" and kind is QueryKind.ATTRIBUTE:
                return len(node.args) == 3
            return name != "format" or kind in NEVER
        if name in _COUNTING:
            return self._may_compute()
        if isinstance(node.func, ast.Attribute) and (short in _TEXT_METHODS or name in _CLOCKS):
            return self._may_compute()
        if kind is QueryKind.SIGNATURE or kind in (QueryKind.KEY, QueryKind.INDEX, QueryKind.CONVERSION):
            return False
        if is_log_call(node):
            return self.log_call(node, path, function, depth)
        return self._own_function(node, path, function, depth)

    def _own_function(self, node: ast.Call, path: str, function: str, depth: int) -> bool:
        """Whether a call means one function of the tree that only looks itself."""
        if self._code is None or depth >= _MAX_DEPTH:
            return False
        targets = called(self._code, path, "" if function == MODULE else function, node)
        if len(targets) != 1:
            return False
        target = targets[0]
        definition = self._code.function(target.path, target.row.name)
        if definition is None or target.row.is_async or target.row.is_generator:
            return False
        if any(last(dotted(d)) not in ("staticmethod", "classmethod") for d in definition.decorator_list):
            return False
        return self._body_looks(definition, target.path, target.row.name, depth + 1)

    def _body_looks(self, definition: FunctionNode, path: str, function: str, depth: int) -> bool:
        waiting: list[ast.stmt] = list(definition.body)
        while waiting:
            statement = waiting.pop()
            if isinstance(statement, ast.If):
                if not self.only_looks(statement.test, path, function, depth):
                    return False
                waiting += [*statement.body, *statement.orelse]
            elif isinstance(statement, ast.Try):
                waiting += [*statement.body, *statement.orelse, *statement.finalbody]
                waiting += [s for handler in statement.handlers for s in handler.body]
            elif isinstance(statement, ast.Return | ast.Expr):
                if statement.value is not None and not self.only_looks(statement.value, path, function, depth):
                    return False
            elif isinstance(statement, ast.Assign):
                if not all(isinstance(t, ast.Name) for t in statement.targets):
                    return False
                if not self.only_looks(statement.value, path, function, depth):
                    return False
            elif not isinstance(statement, ast.Pass):
                return False
        return True

    def log_call(self, node: ast.Call, path: str, function: str, depth: int = 0) -> bool:
        """Whether a call of a logger is given only texts that are put together by looking.

        What else a call hands to a logger (`extra=`, an object as the message) may be encoded by a formatter.
        """
        if not self._is_usual(node):
            return False
        if not all(k.arg in _SILENT_KEYWORDS and isinstance(k.value, ast.Constant | ast.Name) for k in node.keywords):
            return False
        if not all(self.only_looks(a, path, function, depth) for a in node.args):
            return False
        return self.kind is not QueryKind.UNSERIALIZABLE or all(_is_text(a) for a in node.args)

    def _is_usual(self, node: ast.Call) -> bool:
        """Whether the call as such, apart from its arguments, can be no place of the error."""
        names = self.query.names.values() if self.query is not None else ()
        said = {n.id for n in ast.walk(node.func) if isinstance(n, ast.Name)}
        said |= {n.attr for n in ast.walk(node.func) if isinstance(n, ast.Attribute)}
        return not said & {*names, *self._busy} and not any(f".{s}(" in f".{n}(" for n in names for s in said)


def is_log_call(node: ast.AST) -> bool:
    """Whether a call goes to a logger by the looks of its receiver, or prints."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "print"
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _LOG_METHODS:
        return False
    receiver = last(dotted(node.func.value)).strip("_").casefold()
    return receiver in ("log", "logger", "logging") or receiver.endswith(("_log", "_logger", "logger"))


def _is_text(node: ast.expr) -> bool:
    """Whether an expression is a text whatever its parts are."""
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Constant):
        return node.value is None or isinstance(node.value, str | int | float)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add) and _is_text(node.left)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
        return name in ("str", "repr", "format", "len", "join", "lower", "upper", "isoformat")
    return False
