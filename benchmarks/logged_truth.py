"""A repository's own logged messages as truth: dumps, logs and worklogs of its history whose entries name their place.

The tree of the commit that added such a file is the source. A distinct message becomes a row by the first record
that passes; those that name a function come first, then by commit time, commit, path and place. Distinct are messages
that differ in more than digits, hexadecimal ids and colour tags. A record does not pass where

1. its label is a wrapper: one `module:function:line` of that function carries five or more distinct messages that have
   no word in common;
2. its module is no file of that tree (the standard library, other packages, files that are gone), or several files go
   by that name;
3. that file defines no function of the label's name: the label is of another revision, or made up.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analyzer.codepaths.git import Git
from benchmarks.logged_records import Record, read_records

_SUFFIXES = (".log", ".json", ".jsonl", ".txt", ".md")
_JSON = (".json", ".jsonl")
_WORTH_READING = re.compile(rb'"module"|TRACE|DEBUG|INFO|SUCCESS|WARNING|ERROR|CRITICAL')
_TAG = re.compile(r"</?[a-z]+>")
_ID = re.compile(r"(?<![A-Za-z0-9])(?=[a-f-]*+\d)[0-9a-f][0-9a-f-]{5,}+(?![A-Za-z0-9])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_WRAPPED = 5
"""Distinct messages without a common word from which a label is a wrapper's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message and the place its label names, which exists in the tree of `commit`."""

    message: str
    file: str
    function: str | None
    line: int | None
    """as labelled; the deployed revision may have been another"""
    commit: str
    committed: int
    """seconds since 1970"""
    severity: str
    logger: str | None
    kind: str
    source: str
    """path of the dump or worklog"""
    said: bool
    """a string of the labelled function, or of the file without one, holds a word of the message"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    seconds: int
    commit: str
    path: str
    number: int
    record: Record

    @property
    def order(self) -> tuple[bool, int, str, str, int]:
        return (self.record.function is None, self.seconds, self.commit, self.path, self.number)


def read_truth(git: Git, progress: Callable[[str], None]) -> tuple[list[Row], Counter[str]]:
    """Rows in order of commit and message, and what became of the others."""
    found = _records(git, progress)
    counts = Counter(records=len(found), commits=len({f.commit for f in found}))
    by_message: defaultdict[str, list[_Found]] = defaultdict(list)
    for one in sorted(found, key=lambda f: f.order):
        by_message[masked(one.record.message)].append(one)
    counts["distinct messages"] = len(by_message)
    wrappers = _wrappers(f.record for f in found)
    trees = _Trees(git)
    rows: list[Row] = []
    for alike in by_message.values():
        own = [f for f in alike if (f.record.module, f.record.function) not in wrappers]
        reasons = Counter[str]()
        row = None
        for one in own:
            file, reason = trees.file_of(one.commit, one.record)
            if file is None:
                reasons[reason] += 1
                continue
            row = _row(one, file, trees.words(one.commit, file, one.record.function))
            break
        if row is not None:
            rows.append(row)
        else:
            counts[min(reasons, key=lambda r: (-reasons[r], r)) if reasons else "labelled by a wrapper"] += 1
    counts["rows"] = len(rows)
    return sorted(rows, key=lambda r: (r.committed, r.commit, r.message)), counts


def masked(message: str) -> str:
    """The message without colour tags, every run of digits and every hexadecimal id as one 0."""
    return re.sub(r"\d+", "0", _ID.sub("0", _TAG.sub("", message))).strip()


def _records(git: Git, progress: Callable[[str], None]) -> list[_Found]:
    first: dict[str, tuple[int, str, str]] = {}
    for added in _added(git):
        seconds, commit, path, blob = added
        first[blob] = min(first.get(blob, (seconds, commit, path)), (seconds, commit, path))
    found: list[_Found] = []
    missing = 0
    for done, (blob, content) in enumerate(git.blobs(sorted(first))):
        if done % 1000 == 0:
            progress(f"{done} of {len(first)} files read, {len(found)} records")
        missing += content is None
        if content is None or not _WORTH_READING.search(content):
            continue
        seconds, commit, path = first[blob]
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        records = read_records(content.decode(encoding, "replace"), whole_json=path.endswith(_JSON))
        found.extend(
            _Found(seconds=seconds, commit=commit, path=path, number=number, record=record)
            for number, record in enumerate(records)
        )
    progress(f"{len(first)} files read, {missing} of them are not in this clone; {len(found)} records")
    return found


def _added(git: Git) -> Iterable[tuple[int, str, str, str]]:
    """(seconds, commit, path, blob) of every file of those suffixes that any commit of any branch added."""
    listed = git.run(
        "log", "--all", "--no-renames", "--diff-filter=A", "--raw", "--no-abbrev", "--format=@%ct %H", "-z"
    ).decode("utf-8", "surrogateescape")
    seconds, commit = 0, ""
    fields = iter(listed.split("\0"))
    for field in fields:
        if field.startswith("@"):
            stamp, commit = field[1:].split()[:2]
            seconds = int(stamp)
        marker = field.rpartition(":")[2].split()
        if len(marker) == 5 and marker[4] == "A":
            path = next(fields)
            if path.endswith(_SUFFIXES):
                yield seconds, commit, path, marker[3]


def _wrappers(records: Iterable[Record]) -> set[tuple[str, str | None]]:
    messages: defaultdict[tuple[str, str | None, int], set[str]] = defaultdict(set)
    for record in records:
        if record.line is not None:
            messages[record.module, record.function, record.line].add(masked(record.message))
    out: set[tuple[str, str | None]] = set()
    for (module, function, _), texts in messages.items():
        shared = set.intersection(*(set(_WORD.findall(text)) for text in texts))
        if len(texts) >= _WRAPPED and not shared:
            out.add((module, function))
    return out


def _row(one: _Found, file: str, spoken: frozenset[str]) -> Row:
    return Row(
        message=one.record.message,
        file=file,
        function=one.record.function,
        line=one.record.line,
        commit=one.commit,
        committed=one.seconds,
        severity=one.record.severity,
        logger=one.record.logger,
        kind=one.record.kind,
        source=one.path,
        said=not spoken.isdisjoint(_WORD.findall(one.record.message)),
    )


class _Trees:
    """Which file a label means at a commit."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._trees: dict[str, dict[str, str]] = {}
        self._by_name: dict[str, dict[str, list[str]]] = {}
        self._words: dict[str, dict[str, frozenset[str]]] = {}

    def file_of(self, commit: str, record: Record) -> tuple[str | None, str]:
        """The file, or None and why there is none."""
        if commit not in self._trees:
            tree = {p: b for p, b in self._git.tree(commit).items() if p.endswith(".py")}
            self._trees[commit] = tree
            names: dict[str, list[str]] = {}
            for path in sorted(tree):
                names.setdefault(path.rpartition("/")[2], []).append(path)
            self._by_name[commit] = names
        found = self._candidates(commit, record)
        if len(found) != 1:
            return None, "the module is no file of the tree" if not found else "several files go by the module's name"
        if record.function and record.function.rpartition(".")[2] not in self._functions(commit, found[0]):
            return None, "the file defines no such function"
        return found[0], ""

    def words(self, commit: str, file: str, function: str | None) -> frozenset[str]:
        """Words in the strings of a function, or of the file."""
        return self._functions(commit, file)[function.rpartition(".")[2] if function else "<module>"]

    def _candidates(self, commit: str, record: Record) -> list[str]:
        base = record.module.replace(".", "/")
        names = [f"{base}.py", f"{base}/__init__.py"]
        if record.file is not None:
            names = [name for name in names if name.endswith("/" + record.file)]
        tree = self._trees[commit]
        exact = [name for name in names if name in tree]
        if exact:
            return exact
        by_name = self._by_name[commit]
        ending = [p for name in names for p in by_name.get(name.rpartition("/")[2], ()) if p.endswith("/" + name)]
        return ending if "/" in base else []

    def _functions(self, commit: str, file: str) -> dict[str, frozenset[str]]:
        """Name of each function → the words of its strings; `<module>` is the whole file."""
        blob = self._trees[commit][file]
        if blob not in self._words:
            content = next(iter(self._git.blobs([blob])))[1] or b""
            words: defaultdict[str, set[str]] = defaultdict(set)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = ast.parse(content)
            except (SyntaxError, ValueError):
                tree = ast.parse("")
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module):
                    name = "<module>" if isinstance(node, ast.Module) else getattr(node, "name", "<lambda>")
                    words[name] |= _words_of(node)
            self._words[blob] = {name: frozenset(found) for name, found in words.items()}
        return self._words[blob]


def _words_of(node: ast.AST) -> set[str]:
    strings = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {word for string in strings for word in _WORD.findall(string)}
