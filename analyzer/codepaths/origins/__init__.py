"""Where a message can have been raised: one search for each kind of query.

A search takes the code of a tree, the query and the places it is reached from; it gives origins, siblings and harmless
look-alikes. It reads syntax trees of the few files that the facts name, and never runs code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analyzer.codepaths.origins import database, files, imports, modules, serialization, settings
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach
from analyzer.model import OriginSearch, Query, QueryKind

Search = Callable[[Code, Query, Reach], OriginSearch]

SEARCHES: Mapping[QueryKind, Search] = {
    QueryKind.UNSERIALIZABLE: serialization.search,
    QueryKind.CONNECTION: settings.connection,
    QueryKind.CREDENTIAL: settings.credential,
    QueryKind.DATABASE: database.search,
    QueryKind.ENVIRONMENT: settings.environment,
    QueryKind.FILE: files.search,
    QueryKind.IMPORT: imports.search,
    QueryKind.MODULE: modules.search,
    QueryKind.RESOURCE: settings.resource,
}
"""what answers which kind of query; a kind that is not here has no search yet, and says so"""


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """The places that can have raised the text of a query."""
    answer = SEARCHES.get(query.kind)
    if answer is None:
        return OriginSearch(reason=f"nothing is known of where a text of the kind “{query.kind.value}” is raised")
    return answer(code, query, reach)
