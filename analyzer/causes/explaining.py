"""From a cluster to the place behind it: its text taken apart, the code asked, the last line before it as a witness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from analyzer.causes.decomposition import Advice, Decomposed, RuntimeMessages, Text, decompose
from analyzer.causes.runtime.breadcrumbs import lines_before
from analyzer.model import CodePath, Context, ErrorEvent, Frame, Line, Origin, OriginIndex, OriginSearch, Query

_LAST_LINES = 4
_LIKELY = 0.5
_WITNESSED = 5
"""origins for which the last line before the error is looked up"""


class CauseIndex(OriginIndex, Protocol):
    """The questions that causes ask of a repository."""

    def statements(
        self, message: str, *, limit: int = 3, field: str | None = None, logger: str | None = None
    ) -> Sequence[CodePath]:
        """Statements that can produce this text, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadcrumb:
    """The statement that logged last before the error, in the function of a place that comes after it."""

    path: CodePath
    text: str
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What is known of the error behind the text of a cluster."""

    decomposed: Decomposed
    search: OriginSearch
    advice: Advice | None = None
    """of the rule that knows the core"""
    written: CodePath | None = None
    """the statement whose own words the core is, where no rule knows it"""
    breadcrumb: Breadcrumb | None = None
    traced: bool = False
    """the search began at the frames of a stack trace"""

    @property
    def wrapped(self) -> bool:
        """Whether an except clause put its own words around the core: a trace that ends there shows no more."""
        return bool(self.decomposed.innermost) and self.decomposed.innermost[0].handler

    @property
    def query(self) -> Query:
        """What the core asks of the code."""
        return self.decomposed.query

    @property
    def origin(self) -> Origin | None:
        """The most probable place."""
        return self.search.origins[0] if self.search.origins else None


def explain(
    events: Sequence[ErrorEvent],
    index: CauseIndex,
    messages: RuntimeMessages,
    contexts: Sequence[Context] = (),
    printed: Sequence[CodePath] = (),
) -> Explained | None:
    """The place behind one occurrence, printed by these events; None where they hold no text.

    `printed`: the statements that print the text, where the search begins if no wrapper is proved. `contexts`: the
    lines around them, of which the last that its service printed before it is a witness.
    """
    frames: tuple[Frame, ...] = ()
    texts: list[Text] = []
    for event in events:
        for trace in event.stack_traces[-1:]:
            root = trace.root_exception
            frames = frames or root.frames
            texts.append(Text(text=root.message or "", exception=root.type))
        texts += [Text(text=n.text, field=n.field) for n in reversed(event.nested)]
        texts.append(Text(text=event.message))
    if frames:
        texts = texts[:1] + [t for t in texts[1:] if t.exception is None]
    found = decompose(texts, index, messages)
    if found is None:
        return None
    if found.innermost and found.innermost[0].handler:
        frames = ()  # the trace ends where the error was wrapped: what raised it is in the try body
    anchors = [w.path for w in found.innermost] or [p for p in printed if p.confidence >= _LIKELY]
    search = index.origins(found.query, wrappers=anchors, frames=frames)
    lines = [line for context in contexts for line in lines_before(context)[:_LAST_LINES]]
    crumb, origins = _witnessed(search.origins, index, lines)
    query = found.query
    words = index.statements(query.text, limit=1) if query.rule is None else ()
    return Explained(
        decomposed=found,
        search=replace(search, origins=origins),
        advice=messages.advice(query.rule, query.names) if query.rule is not None else None,
        written=next((p for p in words if p.confidence >= _LIKELY), None),
        breadcrumb=crumb,
        traced=bool(frames),
    )


def _witnessed(
    origins: Sequence[Origin], index: CauseIndex, lines: Sequence[Line]
) -> tuple[Breadcrumb | None, tuple[Origin, ...]]:
    """The origins with those first that come right after the last line that their function logged."""
    if not origins:
        return None, tuple(origins)
    for line in lines:
        for path in index.statements(line.text, limit=3):
            after = [
                o
                for o in origins[:_WITNESSED]
                if (o.path.file, o.path.function) == (path.file, path.function) and path.line < o.path.end_line
            ]
            if after:
                first = min(after, key=lambda o: (-o.proof, o.path.end_line))
                if first.proof < origins[0].proof:
                    return None, tuple(origins)
                crumb = Breadcrumb(path=path, text=line.text, entry_id=line.entry_id)
                return crumb, (first, *(o for o in origins if o is not first))
    return None, tuple(origins)
