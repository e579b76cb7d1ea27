"""What is not said in code: hosts, environment variables, credentials and limits, and the lines that set them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzer.codepaths.code_facts import Found
from analyzer.codepaths.fact_rows import Sink
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.tree_search import CONFIGURATION, Line, lines_with
from analyzer.model import LookAlike, Origin, OriginSearch, Proof, Query, Role

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{1,80}")
_SHOUTED = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_-]{2,80})[\"']?\s{0,5}(?:[:=]|=>)")
_URL_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?(\[[0-9a-f:]+\]|[^/:?#\s]+)", re.IGNORECASE)
_HERE = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "[::1]"})
_MAX_ORIGINS = 5
_MAX_LOOK_ALIKES = 8
_ENVIRONMENT_ORDER = {"staging": 0, "": 1, "production": 2, "development": 3}
_RESOURCES: dict[str, tuple[str, ...]] = {
    "memory": ("memory", "mem_limit", "--memory"),
    "connections": ("pool_size", "max_overflow", "max_connections", "maxconn"),
    "rate": ("rate_limit", "ratelimit", "throttle"),
    "quota": ("quota", "max-instances", "maxScale"),
    "disk": ("disk_size", "storage_size", "disk_gb"),
    "files": ("nofile", "ulimit"),
}


def connection(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """The lines that name the host which was not reached."""
    del reach
    host = query.names.get("host", "").strip("'\" ")
    if not host:
        found = _URL_HOST.match(query.names.get("url", ""))
        host = found[1] if found else ""
    host = host.strip().rstrip(".")
    port = query.names.get("port", "").strip()
    if not host:
        return OriginSearch(reason="the message names no host, so no line can be found that sets it")
    if host.lower() in _HERE:
        host = f"{host}:{port}" if port else host
    lines = [x for x in lines_with(code, host) if _stands_alone(host, x.text)]
    if not lines:
        return _by_likeness(code, host)
    return _ranked(code, lines, f"`{host}` is set here", f"`{host}`", port=port)


def environment(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Where an environment variable is read, and the lines that set it."""
    named = _VARIABLE.fullmatch(query.names.get("variable", "").strip("'\" $"))
    if named is None:
        return OriginSearch(reason="the message names no variable")
    return variable(code, named[0], reach)


def credential(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """The variables that the message names and that the code reads; nothing is guessed from words like `token`."""
    named = [query.names.get("variable", ""), *_SHOUTED.findall(query.text[:2_000])]
    for name in dict.fromkeys(n for n in named if _VARIABLE.fullmatch(n)):
        found = variable(code, name, reach)
        if found.origins:
            return found
    return OriginSearch(reason="which credential was refused is not in the message")


def resource(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """The lines of the deployment that set the limit."""
    del reach
    kind = query.names.get("resource", "").strip().lower()
    words = _RESOURCES.get(kind, ())
    lines = [x for word in words for x in lines_with(code, word, CONFIGURATION) if any(c.isdigit() for c in x.text)]
    lines = [x for x in lines if re.search(r"[:=\s]", x.text)]
    if not lines:
        return OriginSearch(reason=f"no line of the tree sets a limit of {kind or 'this resource'}")
    return _ranked(code, lines, f"it sets a limit of {kind}", f"a limit of {kind}", proof=Proof.NAMES)


def variable(code: Code, name: str, reach: Reach) -> OriginSearch:
    """The reads of a variable without a default, the nearest first, with the lines that set it."""
    reads = list(_reads(code, name))
    lines = [x for x in lines_with(code, name) if name in x.text and x.why_not is None]
    usable = [x for x in lines if _sets(name, x.text) and (x.deploys or not x.path.endswith(".py"))]
    usable.sort(key=lambda x: (_ENVIRONMENT_ORDER[x.environment], *_place(x)))
    plain = [r for r in reads if not _has_default(r.row) and not code.is_test(r.path)]
    plain.sort(key=lambda r: (not _reached(reach, r), r.path, r.row.line))
    for_staging = [x for x in usable if x.environment in ("staging", "")]
    if not usable:
        said = [f"no deployment file of the tree sets {name}"]
    elif not for_staging:
        where = ", ".join(f"{x.path}:{x.line} ({x.environment})" for x in usable[:3])
        said = [f"{name} is set for other environments only: {where}"]
    else:
        said = [f"{name} is set in {', '.join(f'{x.path}:{x.line}' for x in for_staging[:3])}"]
    asked = [] if reads else [x for x in lines if x.path.endswith(".py") and _asks(name, x.text)]
    look_alikes = [
        LookAlike(file=r.path, line=r.row.line, why_not="it has a default")
        for r in reads
        if _has_default(r.row) and not code.is_test(r.path)
    ]
    origins = [
        Origin(
            path=code.place(r.path, r.row.line, r.row.end_line, confidence=0.6, evidence=(f"it reads {name}", *said)),
            proof=Proof.CAN_RAISE,
            kind="configuration",
        )
        for r in plain[:_MAX_ORIGINS]
    ]
    origins += [
        Origin(
            path=code.place(x.path, x.line, confidence=0.4, evidence=(f"it asks something for {name}", *said)),
            proof=Proof.NAMES,
            kind="configuration",
        )
        for x in asked[:3]
    ]
    origins += [
        Origin(
            path=code.place(x.path, x.line, confidence=0.5, evidence=(f"it sets {name}", *_for(x))),
            proof=Proof.NAMES,
            kind="configuration",
        )
        for x in for_staging[: _MAX_ORIGINS - len(origins)]
    ]
    siblings = tuple(
        code.place(r.path, r.row.line, r.row.end_line, role=Role.SIBLING, evidence=(f"it reads {name} too",))
        for r in plain[1:_MAX_LOOK_ALIKES]
    )
    reason = None if origins else f"nothing of the tree reads or sets {name}"
    return OriginSearch(
        origins=tuple(origins), siblings=siblings, look_alikes=tuple(look_alikes[:_MAX_LOOK_ALIKES]), reason=reason
    )


def _ranked(
    code: Code, lines: Sequence[Line], sentence: str, what: str, *, port: str = "", proof: Proof = Proof.CAN_RAISE
) -> OriginSearch:
    """Lines of deployments first, those for staging before others; tests, examples and comments aside."""
    usable = [x for x in lines if x.why_not is None]
    aside = [LookAlike(file=x.path, line=x.line, why_not=x.why_not) for x in lines if x.why_not is not None]
    usable.sort(key=lambda x: (_ENVIRONMENT_ORDER[x.environment], bool(port) and port not in x.text, *_place(x)))
    origins = []
    for line in usable[:_MAX_ORIGINS]:
        said = [sentence, *_for(line)]
        assigned = [m[1] for m in _ASSIGNED.finditer(line.text)][:1]
        for name in assigned:
            reads = [r for r in _reads(code, name) if not code.is_test(r.path)][:2]
            said.extend(f"{name} is read at {r.path}:{r.row.line}" for r in reads)
        strength = Proof.NAMES if line.environment in ("development", "production") else proof
        origins.append(
            Origin(
                path=code.place(line.path, line.line, confidence=0.5, evidence=tuple(said)),
                proof=strength,
                kind="configuration",
            )
        )
    origins.sort(key=lambda o: -o.proof)
    reason = None if origins else f"{what} stands in tests, examples and comments only"
    return OriginSearch(origins=tuple(origins), look_alikes=tuple(aside[:_MAX_LOOK_ALIKES]), reason=reason)


def _by_likeness(code: Code, host: str) -> OriginSearch:
    """Variables that are read as the host of a service which is called like the first part of this one."""
    first = re.split(r"[.\-:/]", host.lower())[0]
    why = f"`{host}` stands in no file of the tree: it comes from a secret, or from the environment it ran in"
    if len(first) < 4 or first.isdigit():
        return OriginSearch(reason=why)
    ends = ("_HOST", "_URL", "_URI", "_ADDR", "_ADDRESS", "_ENDPOINT", "_SERVER", "_DSN")
    reads = [
        (name, found)
        for found in code.facts.sinks("environment")
        for name in [_literal(found.row)]
        if name.upper().endswith(ends) and first in name.lower() and not code.is_test(found.path)
    ]
    origins = tuple(
        Origin(
            path=code.place(r.path, r.row.line, r.row.end_line, confidence=0.3, evidence=(f"it reads {name}", why)),
            proof=Proof.NAMES,
            kind="configuration",
        )
        for name, r in sorted(reads, key=lambda x: (x[1].path, x[1].row.line))[:3]
    )
    return OriginSearch(origins=origins, reason=why)


def _reads(code: Code, name: str) -> Iterator[Found[Sink]]:
    for found in code.facts.sinks("environment"):
        if _literal(found.row) == name:
            yield found


def _literal(sink: Sink) -> str:
    return sink.arguments[0].strip("'\"") if sink.arguments else ""


def _has_default(sink: Sink) -> bool:
    return len(sink.arguments) > 1 and sink.arguments[1] != "None"


def _reached(reach: Reach, found: Found[Sink]) -> bool:
    reached = reach.of(found.path, found.function)
    return reached is not None and reached.holds(found.row.line)


def _place(line: Line) -> tuple[object, ...]:
    return not line.deploys, line.path, line.line


def _asks(name: str, text: str) -> bool:
    """Whether a line hands the quoted name to a call of something like `get`."""
    before = text[: max(0, text.find(name) - 1)].rstrip()
    at = text.find(name)
    return at > 0 and text[at - 1] in ("'", '"') and before.endswith("(") and "get" in before[-24:].lower()


def _for(line: Line) -> list[str]:
    return [f"the line is for {line.environment}"] if line.environment else []


def _stands_alone(host: str, text: str) -> bool:
    """Whether a host stands in a line as a whole, not as a part of a longer name."""
    text, host = text.lower(), host.lower()
    at = text.find(host)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(host) : at + len(host) + 1]
        if not (before.isalnum() or before in ("-", ".", "_")) and not (after.isalnum() or after in ("-", "_")):
            following = text[at + len(host) : at + len(host) + 2]
            if not (following[:1] == "." and following[1:].isalnum()):
                return True
        at = text.find(host, at + 1)
    return False


def _sets(name: str, text: str) -> bool:
    """Whether a line gives a variable a value, a secret or a place in a list of variables."""
    at = text.find(name)
    if at < 0 or text[at - 1 : at].isalnum() or text[at - 1 : at] in ("_", "$", "{"):
        return False
    after = text[at + len(name) :].lstrip("\"' ")
    listed = text.strip(" -\"',") == name or text[:at].rstrip("\"' ").endswith(("name:", "key:", "name =", "ENV"))
    return after[:1] in ("=", ":") or listed
