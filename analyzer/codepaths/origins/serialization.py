"""A value that an encoder refuses: raw values of a class that flow into `json.dumps` and its kin."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.encoding import ENCODED_WITH, ENCODERS, Failing, Flows, is_encoder
from analyzer.codepaths.origins.instances import Instances
from analyzer.codepaths.origins.reach import Reach, Reached
from analyzer.codepaths.origins.receivers import own_nodes
from analyzer.codepaths.readings import chain
from analyzer.model import CodePath, LookAlike, Origin, OriginSearch, Proof, Query, Role

_JSON = frozenset({"json", "orjson", "ujson", "simplejson", "msgspec"})
_MAX_ORIGINS, _MAX_SIBLINGS, _MAX_LOOK_ALIKES = 10, 20, 15
_MAX_FORMATTED = 5
_MAX_SPAN = 30


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Places where a raw value of the class reaches a sink of the family `json`; the others of them as siblings."""
    type_ = query.names.get("type", "")
    encoder = query.names.get("encoder", "json")
    if encoder not in _JSON:
        return OriginSearch(reason=f"values that {encoder} encodes are not followed")
    if query.names.get("place") == "key":
        return OriginSearch(reason="keys of dicts are not followed to where they are encoded")
    if not type_:
        return OriginSearch(reason="the message does not name the class that could not be encoded")
    instances = Instances(code, type_)
    flows = Flows(code, instances)
    failing = flows.all()
    ways = {f: reach.of(f.path, f.function, f.sink if f.sink_path == f.path else f.source) for f in failing}
    inside = sorted((f for f in failing if ways[f] is not None or not reach), key=lambda f: _order(f, ways[f]))
    outside = sorted((f for f in failing if f not in inside), key=lambda f: (f.path, f.source))
    origins = tuple(_origin(code, f, ways[f], type_) for f in inside[:_MAX_ORIGINS])
    siblings = [_path(code, f, Role.SIBLING, type_) for f in outside]
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


def _order(failing: Failing, reached: Reached | None) -> tuple[object, ...]:
    return (
        failing.where.in_handler,
        not failing.where.unconditional,
        reached is not None and not reached.certain,
        reached.hops if reached is not None else 0,
        failing.path,
        failing.sink,
    )


def _origin(code: Code, failing: Failing, reached: Reached | None, type_: str) -> Origin:
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


def _path(code: Code, failing: Failing, role: Role, type_: str) -> CodePath:
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
    if failing.logged:
        sentences.append("it is computed as an argument of a log call, whatever the log level is")
    end = failing.sink if here and 0 <= failing.sink - failing.placed <= _MAX_SPAN else 0
    return code.place(failing.path, failing.placed, end, role=role, evidence=tuple(sentences))


def _suspected(reach: Reach, inside: Sequence[Failing], ways: Mapping[Failing, Reached | None]) -> list[str]:
    """Files that a reader would look at: the statement that wrapped the text, the way, the place itself."""
    files: dict[str, None] = {}
    for failing in inside:
        way = ways[failing]
        if way is not None:
            files.update(dict.fromkeys([way.start[0], *(path for path, _ in way.via)]))
        files[failing.path] = None
    return list(files) or sorted({r.path for r in reach if r.hops == 0})


def _look_alikes(code: Code, instances: Instances, files: Sequence[str], failing: Sequence[Failing]) -> list[LookAlike]:
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
    if last not in ENCODERS or not (call.args or call.keywords):
        return ""
    if any(k.arg in ENCODED_WITH for k in call.keywords):
        return f"{last} is given an encoder of its own, which may know the class"
    if not is_encoder(call):
        return ""
    return f"what {last} is given here holds no raw {instances.name}: plain values and texts only, as far as is seen"
