"""How one language is described to the walker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

    Part = str | Node | None
    """A literal, the expression in a hole, or a hole whose expression is not known."""


class Call(NamedTuple):
    """A call or an object's construction."""

    name: str
    """`c` of `a.b.c(…)`"""
    receiver: str
    """source of `a.b`; empty where there is none"""
    arguments: list[Node]


class Meaning(NamedTuple):
    """What a call does with its text."""

    kind: str
    """as in `Statement.kind`; `text` where the call gives a text and says nothing"""
    level: str = ""
    style: str = "format"
    """format: further arguments fill the holes of the first text; join: all are printed, spaces between; trail: one
    that fills no hole is printed behind; spaced: the same where the text ends open; wrap: the cause follows a colon"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Node types of a language by what the walker does with them, and the few things that need its syntax."""

    roles: Mapping[str, str]
    """node type → method of the walker; the others are searched for calls only"""
    texts: frozenset[str]
    """node types of string literals"""
    functions: frozenset[str]
    """node types of functions and of what names them"""
    throws: frozenset[str]
    """node types of statements that raise"""
    literal: Callable[[Node, bytes], list[Part]]
    """the parts of a string literal, its placeholders opened"""
    call: Callable[[Node, bytes], Call]
    meaning: Callable[[Call], Meaning | None]
    """None for a call that is nothing special"""
    name: Callable[[Node, bytes], str]
    """name of a function or class node; empty for one without"""
    assigned: Callable[[Node, bytes], str]
    """what a function is called that is assigned to this node; empty where that names nothing"""
    names_locals: bool = False
    """a function assigned inside a function is printed by that name in stack traces"""


def source(node: Node, code: bytes) -> str:
    """Source of a node."""
    return code[node.start_byte : node.end_byte].decode("utf-8", "replace")
