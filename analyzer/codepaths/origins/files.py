"""A file that is not there: in the tree and left out of what is deployed, or named by code and written by nobody."""

from __future__ import annotations

import posixpath
import re

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.modules import shipping_of
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.tree_search import CODE, CONFIGURATION, lines_with
from analyzer.model import LookAlike, Origin, OriginSearch, Proof, Query

_PATH = re.compile(r"[\w./~@+ -]{1,400}")
_SOCKET = re.compile(r"\.s\.PGSQL|\.sock$|^/cloudsql/")
_MAX_PLACES = 5


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Why a file is not found where it is read."""
    written = query.names.get("path", "").strip("'\" ")
    if _PATH.fullmatch(written) is None or not written.strip("./~ "):
        return OriginSearch(reason="the message names no path")
    if _SOCKET.search(written):
        return OriginSearch(reason=f"{written} is a socket: a server that is not there, and no file of the tree")
    path = posixpath.normpath(written).lstrip("/")
    readers = _readers(code, path, reach)
    called = sorted(
        f for f in code.tree.files if f.rpartition("/")[2] == path.rpartition("/")[2] and not code.is_test(f)
    )
    files = _as_written(called, path)
    if files:
        answer = _left_out(code, files, readers)
        if answer is not None:
            return answer
    ignored = shipping_of(code).ignored_by_git(path) if not called and not written.startswith("/") else None
    if ignored is not None:
        rule = ignored.rule
        said = (f"`{rule.pattern}` makes git ignore {ignored.named}", f"{path} is not in the tree at this commit")
        origin = Origin(
            path=code.place(rule.file, rule.line, confidence=0.5, evidence=said),
            proof=Proof.CAN_RAISE,
            kind="packaging",
        )
        return OriginSearch(origins=(origin,))
    return _named(code, path, files, called, readers)


def _as_written(called: list[str], path: str) -> list[str]:
    """Files that end as the path does, the longest end that any has; a name alone counts where there is one only."""
    parts = path.split("/")
    for depth in range(len(parts), 1, -1):
        end = "/".join(parts[-depth:])
        found = [f for f in called if f == end or f.endswith(f"/{end}")]
        if found:
            return found
    return called if len(called) == 1 or len(parts) == 1 else []


def _left_out(code: Code, files: list[str], readers: list[tuple[str, int]]) -> OriginSearch | None:
    beside = readers[0][0] if readers else None
    for file in files[:_MAX_PLACES]:
        found = shipping_of(code).exclusions(file, beside)
        if not found:
            continue
        origins = []
        for exclusion in found:
            doubtful = exclusion.overruled or len(files) > 1
            proof = Proof.NAMES if doubtful else Proof.FLOWS if exclusion.proved else Proof.CAN_RAISE
            said = (f"{file} is in the tree at this commit", *exclusion.sentences)
            confidence = 0.9 if proof is Proof.FLOWS else 0.5
            origins.append(
                Origin(
                    path=code.place(
                        exclusion.file, exclusion.line, exclusion.end_line, confidence=confidence, evidence=said
                    ),
                    proof=proof,
                    kind="packaging",
                    raised_at=code.place(*readers[0]) if readers else None,
                )
            )
        return OriginSearch(origins=tuple(origins))
    return None


def _named(code: Code, path: str, files: list[str], called: list[str], readers: list[tuple[str, int]]) -> OriginSearch:
    """The lines that name the path: those that read it, then those that configure it."""
    name = path.rpartition("/")[2]
    where = f"no {name} is in the tree"
    if files:
        where = f"{files[0]} is in the tree, and nothing of it leaves the file out"
    elif called:
        where = f"the tree has {', '.join(called[:3])}, and no {name} in a folder like that"
    lines = [x for x in lines_with(code, name, (*CODE, *CONFIGURATION)) if name in x.text]
    places = list(dict.fromkeys([*readers, *((x.path, x.line) for x in lines if x.why_not is None)]))
    aside = [LookAlike(file=x.path, line=x.line, why_not=x.why_not) for x in lines if x.why_not is not None]
    origins = tuple(
        Origin(
            path=code.place(file, line, confidence=0.5, evidence=(f"it names {name}", where)),
            proof=Proof.CAN_RAISE if (file, line) in readers else Proof.NAMES,
            kind="code" if file.endswith(".py") else "configuration",
        )
        for file, line in places[:_MAX_PLACES]
    )
    reason = None if origins else f"{where}, and no line names it: its path is put together when it runs"
    return OriginSearch(origins=origins, look_alikes=tuple(aside[:_MAX_PLACES]), reason=reason)


def _readers(code: Code, path: str, reach: Reach) -> list[tuple[str, int]]:
    """(file, line) of the calls that open a file with this name written out, those on the way first."""
    name = path.rpartition("/")[2]
    found = []
    for one in code.facts.sinks("file"):
        if code.is_test(one.path) or not any(a[:1] in "'\"rfb" and name in a for a in one.row.arguments):
            continue
        reached = reach.of(one.path, one.function)
        found.append((reached is None or not reached.holds(one.row.line), one.path, one.row.line))
    return [(file, line) for _, file, line in sorted(found)]
