"""Texts that are made something else and cannot be: a number, a date, JSON, a member of an enum, a model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.definitions import Definition, Definitions
from analyzer.codepaths.origins.narrowing import written
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.sites import Draft, Site, answer, having, line_of, reached_sites, sites_mentioning
from analyzer.codepaths.origins.sources import Sources, builtin_type
from analyzer.model import OriginSearch, Proof, Query

_CALLS: dict[str, frozenset[str]] = {
    "int": frozenset({"int"}),
    "float": frozenset({"float"}),
    "complex": frozenset({"complex"}),
    "decimal": frozenset({"Decimal"}),
    "uuid": frozenset({"UUID"}),
    "json": frozenset({"loads", "load", "json", "decode", "raw_decode"}),
    "date": frozenset({"strptime", "fromisoformat", "parse", "isoparse", "date", "datetime"}),
    "base64": frozenset({"b64decode", "urlsafe_b64decode", "standard_b64decode"}),
    "ip": frozenset({"ip_address", "ip_network", "IPv4Address", "IPv6Address"}),
}
_ENUM = re.compile(r"is not a valid ([\w.]{1,200})$")
_ERRORS = ("ValueError", "TypeError", "JSONDecodeError", "InvalidOperation", "UnicodeDecodeError")
_LOOKING = frozenset({"isdigit", "isnumeric", "isdecimal", "fullmatch", "match", "is_valid"})
_VALIDATING = frozenset(
    {
        "model_validate",
        "model_validate_json",
        "parse_obj",
        "parse_raw",
        "from_orm",
        "validate_python",
        "load",
        "from_dict",
    }
)
_OUTSIDE = {
    "getenv": "the environment",
    "environ": "the environment",
    "headers": "the headers of a request",
    "query_params": "the query of a request",
    "args": "the query of a request",
    "cookies": "the cookies of a request",
    "form": "a form",
    "text": "the text of an answer",
    "content": "the content of an answer",
    "body": "the body of a request",
    "argv": "the command line",
}


def search_conversion(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Calls that make something of a text that nothing has looked at."""
    function = query.names.get("function", "").rpartition(".")[2]
    value = query.names.get("value", "").strip("'\"")
    enum = _ENUM.search(query.text)
    name = enum.group(1).rpartition(".")[2] if enum else function
    calls = _CALLS.get(name.lower(), frozenset({name} if name else ()))
    if enum and name in ("UUID",):
        calls = _CALLS["uuid"]
    if not calls:
        return OriginSearch(reason="the message names no conversion")
    definitions = Definitions(code)
    sources = Sources(code, definitions, reach)
    sites = reached_sites(code, reach, having(code, *calls)) if reach else []
    if not reach and (enum or name.lower() not in ("int", "float", "json", "date")):
        sites = sites_mentioning(code, sorted(calls)[:1])
    elif not reach:
        return OriginSearch(reason="such conversions stand in many places, and nothing says where to begin")
    drafts: list[Draft] = []
    harmless: list[tuple[str, int, str]] = []
    for site in sites:
        for node in site.nodes:
            argument = _converted(node, calls)
            if argument is None or not site.holds(node) or site.caught(node, _ERRORS):
                continue
            if _looked_at(site, node, argument):
                harmless.append(
                    (site.path, line_of(node), "cannot raise this: a condition before it looks at the text")
                )
                continue
            found = _judge(sources, site, argument, value)
            if found is None:
                continue
            proof, why = found
            said = f"{site.path}:{line_of(node)} converts `{ast.unparse(argument)[:80]}` without a check"
            drafts.append(Draft(site=site, node=node, proof=proof, evidence=(said, *why), weight=float(len(why))))
    reason = None if drafts else "no conversion of this kind without a check is seen"
    return answer(code, drafts, look_alikes=harmless, reason=reason)


def _converted(node: ast.AST, calls: frozenset[str]) -> ast.expr | None:
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in calls:
        if node.args:
            return node.args[0]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "json":
            return node.func.value
    if isinstance(node, ast.Subscript) and written(node.value) in calls:
        return node.slice
    return None


def _looked_at(site: Site, node: ast.AST, argument: ast.expr) -> bool:
    place = written(argument)
    tests = [n.test for n in site.around(node) if isinstance(n, ast.If | ast.IfExp | ast.While)]
    return any(
        isinstance(c, ast.Call) and getattr(c.func, "attr", "") in _LOOKING and place and place in ast.unparse(c)
        for test in tests
        for c in ast.walk(test)
    )


def _judge(sources: Sources, site: Site, argument: ast.expr, value: str) -> tuple[Proof, list[str]] | None:
    """What can reach a conversion; None where it cannot be a text that fails."""
    found = sources.of(site, argument)
    why: list[str] = []
    possible = 0
    for source in found:
        if isinstance(source.value, ast.Constant):
            if isinstance(source.value.value, str) and source.value.value == value:
                at = f"{source.site.path}:{line_of(source.value)}"
                sure = len(found) == 1 and source.how == "value"
                return Proof.FLOWS if sure else Proof.CAN_RAISE, [f"{at} gives it the very text of the message"]
            continue
        if builtin_type(source.value) in ("int", "float", "bool", "list", "dict") and source.how == "value":
            continue
        possible += 1
        outside = _outside(source.value)
        if outside is not None and source.value is not None:
            why.append(f"{source.site.path}:{line_of(source.value)} takes it from {outside}")
    return (Proof.CAN_RAISE, why[:2]) if possible or not found else None


def _outside(value: ast.expr | None) -> str | None:
    if value is None:
        return None
    names = [getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(value)]
    return next((_OUTSIDE[n] for n in names if n in _OUTSIDE), None)


def search_validation(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Makings of the model that may lack the field, or give it what it refuses."""
    model, field = query.names.get("model", "").rpartition(".")[2], query.names.get("field", "").split(".")[0]
    definitions = Definitions(code)
    words = [w for w in (model,) if w] or sorted(_VALIDATING)
    sites = (
        reached_sites(code, reach, having(code, *words))
        if reach
        else (sites_mentioning(code, [model]) if model else [])
    )
    missing = "required" in query.text.lower() or "missing" in query.text.lower()
    drafts = [d for site in sites for d in _makings(definitions, site, model, field, missing)]
    reason = (
        None
        if drafts
        else f"no making of {model or 'a model'} is seen" + (" to run before the message" if reach else "")
    )
    return answer(code, drafts, reason=reason)


def _makings(definitions: Definitions, site: Site, model: str, field: str, missing: bool) -> Iterator[Draft]:
    for node in site.nodes:
        if (
            not isinstance(node, ast.Call)
            or not site.holds(node)
            or site.caught(node, ("ValidationError", "ValueError"))
        ):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        of = written(node.func.value).rpartition(".")[2] if isinstance(node.func, ast.Attribute) else ""
        where = f"{site.path}:{line_of(node)}"
        if name in _VALIDATING and (of == model or not model) and (model or name != "load"):
            why = f"{where} makes {of or 'a model'} of data from elsewhere with `{name}`"
            yield Draft(
                site=site, node=node, proof=Proof.CAN_RAISE if of == model and model else Proof.NAMES, evidence=(why,)
            )
        elif name == model and model:
            yield from _constructed(definitions, site, node, model, field, missing)


def _constructed(
    definitions: Definitions, site: Site, node: ast.Call, model: str, field: str, missing: bool
) -> Iterator[Draft]:
    where = f"{site.path}:{line_of(node)}"
    given = {k.arg for k in node.keywords}
    only = definitions.called(site, node).only
    declared = _field_line(only, field) if only is not None else None
    said = [f"{only.path}:{declared[0]} declares the field {field} of {model}"] if only is not None and declared else []
    if missing and field and field not in given and None not in given and not node.args:
        settings = only is not None and any("Settings" in ast.unparse(b) for b in getattr(only.node, "bases", []))
        if settings:
            why = f"{where} makes {model}, which takes {field} from the environment"
            yield Draft(
                site=site, node=node, proof=Proof.CAN_RAISE, evidence=(why, *said), kind="configuration", weight=1.0
            )
            return
        sure = declared is not None and declared[1]
        why = f"{where} makes {model} without {field}"
        yield Draft(
            site=site, node=node, proof=Proof.FLOWS if sure else Proof.CAN_RAISE, evidence=(why, *said), weight=1.0
        )
    elif field and (field in given or None in given):
        if missing and field in given:
            return
        passed = next((k.value for k in node.keywords if k.arg == field), None)
        how = f"gives {field} `{ast.unparse(passed)[:60]}`" if passed is not None else "gives its fields by `**`"
        yield Draft(site=site, node=node, proof=Proof.CAN_RAISE, evidence=(f"{where} makes {model} and {how}", *said))
    elif not field:
        yield Draft(site=site, node=node, proof=Proof.CAN_RAISE, evidence=(f"{where} makes {model}",))


def _field_line(definition: Definition, field: str) -> tuple[int, bool] | None:
    """Line of a field's declaration, and whether it has to be given."""
    for node in definition.node.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == field:
            optional = node.value is not None and "Field(..." not in ast.unparse(node.value)
            return node.lineno, not optional
    return None
