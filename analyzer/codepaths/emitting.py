"""Who emits a text that its author only names: constants used in other files, exceptions that word themselves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from analyzer.codepaths.postings import Postings
from analyzer.codepaths.scoring import Hit
from analyzer.codepaths.statements import CLASS_MARK, CONSTANT_MARK
from analyzer.codepaths.store import Store

_WORDING_METHODS = frozenset({"__init__", "__str__", "__repr__", "__unicode__"})
_MAX_EMITTERS = 3


class Emitters:
    """The statements of a tree that emit by name what stands elsewhere."""

    def __init__(self, store: Store, postings: Postings, firsts: Sequence[int], paths: Sequence[Sequence[str]]) -> None:
        self._store = store
        self._postings = postings
        self._firsts = firsts
        self._paths = paths

    def of(self, hit: Hit) -> list[Hit]:
        """Hits of the statements that emit an author's text, in the order of their places; empty where none is known.

        More than three emitters tell nothing about who emitted this text: then the author alone is named.
        """
        mark = _mark(hit)
        if mark is None:
            return []
        found = []
        statements = self._store.statements(self._postings.of([mark])[mark].tolist())
        for i, statement in statements.items():
            reason = f"it emits `{mark[1:]}`, whose text is written in {hit.path}:{hit.statement.line}"
            for path in self._paths[bisect_right(self._firsts, i) - 1]:
                found.append(replace(hit, path=path, statement=statement, reasons=(*hit.reasons, reason)))
        places = {h.place for h in found}
        found.sort(key=lambda h: (h.path, h.statement.line))
        return found if len(places) <= _MAX_EMITTERS else []


def raisers(author: Hit, hits: Sequence[Hit]) -> list[Hit]:
    """Of hits inside an exception's own wording, those that raise this exception."""
    owner = worded_class(author)
    return [h for h in hits if h.statement.kind == "raise" and h.statement.name == owner] if owner else []


def worded_class(hit: Hit) -> str | None:
    """The class whose `__str__` or `__init__` words the text."""
    parts = hit.statement.function.split(".")
    return parts[-2] if len(parts) > 1 and parts[-1] in _WORDING_METHODS else None


def _mark(hit: Hit) -> str | None:
    statement = hit.statement
    if owner := worded_class(hit):
        return CLASS_MARK + owner
    scope = statement.function.rpartition(".")[2]
    if statement.kind == "assign" and (scope == "<module>" or scope[:1].isupper()):
        return CONSTANT_MARK + statement.name
    return None
