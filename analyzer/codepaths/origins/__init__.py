"""Where a message can have been raised: one search for each kind of query.

A search takes the code of a tree, the query and the places it is reached from; it gives origins, siblings and harmless
look-alikes. It reads syntax trees of the few files that the facts name, and never runs code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from analyzer.codepaths.origins import (
    attributes,
    clocks,
    conversions,
    database,
    files,
    imports,
    keys,
    modules,
    names,
    raising,
    serialization,
    settings,
    signatures,
    timeouts,
)
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach, whole_service
from analyzer.codepaths.origins.usage import is_used
from analyzer.model import CodePath, Origin, OriginSearch, Proof, Query, QueryKind, Role

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
    QueryKind.RESOURCE: settings.resource,
}
"""what answers which kind of query; a kind that is not here has no search yet, and says so"""


_MAX_PLACES = 6
"""functions that can have raised a text, without a way to them, up to which they are named"""


def _search_of(query: Query) -> Search | None:
    """What answers a query; times that meet with and without a zone are an operation that needs its own eye."""
    if query.kind is QueryKind.OPERATION and "offset-naive" in query.text:
        return clocks.search
    return SEARCHES.get(query.kind)


_ANYWHERE = frozenset({QueryKind.CONNECTION, QueryKind.CREDENTIAL, QueryKind.DATABASE, QueryKind.RESOURCE})
"""what lies in settings, wherever the program was"""


def needs_way(code: Code, query: Query) -> bool:
    """Whether it matters for a query what runs on the way to its message: to find that out is the costly part."""
    if query.kind is QueryKind.TEXT:
        return bool(code.said(query.text))
    return query.kind in SEARCHES and query.kind not in _ANYWHERE


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """The places that can have raised the text of a query."""
    answer = _search_of(query)
    if answer is None:
        return OriginSearch(reason=f"nothing is known of where a text of the kind “{query.kind.value}” is raised")
    try:
        found = answer(code, query, reach)
        if reach and not found.origins:
            found = _elsewhere(found, answer(code, query, Reach()))
        if not found.origins and query.kind not in _ANYWHERE and (wide := whole_service(code, reach.near)):
            found = _anywhere(found, answer(code, query, wide))
    except RecursionError:
        return OriginSearch(reason="a source that had to be read is nested too deeply")
    origins = tuple(_started(origin, reach) for origin in _used_first(code, found.origins))
    others = (replace(o.path, role=Role.SIBLING) for o in origins[1:] if o.proof is origins[0].proof is Proof.FLOWS)
    places = {(s.file, s.line): s for s in (*others, *found.siblings)}
    return replace(found, origins=origins, siblings=_nearest_first(list(places.values()), origins))


def _used_first(code: Code, origins: Sequence[Origin]) -> list[Origin]:
    """Of equal proof, places to which no way is known come last where nobody uses their function."""
    return sorted(
        origins,
        key=lambda o: (-o.proof, o.hops is None and not is_used(code, o.path.file, o.path.function or "")),
    )


def _elsewhere(near: OriginSearch, anywhere: OriginSearch) -> OriginSearch:
    """What is shown to fail, though no way to it was found: static reading does not see every call."""
    proved = tuple(replace(o, hops=None, via=()) for o in anywhere.origins if o.proof is Proof.FLOWS)
    if not proved:
        return near
    return replace(anywhere, origins=proved, look_alikes=near.look_alikes or anywhere.look_alikes, reason=near.reason)


def _anywhere(near: OriginSearch, anywhere: OriginSearch) -> OriginSearch:
    """What a whole service has, where nothing is seen on the way and few places can have done it."""
    best = max((o.proof for o in anywhere.origins), default=Proof.NAMES)
    places = {(o.path.file, o.path.function) for o in anywhere.origins if o.proof is best}
    if best < Proof.CAN_RAISE or len(places) > _MAX_PLACES:
        return near
    origins = tuple(replace(o, hops=None, via=()) for o in anywhere.origins if o.proof is best)
    return replace(anywhere, origins=origins, reason=near.reason)


def _nearest_first(siblings: Sequence[CodePath], origins: Sequence[Origin]) -> tuple[CodePath, ...]:
    """Siblings in the file of the first origin, then in its folder, then the rest, each in the order given."""
    if not origins:
        return tuple(siblings)
    file = origins[0].path.file
    folder = file.rpartition("/")[0]
    return tuple(sorted(siblings, key=lambda s: (s.file != file, s.file.rpartition("/")[0] != folder)))


def _started(origin: Origin, reach: Reach) -> Origin:
    """The origin with the wrapper or the frame that the shortest way to it begins at."""
    way = reach.of(origin.path.file, origin.path.function or "", origin.path.end_line)
    return replace(origin, start=way.start) if way is not None and origin.start is None else origin
