"""Whether an error that did not occur is gone, or had too little occasion to occur."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import isclose

from analyzer.cycles.exposure import Traffic
from analyzer.cycles.rates import UNLIKELY, chance_of_quiet, chance_of_silence
from analyzer.model import Change, Cluster, SeenOn

_LONG_MINUTES = 10.0
"""In a shorter window all is one run of tests. In a longer one, an error that no request is known to have caused may
come by the clock, and requests alone prove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What the absence of an error means, with the numbers in a sentence."""

    change: Change
    """resolved or not_seen"""
    reason: str


def judge_silence(old: Cluster, here: Traffic, before: Traffic, services_seen: Collection[str]) -> Silence:
    """Whether a cluster of the baseline is resolved: every service of its had occasion enough to show it again.

    Occasion is counted in requests on the routes on which it occurred, each of them asked at least once; where no
    request is known, in requests to the service, else in entries of it, and in a long window in minutes besides. It
    suffices where the rate of before would have been silent with a probability of `UNLIKELY` at most.
    """
    if not before.rows or not here.rows:
        return _by_activity(old, services_seen)
    services = {row.service for row in old.seen_on} or {*old.services}
    proofs = [_proof(old, service, here, before) for service in sorted(services)]
    if not proofs:
        return _by_activity(old, services_seen)
    worst = max(proofs, key=lambda proof: proof.chance)
    if worst.chance <= UNLIKELY:
        return Silence(change=Change.RESOLVED, reason=worst.text)
    return Silence(change=Change.NOT_SEEN, reason=f"{worst.text}: too few to tell" if worst.asked else worst.text)


def _by_activity(old: Cluster, services_seen: Collection[str]) -> Silence:
    """Without measured exposure: silence proves something only where its services wrote anything at all."""
    silent = [service for service in old.services if service and service not in services_seen]
    if silent or not services_seen:
        return Silence(change=Change.NOT_SEEN, reason=f"no entries of {', '.join(silent) or 'any service'} here")
    return Silence(
        change=Change.RESOLVED, reason="its services wrote entries here; how much it was used before is not known"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    chance: float
    text: str
    asked: bool = True
    """False where there was no occasion at all, which the text says"""


def _proof(old: Cluster, service: str, here: Traffic, before: Traffic) -> _Proof:
    seen = [row for row in old.seen_on if row.service == service]
    count = sum(row.count for row in seen) or old.count
    # Where ids tell the request of some occurrences only, the others may have come from anywhere.
    told = seen and all(row.requests and row.routes for row in seen)
    routes = sorted({route for row in seen for route in row.routes}) if told else []
    if routes and before.requests(service, routes):
        return _by_requests(service, routes, sum(row.requests for row in seen), here, before)
    if before.requests(service):
        tries, new_tries, unit = before.requests(service), here.requests(service), "requests to"
    else:
        tries, new_tries, unit = before.entries(service), here.entries(service), "entries of"
    name = service or "the program"
    if not new_tries:
        return _Proof(chance=1.0, text=f"no {unit} {name} here: nothing shows that it is gone", asked=False)
    proof = _Proof(
        chance=chance_of_silence(count, tries, new_tries), text=_text(f"{unit} {name}", count, tries, new_tries)
    )
    minutes, new_minutes = before.minutes(service), here.minutes(service)
    if minutes < _LONG_MINUTES:
        return proof
    spells = _spells(seen) or min(count, int(minutes))
    quiet = _Proof(
        chance=chance_of_quiet(spells, minutes, new_minutes),
        text=f"0 in {_number(new_minutes)} minutes of {name}; "
        f"before it came in {spells} of {_number(minutes)} minutes, in no request that is known",
    )
    return max(proof, quiet, key=lambda one: one.chance)


def _by_requests(service: str, routes: Collection[str], hits: int, here: Traffic, before: Traffic) -> _Proof:
    unasked = [route for route in routes if not here.requests(service, (route,))]
    if unasked:
        return _Proof(
            chance=1.0, text=f"no request on {_some(unasked)} here: nothing shows that it is gone", asked=False
        )
    tries, new_tries = before.requests(service, routes), here.requests(service, routes)
    return _Proof(
        chance=chance_of_silence(hits, tries, new_tries, alike=True),
        text=_text(f"requests on {_some(routes)}", hits, tries, new_tries),
    )


def _text(unit: str, hits: int, tries: int, new_tries: int) -> str:
    expected = min(1.0, hits / tries) * new_tries
    return f"0 in {new_tries} {unit}; at the rate of before ({hits} in {tries}) {_number(expected)} would be expected"


def _spells(seen: Collection[SeenOn]) -> int:
    return sum(row.minutes for row in seen)


def _number(value: float) -> str:
    return str(round(value)) if value >= 10 or isclose(value, round(value)) else f"{value:.1f}"


def _some(routes: Collection[str]) -> str:
    shown = list(routes)[:2]
    return " and ".join(shown) + (f" and {len(routes) - len(shown)} more" if len(routes) > len(shown) else "")
