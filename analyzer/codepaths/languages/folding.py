"""String expressions of a syntax tree folded to templates: literal text, a hole wherever a value is put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.languages.grammar import Grammar, Meaning, source
from analyzer.codepaths.wording import count_letters

if TYPE_CHECKING:
    from tree_sitter import Node

    from analyzer.codepaths.languages.grammar import Part

_MAX_LITERAL = 4_000
_MAX_SOURCE = 80
_NO_VALUES = frozenset({"object", "arrow_function", "function_expression", "function", "func_literal"})
"""Arguments that are no part of a line: structured fields and callbacks."""


class Said(NamedTuple):
    """What a call says, and the arguments that are no part of it."""

    parts: list[Part]
    others: list[Node]


class Folder:
    """Folds the expressions of one file."""

    def __init__(self, grammar: Grammar, code: bytes) -> None:
        self._grammar = grammar
        self._code = code

    def fold(self, node: Node) -> list[Part] | None:
        """Parts of a string expression in order; None where the expression is not visibly a string."""
        role = self._grammar.roles.get(node.type)
        if role == "text":
            # a call in a hole that only colours or formats its text is part of the text
            return [p for part in self._grammar.literal(node, self._code) for p in self._within_hole(part)]
        if role == "operation":
            return self._added(node)
        if role == "within":
            inner = node.named_children
            return self.fold(inner[0]) if inner else None
        if role == "call":
            call = self._grammar.call(node, self._code)
            meaning = self._grammar.meaning(call)
            if meaning is not None and meaning.kind in ("text", "exception"):
                said = self.message(call.arguments, meaning)
                return said.parts if said is not None else None
        return None

    def _within_hole(self, part: Part) -> list[Part]:
        inner = self.fold(part) if part is not None and not isinstance(part, str) else None
        return inner if inner is not None else [part]

    def message(self, arguments: list[Node], meaning: Meaning) -> Said | None:
        """What a call makes of its arguments; None where none of them is visibly a string."""
        folded = [self.fold(a) for a in arguments]
        if meaning.style == "join":
            return self._joined(arguments, folded)
        texts = [i for i, parts in enumerate(folded) if parts is not None]
        if not texts:
            return None
        # a tag or a level may stand before the message
        first = texts[0]
        if meaning.style != "spaced":
            first = next((i for i in texts if _is_sentence(folded[i])), first)
        parts, left = fill(folded[first] or [], arguments[first + 1 :])
        others = arguments[:first] + [a for i, a in enumerate(arguments) if i > first and folded[i] is not None]
        others += [a for a in arguments[first + 1 :] if a.type in _NO_VALUES]
        printed = [a for a in left if a.type not in _NO_VALUES]
        if printed and (meaning.style == "trail" or (meaning.style == "spaced" and _is_open(parts))):
            parts = [*parts, " ", printed[0]]
        if meaning.style == "wrap":
            parts = [*parts, ": ", None]
        return Said(parts, list(dict.fromkeys(others)))

    def _joined(self, arguments: list[Node], folded: list[list[Part] | None]) -> Said | None:
        if all(parts is None for parts in folded):
            return None
        said: list[Part] = []
        others: list[Node] = []
        rest = list(zip(arguments, folded, strict=True))
        if folded and folded[0] is not None and None in folded[0]:
            said, left = fill(folded[0], arguments[1:])
            rest = rest[len(arguments) - len(left) :]
        for argument, parts in rest:
            if argument.type in _NO_VALUES:
                others.append(argument)
                continue
            said += [" "] if said else []
            said += parts if parts is not None else [argument]
        return Said(said, others)

    def template(self, parts: list[Part]) -> tuple[str, list[str]]:
        """Template text, one `HOLE` a hole, and the source of each hole's expression (empty where not short)."""
        text: list[str] = []
        holes: list[str] = []
        for part in parts:
            if isinstance(part, str):
                text.append(part[:_MAX_LITERAL].replace(HOLE, " "))
                continue
            text.append(HOLE)
            short = part is not None and part.end_byte - part.start_byte <= _MAX_SOURCE
            holes.append(" ".join(source(part, self._code).split()) if short and part is not None else "")
        return "".join(text), holes

    def _added(self, node: Node) -> list[Part] | None:
        """The terms of a chain of additions, without recursion over the chain."""
        terms: list[Node] = []
        current: Node | None = node
        while current is not None and self._grammar.roles.get(current.type) == "operation":
            operator, right = current.child_by_field_name("operator"), current.child_by_field_name("right")
            if operator is None or right is None or source(operator, self._code) != "+":
                break
            terms.append(right)
            current = current.child_by_field_name("left")
        if current is None or not terms:
            return None
        terms.append(current)
        terms.reverse()
        folded = [self.fold(term) for term in terms]
        if all(parts is None for parts in folded):
            return None
        return [p for term, parts in zip(terms, folded, strict=True) for p in (parts if parts is not None else [term])]


def fill(parts: list[Part], values: list[Node]) -> tuple[list[Part], list[Node]]:
    """The unknown holes given their expressions in order, and the values that were not needed."""
    needed = sum(part is None for part in parts)
    rest = iter(values)
    return [next(rest, None) if part is None else part for part in parts], values[needed:]


def _is_sentence(parts: list[Part] | None) -> bool:
    text = "".join(p if isinstance(p, str) else HOLE for p in parts or ())
    return count_letters(text) >= 3 and (" " in text.strip() or HOLE in text)


def _is_open(parts: list[Part]) -> bool:
    """True where a text ends so that a value must follow."""
    return bool(parts) and isinstance(parts[-1], str) and parts[-1].endswith((" ", ":", "="))
