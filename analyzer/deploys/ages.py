"""Which of a service's revisions is older."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_NUMBER = re.compile(r"-(\d{5})-[a-z0-9]{3}$", re.ASCII)
"""how Cloud Run names revisions that were given no name: `service-00042-abc`"""


def number_of(revision: str) -> int | None:
    """The number in a name that Cloud Run gave, None in any other."""
    found = _NUMBER.search(revision[-20:])
    return int(found[1]) if found else None


def newest_revision(revisions: Sequence[str]) -> str:
    """The revision deployed last: by Cloud Run's numbers, else the one that appeared last; "" where there is none.

    An old one that drains can appear after the new one.
    """
    numbers = [number_of(revision) for revision in revisions]
    known = [number for number in numbers if number is not None]
    if len(known) == len(revisions) and known:
        return revisions[known.index(max(known))]
    return revisions[-1] if revisions else ""


def oldest_first(
    revisions: Iterable[str], made_ns: Mapping[str, int], first_seen: Mapping[str, int]
) -> tuple[str, ...]:
    """Revisions of a service in the order in which they were made.

    By Cloud Run's numbers where all have one. Else by when they were deployed or got ready (`made_ns`); those whose
    deploy the window does not show are older than those whose deploy it does, and among them first seen is older.
    """
    names = sorted(revisions)
    if all(number_of(name) is not None for name in names):
        return tuple(sorted(names, key=lambda name: (number_of(name) or 0, name)))
    return tuple(
        sorted(
            names,
            key=lambda name: (name in made_ns, made_ns.get(name, first_seen.get(name, 0)), name),
        )
    )
