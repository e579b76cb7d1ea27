"""Repair: a raw value that goes to a JSON encoder is turned into text first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.edits import Edit
from analyzer.codepaths.origins.repairs.encoding import Fed, encoded, returned
from analyzer.codepaths.origins.repairs.lifting import LIKELY, PROVED, Lifted, Place, at, lifted, modules
from analyzer.codepaths.origins.repairs.syntax import (
    assigned_from,
    called,
    constant_text,
    dotted,
    last,
    same,
    scopes,
    text,
    unawaited,
)
from analyzer.model import CodePattern, QueryKind

_TEXT_ATTRIBUTES = frozenset({"value", "name", "hex", "pk", "id"})
_TEXT_METHODS = frozenset(
    {
        *("isoformat", "strftime", "total_seconds", "timestamp", "hex", "decode", "tolist", "item", "as_posix"),
        *("model_dump", "dict", "to_dict", "as_dict", "asdict", "_asdict", "to_json", "json", "serialize"),
    }
)
_LOOKING_UP = frozenset({"get", "getenv", "pop"})
Token = tuple[str, str, str]
"""what a value is recognised by: attribute, call, key or name; its own name; the last name of what it is read from"""


def recognise(before: ast.AST, after: ast.AST, edit: Edit) -> Lifted | None:
    """The repair of a value on its way to an encoder, which the function before the fix shows."""
    if not isinstance(before, ast.expr) or not isinstance(after, ast.expr):
        return None
    how = rendering(after, before)
    token = token_of(before, edit.scope.old) if how else None
    if not how or token is None:
        return None
    fed = next((f for f in encoded(edit.scope.old) if f.value is before and not f.converter), None)
    shown = f"`{text(before, 60)}`"
    if fed is not None:
        return _lift(edit, token, f"{shown} reached {fed.sink} raw; the fix hands it on as {how}", before, after)
    if edit.scope.function == "<module>" or not any(value is before for value in returned(edit.scope.old)):
        return None
    name = last(edit.scope.function)
    said = f"{shown} was given back by `{name}` raw, whose value reaches an encoder; the fix hands it on as {how}"
    return replace(_lift(edit, token, said, before, after), applies=lambda code: _is_encoded(code, name))


def recognise_converter(before: ast.Call, after: ast.Call, edit: Edit) -> Lifted | None:
    """The repair of an encoder's call by a `default=`, where only one value of it can have been meant."""
    fed = [f for f in encoded(edit.scope.old) if f.call is before and not isinstance(f.value, ast.Constant)]
    tokens = {t for f in fed if (t := token_of(f.value, edit.scope.old)) is not None}
    if len(fed) != 1 or len(tokens) != 1:
        return None
    said = f"{text(fed[0].value, 60)} reached {fed[0].sink}, which the fix gives a converter"
    return _lift(edit, tokens.pop(), said, before, after)


def _lift(edit: Edit, token: Token, said: str, before: ast.AST, after: ast.AST) -> Lifted:
    def search(code: Code) -> Iterator[Place]:
        return _search(code, token)

    kind, name, _ = token
    pattern = None
    if kind == "attribute":
        pattern = CodePattern(search=f"$X.{name}", inside=(f"{{..., $K: $X.{name}, ...}}",))
    elif kind == "call":
        pattern = CodePattern(search=f"$F.{name}(...)", inside=(f"{{..., $K: $F.{name}(...), ...}}",))
    return lifted(edit, QueryKind.UNSERIALIZABLE, said, before, after, search, pattern)


def rendering(node: ast.expr, raw: ast.expr | None = None) -> str:
    """How an expression turns a value (`raw`, or any) into something an encoder takes; empty where it does not."""
    if isinstance(node, ast.IfExp):
        return rendering(node.body, raw) or rendering(node.orelse, raw)
    if isinstance(node, ast.JoinedStr):
        inside = [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
        return "an f-string" if any(raw is None or _alike(v, raw) for v in inside) else ""
    if isinstance(node, ast.Attribute) and node.attr in _TEXT_ATTRIBUTES:
        return f"its `.{node.attr}`" if raw is None or _alike(node.value, raw) else ""
    if not isinstance(node, ast.Call):
        return ""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if method in _TEXT_METHODS and (raw is None or _alike(getattr(node.func, "value", None), raw)):
        return f"`.{method}()`"
    name = dotted(node.func)
    if name and len(node.args) >= 1 and (raw is None or _alike(node.args[0], raw)):
        if name == "getattr" and len(node.args) > 1:
            read = constant_text(node.args[1]) or ""
            return f"its `.{read}`" if read in _TEXT_ATTRIBUTES else ""
        return f"`{name}()`"
    return ""


def rendered(node: ast.expr) -> ast.expr | None:
    """The raw value inside an expression that renders it."""
    if isinstance(node, ast.IfExp):
        return rendered(node.body) or rendered(node.orelse)
    if isinstance(node, ast.JoinedStr):
        inside = [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
        return inside[0] if len(inside) == 1 else None
    if isinstance(node, ast.Attribute) and node.attr in _TEXT_ATTRIBUTES:
        return node.value
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS:
            return node.func.value
        if dotted(node.func) and node.args and not _attribute_call(node):
            return node.args[0]
    return None


def token_of(node: ast.expr, function: ast.AST) -> Token | None:
    """What a value is recognised by elsewhere; a plain name stands for what it was assigned from."""
    node_ = unawaited(node)
    if isinstance(node_, ast.Attribute):
        return "attribute", node_.attr, last(dotted(node_.value))
    if isinstance(node_, ast.Call):
        read = _attribute_call(node_)
        if read is not None:
            return "attribute", read, last(dotted(node_.args[0]))
        name = called(node_)
        receiver = dotted(node_.func.value) if isinstance(node_.func, ast.Attribute) else ""
        key = constant_text(node_.args[0]) if node_.args else None
        if key and name in _LOOKING_UP:
            return "key", key, last(receiver)
        return ("call", name, last(receiver)) if name else None
    if isinstance(node_, ast.Subscript):
        key = constant_text(node_.slice)
        return ("key", key, last(dotted(node_.value))) if key else None
    if isinstance(node_, ast.Name):
        source = assigned_from(function, node_.id, node_.lineno)
        if source is not None and not isinstance(source, ast.Name):
            return token_of(source, function)
        return "name", node_.id, ""
    return None


def _alike(node: ast.AST | None, raw: ast.expr) -> bool:
    """Whether both are the same expression; `getattr(x, "y", z)` is taken for `x.y`."""
    if same(node, raw):
        return True
    for one, other in ((node, raw), (raw, node)):
        read = _attribute_call(one) if isinstance(one, ast.Call) else None
        if read is not None and isinstance(one, ast.Call) and isinstance(other, ast.Attribute):
            return read == other.attr and same(one.args[0], other.value)
    return False


def _attribute_call(node: ast.Call) -> str | None:
    """The attribute that `getattr(x, "name")` reads."""
    if isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) >= 2:
        return constant_text(node.args[1])
    return None


def _search(code: Code, token: Token) -> Iterator[Place]:
    kind, name, _ = token
    told_apart = kind == "attribute" and len(_owners(code, name)) > 1
    through: dict[str, Fed] = {}
    for path in sorted({sink.path for sink in code.facts.sinks("json")}):
        module = code.module(path) if not code.is_test(path) else None
        for function in scopes(module) if module is not None else ():
            for fed in encoded(function):
                giver = _called_behind(fed.value, function)
                if giver:
                    through.setdefault(giver, fed)
    for path, module in modules(code, [name]):
        for function in scopes(module):
            found = list(encoded(function))
            outer = through.get(getattr(function, "name", ""))
            if outer is not None and len(code.facts.functions(getattr(function, "name", ""))) == 1:
                found += [Fed(value, outer.sink, outer.call, outer.converter) for value in returned(function)]
            for fed in found:
                place = _judge(path, function, fed, token, told_apart)
                if place is not None:
                    yield place


def _called_behind(value: ast.expr, function: ast.AST) -> str:
    """The function whose value is handed on, also by a name."""
    if isinstance(value, ast.Name):
        value = assigned_from(function, value.id, value.lineno) or value
    return called(unawaited(value))


def _is_encoded(code: Code, name: str) -> bool:
    """Whether what a function of this name gives is handed to an encoder somewhere."""
    return any(
        _called_behind(fed.value, function) == name
        for _, module in modules(code, [name])
        for function in scopes(module)
        for fed in encoded(function)
    )


def _judge(path: str, function: ast.AST, fed: Fed, token: Token, told_apart: bool) -> Place | None:
    inner = rendered(fed.value)
    if inner is not None:
        found = token_of(inner, function)
        if found is not None and found[:2] == token[:2]:
            return at(path, fed.value, f"`{text(fed.value, 60)}` is text before it reaches {fed.sink}", harmless=True)
    found = token_of(fed.value, function)
    if found is None or found[:2] != token[:2]:
        return None
    shown = text(fed.value, 60)
    if fed.converter:
        return at(path, fed.value, f"{fed.sink} has a converter for `{shown}` ({fed.converter}=)", harmless=True)
    alike = found[2] == token[2]
    if not alike and (told_apart or token[0] in ("key", "name")):
        why = f"`{shown}` is read from something else; several classes have a `{token[1]}`"
        return at(path, fed.value, why, harmless=True)
    why = f"`{shown}` reaches {fed.sink} raw, as the repaired value did"
    return at(path, fed.value, why, confidence=PROVED if alike or token[0] == "call" else LIKELY)


def _owners(code: Code, attribute: str) -> set[str]:
    """Classes of the tree that set an attribute of this name on themselves."""
    found = set()
    for access in code.facts.accesses(attribute):
        if access.row.writes and access.row.receiver == "self":
            found.add(code.facts.of(access.path).functions[access.row.function].owner)
    return found
