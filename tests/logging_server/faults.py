"""What goes wrong on purpose: probabilities, drawn once per call from a seed; and the quota."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Probabilities per call, 0 to 1. The n-th call after a change draws the same for the same seed."""

    unavailable: float = 0.0
    internal: float = 0.0
    aborted: float = 0.0
    deadline: float = 0.0
    """answers DEADLINE_EXCEEDED, at once"""
    exhausted: float = 0.0
    """answers RESOURCE_EXHAUSTED with a RetryInfo of `exhausted_s`"""
    empty: float = 0.0
    """no entries, and a token to go on with"""
    short: float = 0.0
    """only a part of a page, and a token"""
    slow: float = 0.0
    """answers `slow_s` late"""
    dead_token: float = 0.0
    """the call's page token is refused, now and for ever; calls without a token are spared"""
    duplicates: float = 0.0
    """some entries of the page come twice: in it, or once more in the next page"""
    disorder: float = 0.0
    """the page is shuffled, and some of its entries come with the next page only"""
    huge: float = 0.0
    """the answer is padded to `huge_bytes`, with a field no client knows (gRPC) or white space (REST)"""
    permission: bool = False
    """every call is PERMISSION_DENIED"""
    unauthenticated: bool = False
    """every call is UNAUTHENTICATED"""
    exhausted_s: float = 1.0
    slow_s: float = 1.0
    huge_bytes: int = 5_000_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name in CHANCES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a probability, not {getattr(self, name)!r}")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Faults:
        """From a JSON object. Raises `ValueError` for what is none of its fields."""
        return replace(cls(), **known(cls, values))

    @classmethod
    def all_at(cls, chance: float, **others: Any) -> Faults:
        """Every fault that a patient client survives, each with the same probability."""
        return cls(**({name: chance for name in CHANCES if name != "huge"} | others))

    def document(self) -> dict[str, Any]:
        """All fields as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `calls` accepted within any `window_s` seconds, per project; 0 is without limit."""

    calls: int = 0
    window_s: float = 60.0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Quota:
        """From a JSON object. Raises `ValueError` for what is none of its fields."""
        return replace(cls(), **known(cls, values))


CHANCES = tuple(
    field.name for field in fields(Faults) if field.type == "float" and field.name not in ("exhausted_s", "slow_s")
)
ERRORS = {
    "unavailable": ("UNAVAILABLE", "The service is currently unavailable."),
    "internal": ("INTERNAL", "Internal error encountered."),
    "aborted": ("ABORTED", "The operation was aborted."),
    "deadline": ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}
"""faults that are nothing but a status, in the order in which they are looked at"""


def known(kind: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """`values`, if all their names are fields of `kind`. Raises `ValueError`."""
    unknown = sorted(set(values) - {field.name for field in fields(kind)})
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {unknown[0]!r}")
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Which faults befall one call, and a source of chance for the details."""

    names: frozenset[str]
    chance: random.Random


def draw(faults: Faults, number: int) -> Draw:
    """The faults of call `number`: every fault is drawn, whatever the others did, so each keeps its own sequence."""
    names = {
        name
        for name in CHANCES
        if (share := getattr(faults, name)) and random.Random(f"{faults.seed}:{number}:{name}").random() < share
    }
    return Draw(names=frozenset(names), chance=random.Random(f"{faults.seed}:{number}"))
