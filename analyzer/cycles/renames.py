"""Tests that went and came under another name: told, never merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

_SHOWN = 3
_MIN_LETTERS = 6
"""letters of a function's name that tell it from others; `test_a` moves nowhere"""


def find_renames(removed: Iterable[str], new: Iterable[str]) -> list[tuple[str, str]]:
    """(old name, new name) of tests that most likely are one, sorted: one removed and one new test that fit only each
    other.

    They fit where class and function are equal and only the parameters differ, or function and parameters are equal and
    the class was renamed in its module or moved with its name.
    """
    gone, came = sorted(set(removed)), sorted(set(new))
    found: list[tuple[str, str]] = []
    for keys_of in (_parameters_apart, _place_apart):
        old, now = _by_key(gone, keys_of), _by_key(came, keys_of)
        partners: dict[str, set[str]] = defaultdict(set)
        for key in old.keys() & now.keys():
            for name in old[key]:
                partners[name] |= now[key]
            for name in now[key]:
                partners[name] |= old[key]
        pairs = [
            (name, next(iter(partners[name])))
            for name in gone
            if len(partners[name]) == 1 and len(partners[next(iter(partners[name]))]) == 1
        ]
        found += pairs
        gone = [name for name in gone if name not in {old_name for old_name, _ in pairs}]
        came = [name for name in came if name not in {new_name for _, new_name in pairs}]
    return sorted(found)


def tell_renames(pairs: Sequence[tuple[str, str]]) -> str | None:
    """A sentence on renamed tests, None where there are none."""
    if not pairs:
        return None
    shown = ", ".join(f"{old} is now {new}" for old, new in pairs[:_SHOWN])
    more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return f"renamed? {shown}{more}; they are listed as removed and new"


def _by_key(
    names: Iterable[str], keys_of: Callable[[str], Iterator[tuple[str, ...]]]
) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in names:
        for key in keys_of(name):
            found[key].add(name)
    return found


def _parts(name: str) -> tuple[str, str, str]:
    """Class with module, function, parameters."""
    plain, bracket, parameters = name.partition("[")
    owner, _, function = plain.rpartition("::")
    return owner, function.strip(), bracket + parameters


def _parameters_apart(name: str) -> Iterator[tuple[str, ...]]:
    owner, function, _ = _parts(name)
    if owner and function:
        yield owner, function


def _place_apart(name: str) -> Iterator[tuple[str, ...]]:
    owner, function, parameters = _parts(name)
    if sum(map(str.isalpha, function)) < _MIN_LETTERS:
        return
    module, _, group = owner.rpartition(".")
    if group:
        yield "moved", group, function, parameters
    if module:
        yield "renamed", module, function, parameters
