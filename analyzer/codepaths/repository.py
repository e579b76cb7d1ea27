"""A repository read at one commit: statements of a message, files of frames, places of an event."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace

from analyzer.codepaths.alignment import Fit
from analyzer.codepaths.blaming import LastChanges
from analyzer.codepaths.code_facts import CodeFacts
from analyzer.codepaths.contents import Contents
from analyzer.codepaths.frame_mapping import FrameMapper, MappedFrame
from analyzer.codepaths.git import Git
from analyzer.codepaths.indexing import complete
from analyzer.codepaths.languages import Unread
from analyzer.codepaths.line_changes import LineChanges, called_from
from analyzer.codepaths.messages import with_words
from analyzer.codepaths.origins import needs_way, search
from analyzer.codepaths.origins.code import Code, Said
from analyzer.codepaths.origins.fixes import search_fix
from analyzer.codepaths.origins.reach import Reach, from_frames, from_wrappers
from analyzer.codepaths.owners import OWNER_FILES, OwnerRule, owner_of, read_owners
from analyzer.codepaths.presentation import code_host, excerpt, link
from analyzer.codepaths.scoring import ANYTHING, Asked, Hit
from analyzer.codepaths.search import Search
from analyzer.codepaths.settling import settle
from analyzer.codepaths.store import Store, StoredBlob, memory_store
from analyzer.codepaths.suspects import suspects
from analyzer.codepaths.suspects.steps import steps_of
from analyzer.codepaths.trees import Tree
from analyzer.codepaths.wrapping import inner_texts, reaches_end
from analyzer.errors import RepositoryError
from analyzer.model import (
    Blame,
    CodePath,
    ErrorEvent,
    EventKind,
    FixSearch,
    Frame,
    OriginSearch,
    Query,
    Role,
    SourceLocation,
    StackTrace,
    Unlocated,
    Wrapper,
)

_MAX_SPAN = 30
_UNIT = "\x1f"
"""between the hole expressions of a statement"""
_ROLES = {"log": Role.EMIT, "print": Role.EMIT, "raise": Role.RAISE}
_LABEL_CONFIDENCE = 0.97
_LABELLED_AMONG = 50
"""hits among which a label's statement is looked for"""
_SURE = 0.5
_VERIFIED = 0.8
"""share of a template's words that must stand in a text before a label is believed to name its statement"""


class RepositoryIndex:
    """Implements `model.CodeIndex`. Not to be shared between threads."""

    def __init__(
        self,
        *,
        tree: Tree,
        store: Store,
        blobs: dict[str, StoredBlob],
        paths_by_blob: dict[str, list[str]],
        redact: Callable[[str], str],
        unread: tuple[Unread, ...] = (),
    ) -> None:
        self._tree = tree
        self._store = store
        self._blobs = blobs
        self._paths_by_blob = paths_by_blob
        self._redact = redact
        self.unread = unread
        """files of other languages that were left out, and why"""
        self._search: Search | None = None
        self._contents = Contents(tree)
        self._changes = LastChanges(tree, self._contents, redact)
        self._mapper: FrameMapper | None = None
        self._owner_rules: tuple[OwnerRule, ...] | None = None
        self._owners: dict[str, str | None] = {}
        self._host: str | None = None
        self.facts = CodeFacts(lambda: (self._store, self._blobs), self._begin_anew, paths_by_blob)
        """functions, calls, imports, handlers and more; costs nothing until it is asked"""
        self.code = Code(tree=tree, contents=self._contents, facts=self.facts, place=self._place, said=self._said)

    @property
    def commit(self) -> str | None:
        """Full id of the commit that is read; None for a directory without git or a dirty tree."""
        return self._tree.commit

    @property
    def git(self) -> Git | None:
        """The repository behind the tree; None for a plain directory."""
        return self._tree.git

    @property
    def head(self) -> str | None:
        """The commit that is read, also where the work tree differs from it in some files."""
        return self._tree.head

    @property
    def unparsed(self) -> tuple[tuple[str, str], ...]:
        """(path, reason) of the files whose strings were read without a syntax tree, or not at all."""
        out: list[tuple[str, str]] = []
        for blob, paths in self._paths_by_blob.items():
            stored = self._blobs.get(blob)
            reason = "not in the object database" if stored is None else stored.problem
            if reason:
                out.extend((path, reason) for path in paths)
        return tuple(sorted(out))

    def close(self) -> None:
        """Gives the cache back."""
        self._store.close()

    def statements(
        self, message: str, *, limit: int = 3, field: str | None = None, logger: str | None = None
    ) -> list[CodePath]:
        """Statements that can produce this text, best first; `field` is the JSON key it stood under."""
        return self._code_paths(self._hits(message, limit=limit, asked=Asked(field=field, logger=logger)))

    def wrappers(self, message: str, *, field: str | None = None) -> list[Wrapper]:
        """Statements whose words stand around an inner text in this message, the most probable first."""
        found = []
        for hit in self._safely(lambda: self._searched().statements(message, asked=Asked(field=field))):
            handler = self.facts.handler_of(hit.path, hit.statement.line)
            inner = inner_texts(hit.statement, hit.alignment, handler.row.variable if handler is not None else "")
            if not inner:
                continue
            path = self._code_path(hit)
            found += [
                Wrapper(
                    path=path,
                    inner=with_words(text),
                    whole=reaches_end(hit.alignment),
                    named=named,
                    handler=handler is not None,
                    loses_trace=handler is not None and not handler.row.keeps_trace,
                )
                for text, named in inner
            ]
        return found

    def origins(self, query: Query, *, wrappers: Sequence[CodePath] = (), frames: Sequence[Frame] = ()) -> OriginSearch:
        """Places that can have raised the text of a query: from its wrappers, else from the frames of its trace."""
        if not needs_way(self.code, query):
            return search(self.code, query, Reach(near=tuple(w.file for w in wrappers)))
        if frames:
            return search(self.code, query, from_frames(self.code, self.frames(frames)))
        return search(self.code, query, from_wrappers(self.code, wrappers, query.exception))

    def _said(self, text: str) -> list[Said]:
        """Statements whose template gives a whole text, but for what was redacted; with its holes, best first."""
        found = []
        for hit in self._safely(lambda: self._searched().statements(text)):
            redacted = hit.alignment.fit is Fit.PARTIAL and hit.alignment.excused and hit.alignment.recall >= _VERIFIED
            if hit.alignment.fit is Fit.WHOLE or redacted:
                holes = hit.statement.holes.split(_UNIT) if hit.statement.holes else []
                values = hit.alignment.values if len(holes) == len(hit.alignment.values) else ()
                pairs = tuple(zip(holes, values, strict=False)) if values else ()
                found.append(Said(path=self._code_path(hit), kind=hit.statement.kind, values=pairs))
        return found

    def siblings_of_fix(self, commit: str) -> FixSearch:
        """Other places of this tree with what a commit repaired. Raises RepositoryError without git or that commit."""
        if self._tree.git is None:
            raise RepositoryError("no git history here, so no fix to read", "give the git checkout that holds it")
        return search_fix(self.code, self._tree.git, commit, redact=self._redact)

    def suspects(self, trace: StackTrace, *, limit: int = 3) -> list[CodePath]:
        """Functions that may have to change for a stack trace, the most probable first, no function twice."""
        steps = steps_of(trace, self._frames().map, self._contents)
        return suspects(self.code, steps, trace.root_exception.message, limit=limit)

    def why_unmapped(self, message: str) -> str:
        """Why no statement was found for a text."""
        return self._searched().why_not(message)

    def frames(self, frames: Sequence[Frame], *, limit: int = 3) -> list[CodePath]:
        """In-repository frames as code paths, innermost first; `frames` run outermost to innermost.

        Generated and vendored files come after what the project's own hands wrote.
        """
        mapped = [m for m in reversed(self._frames().map(frames)) if m is not None]
        ordered = sorted(enumerate(mapped), key=lambda m: (not m[1].by_hand, m[0]))
        out: list[CodePath] = []
        places: set[tuple[str, int, str | None]] = set()
        for position, frame in ordered:
            found = self._frame_path(frame, innermost=position == 0)
            if (found.file, found.line, found.function) not in places and len(out) < limit:
                places.add((found.file, found.line, found.function))
                out.append(found)
        return out

    def blame(self, path: CodePath) -> Blame:
        """The commits that the lines of a code path were last changed in, at most 30 lines of it."""
        return self._changes.blame(path)

    def changes(self, path: CodePath, *, since: str | None = None) -> Blame:
        """The same, and where their words came in, each with its size and whether it is newer than `since`."""
        return self._changes_since().of(path, self.blame(path), since)

    def packaging_changes(self, names: Sequence[str], *, since: str) -> list[tuple[CodePath, Blame]]:
        """Packaging files that changed after `since` in lines that speak of one of the names, by path."""
        found = []
        for file, line, blame in self._changes_since().packaging(names, since):
            found.append((self.code.place(file, line), blame))
        return found

    def called_from(self, path: CodePath, *, limit: int = 3) -> list[CodePath]:
        """Functions of the tree that the lines of a code path call, where only one can be meant."""
        return called_from(self.code, path, limit)

    def with_history(self, paths: Sequence[CodePath]) -> list[CodePath]:
        """Code paths with who changed each last in its evidence, and as its owner where CODEOWNERS names none.

        Git is asked for all of them at once: the history of one long file costs up to a second.
        """
        return self._changes.told(paths)

    def locate(
        self, event: ErrorEvent, *, limit: int = 3, neighbours: Callable[[], Sequence[str]] = tuple
    ) -> list[CodePath] | Unlocated:
        """Where this error comes from: emit or author, then raise, then frames.

        `neighbours` gives the lines around it, the nearest first; it is asked only where rivals are left.
        """
        if event.kind in (EventKind.PLATFORM, EventKind.DEPLOY):
            return Unlocated(reason="the platform wrote this, no statement of the repository")
        if event.stack_traces:
            found = self._locate_traced(event, limit)
        else:
            found = self._locate_text(event, limit)
            if len(found) > 1 and not found[0].unique:
                found = settle(found, neighbours(), lambda text: self.statements(text, limit=1))
        if found:
            return found[:limit]
        return Unlocated(reason=self._why_not(event))

    def _locate_traced(self, event: ErrorEvent, limit: int) -> list[CodePath]:
        trace = event.stack_traces[-1]
        frames = self.frames(trace.root_exception.frames, limit=limit)
        if not frames:
            for exception in (trace.exceptions[trace.last], *trace.exceptions):
                frames = self.frames(exception.frames, limit=limit)
                if frames:
                    break
        emitted = [p for p in self._locate_text(event, 1) if p.confidence >= _SURE]
        if not frames and not emitted:
            root = trace.root_exception.message
            return self.statements(root, limit=limit) if root else []
        if frames:  # the text of the title names where it was wrapped; the innermost frame is where it was raised
            innermost = (frames[0].file, frames[0].line)
            emitted = [
                replace(p, role=Role.WRAP) if p.role is Role.RAISE and (p.file, p.line) != innermost else p
                for p in emitted
            ]
        return _without_repeats([*emitted, *frames])

    def _locate_text(self, event: ErrorEvent, limit: int) -> list[CodePath]:
        asked = Asked(logger=event.logger, level=event.severity.name, service=event.service or None)
        hits: list[Hit] = []
        for nested in reversed(event.nested):
            inner = replace(asked, field=nested.field, level=None)
            hits.extend(self._hits(nested.text, limit=limit, asked=inner)[:1])
        if event.message and event.message != "(no message)":
            # the label may name one that the words alone rank low
            ranked = self._hits(event.message, limit=max(limit, _LABELLED_AMONG), asked=asked)
            labelled = self._labelled(event.location, ranked)
            direct = ranked[:limit]
            if labelled is not None:
                paths = self._code_paths(hits)
                return _without_repeats([labelled, *paths, *self._code_paths(direct)])[:limit]
            hits.extend(direct)
        return _without_repeats(self._code_paths(hits))[:limit]

    def _labelled(self, location: SourceLocation | None, hits: Sequence[Hit]) -> CodePath | None:
        """The statement an entry's own label names, where a template there fits the message: labels lie."""
        if location is None or not location.file or not location.function:
            return None
        files = {m.path for m in self._frames().paths.labelled(location.file)}
        wanted = location.function.replace(".<locals>", "")
        for hit in hits:
            function = hit.statement.function
            if hit.alignment.fit is Fit.PARTIAL and hit.alignment.recall < _VERIFIED:
                continue
            if hit.path in files and (function == wanted or function.endswith("." + wanted)):
                text = f"the entry's location label names this function ({location.file}:{location.function})"
                return self._code_path(hit, confidence=_LABEL_CONFIDENCE, unique=True, extra=(text,))
        return None

    def _why_not(self, event: ErrorEvent) -> str:
        if event.stack_traces:
            said = [f for t in event.stack_traces for f in t.root_exception.frames]
            why = self._frames().why_not(said) or "no frame lies in the repository"
            return f"{why}, and no template fits the message"
        if not event.message or event.message == "(no message)":
            return "the entry has no message"
        if event.kind is EventKind.REQUEST:
            return "a request log line: the platform wrote it"
        return "; ".join(["no template of the repository fits the message", *map(str, self.unread)])

    def _hits(self, message: str, *, limit: int, asked: Asked = ANYTHING) -> list[Hit]:
        return self._safely(lambda: self._searched().find(message, limit=limit, asked=asked))

    def _safely(self, ask: Callable[[], list[Hit]]) -> list[Hit]:
        try:
            return ask()
        except sqlite3.Error:
            self._begin_anew()
            return ask()

    def _begin_anew(self) -> None:
        """The cache broke under us: everything is read again, into memory."""
        self._store.close()
        self._store, self._search = memory_store(), None
        self._blobs = complete(self._store, self._tree, sorted(self._paths_by_blob), 0, None)

    def _changes_since(self) -> LineChanges:
        return LineChanges(self._tree, self._contents, self._redact)

    def _searched(self) -> Search:
        if self._search is None:
            self._search = Search(self._store, self._blobs, self._paths_by_blob)
        return self._search

    def _frames(self) -> FrameMapper:
        if self._mapper is None:
            self._mapper = FrameMapper(self._tree, self._contents, self._redact)
        return self._mapper

    def _frame_path(self, frame: MappedFrame, innermost: bool) -> CodePath:
        line = end = frame.line
        raised = self._contents.outline(frame.path).raise_at(line) if innermost and frame.certain else None
        if raised is not None:
            line, end = raised
        role = Role.RAISE if raised is not None else Role.FRAME
        return self._place(frame.path, line, end, frame.function, role, frame.confidence, frame.unique, frame.evidence)

    def _code_paths(self, hits: Sequence[Hit]) -> list[CodePath]:
        self._contents.load([hit.path for hit in hits])
        return [self._code_path(hit) for hit in hits]

    def _code_path(
        self, hit: Hit, *, confidence: float | None = None, unique: bool | None = None, extra: tuple[str, ...] = ()
    ) -> CodePath:
        statement = hit.statement
        return self._place(
            hit.path,
            statement.line,
            min(statement.end_line, statement.line + _MAX_SPAN),
            statement.function,
            _ROLES.get(statement.kind, Role.AUTHOR),
            hit.confidence if confidence is None else confidence,
            hit.unique if unique is None else unique,
            (*extra, *hit.reasons),
        )

    def _place(
        self,
        path: str,
        line: int,
        end_line: int,
        function: str | None,
        role: Role,
        confidence: float,
        unique: bool,
        evidence: tuple[str, ...],
    ) -> CodePath:
        commit = self._tree.commit_of(path)
        if self._owner_rules is None:
            self._owner_rules, self._host = self._read_owners(), self._read_host()
        if path not in self._owners:
            self._owners[path] = self._redact(owner_of(path, self._owner_rules) or "") or None
        return CodePath(
            file=path,
            line=line,
            end_line=end_line,
            function=function,
            commit=commit,
            role=role,
            confidence=confidence,
            unique=unique,
            evidence=tuple(self._redact(sentence) for sentence in evidence),
            excerpt=excerpt(self._contents.lines(path), line, end_line, self._redact),
            owner=self._owners[path],
            link=link(self._host, commit, path, line, end_line),
        )

    def _read_owners(self) -> tuple[OwnerRule, ...]:
        file = next((f for f in OWNER_FILES if f in self._tree.files), None)
        return read_owners("\n".join(self._contents.lines(file))) if file else ()

    def _read_host(self) -> str | None:
        return code_host(self._tree.git.remote()) if self._tree.git is not None else None


def _without_repeats(paths: Sequence[CodePath]) -> list[CodePath]:
    out: list[CodePath] = []
    for path in paths:
        if all((path.file, path.function, path.line) != (p.file, p.function, p.line) for p in out):
            out.append(path)
    return out
