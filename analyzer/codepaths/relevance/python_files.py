"""A Python file before and after: the kinds of what changed, and the edits that may matter to an error."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from analyzer.codepaths.origins.repairs.edits import Edit, edits
from analyzer.codepaths.origins.repairs.syntax import DEFINITIONS
from analyzer.codepaths.relevance.changes import ChangedFile
from analyzer.codepaths.relevance.observing import Observing
from analyzer.codepaths.relevance.stripping import Stripped, drop_unused, header, strip
from analyzer.codepaths.relevance.texts import Wording
from analyzer.codepaths.salvage import parse
from analyzer.codepaths.tokens import tokenize

Lines = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEdit:
    """A statement of which one side may matter. Lines are 1-based and inclusive."""

    path: str
    function: str
    """qualified; `<module>` outside functions"""
    old: Lines | None
    """None where it came"""
    new: Lines | None
    """None where it went"""
    before: ast.AST | None = None
    after: ast.AST | None = None
    moved: tuple[Lines, ...] = ()
    """old lines of statements that stand inside the new one"""
    whole: bool = False
    """the whole file came or went"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """What became of one file."""

    kinds: frozenset[str]
    edits: tuple[CodeEdit, ...] = ()
    unread: str = ""
    """why it could not be compared"""
    line: int | None = None
    """of the first change, after the commit where the file still is"""


def compare(
    file: ChangedFile,
    observing: tuple[Observing, Observing],
    wording: tuple[Wording, Wording],
    is_free: Callable[[str], bool],
) -> FileVerdict:
    """The kinds of a change and what is left of it, for one error."""
    before, after = file.before or "", file.after or ""
    line = _first_difference(before, after)
    if (file.added and not after.strip()) or (file.removed and not before.strip()):
        return FileVerdict(kinds=frozenset({"code"}), edits=(_whole(file, before, after),), line=1)
    if before.split() == after.split() and "\\" not in before and _same_tree(before, after):
        return FileVerdict(kinds=frozenset({"blank"}), line=line)
    try:
        trees = [parse(text) for text in (before, after)]
        if trees[0] is None or trees[1] is None:
            return FileVerdict(kinds=frozenset({"code"}), unread="it does not parse", line=line)
        return _compared(file, trees[0], trees[1], observing, wording, is_free, line)
    except RecursionError:
        return FileVerdict(kinds=frozenset({"code"}), unread="it is nested too deeply", line=line)


def _compared(
    file: ChangedFile,
    before: ast.Module,
    after: ast.Module,
    observing: tuple[Observing, Observing],
    wording: tuple[Wording, Wording],
    is_free: Callable[[str], bool],
    line: int,
) -> FileVerdict:
    kinds: set[str] = set()
    if _comments(file.before or "") != _comments(file.after or ""):
        kinds.add("comment")
    if ast.dump(before) == ast.dump(after) and not (file.added or file.removed):
        return FileVerdict(kinds=frozenset(kinds or {"blank"}), line=line)
    if file.added or file.removed:
        return FileVerdict(kinds=frozenset({"code"}), edits=(_whole(file, file.before, file.after),), line=1)
    sides = [
        strip(tree, file.path, look, words)
        for tree, look, words in zip((before, after), observing, wording, strict=True)
    ]
    kinds |= _taken(*sides)
    plain = ast.dump(sides[0].module) == ast.dump(sides[1].module)
    if not plain:
        drop_unused(sides[0].module, sides[1].module, observing[0], is_free, new=False)
        drop_unused(sides[1].module, sides[0].module, observing[1], is_free, new=True)
        kinds.add("code")
    found = [_edit(e) for e in edits(file.path, sides[0].module, sides[1].module) if not _holds_only(e)]
    if ast.dump(sides[0].module) == ast.dump(sides[1].module):
        found = []
    elif not found:
        return FileVerdict(kinds=frozenset(kinds), unread="its statements stand in another order", line=line)
    return FileVerdict(kinds=frozenset(kinds), edits=tuple(found), line=line)


def _taken(old: Stripped, new: Stripped) -> set[str]:
    kinds = set()
    if old.docs != new.docs:
        kinds.add("docstring")
    if old.texts != new.texts:
        kinds.add("format")
    if old.log_calls != new.log_calls:
        kinds.add("logging")
    return kinds


def _edit(edit: Edit) -> CodeEdit:
    return CodeEdit(
        path=edit.scope.path,
        function=edit.scope.function,
        old=_lines(edit.before),
        new=_lines(edit.after),
        before=edit.before,
        after=edit.after,
        moved=tuple(lines for s in edit.moved if (lines := _lines(s)) is not None),
    )


def _holds_only(edit: Edit) -> bool:
    """Whether only statements inside a compound one changed: they are edits of their own."""
    before, after = edit.before, edit.after
    if before is None or after is None or type(before) is not type(after):
        return False
    compound = isinstance(
        before, (*DEFINITIONS, ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
    )
    return compound and header(before) == header(after)


def _lines(node: ast.AST | None) -> Lines | None:
    """First and last line of a statement."""
    if node is None:
        return None
    first = getattr(node, "lineno", 1)
    return first, getattr(node, "end_lineno", None) or first


def _whole(file: ChangedFile, before: str | None, after: str | None) -> CodeEdit:
    return CodeEdit(
        path=file.path,
        function="<module>",
        old=None if file.added else (1, (before or "").count("\n") + 1),
        new=None if file.removed else (1, (after or "").count("\n") + 1),
        whole=True,
    )


def _comments(text: str) -> Counter[str]:
    return Counter(t.text.strip() for t in tokenize(text) if t.kind == "comment")


def _same_tree(before: str, after: str) -> bool:
    try:
        trees = [parse(text) for text in (before, after)]
        return trees[0] is not None and trees[1] is not None and ast.dump(trees[0]) == ast.dump(trees[1])
    except RecursionError:
        return False


def _first_difference(before: str, after: str) -> int:
    old, new = before.split("\n"), after.split("\n")
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return min(same, max(len(new) - 1, 0)) + 1
