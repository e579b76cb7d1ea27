"""One commit and one error: what each changed file can do about it, and the answer for all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.repairs.syntax import DEFINITIONS
from analyzer.codepaths.relevance.changes import ChangedFile, Changes
from analyzer.codepaths.relevance.observing import Observing
from analyzer.codepaths.relevance.other_files import changed_lines, kind_of, only_comments
from analyzer.codepaths.relevance.places import (
    Places,
    identity,
    is_rewritten,
    is_shown,
    names_made,
    names_read,
)
from analyzer.codepaths.relevance.python_files import CodeEdit, Lines, compare
from analyzer.codepaths.relevance.texts import Wording
from analyzer.model import CodePath, Effect, Evidence, Ground, Proof, QueryKind, Relevance

_MAX_EVIDENCE = 12
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_PARTS = {
    "comment": "comments",
    "blank": "blanks",
    "docstring": "doc strings",
    "format": "the words of messages and what they show",
    "logging": "log calls",
    "code": "names, imports and functions that nothing else uses",
}
_POSSIBLE = 0.5
_ONE_DEFECT = frozenset(
    {
        *(QueryKind.UNSERIALIZABLE, QueryKind.ATTRIBUTE, QueryKind.SIGNATURE, QueryKind.UNPACK, QueryKind.NAME),
        *(QueryKind.UNBOUND,),
    }
)
"""errors of which places that can raise exactly the text are few, and each is a defect"""
_OUTSIDE = frozenset({QueryKind.MODULE, QueryKind.IMPORT, QueryKind.FILE, QueryKind.ENVIRONMENT})


@dataclass(slots=True)
class _Found:
    kinds: set[str] = field(default_factory=set)
    can: list[Evidence] = field(default_factory=list)
    open: list[Evidence] = field(default_factory=list)
    harmless: list[Evidence] = field(default_factory=list)


def judge(changes: Changes, before: Places, after: Places, old: Code, new: Code) -> Relevance:
    """What a commit can do about an error; `before` and `after` are its places in the trees `old` and `new`."""
    if changes.parent is None:
        why = "its parent is not in this shallow clone" if changes.shallow else "the history begins with it"
        said = f"{why}: there is nothing to compare with"
        return Relevance(effect=Effect.UNKNOWN, evidence=(_whole(said),))
    found = _Found()
    looking = (_observing(old, before), _observing(new, after))
    wording = (Wording(before.lines()), Wording(after.lines()))
    edits: list[CodeEdit] = []
    for file in changes.files:
        if file.same_text and kind_of(file.path) != "document":
            found.kinds.add(kind_of(file.path))
            found.open.append(_whole(f"{file.path}: who may read or run it changed", file.path))
        elif _is_python(file) and not _is_idle_test(file, before, old):
            verdict = compare(file, looking, wording, lambda name: old.facts.mentioned(name) == 0)
            found.kinds |= verdict.kinds
            edits += verdict.edits
            if verdict.unread:
                found.open.append(_whole(f"{file.path}: {verdict.unread}", file.path, verdict.line))
            elif not verdict.edits:
                found.harmless.append(_told(file, verdict.kinds, verdict.line, before))
        else:
            _judge_other(file, before, old, found)
    for edit in edits:
        _judge_edit(edit, before, old, found)
    _gone(before, after, old, new, edits, found)
    if changes.left_out:
        found.open.append(_whole(f"{changes.left_out} more files were not compared"))
    effect = Effect.CAN if found.can else Effect.UNKNOWN if found.open else Effect.CANNOT
    evidence = [*found.can, *found.open[: 3 if found.can else None], *found.harmless]
    remaining = _remaining(before, after, old, new)
    if effect is Effect.CANNOT:
        evidence += [_stands(p) for p in remaining[:3]]
    if not changes.files:
        evidence.append(_whole("the commit changes no file"))
    if changes.merge:
        evidence.append(_whole("a merge: compared with its first parent"))
    return Relevance(
        effect=effect,
        evidence=tuple(dict.fromkeys(evidence))[:_MAX_EVIDENCE],
        kinds=tuple(sorted(found.kinds)),
        touched=tuple({(p.file, p.line, p.role): p for p in _all(before) if is_rewritten(p, old, new)}.values()),
        remaining=tuple(remaining),
    )


def _observing(code: Code, places: Places) -> Observing:
    return Observing(code, places.query, places.functions, places.written)


def _all(places: Places) -> Iterable[CodePath]:
    return dict.fromkeys([*places.raising, *places.frames, *places.printed])


def _is_python(file: ChangedFile) -> bool:
    return file.path.endswith((".py", ".pyi", ".pyw")) and not file.unread and kind_of(file.path) == "code"


def _is_idle_test(file: ChangedFile, places: Places, code: Code) -> bool:
    """Whether a file is test code that no place of the error lies in and that nothing outside the tests loads."""
    if not code.is_test(file.path) or any(p.file == file.path for p in _all(places)):
        return False
    parts = file.path.removesuffix(".py").removesuffix("/__init__").split("/")
    names = [".".join(parts[n:]) for n in range(max(len(parts) - 1, 1))]
    return all(code.is_test(found.path) for name in names for found in code.facts.importers(name))


def _told(file: ChangedFile, kinds: Iterable[str], line: int | None, places: Places) -> Evidence:
    *first, final = [_PARTS[k] for k in sorted(kinds)] or ["nothing"]
    parts = f"{', '.join(first)} and {final}" if first else final
    said = f"{file.path}: only {parts} changed"
    if {"format", "logging", "code"} & set(kinds):
        core = places.query.text[:120] if places.query is not None else "the error"
        said += f"; that can neither raise “{core}” nor keep it from being raised"
    return _whole(said, file.path, line)


def _judge_other(file: ChangedFile, places: Places, code: Code, found: _Found) -> None:
    path = file.path
    if code.is_test(path) and not any(p.file == path for p in _all(places)):
        found.kinds.add("test")
        found.harmless.append(_whole(f"{path}: test code, which does not run in the service", path))
        return
    kind = kind_of(path)
    core = places.query.text if places.query is not None else ""
    before, after = file.before or "", file.after or ""
    if kind == "document" and path.rpartition("/")[2].casefold() not in core.casefold():
        found.kinds.add("document")
        found.harmless.append(_whole(f"{path}: a document", path))
        return
    small = "" if file.unread or file.added or file.removed or kind == "code" else only_comments(path, before, after)
    if small:
        found.kinds.add(small)
        found.harmless.append(_whole(f"{path}: only {_PARTS[small]} changed", path))
        return
    found.kinds.add(kind)
    lines = changed_lines(before, after)
    held = next((n for o in places.origins if o.path.file == path for n in (o.path.line,)), None)
    named = _speaking(lines, places) if places.query is not None and places.query.kind in _OUTSIDE else None
    if held is not None:
        found.can.append(Evidence(text=f"{path}:{held} is a place that can cause it", file=path, line=held))
    elif named is not None:
        text, line = named
        found.can.append(
            Evidence(text=f"{path}:{line} speaks of what is missing: {text.strip()[:80]}", file=path, line=line)
        )
    else:
        said = f"{path}: {kind} changed, and what that does to the running service is not followed"
        found.open.append(_whole(said, path, lines[0][1] if lines else None))


def _speaking(lines: Iterable[tuple[str, int]], places: Places) -> tuple[str, int] | None:
    """The first changed line that has the missing thing's whole name."""
    assert places.query is not None
    names = [n for key, n in sorted(places.query.names.items()) if key in ("module", "path", "variable") and len(n) > 2]
    wanted = {
        n for name in names for n in (name, name.replace(".", "/"), name.partition(".")[0] if "." not in name else name)
    }
    return next(((text, n) for text, n in lines if any(w in text for w in sorted(wanted))), None)


def _judge_edit(edit: CodeEdit, places: Places, code: Code, found: _Found) -> None:
    line = edit.new[0] if edit.new is not None else edit.old[0] if edit.old is not None else None
    where = f"{edit.path}:{line}"
    for place in places.raising:
        why = _meets(edit, place, code)
        if why:
            found.can.append(_whole(f"{where} {why} ({place.file}:{place.line})", edit.path, line))
            return
    role = "code changed, and it is not shown to have no part in the error"
    found.open.append(_whole(f"{where}: {role}", edit.path, line))


def _meets(edit: CodeEdit, place: CodePath, code: Code) -> str:
    """How an edit meets a place; empty where it does not."""
    if edit.path != place.file:
        return ""
    if edit.whole:
        return "is gone with the place that raises it" if edit.new is None else ""
    definition = isinstance(edit.before, DEFINITIONS)
    if edit.old is not None and _within(edit.old, place):
        if not definition:
            return "changes a place that can raise it"
        if edit.after is None:
            return "is gone with the place that can raise it"
        return ""
    if any(_within(lines, place) for lines in edit.moved):
        return "puts something around a place that can raise it"
    if definition or isinstance(edit.after, DEFINITIONS):
        return ""
    around = code.facts.function_at(place.file, place.line)
    if around is None or around.name != edit.function:
        return ""
    made = names_made(edit.before) | names_made(edit.after)
    if made & names_read(code, place):
        return "makes a value that a place which can raise it reads"
    if edit.after is not None and edit.before is None and any(isinstance(n, _LEAVING) for n in ast.walk(edit.after)):
        return "can leave the function before a place that can raise it"
    return ""


def _within(lines: Lines, place: CodePath) -> bool:
    return lines[0] <= place.end_line and place.line <= lines[1]


def _gone(before: Places, after: Places, old: Code, new: Code, edits: Iterable[CodeEdit], found: _Found) -> None:
    """Notes places that the search no longer finds after the commit, where more than words changed."""
    edits = list(edits)
    if not (edits or found.open) or found.can or "not shown" in (after.reason or ""):
        return
    still = {identity(o.path, new) for o in after.origins} | {identity(s, new) for s in after.siblings}
    for origin in before.origins:
        if origin.proof is not Proof.FLOWS or identity(origin.path, old) in still:
            continue
        path = origin.path
        if is_rewritten(path, old, new):
            continue  # its words changed: an edit that matters would have met it
        said = f"{path.file}:{path.line} was shown to raise it and no longer does after the commit"
        found.can.append(Evidence(text=said, file=path.file, line=path.line))
        return


def _remaining(before: Places, after: Places, old: Code, new: Code) -> list[CodePath]:
    """Places of the tree after the commit that can fail alike and stand as they stood before it."""
    least = Proof.CAN_RAISE if before.query is not None and before.query.kind in _ONE_DEFECT else Proof.FLOWS
    shown = [o.path for o in after.origins if o.proof >= least]
    shown += [s for s in after.siblings if is_shown(s) or (least is Proof.CAN_RAISE and s.confidence >= _POSSIBLE)]
    places = {(p.file, p.line): p for p in reversed(shown) if not is_rewritten(p, new, old)}
    return [places[key] for key in sorted(places)]


def _stands(path: CodePath) -> Evidence:
    return Evidence(text=f"{path.file}:{path.line} can raise it and stands as it was", file=path.file, line=path.line)


def _whole(said: str, file: str | None = None, line: int | None = None) -> Evidence:
    """A sentence that rests on the comparison of the commit with its parent, at a line where there is one."""
    return Evidence(text=said, file=file, line=line, rule=Ground.EFFECT if file is None or line is None else None)
