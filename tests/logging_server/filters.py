"""The Logging query language → a tree. Its parts: https://cloud.google.com/logging/docs/view/logging-query-language

query    = either { ["AND"] either }         juxtaposition and new lines are AND; OR binds tighter than AND
either   = term { "OR" term }
term     = ("NOT" | "-") term | "(" query ")" | function "(" arguments ")" | path operator values | text
values   = text | "(" the same grammar, with text only ")"
path     = part { "." part }                 a part may stand in quotes
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .statuses import ApiError, invalid

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A field, an operator, and a text; `f:*` is the operator `present`."""

    path: Path
    operator: str
    text: str


@dataclass(frozen=True, slots=True)
class Anywhere:
    """A text alone: some field holds it."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments as texts; a field is a path in dots."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


Node = Compare | Anywhere | Call | Not | And | Or

FUNCTIONS = {"log_id": (1, 1), "sample": (2, 2), "SEARCH": (1, 2), "ip_in_net": (2, 2)}
"""name → fewest and most arguments"""

_GAP = re.compile(r"(?:\s+|--[^\n]*)*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s()"\',=<>:!~.]+', re.DOTALL)
_OPERATOR = re.compile(r"!=|!~|=~|>=|<=|=|>|<|:")
_NUMBER_OR_TIME = re.compile(r"-?\d[^\s()\"',=<>!~]*")
_WORD = re.compile(r"[^\s()\"',=<>:!~]+")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_KEYWORDS = ("AND", "OR", "NOT")


def parse(text: str) -> Node:
    """A filter as a tree; an empty one is an empty `And`. Raises `ApiError` INVALID_ARGUMENT with line and column."""
    parser = _Parser(text)
    if parser.at_end():
        return And(())
    tree = parser.query(parser.term)
    if not parser.at_end():
        raise parser.error("unexpected " + repr(text[parser.at]))
    return tree


class _Parser:
    """A recursive descent over the text itself; `at` is the place reached."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def query(self, item: Callable[[], Node]) -> Node:
        """Both levels of the grammar over any kind of item: terms, or the texts of a list of values."""
        parts = [self.either(item)]
        while not self.at_end() and self.text[self.at] != ")":
            self.keyword("AND")
            parts.append(self.either(item))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def either(self, item: Callable[[], Node]) -> Node:
        parts = [self.negated(item)]
        while self.keyword("OR"):
            parts.append(self.negated(item))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def negated(self, item: Callable[[], Node]) -> Node:
        self.skip()
        if self.keyword("NOT") or self.prefix_minus():
            return Not(self.negated(item))
        if self.accept("("):
            inner = self.query(item)
            self.expect(")")
            return inner
        return item()

    def term(self) -> Node:
        """A function, a comparison, or a text alone."""
        self.skip()
        for name in FUNCTIONS:
            if re.compile(rf"{name}\s*\(").match(self.text, self.at):
                return self.call(name)
        start = self.at
        path = self.path()
        self.skip()
        found = _OPERATOR.match(self.text, self.at)
        if not found:
            self.at = start
            return Anywhere(self.value())
        self.at = found.end()
        return self.values(path, found[0])

    def values(self, path: Path, operator: str) -> Node:
        """What stands right of an operator: one value, or a list of them in parentheses."""

        def one() -> Node:
            self.skip()
            bare = self.at < len(self.text) and self.text[self.at] != '"'
            text = self.value()
            if operator == ":" and bare and text == "*":
                return Compare(path, "present", "")
            return Compare(path, operator, text)

        if self.accept("("):
            listed = self.query(one)
            self.expect(")")
            return listed
        return one()

    def call(self, name: str) -> Node:
        start = self.at
        self.at += len(name)
        self.expect("(")
        arguments = [self.argument()]
        while self.accept(","):
            arguments.append(self.argument())
        self.expect(")")
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            self.at = start
            raise self.error(f"{name} takes {fewest} to {most} arguments, not {len(arguments)}")
        return Call(name, tuple(arguments))

    def argument(self) -> str:
        self.skip()
        return self.value()

    def path(self) -> Path:
        """The parts of a field's name, unquoted."""
        parts = []
        while True:
            found = _PART.match(self.text, self.at)
            if not found:
                raise self.error("a field or a text is missing")
            quoted = _QUOTED.fullmatch(found[0])
            parts.append(_unescape(quoted[1]) if quoted else found[0])
            self.at = found.end()
            if self.text[self.at : self.at + 1] != ".":
                return tuple(parts)
            self.at += 1

    def value(self) -> str:
        self.skip()
        if quoted := _QUOTED.match(self.text, self.at):
            self.at = quoted.end()
            return _unescape(quoted[1])
        found = _NUMBER_OR_TIME.match(self.text, self.at) or _WORD.match(self.text, self.at)
        if not found or found[0] in _KEYWORDS:
            raise self.error("a value is missing")
        self.at = found.end()
        return found[0]

    def keyword(self, word: str) -> bool:
        self.skip()
        if re.compile(rf'{word}(?=[\s("\-]|$)').match(self.text, self.at):
            self.at += len(word)
            return True
        return False

    def prefix_minus(self) -> bool:
        if self.text[self.at : self.at + 1] == "-":
            self.at += 1
            return True
        return False

    def accept(self, sign: str) -> bool:
        self.skip()
        if self.text[self.at : self.at + 1] == sign:
            self.at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise self.error(f"{sign!r} is missing")

    def skip(self) -> None:
        """Over white space and comments."""
        found = _GAP.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def at_end(self) -> bool:
        self.skip()
        return self.at >= len(self.text)

    def error(self, message: str) -> ApiError:
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - (self.text.rfind("\n", 0, self.at) + 1) + 1
        return invalid(f"Unparseable filter: {message} at line {line}, column {column}")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], _kept(found[1])), text, flags=re.DOTALL)


def _kept(sign: str) -> str:
    # what is no escape of the language stays as it is: "\d" in a regular expression needs no second backslash
    return sign if sign in '"\\' else "\\" + sign
