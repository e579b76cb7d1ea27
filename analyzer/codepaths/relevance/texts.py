"""The words of messages in the code: which texts are only words for people, and what stands in their place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from analyzer.codepaths.origins.repairs.syntax import DEFINITIONS
from analyzer.codepaths.relevance.observing import Observing, is_log_call
from analyzer.model import QueryKind

_WORD = re.compile(r"[^\W\d_]{2,}")
_PROSE_WORDS = 3
_STATEMENT = re.compile(r"\s*+(?:select|insert|update|delete|create|alter|drop|with|begin|<)\b", re.IGNORECASE)
_OF_VALUES = frozenset(
    {
        *(QueryKind.UNSERIALIZABLE, QueryKind.ATTRIBUTE, QueryKind.OPERATION, QueryKind.SIGNATURE, QueryKind.NAME),
        *(QueryKind.UNBOUND, QueryKind.UNPACK),
    }
)
"""errors that come from what a value is, not from what a text says"""
_READING = frozenset(
    {"re", "execute", "executemany", "text", "compile", "match", "search", "sub", "findall", "strptime"}
)
_ANY_LEVEL = frozenset(
    {QueryKind.UNSERIALIZABLE, QueryKind.KEY, QueryKind.INDEX, QueryKind.UNPACK, QueryKind.CONVERSION}
)
"""errors that the level of a log call has no part in, whatever it is given"""
_TEXT = "a text"


class Wording:
    """Replaces texts that are only words. `spoken`: by file, lines of the statements that print the error."""

    def __init__(self, spoken: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        self._spoken = spoken

    def take(self, statement: ast.AST, path: str, function: str, observing: Observing) -> list[str]:
        """Replaces the texts of a statement's own expressions (not of those in its body); gives what stood there."""
        taken: list[str] = []
        for owner, name, value in _expressions(statement):
            anywhere = observing.kind in _OF_VALUES
            said = isinstance(statement, ast.Raise) or is_log_call(value)
            spoken = self._is_spoken(statement, path)
            if observing.kind in _ANY_LEVEL and _is_method(value):
                assert isinstance(value, ast.Call)
                assert isinstance(value.func, ast.Attribute)
                taken.append(value.func.attr)
                value.func.attr = "info"
            if not (anywhere or said or spoken):
                continue
            replacer = _Replacer(path, function, observing, least=1 if said else 2 if spoken else _PROSE_WORDS)
            put = replacer.visit(value)
            taken += replacer.taken
            if put is not value:
                _put(owner, name, value, put)
        return taken

    def _is_spoken(self, statement: ast.AST, path: str) -> bool:
        first = getattr(statement, "lineno", 0)
        last = getattr(statement, "end_lineno", first)
        return any(first <= b and a <= last for a, b in self._spoken.get(path, ()))


class _Replacer(ast.NodeTransformer):
    def __init__(self, path: str, function: str, observing: Observing, *, least: int) -> None:
        self._path, self._function, self._observing, self._least = path, function, observing, least
        self.taken: list[str] = []

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        node.values = [self.visit(v) for v in node.values]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _READING or name in ("get", "pop", "getattr", "startswith", "endswith", "split", "open", "getenv"):
            return node
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(a) for a in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str) or not self._is_words(node.value):
            return node
        self.taken.append(ast.dump(node))
        return ast.copy_location(ast.Constant(value=_marked(node.value)), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        words = "".join(v.value for v in node.values if isinstance(v, ast.Constant) and isinstance(v.value, str))
        if not self._is_words(words):
            return node
        holes = [v for v in node.values if isinstance(v, ast.FormattedValue)]
        left: list[ast.expr] = [h for h in holes if not self._observing.only_looks(h, self._path, self._function)]
        self.taken.append(ast.dump(node))
        marker = ast.copy_location(ast.Constant(value=_TEXT), node)
        if not left:
            return marker
        return ast.copy_location(ast.JoinedStr(values=[marker, *left]), node)

    def _is_words(self, text: str) -> bool:
        """Whether a text is words for people: so many at least; what a log call or a raise holds, always is."""
        if self._least == 1:
            return True
        return len(_WORD.findall(text)) >= self._least and " " in text.strip() and not _STATEMENT.match(text)


def _is_method(node: ast.AST) -> bool:
    return is_log_call(node) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


_PLACES = re.compile(r"%[-#0 +]*+[\d.*]*+[a-zA-Z]|%\(\w{1,80}\)[-#0 +]*+[\d.]*+[a-zA-Z]|\{[^{}]{0,80}\}")


def _marked(text: str) -> str:
    """What stands for a text: the places that are filled in stay, for filling in can fail."""
    places = _PLACES.findall(text)
    return " ".join([_TEXT, *places]) if places else _TEXT


def _expressions(statement: ast.AST) -> Iterator[tuple[ast.AST, str, ast.expr]]:
    """The expressions of a statement in which a text is handed on: not tests, and not those of inner statements."""
    if isinstance(statement, DEFINITIONS):
        return
    for name in ("value", "exc", "msg"):
        value = getattr(statement, name, None)
        if isinstance(value, ast.expr):
            yield statement, name, value


def _put(owner: ast.AST, name: str, old: ast.expr, new: ast.expr) -> None:
    if getattr(owner, name) is old:
        setattr(owner, name, new)
