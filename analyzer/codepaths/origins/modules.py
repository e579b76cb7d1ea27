"""A module that is not found: left out of what was deployed, not among the requirements, or not there at all."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from analyzer.codepaths.code_facts import Found, imported_modules
from analyzer.codepaths.fact_rows import MODULE, Import
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.loading import Modules, Way, run_imports
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.third_party import missing_distribution
from analyzer.codepaths.packaging.requirements import REMOVED
from analyzer.codepaths.packaging.shipping import Exclusion, Shipping
from analyzer.model import CodePath, LookAlike, Origin, OriginSearch, Proof, Query, Role

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,30}")
_MAX_ORIGINS = 6
_MAX_SIBLINGS = 12
_MAX_NAMED = 3
_SHIPPING: WeakKeyDictionary[Code, Shipping] = WeakKeyDictionary()
_MODULES: WeakKeyDictionary[Code, Modules] = WeakKeyDictionary()


def shipping_of(code: Code) -> Shipping:
    """The packaging of a tree, read once."""
    if code not in _SHIPPING:
        _SHIPPING[code] = Shipping(code.tree.files.keys(), lambda path: "\n".join(code.lines(path)))
    return _SHIPPING[code]


def modules_of(code: Code) -> Modules:
    """The modules of a tree, read once."""
    if code not in _MODULES:
        _MODULES[code] = Modules(code)
    return _MODULES[code]


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Why a module is not found where it is imported."""
    match = _MODULE.match(query.names.get("module", "").strip("'\" "))
    if match is None:
        return OriginSearch(reason="the message names no module")
    module = match[0]
    importers = _importers(code, module)
    look_alikes = guarded(importers)
    failing = [i for i in importers if not i.row.guard and not code.is_test(i.path)]
    failing = [i for i in failing if not _is_inside(i.path, module)] or failing
    ways = run_imports(code, modules_of(code), reach) if reach else {}
    failing.sort(key=lambda i: _order(ways.get((i.path, i.row.line)), i))
    answer = left_out(code, module, failing, ways)
    if not answer.origins:
        answer = _absent(code, module, failing, ways, answer.reason)
    if not failing:
        text = f"no import of {module} that runs unguarded is in the tree at this commit"
        answer = OriginSearch(origins=answer.origins, siblings=answer.siblings, reason=answer.reason or text)
    return OriginSearch(
        origins=answer.origins[:_MAX_ORIGINS],
        siblings=answer.siblings[:_MAX_SIBLINGS],
        look_alikes=(*answer.look_alikes, *look_alikes)[:_MAX_SIBLINGS],
        reason=answer.reason,
    )


def left_out(
    code: Code, module: str, failing: Sequence[Found[Import]], ways: dict[tuple[str, int], Way]
) -> OriginSearch:
    """The lines that keep a module of the tree out of what is deployed; no origin where it is not in the tree."""
    near = failing[0].path if failing else ""
    places = [p for p in modules_of(code).places(module, near) if not code.is_test(p)]
    if not places:
        return OriginSearch()
    shipping = shipping_of(code)
    file = places[0]
    end = module.replace(".", "/") + file[file.rfind("/") if file.endswith("/__init__.py") else file.rfind(".") :]
    found = shipping.exclusions(file, near or None, wanted_as=end if file.endswith(end) else "")
    if not found:
        here = f"{file} is in the tree at this commit, and nothing of the tree leaves it out of what is deployed"
        why = "what ran may be of another commit, or its folder is not on the module search path there"
        return OriginSearch(reason=f"{here}: {why}")
    raised_at = _raised_at(code, module, failing[0]) if failing else None
    way = ways.get((failing[0].path, failing[0].row.line)) if failing else None
    origins = []
    for exclusion in found:
        proof = Proof.FLOWS if exclusion.proved else Proof.CAN_RAISE
        sentences = [
            f"{file} is in the tree at this commit",
            *exclusion.sentences,
            *_meant_otherwise(shipping, exclusion, file),
        ]
        parent = _parent_left_out(shipping, module, exclusion, file, near, code)
        if parent:
            sentences.append(parent)
        if parent or exclusion.overruled:
            proof = Proof.NAMES
        origins.append(
            Origin(
                path=_line(code, exclusion.file, exclusion.line, exclusion.end_line, proof, tuple(sentences)),
                proof=proof,
                kind="packaging",
                raised_at=raised_at,
                via=_via(code, way),
                hops=way.hops if way else None,
                unconditional=bool(failing) and failing[0].function == MODULE,
            )
        )
    origins.sort(key=lambda o: -o.proof)
    best = origins[0]
    same_pattern = [o.path for o in origins[1:] if o.path.file != best.path.file]
    siblings = [
        code.place(p.file, p.line, p.end_line, role=Role.SIBLING, confidence=p.confidence, evidence=p.evidence)
        for p in same_pattern
    ]
    siblings += [_sibling(code, module, i) for i in failing[1:]]
    return OriginSearch(origins=tuple(origins), siblings=tuple(siblings))


def guarded(importers: Sequence[Found[Import]]) -> tuple[LookAlike, ...]:
    """Imports whose failure is handled, or that never run."""
    why = {"fallback": "its failure is handled there", "typing": "it is read by type checkers only and never runs"}
    return tuple(
        LookAlike(file=i.path, line=i.row.line, why_not=why[i.row.guard]) for i in importers if i.row.guard in why
    )


def _importers(code: Code, module: str) -> list[Found[Import]]:
    """Imports that fail with this very text: of the module or of one inside it, not of a name of its package."""
    found: dict[tuple[str, int], Found[Import]] = {}
    for one in code.facts.importers(module):
        loaded = imported_modules(one.row, one.path)[0]
        inside = f"{loaded}.".startswith(f"{module}.") or (one.row.level and f".{module}." in f".{loaded}.")
        if inside:
            found.setdefault((one.path, one.row.line), one)
    return list(found.values())


def _is_inside(path: str, module: str) -> bool:
    """Whether a file belongs to the package that is missing: it would be missing too."""
    return f"/{module.replace('.', '/')}/" in f"/{path}"


def _order(way: Way | None, found: Found[Import]) -> tuple[object, ...]:
    """What runs on the way first, the nearest of it first; then what runs as soon as its module is loaded."""
    hops = way.hops if way is not None else 1 << 20
    return hops, found.function != MODULE, found.path, found.row.line


def _absent(
    code: Code, module: str, failing: Sequence[Found[Import]], ways: dict[tuple[str, int], Way], known: str | None
) -> OriginSearch:
    """Origins for a module that the tree does not have, or that nothing of it leaves out."""
    if known is not None:
        return _with_imports(code, module, failing, ways, "packaging", Proof.NAMES, (known,), known)
    modules = modules_of(code)
    top = module.partition(".")[0]
    near = failing[0].path if failing else ""
    if modules.has_top(module, near):
        ignored = _never_committed(code, module, near)
        if ignored is not None:
            return ignored
        package, _, last = module.rpartition(".")
        names = modules.names_in(package, near)
        close = difflib.get_close_matches(last.lower(), [n.lower() for n in names], n=1, cutoff=0.75)
        like = next((n for n in names if close and n.lower() == close[0]), None)
        said = [
            f"{module} is not in the tree at this commit: renamed, deleted, or made by a build",
            "its history was not read",
        ]
        if like is not None:
            case = "; names of modules are case sensitive" if like.lower() == last.lower() else ""
            said.insert(0, f"{package}.{like} is there{case}")
        return _with_imports(code, module, failing, ways, "code", Proof.CAN_RAISE, tuple(said), None)
    if top in sys.stdlib_module_names and top not in REMOVED:
        text = f"{top} is a module of the standard library"
        return _with_imports(code, module, failing, ways, "dependency", Proof.CAN_RAISE, (text,), None)
    missing = missing_distribution(code, module, near, shipping_of(code))
    elsewhere = [p for p in modules.places(module) if not code.is_test(p)]
    if elsewhere and missing.line is None:
        text = f"the tree has {elsewhere[0]}, which is found where its root is on the module search path"
        return _with_imports(code, module, failing, ways, "packaging", Proof.NAMES, (text,), text)
    if missing.line is not None and failing:
        file, line = missing.line
        origin = Origin(
            path=_line(code, file, line, line, missing.proof, missing.sentences),
            proof=missing.proof,
            kind="dependency",
            raised_at=_raised_at(code, module, failing[0]),
        )
        others = tuple(_sibling(code, module, i) for i in failing[1:])
        return OriginSearch(origins=(origin,), siblings=others, reason=missing.reason)
    return _with_imports(code, module, failing, ways, "dependency", missing.proof, missing.sentences, missing.reason)


def _never_committed(code: Code, module: str, near: str) -> OriginSearch | None:
    """The line of a `.gitignore` that names the very file: it may be on a developer's machine and nowhere else."""
    package = module.rpartition(".")[0]
    places = modules_of(code).places(package, near) if package else []
    if not places:
        return None
    folder = places[0].rpartition("/")[0]
    for file in (f"{folder}/{module.rpartition('.')[2]}.py", f"{folder}/{module.rpartition('.')[2]}/__init__.py"):
        found = shipping_of(code).ignored_by_git(file)
        if found is not None and found.named != folder:
            rule = found.rule
            said = (
                f"`{rule.pattern}` makes git ignore {found.named}, so that {file} is not committed where it exists",
                f"{module} is not in the tree at this commit",
            )
            path = _line(code, rule.file, rule.line, rule.line, Proof.CAN_RAISE, said)
            return OriginSearch(origins=(Origin(path=path, proof=Proof.CAN_RAISE, kind="packaging"),))
    return None


def _with_imports(
    code: Code,
    module: str,
    failing: Sequence[Found[Import]],
    ways: dict[tuple[str, int], Way],
    kind: str,
    proof: Proof,
    sentences: tuple[str, ...],
    reason: str | None,
) -> OriginSearch:
    """The import statements themselves as origins: those on the way, else the first of all."""
    reached = [i for i in failing if (i.path, i.row.line) in ways]
    first, others = (reached or list(failing))[:1], [i for i in failing if i not in (reached or failing)[:1]]
    origins = []
    for found in first:
        way = ways.get((found.path, found.row.line))
        said = (f"it imports {module}", *sentences)
        path = _line(code, found.path, found.row.line, found.row.line, proof, said)
        origins.append(
            Origin(
                path=path,
                proof=proof,
                kind=kind,
                via=_via(code, way),
                hops=way.hops if way else None,
                unconditional=found.function == MODULE,
            )
        )
    siblings = tuple(_sibling(code, module, i) for i in others)
    return OriginSearch(
        origins=tuple(origins), siblings=siblings, reason=reason or (None if first else "; ".join(sentences))
    )


def _meant_otherwise(shipping: Shipping, exclusion: Exclusion, file: str) -> list[str]:
    """What else of the tree the same line names: it may have been written for that."""
    others = shipping.named_too(exclusion, file) if exclusion.pattern else []
    if not others:
        return []
    more = f" and {len(others) - _MAX_NAMED} more" if len(others) > _MAX_NAMED else ""
    return [f"the same line also names {', '.join(others[:_MAX_NAMED])}{more}, for which it may have been meant"]


def _parent_left_out(
    shipping: Shipping, module: str, exclusion: Exclusion, file: str, near: str, code: Code
) -> str | None:
    """Against it: with this line the package around would be missing first, and the message would name that."""
    package = module.rpartition(".")[0]
    parents = [p for p in modules_of(code).places(package, near) if p.endswith("/__init__.py")] if package else []
    if not parents or not file.startswith(parents[0].removesuffix("__init__.py")):
        return None
    same = [
        e for e in shipping.exclusions(parents[0], near or None) if (e.file, e.line) == (exclusion.file, exclusion.line)
    ]
    if not same:
        return None
    return f"against it: the line leaves out {parents[0]} as well, so that the message would name {package}"


def _raised_at(code: Code, module: str, found: Found[Import]) -> CodePath:
    return code.place(found.path, found.row.line, role=Role.RAISE, evidence=(f"it imports {module}",))


def _sibling(code: Code, module: str, found: Found[Import]) -> CodePath:
    return code.place(found.path, found.row.line, role=Role.SIBLING, evidence=(f"it imports {module} too",))


def _via(code: Code, way: Way | None) -> tuple[CodePath, ...]:
    return tuple(code.place(path, line, role=Role.FRAME) for path, line in way.via) if way else ()


def _line(code: Code, file: str, line: int, end_line: int, proof: Proof, evidence: tuple[str, ...]) -> CodePath:
    confidence = {Proof.FLOWS: 0.9, Proof.CAN_RAISE: 0.6, Proof.NAMES: 0.3}[proof]
    return code.place(file, line, end_line, confidence=confidence, unique=proof is Proof.FLOWS, evidence=evidence)
