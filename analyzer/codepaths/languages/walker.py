"""One walk over a syntax tree, whatever the language: what each string is for, which function it stands in.

Only what holds something of interest is entered: the walk costs what the strings of a file cost, not its size.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from analyzer.codepaths.functions import FunctionSpan
from analyzer.codepaths.languages.folding import Folder
from analyzer.codepaths.languages.grammar import Grammar, Meaning, source
from analyzer.codepaths.statements import EMITTING, MESSAGE_NAME, Statement, inside, readable

if TYPE_CHECKING:
    from tree_sitter import Node

    from analyzer.codepaths.languages.grammar import Part


class _Place(NamedTuple):
    kind: str
    level: str
    name: str
    line: int
    end_line: int
    function: str
    given: str = ""
    """the name that a function without one is assigned to"""
    local: bool = False
    """inside a function"""


class Walker:
    """Rows, functions and raising statements of one file; `starts` are the first bytes of what is of interest."""

    def __init__(self, grammar: Grammar, code: bytes, starts: list[int]) -> None:
        self.statements: list[Statement] = []
        self.words: list[list[str]] = []
        self.functions: list[FunctionSpan] = []
        self.raises: list[tuple[int, int]] = []
        self._grammar = grammar
        self._code = code
        self._starts = starts
        self._folder = Folder(grammar, code)
        self._visits = {type_: getattr(self, f"_{role}") for type_, role in grammar.roles.items()}

    def walk(self, root: Node) -> None:
        """Fills the lists. Raises RecursionError where the file is nested too deeply."""
        self._inside(root, _Place("", "", "", 1, 1, "<module>"))

    def _visit(self, node: Node, place: _Place) -> None:
        at = bisect_left(self._starts, node.start_byte)
        if at == len(self._starts) or self._starts[at] >= node.end_byte:
            return
        visit = self._visits.get(node.type)
        if visit is None:
            self._inside(node, _silent(place))
        else:
            visit(node, place)

    def _inside(self, node: Node, place: _Place) -> None:
        for child in node.named_children:
            self._visit(child, place)

    _within = _inside
    """Strings inside are for what the whole is for."""

    def _items(self, node: Node, place: _Place) -> None:
        for child in node.named_children:
            self._visit(child, place._replace(given=""))

    def _skip(self, node: Node, place: _Place) -> None:
        """Imports, types, tags: no string there is ever printed."""

    def _function(self, node: Node, place: _Place) -> None:
        name = self._grammar.name(node, self._code)
        if not name or place.given.endswith("." + name):
            name = place.given
        first, last = _lines(node)
        inner = place._replace(function=inside(place.function, name) if name else place.function)
        if name:
            self.functions.append(FunctionSpan(name=inner.function, line=first, end_line=last))
        inner = inner._replace(kind="", level="", name="", given="", local=True)
        body = node.child_by_field_name("body")
        for child in node.named_children:
            if child == body and not child.type.endswith(("block", "body")):
                self._visit(child, inner._replace(kind="return", line=_lines(child)[0], end_line=_lines(child)[1]))
            else:
                self._visit(child, inner)

    def _class(self, node: Node, place: _Place) -> None:
        name = self._grammar.name(node, self._code) or place.given
        first, last = _lines(node)
        inner = _silent(place)._replace(function=inside(place.function, name) if name else place.function, given="")
        if name:
            self.functions.append(FunctionSpan(name=inner.function, line=first, end_line=last))
        self._inside(node, inner._replace(local=False))

    def _throw(self, node: Node, place: _Place) -> None:
        first, last = _lines(node)
        self.raises.append((first, last))
        here = place._replace(kind="raise", level="", name="", line=first, end_line=last, given="")
        for child in node.named_children:
            if self._visits.get(child.type) == self._call:
                self._called(child, here)
            else:
                self._visit(child, here)

    def _called(self, node: Node, place: _Place) -> None:
        """What is raised: the texts of its arguments are messages of that name."""
        call = self._grammar.call(node, self._code)
        meaning = self._grammar.meaning(call)
        if meaning is None or meaning.kind == "exception":
            here = place._replace(name=call.name)
            self._said(call.arguments, meaning or Meaning("raise"), here)
            self._rest(node, call.arguments, place)
        else:
            self._visit(node, place)

    def _assert(self, node: Node, place: _Place) -> None:
        first, last = _lines(node)
        here = place._replace(kind="raise", level="", name="AssertionError", line=first, end_line=last)
        for index, child in enumerate(node.named_children):
            self._visit(child, here if index else _silent(place))

    def _return(self, node: Node, place: _Place) -> None:
        first, last = _lines(node)
        here = place._replace(kind="return", level="", name="", line=first, end_line=last, given="")
        self._inside(node, here)

    def _assign(self, node: Node, place: _Place) -> None:
        target = next((t for f in ("name", "left", "property") if (t := node.child_by_field_name(f))), None)
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        first, last = _lines(node)
        name = given = ""
        if target is not None:
            name = _last(source(target, self._code))
            given = self._grammar.assigned(target, self._code)
            if place.local and not self._grammar.names_locals:
                given = ""
        here = place._replace(kind="assign", level="", name=name, line=first, end_line=last, given=given)
        for child in node.named_children:
            self._visit(child, here if child == value else _silent(place))

    def _pair(self, node: Node, place: _Place) -> None:
        key = node.child_by_field_name("key") or next(iter(node.named_children), None)
        name = _last(source(key, self._code).strip("\"'`")) if key is not None else ""
        value = node.child_by_field_name("value")
        if value is None:
            return
        first, last = _lines(value)
        given = name if self._grammar.names_locals and name.isidentifier() else ""
        here = place._replace(kind="dict", level="", name=name, line=first, end_line=last, given=given)
        self._visit(value, here)

    def _choice(self, node: Node, place: _Place) -> None:
        condition = node.child_by_field_name("condition")
        for child in node.named_children:
            self._visit(child, _silent(place) if child == condition else place._replace(given=""))

    def _text(self, node: Node, place: _Place) -> None:
        self._folded(self._folder.fold(node) or [], place)

    def _operation(self, node: Node, place: _Place) -> None:
        parts = self._folder.fold(node)
        if parts is not None:
            self._folded(parts, place)
            return
        operator = node.child_by_field_name("operator")
        chosen = operator is not None and source(operator, self._code) in ("||", "&&", "??", "+")
        for child in node.named_children:
            self._visit(child, place if chosen else _silent(place))

    def _call(self, node: Node, place: _Place) -> None:
        call = self._grammar.call(node, self._code)
        meaning = self._grammar.meaning(call)
        first, last = _lines(node)
        if meaning is None or meaning.kind == "text":
            parts = self._folder.fold(node)
            if parts is not None:
                self._folded(parts, place)
                return
        here = place._replace(given="" if place.local else place.given)
        if meaning is not None and meaning.kind != "text":
            kind = "raise" if meaning.kind == "exception" and place.kind in ("raise", "return") else meaning.kind
            told = place.kind == "raise" and kind == "raise"
            lines = (place.line, place.end_line) if told else (first, last)
            here = here._replace(kind=kind, level=meaning.level, name=call.name, line=lines[0], end_line=lines[1])
            if kind == "raise" and not told:
                self.raises.append((first, last))
            self._said(call.arguments, meaning, here)
        else:
            if place.kind not in EMITTING:
                here = here._replace(kind="call", level="", name=call.name, line=first, end_line=last)
            for argument in call.arguments:
                self._visit(argument, here)
        self._rest(node, call.arguments, place)

    def _rest(self, node: Node, arguments: list[Node], place: _Place) -> None:
        """What a call holds besides its arguments: what it is called on, the body of an anonymous class."""
        given = {a.id for a in arguments}
        whole = node.child_by_field_name("arguments")
        for child in node.named_children:
            inner = child.named_children[:1]
            if child != whole and child.id not in given and not (inner and inner[0].id in given):
                self._visit(child, _silent(place))

    def _said(self, arguments: list[Node], meaning: Meaning, place: _Place) -> None:
        """The message of a call that prints or raises, and whatever else its arguments hold."""
        said = self._folder.message(arguments, meaning)
        if said is None:
            for argument in arguments:
                self._visit(argument, place)
            return
        self._folded(said.parts, place)
        for argument in said.others:
            self._visit(argument, place._replace(kind="call", level="") if place.kind != "raise" else place)

    def _folded(self, parts: list[Part], place: _Place) -> None:
        self._emit(parts, place)
        for part in parts:
            if part is not None and not isinstance(part, str):
                here = place._replace(given="")
                chosen = self._visits.get(part.type) in (self._choice, self._within)
                self._visit(part, here._replace(kind="item") if chosen else _silent(here))

    def _emit(self, parts: list[Part], place: _Place) -> None:
        text, holes = self._folder.template(parts)
        if not place.kind or (" " not in text and not _may_be_one_word(place)):
            return
        text, distinct = readable(text)
        if not distinct:
            return
        self.statements.append(
            Statement(
                line=place.line,
                end_line=place.end_line,
                function=place.function,
                kind=place.kind,
                level=place.level,
                name=place.name,
                text=text,
                holes="\x1f".join(holes),
            )
        )
        self.words.append(distinct)


def _silent(place: _Place) -> _Place:
    return place._replace(kind="", level="", name="", given="") if place.kind or place.given else place


def _may_be_one_word(place: _Place) -> bool:
    return place.kind in EMITTING or bool(place.name and MESSAGE_NAME.search(place.name) and place.kind != "call")


def _last(text: str) -> str:
    """`c` of `a.b.c`, `a, b` and `a["c"]`."""
    return text.split(",")[0].replace("]", "").replace("[", ".").rsplit(".", 1)[-1].strip("\"'`# \n")[:80]


def _lines(node: Node) -> tuple[int, int]:
    return node.start_point[0] + 1, node.end_point[0] + 1
