"""A fix to the other places that have the defect it repaired."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from analyzer.codepaths.git import Git
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.hunks import FileChange, Fix, read_fix
from analyzer.codepaths.origins.repairs import ignoring, recognise
from analyzer.codepaths.origins.repairs.edits import Edit, children, edits
from analyzer.codepaths.origins.repairs.lifting import Lifted, Place
from analyzer.codepaths.origins.repairs.syntax import DEFINITIONS
from analyzer.codepaths.origins.shapes import lift_form
from analyzer.codepaths.salvage import salvage
from analyzer.model import CodePath, FixSearch, LookAlike, Role, Shape

_MAX_SIBLINGS, _MAX_OF_A_FORM = 30, 12
"""a defect that stands in more places is how this code is written"""
_MAX_LOOK_ALIKES = 20
_MAX_SHAPES = 20
_MAX_READ = 2_000
Redact = Callable[[str], str]


def search_fix(code: Code, git: Git, commit: str, *, redact: Redact) -> FixSearch:
    """Other places of a tree (that of the fix) with the forms that a commit repaired."""
    fix = read_fix(git, commit)
    found = _Found()
    reasons = [_why_not(fix)]
    if not reasons[0]:
        reasons = [*_lift(fix, code, found)]
    places: list[Place] = []
    shapes: list[Shape] = []
    for lifted in found.lifted:
        try:
            here = list(islice(lifted.search(code), _MAX_READ))
        except RecursionError:
            reasons.append(f"{lifted.shape.text}: a file of the tree is nested too deeply to be searched")
            continue
        count = sum(not place.harmless for place in here)
        if count > (_MAX_OF_A_FORM if lifted.generic else _MAX_SIBLINGS):
            reasons.append(f"{lifted.shape.text}: {count} places are like that, too many to be one defect")
            continue
        shapes.append(_redacted(lifted.shape, redact))
        places.extend(place for place in here if not (place.harmless and found.repaired(place, code)))
    siblings = _siblings(code, places)
    return FixSearch(
        commit=fix.commit,
        shapes=tuple(shapes),
        siblings=siblings,
        look_alikes=_look_alikes(places, {(s.file, s.line) for s in siblings}, redact),
        reason=redact("; ".join(r for r in reasons if r)) or None,
    )


@dataclass(slots=True)
class _Found:
    """The repairs of a fix, and the functions it made them in."""

    lifted: list[Lifted] = field(default_factory=list)
    functions: set[tuple[str, str]] = field(default_factory=set)
    lines: set[tuple[str, int]] = field(default_factory=set)

    def add(self, lifted: Lifted, edit: Edit | None = None) -> None:
        known = any(lifted.shape.text == other.shape.text for other in self.lifted)
        if not known and len(self.lifted) < _MAX_SHAPES:
            self.lifted.append(lifted)
        self.lines.add((lifted.shape.file, lifted.shape.line))
        if edit is not None and edit.scope.function != "<module>":
            self.functions.add((edit.scope.path, edit.scope.function))

    def repaired(self, place: Place, code: Code) -> bool:
        """Whether a place is one that the fix itself repaired."""
        if any((place.path, line) in self.lines for line in range(place.line, place.end_line + 1)):
            return True
        around = code.facts.function_at(place.path, place.line)
        return around is not None and (place.path, around.name) in self.functions


def _why_not(fix: Fix) -> str:
    """Why nothing of a commit is to be looked at; empty where something is."""
    if fix.parent is None:
        return "the commit has no parent here (a history begins with it, or the clone is shallow): no form before it"
    if not fix.files:
        if fix.left_out:
            return f"none of its {fix.left_out} changed files is a text of moderate size"
        return "the commit changes no file"
    if all(f.is_prose for f in fix.files):
        return "the fix changes documents only: there is no defect of the code in it"
    if all(f.is_prose or f.is_test for f in fix.files):
        return "the fix changes tests and documents only: there is no defect of the code in it"
    if not any((f.is_python and not f.is_test) or f.is_ignore_file for f in fix.files):
        names = ", ".join(f.path for f in fix.files[:3])
        return f"forms are lifted from Python and from ignore files; the fix changes {names}"
    return ""


def _lift(fix: Fix, code: Code, found: _Found) -> list[str]:
    """Collects the repairs; gives what could not be read or searched for."""
    reasons = []
    compared = changed = 0
    unknown: list[Edit] = []
    for file in fix.files:
        for lifted in ignoring.recognise(file):
            found.add(lifted)
        if not file.is_python or file.is_test or file.before is None or file.after is None:
            continue
        compared += 1
        try:
            for edit in _edits(file):
                changed += not _holds_only(edit)
                own = [one for one in recognise(edit) if one.applies(code)]
                for one in own:
                    found.add(one, edit)
                if not own:
                    unknown.append(edit)
        except RecursionError:
            reasons.append(f"{file.path} is nested too deeply to be compared")
    for edit in unknown:  # a form says less than a repair that is known: it takes the room that is left
        try:
            form = lift_form(edit) if len(found.lifted) < _MAX_SHAPES else None
        except RecursionError:
            continue
        if form is not None:
            found.add(form, edit)
    if fix.merge:
        reasons.append("a merge: compared with its first parent")
    if fix.left_out:
        reasons.append(f"{fix.left_out} of its files were not compared")
    if not found.lifted:
        if compared and not changed:
            reasons.append("the fix changes comments, doc strings and blanks only")
        else:
            reasons.append("what the fix changed has no form that can be searched for")
    return reasons


def _edits(file: FileChange) -> list[Edit]:
    old, new = salvage(file.before or "").tree, salvage(file.after or "").tree
    return edits(file.path, old, new) if old is not None and new is not None else []


def _holds_only(edit: Edit) -> bool:
    """Whether an edit is a definition of which only the body changed: its statements are edits of their own."""
    both = isinstance(edit.before, DEFINITIONS) and type(edit.before) is type(edit.after)
    return both and edit.before is not None and edit.after is not None and not children(edit.before, edit.after)


def _siblings(code: Code, places: Sequence[Place]) -> tuple[CodePath, ...]:
    best: dict[tuple[str, int], Place] = {}
    for place in places:
        key = (place.path, place.line)
        if not place.harmless and (key not in best or place.confidence > best[key].confidence):
            best[key] = place
    ordered = sorted(best.values(), key=lambda p: (-p.confidence, p.path, p.line))
    return tuple(
        code.place(
            p.path, p.line, p.end_line, role=Role.SIBLING, confidence=p.confidence, unique=False, evidence=(p.why,)
        )
        for p in ordered
    )


def _look_alikes(places: Iterable[Place], taken: set[tuple[str, int]], redact: Redact) -> tuple[LookAlike, ...]:
    why = {(p.path, p.line): p.why for p in places if p.harmless and (p.path, p.line) not in taken}
    listed = [LookAlike(file=file, line=line, why_not=redact(why[file, line])) for file, line in sorted(why)]
    return tuple(listed[:_MAX_LOOK_ALIKES])


def _redacted(shape: Shape, redact: Redact) -> Shape:
    pattern = shape.pattern
    hidden = pattern is not None and redact(pattern.search) != pattern.search
    return replace(
        shape,
        text=redact(shape.text),
        before=redact(shape.before),
        after=redact(shape.after),
        pattern=None if hidden else pattern,
    )
