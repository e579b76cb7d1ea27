"""Which expressions are values of a class: constructors, members, annotations, and names that are seen to hold them."""

from __future__ import annotations

import ast
from collections import Counter

from analyzer.codepaths.origins.calls import Names, Receivers, names_of, receivers_of
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.readings import chain, is_getattr, member_of

_MAKERS: dict[str, frozenset[str]] = {
    "set": frozenset({"set"}),
    "frozenset": frozenset({"frozenset"}),
    "bytes": frozenset({"bytes", "encode", "digest", "read_bytes", "token_bytes", "urandom", "b64encode", "tobytes"}),
    "bytearray": frozenset({"bytearray"}),
    "datetime": frozenset(
        {"now", "utcnow", "fromtimestamp", "utcfromtimestamp", "strptime", "datetime", "combine", "fromisoformat"}
    ),
    "date": frozenset({"today", "date", "fromisoformat"}),
    "time": frozenset({"time"}),
    "timedelta": frozenset({"timedelta"}),
    "Decimal": frozenset({"Decimal"}),
    "Fraction": frozenset({"Fraction"}),
    "UUID": frozenset({"UUID", "uuid1", "uuid3", "uuid4", "uuid5", "uuid7"}),
    "PosixPath": frozenset({"Path", "PosixPath", "cwd", "home", "resolve", "joinpath"}),
    "WindowsPath": frozenset({"Path", "WindowsPath", "cwd", "home", "resolve", "joinpath"}),
    "dict_keys": frozenset({"keys"}),
    "dict_values": frozenset({"values"}),
    "dict_items": frozenset({"items"}),
    "deque": frozenset({"deque"}),
    "map": frozenset({"map"}),
    "filter": frozenset({"filter"}),
    "zip": frozenset({"zip"}),
    "range": frozenset({"range"}),
    "complex": frozenset({"complex"}),
    "Match": frozenset({"match", "search", "fullmatch"}),
}
"""class of the standard library → last names of the calls that give one"""
_LITERALS: dict[str, tuple[type[ast.expr], ...]] = {
    "set": (ast.Set, ast.SetComp),
    "generator": (ast.GeneratorExp,),
    "function": (ast.Lambda,),
}
_OTHERS_OF_THE_CLOCK = frozenset({"time.time", "time.monotonic", "loop.time", "date.today"})
_MAX_FILES = 600
_MAX_FIELD_FILES = 100
_OWN_SHARE = 0.6
"""share of the sightings of an attribute's name that must be of the class before the name alone tells it"""


class Instances:
    """What is known of the values of one class in one tree."""

    def __init__(self, code: Code, name: str) -> None:
        self.name = name.rpartition(".")[2]
        self._code = code
        self._names: Names = names_of(code)
        self._receivers: Receivers = receivers_of(code)
        self._makers = _MAKERS.get(self.name, frozenset())
        self._literals = _LITERALS.get(self.name, ())
        self.attributes: dict[str, int] = {}
        """attribute → how often it is seen to hold the class, where its name tells so anywhere"""
        self._locals: set[tuple[str, str, str]] = set()
        self._fields: set[str] = set()
        """names that hold the class somewhere: where, only the class of what they are read from can tell"""
        seen: Counter[str] = Counter()
        for found in code.facts.carriers(self.name):
            if found.row.receiver and found.row.how != "annotation":
                seen[found.row.name] += 1
            else:
                self._locals.add((found.path, found.function, found.row.name))
            self._fields.add(found.row.name)
        for attribute, count in sorted(seen.items()):
            if code.facts.mentioned(attribute) > _MAX_FILES:
                continue  # a name of everybody's
            if count >= _OWN_SHARE * max(1, len(code.facts.holders(attribute))):
                self.attributes[attribute] = count
        self._fields = {f for f in self._fields if code.facts.mentioned(f) <= _MAX_FIELD_FILES}
        self.in_tree = bool(self._makers) or any(not code.is_test(c.path) for c in code.facts.classes(self.name))

    @property
    def words(self) -> tuple[str, ...]:
        """Names one of which a file must mention to have a value of the class; none where a literal makes one."""
        if self._literals:
            return ()
        return tuple(sorted({self.name, *self._makers, *self.attributes, *self._fields}))

    def is_one(self, path: str, function: str, node: ast.expr) -> bool:
        """Whether an expression is seen to be a value of the class."""
        if isinstance(node, self._literals):
            return True
        if self.name == "bytes" and isinstance(node, ast.Constant):
            return isinstance(node.value, bytes)
        if member_of(node)[0] == self.name:
            return True
        match node:
            case ast.Attribute(attr=attribute):
                if attribute in self.attributes:
                    return True
                return self._is_of_class(path, function, chain(node))
            case ast.Name(id=name):
                if self._receivers.is_assigned(path, function, name):
                    return False  # the walk over the function knows what it holds where
                return (path, function, name) in self._locals or self._is_of_class(path, function, name)
            case ast.Call():
                if is_getattr(node) and isinstance(node.args[1], ast.Constant):
                    attribute, holder = str(node.args[1].value), chain(node.args[0])
                    return attribute in self.attributes or bool(
                        holder and self._is_of_class(path, function, f"{holder}.{attribute}")
                    )
                return self._is_made(path, function, node)
        return False

    def _is_made(self, path: str, function: str, node: ast.Call) -> bool:
        called = chain(node.func)
        last = called.rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and not called:  # on a literal
            return node.func.attr in self._makers and self.name != "datetime"
        if not called or called in _OTHERS_OF_THE_CLOCK:
            return False
        if last == self.name and (last[:1].isupper() or not self._names.meaning(path, called.partition(".")[0])):
            return True
        if last in self._makers:
            if self.name == "date" and last in ("today", "fromisoformat"):
                return "datetime" not in called.split(".")[:-1]
            return self.name != "datetime" or "date" in called or last == "datetime" or "timezone" in called
        if self._makers or self._literals:
            return False
        return self._is_of_class(path, function, called + "()")

    def _is_of_class(self, path: str, function: str, receiver: str) -> bool:
        if not receiver or not self.in_tree or self._makers or receiver in ("self", "cls"):
            return False
        found = self._receivers.klass(path, function, receiver)
        if found is None or found.klass is None or found.klass.name.rpartition(".")[2] != self.name:
            return False
        return receiver.endswith("()") or not self._is_the_class(path, function, receiver)

    def _is_the_class(self, path: str, function: str, receiver: str) -> bool:
        """The class itself is no value of it."""
        meant = self._names.dotted(path, receiver, function=function)
        return meant is not None and meant.klass is not None
