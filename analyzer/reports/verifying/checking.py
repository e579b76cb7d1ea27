"""Claims that were checked: how many, which are false, and what could not be looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from analyzer.reports.hostile import one_line, shorten

_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseClaim:
    """One claim of a report that does not hold."""

    where: str
    """keys and numbers from the top of the report, as `causes/0/evidence/2`"""
    claim: str
    """what the report says"""
    found: str
    """what is so"""
    check: str
    """integrity, form, sums, citation, sentence, order, logs or code"""

    def to_dict(self) -> dict[str, str]:
        """As `report --verify --json` prints it."""
        return {"where": self.where, "claim": self.claim, "found": self.found, "check": self.check}

    def __str__(self) -> str:
        return f"{self.where}: says {self.claim}; {self.found} ({self.check})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of the checks."""

    checks: int
    false_claims: tuple[FalseClaim, ...] = ()
    not_checked: tuple[str, ...] = ()
    """a sentence each"""

    @property
    def holds(self) -> bool:
        """Whether nothing was found false."""
        return not self.false_claims

    def to_dict(self) -> dict[str, Any]:
        """As `report --verify --json` prints it."""
        return {
            "checks": self.checks,
            "findings": [claim.to_dict() for claim in self.false_claims],
            "not_checked": list(self.not_checked),
        }


@dataclass(slots=True)
class Checking:
    """Collects what the checks find, in the order in which they look."""

    checks: int = 0
    false_claims: list[FalseClaim] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    def holds(self, fits: bool, where: str, claim: object, found: object, check: str) -> bool:
        """Counts one check; where it does not fit, `claim` is false and `found` is so."""
        self.checks += 1
        if not fits:
            self.false_claims.append(FalseClaim(where=where, claim=shown(claim), found=shown(found), check=check))
        return fits

    def equals(self, claim: object, found: object, where: str, check: str) -> bool:
        """The same for a value that must be `found`; floats are compared at 6 places, as they are saved."""
        fits = _plain(claim) == _plain(found)
        return self.holds(fits, where, claim, f"it is {shown(found)}", check)

    def skip(self, what: str) -> None:
        """Names once what was not looked at."""
        said = one_line(what)
        if said not in self.not_checked:
            self.not_checked.append(said)

    @contextmanager
    def part(self, where: str) -> Iterator[None]:
        """A part of the report whose values may not be of their form: then that is what is false."""
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as err:
            said = f"no such key: {err}" if isinstance(err, KeyError) else str(err)
            self.holds(False, where, "a value of another form", f"analyzer schema tells the form ({said})", "form")

    def result(self) -> Verification:
        """All of it, frozen."""
        return Verification(
            checks=self.checks, false_claims=tuple(self.false_claims), not_checked=tuple(self.not_checked)
        )


def each(checking: Checking, items: Sequence[Any], where: str, check: Callable[[Mapping[str, Any], str], None]) -> None:
    """Asks every item of a list, each a part of its own."""
    for number, item in enumerate(items):
        with checking.part(f"{where}/{number}"):
            check(item, f"{where}/{number}")


def shown(value: object) -> str:
    """A value for a line of output."""
    if isinstance(value, str):
        return shorten(value, _SHOWN)
    return shorten(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str), _SHOWN)


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
