"""A value that an encoder refuses: raw values of a class that flow into `json.dumps` and its kin."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.calls import called
from analyzer.codepaths.origins.code import Code, FunctionNode
from analyzer.codepaths.origins.instances import Instances
from analyzer.codepaths.origins.placement import Placement, placement
from analyzer.codepaths.origins.reach import Reach, Reached
from analyzer.codepaths.origins.receivers import own_nodes
from analyzer.codepaths.origins.tainting import Tainting, Use
from analyzer.codepaths.readings import chain
from analyzer.codepaths.sinks import FAMILIES
from analyzer.model import CodePath, LookAlike, Origin, OriginSearch, Proof, Query, Role

_FAMILY = "json"
_READERS = frozenset({"loads", "load", "JSONEncoder"})
_ENCODERS = frozenset(FAMILIES[_FAMILY]) - _READERS
_ENCODED_WITH = frozenset({"default", "cls", "encoder", "option"})
_MAX_ORIGINS, _MAX_SIBLINGS, _MAX_LOOK_ALIKES = 10, 20, 15
_MAX_FORMATTED = 5
_MAX_SPAN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failing:
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


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Places where a raw value of the class reaches a sink of the family `json`; the others of them as siblings."""
    type_ = query.names.get("type", "")
    if not type_:
        return OriginSearch(reason="the message does not name the class that could not be encoded")
    instances = Instances(code, type_)
    flows = _Flows(code, instances)
    files = [f for f in code.facts.files_with(_FAMILY, instances.words) if not code.is_test(f)]
    failing = [found for path in files for found in flows.of(path)]
    ways = {f: reach.of(f.path, f.function, f.sink if f.sink_path == f.path else f.source) for f in failing}
    inside = sorted((f for f in failing if ways[f] is not None or not reach), key=lambda f: _order(f, ways[f]))
    outside = sorted((f for f in failing if f not in inside), key=lambda f: (f.path, f.source))
    origins = tuple(_origin(code, f, ways[f], type_) for f in inside[:_MAX_ORIGINS])
    siblings = [_path(code, f, Role.SIBLING, type_) for f in (*inside[1:], *outside)]
    reason = None
    if not origins:
        where = "on the way from the handler" if reach else "in the repository"
        reason = f"no raw value of the class {type_} is seen to reach an encoder {where}"
    return OriginSearch(
        origins=origins,
        siblings=tuple(siblings[:_MAX_SIBLINGS]),
        look_alikes=tuple(_look_alikes(code, instances, _suspected(reach, inside, ways), failing)),
        reason=reason,
    )


class _Flows:
    """Raw values of a class to encoders, function by function; across one call in either direction."""

    def __init__(self, code: Code, instances: Instances) -> None:
        self._code = code
        self._instances = instances
        self._returns: dict[tuple[str, str], bool] = {}
        self._encoding: frozenset[str] | None = None

    def of(self, path: str) -> Iterator[_Failing]:
        """The failing sinks of a file."""
        module = self._code.module(path)
        if module is None:
            return
        interesting = self._near_sinks(path)
        for name, node in [(MODULE, module), *self._code.functions(path).items()]:
            if name not in interesting:
                continue
            walk = self._walk(path, name, node)
            for use in walk.uses:
                sink = self._sink(path, name, use.node)
                if sink is not None:
                    yield self._failing(path, name, node, use, *sink)

    def _near_sinks(self, path: str) -> set[str]:
        """Functions of a file that encode something, or call a function that does."""
        facts = self._code.facts.of(path)
        if self._encoding is None:
            sinks = self._code.facts.sinks(_FAMILY)
            self._encoding = frozenset(s.function.rpartition(".")[2] for s in sinks if s.row.name not in _READERS)
        wanted = self._encoding | _ENCODERS
        rows = [c.function for c in facts.calls if c.name in wanted or "json" in c.keywords]
        return {facts.functions[row].name for row in rows}

    def _walk(self, path: str, name: str, node: FunctionNode | ast.Module, depth: int = 0) -> Tainting:
        raw = partial(self._instances.is_one, path, "" if name == MODULE else name)
        tainting = Tainting(raw, lambda call: self._gives(path, name, call, depth))
        if isinstance(node, ast.Module):
            return tainting.module(node)
        return tainting.function(node)

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
    def _failing(path: str, function: str, node: ast.AST, use: Use, sink_path: str, sink: int, called: str) -> _Failing:
        before = [found for found in use.sources if found[1] <= use.node.lineno] or list(use.sources)
        source, placed = max(before, key=lambda found: found[1])
        return _Failing(
            path=path,
            function=function,
            source=source,
            placed=placed,
            sink=sink,
            sink_path=sink_path,
            called=called,
            where=placement(node, use.node.lineno),
        )


def is_encoder(call: ast.Call) -> bool:
    """Whether a call turns what it is given into JSON with nothing to help it."""
    if any(k.arg in _ENCODED_WITH for k in call.keywords):
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


def _order(failing: _Failing, reached: Reached | None) -> tuple[object, ...]:
    return (
        failing.where.in_handler,
        not failing.where.unconditional,
        reached is not None and not reached.certain,
        reached.hops if reached is not None else 0,
        failing.path,
        failing.sink,
    )


def _origin(code: Code, failing: _Failing, reached: Reached | None, type_: str) -> Origin:
    steps = reached.via if reached is not None else ()
    certain = reached is not None and reached.certain
    return Origin(
        path=_path(code, failing, Role.CAUSE, type_),
        proof=Proof.FLOWS if certain or reached is None else Proof.CAN_RAISE,
        raised_at=code.place(failing.sink_path, failing.sink, role=Role.RAISE),
        via=tuple(code.place(path, line, role=Role.FRAME) for path, line in steps),
        hops=reached.hops if reached is not None else None,
        unconditional=failing.where.unconditional,
        masking=failing.where.in_handler,
        breaking=((failing.path, failing.source), (failing.sink_path, failing.sink)),
    )


def _path(code: Code, failing: _Failing, role: Role, type_: str) -> CodePath:
    here = failing.sink_path == failing.path
    sink = f"line {failing.sink}" if here else f"{failing.sink_path}:{failing.sink}"
    put = f"put in at line {failing.placed}"
    if failing.source != failing.placed:
        put = f"taken at line {failing.source}, {put}"
    sentences = [f"a raw {type_} is {put} and reaches {failing.called} at {sink}"]
    if failing.where.in_handler:
        sentences.append("it stands in an except clause: its own failure hides the error that was caught")
    elif failing.where.unconditional:
        sentences.append("it runs whenever its function is called")
    elif failing.where.condition:
        sentences.append(f"it runs only if {failing.where.condition}")
    end = failing.sink if here and 0 <= failing.sink - failing.placed <= _MAX_SPAN else 0
    return code.place(failing.path, failing.placed, end, role=role, evidence=tuple(sentences))


def _suspected(reach: Reach, inside: Sequence[_Failing], ways: Mapping[_Failing, Reached | None]) -> list[str]:
    """Files that a reader would look at: the statement that wrapped the text, the way, the place itself."""
    files: dict[str, None] = {}
    for failing in inside:
        way = ways[failing]
        if way is not None:
            files.update(dict.fromkeys([way.start[0], *(path for path, _ in way.via)]))
        files[failing.path] = None
    return list(files) or sorted({r.path for r in reach if r.hops == 0})


def _look_alikes(
    code: Code, instances: Instances, files: Sequence[str], failing: Sequence[_Failing]
) -> list[LookAlike]:
    """Encoders and f-strings of the files on the way that a reader would suspect, with why they are harmless."""
    bad = {(f.sink_path, f.sink) for f in failing}
    formatted: dict[tuple[str, int], str] = {}
    encoders: dict[tuple[str, int], str] = {}
    for path in files:
        for name, node in sorted(code.functions(path).items(), key=lambda f: f[1].lineno):
            for inner in own_nodes(node):
                place = (path, getattr(inner, "lineno", 0))
                if isinstance(inner, ast.Call) and place not in bad and (why := _why_harmless(inner, instances)):
                    encoders.setdefault(place, why)
                elif isinstance(inner, ast.FormattedValue) and instances.is_one(path, name, inner.value):
                    shown = ast.unparse(inner.value)[:80]
                    formatted.setdefault(place, f"an f-string makes a text of `{shown}`: that never raises this error")
    found = [LookAlike(file=path, line=line, why_not=why) for (path, line), why in formatted.items()]
    found = found[:_MAX_FORMATTED]
    found += [LookAlike(file=path, line=line, why_not=why) for (path, line), why in encoders.items()]
    return found[:_MAX_LOOK_ALIKES]


def _why_harmless(call: ast.Call, instances: Instances) -> str:
    last = chain(call.func).rpartition(".")[2]
    if last not in FAMILIES[_FAMILY] or last in _READERS or not (call.args or call.keywords):
        return ""
    if any(k.arg in _ENCODED_WITH for k in call.keywords):
        return f"{last} is given an encoder of its own, which may know the class"
    if not is_encoder(call):
        return ""
    return f"what {last} is given here holds no raw {instances.name}: plain values and texts only, as far as is seen"
