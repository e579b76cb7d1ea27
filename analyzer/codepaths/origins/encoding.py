"""Raw values of a class on their way to encoders, function by function; across one call in either direction."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.calls import called, names_of, receivers_of
from analyzer.codepaths.origins.code import Code, FunctionNode
from analyzer.codepaths.origins.instances import Instances
from analyzer.codepaths.origins.placement import Placement, placement
from analyzer.codepaths.origins.receivers import own_nodes
from analyzer.codepaths.origins.tainting import Tainting, Use
from analyzer.codepaths.readings import chain
from analyzer.codepaths.sinks import FAMILIES

_FAMILY = "json"
_READERS = frozenset({"loads", "load", "JSONEncoder"})
ENCODERS = frozenset(FAMILIES[_FAMILY]) - _READERS
"""last names of the calls that encode"""
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})
_MAX_FILES = 40
"""files that mention a name up to which all of them are read"""
ENCODED_WITH = frozenset({"default", "cls", "encoder", "option"})
"""keywords that give an encoder what it needs for classes that it does not know"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A sink that is given a raw value."""

    path: str
    function: str
    source: int
    """line of the raw value"""
    placed: int
    """line where it was last put into what the encoder is given"""
    sink: int
    sink_path: str
    called: str
    where: Placement
    logged: bool
    """it is computed as an argument of a log call"""


class Flows:
    """The failing sinks of one class in one tree."""

    def __init__(self, code: Code, instances: Instances) -> None:
        self._code = code
        self._instances = instances
        self._returns: dict[tuple[str, str], bool] = {}
        self._words = frozenset(instances.words)
        self._by_fields = False
        """the second round: only what reads such a field and encodes in one function"""
        self._fields: set[tuple[str, str]] = set()
        """(class, field) of objects that were made with a value in it that holds a raw one"""

    def all(self) -> list[Failing]:
        """The failing sinks of the tree outside its tests; those that a field brings the value to come last."""
        words = self._instances.words
        found = [f for path in self._files(words) for f in self._of(path)]
        if not found:
            found = [f for path in self._rare(words) for f in self._of(path)]
        if self._fields:
            self._words, self._by_fields = frozenset(field for _, field in self._fields), True
            more = (f for path in self._files(sorted(self._words)) for f in self._of(path))
            found += [f for f in more if f not in found]
        return found

    def _files(self, words: Sequence[str]) -> list[str]:
        """Files with an encoder that mention the words."""
        return [f for f in self._code.facts.files_with(_FAMILY, words) if not self._code.is_test(f)]

    def _rare(self, words: Sequence[str]) -> list[str]:
        """Files that mention a rare one of the words, and may hand the value to an encoder elsewhere."""
        rare = [w for w in words if self._code.facts.mentioned(w) <= _MAX_FILES]
        return [f for f in self._code.facts.files_mentioning(rare) if not self._code.is_test(f)]

    def _of(self, path: str) -> Iterator[Failing]:
        """The failing sinks of a file."""
        interesting = self._worth_a_walk(path)
        module = self._code.module(path) if interesting else None
        if module is None:
            return
        for name, node in [(MODULE, module), *self._code.functions(path).items()]:
            if name not in interesting:
                continue
            walk = self._walk(path, name, node)
            for use in walk.uses:
                self._note_fields(path, name, use.node, walk)
                sink = self._sink(path, name, use.node)
                if sink is not None:
                    yield self._failing(path, name, node, use, *sink)

    def _worth_a_walk(self, path: str) -> set[str]:
        """Functions of a file that encode something, or mention a value of the class and may hand it on."""
        facts, words = self._code.facts.of(path), self._words
        encoding = {c.function for c in facts.calls if c.name in ENCODERS or "json" in c.keywords}
        mentioning = {c.function for c in facts.calls if c.name in words}
        mentioning.update(a.function for a in facts.accesses if a.name in words)
        rows = encoding & mentioning if self._by_fields else encoding | mentioning
        return {facts.functions[row].name for row in rows}

    def _walk(self, path: str, name: str, node: FunctionNode | ast.Module, depth: int = 0) -> Tainting:
        raw = partial(self._is_raw, path, "" if name == MODULE else name)
        tainting = Tainting(raw, lambda call: self._gives(path, name, call, depth))
        if isinstance(node, ast.Module):
            return tainting.module(node)
        return tainting.function(node)

    def _is_raw(self, path: str, function: str, node: ast.expr) -> bool:
        if self._instances.is_one(path, function, node):
            return True
        if self._fields and isinstance(node, ast.Attribute) and any(field == node.attr for _, field in self._fields):
            owner = receivers_of(self._code).klass(path, function, chain(node.value))
            return owner is not None and owner.klass is not None and (owner.klass.name, node.attr) in self._fields
        return False

    def _note_fields(self, path: str, function: str, call: ast.Call, walk: Tainting) -> None:
        """Remembers fields of classes of the tree that are given such a value by name when an object is made."""
        given = [k.arg for k in call.keywords if k.arg and walk.sources(k.value)]
        made = names_of(self._code).dotted(path, chain(call.func), function=function) if given else None
        if made is not None and made.klass is not None:
            self._fields.update((made.klass.name, field) for field in given)

    def _gives(self, path: str, function: str, call: ast.Call, depth: int) -> bool:
        """Whether a function that is called gives back something that holds a raw value."""
        if depth > 1:
            return False
        for target in called(self._code, path, function, call):
            key = (target.path, target.row.name)
            if key not in self._returns:
                self._returns[key] = False
                node = self._code.function(*key)
                if node is not None:
                    self._returns[key] = bool(self._walk(*key, node, depth + 1).returned)
            if self._returns[key]:
                return True
        return False

    def _sink(self, path: str, function: str, call: ast.Call) -> tuple[str, int, str] | None:
        """File, line and name of the encoder that a call leads to; None where it leads to none."""
        if is_encoder(call):
            return path, call.lineno, chain(call.func)
        for target in called(self._code, path, function, call):
            node = self._code.function(target.path, target.row.name)
            if node is None or is_encoder(call):
                continue
            names = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)} - {"self", "cls"}
            handed = Tainting(lambda e: isinstance(e, ast.Name) and e.id in names, lambda _: False)  # noqa: B023
            for use in handed.function(node).uses:
                if is_encoder(use.node):
                    return target.path, use.node.lineno, chain(use.node.func)
        return None

    @staticmethod
    def _failing(path: str, function: str, node: ast.AST, use: Use, sink_path: str, sink: int, called: str) -> Failing:
        before = [found for found in use.sources if found[1] <= use.node.lineno] or list(use.sources)
        source, placed = max(before, key=lambda found: found[1])
        return Failing(
            path=path,
            function=function,
            source=source,
            placed=placed,
            sink=sink,
            sink_path=sink_path,
            called=called,
            where=placement(node, use.node.lineno),
            logged=_is_logged(node, use.node),
        )


def _is_logged(scope: ast.AST, node: ast.Call) -> bool:
    """Whether a call stands in the arguments of a log call, which are computed before the level is looked at."""
    calls = (c for c in own_nodes(scope) if isinstance(c, ast.Call) and c is not node)
    logging = (c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in _LOG_METHODS)
    return any(inner is node for c in logging for inner in ast.walk(c))


def is_encoder(call: ast.Call) -> bool:
    """Whether a call turns what it is given into JSON with nothing to help it."""
    if any(k.arg in ENCODED_WITH for k in call.keywords):
        return False
    name = chain(call.func)
    receiver, _, last = name.rpartition(".")
    if any(k.arg == "json" for k in call.keywords):
        return True
    wanted = FAMILIES[_FAMILY].get(last, frozenset())
    return (
        last not in _READERS
        and last in FAMILIES[_FAMILY]
        and (wanted is None or receiver in wanted)
        and bool(call.args or call.keywords)
    )
