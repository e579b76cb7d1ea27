"""Where a message can have been raised: one search for each kind of query.

A search takes the code of a tree, the query and the places it is reached from; it gives origins, siblings and harmless
look-alikes. It reads syntax trees of the few files that the facts name, and never runs code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analyzer.codepaths.origins import (
    attributes,
    conversions,
    keys,
    names,
    raising,
    serialization,
    signatures,
    timeouts,
)
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach
from analyzer.model import OriginSearch, Query, QueryKind

Search = Callable[[Code, Query, Reach], OriginSearch]

SEARCHES: Mapping[QueryKind, Search] = {
    QueryKind.UNSERIALIZABLE: serialization.search,
    QueryKind.NAME: names.search_undefined,
    QueryKind.UNBOUND: names.search_unbound,
    QueryKind.ATTRIBUTE: attributes.search_attribute,
    QueryKind.OPERATION: attributes.search_operation,
    QueryKind.SIGNATURE: signatures.search,
    QueryKind.KEY: keys.search_key,
    QueryKind.INDEX: keys.search_index,
    QueryKind.UNPACK: keys.search_unpack,
    QueryKind.CONVERSION: conversions.search_conversion,
    QueryKind.VALIDATION: conversions.search_validation,
    QueryKind.TIMEOUT: timeouts.search,
    QueryKind.TEXT: raising.search,
}
"""what answers which kind of query; a kind that is not here has no search yet, and says so"""


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """The places that can have raised the text of a query."""
    answer = SEARCHES.get(query.kind)
    if answer is None:
        return OriginSearch(reason=f"nothing is known of where a text of the kind “{query.kind.value}” is raised")
    try:
        return answer(code, query, reach)
    except RecursionError:
        return OriginSearch(reason="a source that had to be read is nested too deeply")
