"""Incidents of several services with known roots: a fault, what it drags along, and errors that are none of its doing.

The same seed makes the same entries; seeds go through the faults in turn.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from benchmarks.made_faults import FAULTS
from benchmarks.made_services import NAMES, SECOND, World, add_noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """LogEntry dicts in order of time, and what is behind them."""

    seed: int
    fault: str
    tags: tuple[str, ...]
    """the fault first"""
    entries: tuple[dict[str, Any], ...]
    roots: tuple[frozenset[str], ...]
    """insertIds of the printings of each root; empty where nothing in the logs is one"""
    services: tuple[str, ...]
    """of each root"""


def make_cascade(seed: int) -> Cascade:
    """The incident of a seed."""
    made = random.Random(seed)
    services = made.sample(NAMES, made.randint(3, 6))
    skewed = made.random() < 0.4
    ids = made.choice(("trace", "trace", "field", "none"))
    world = World(
        made=made,
        seed=seed,
        services=services,
        ids=ids,
        instances=made.random() < 0.7,
        skew={s: made.randint(-3 * SECOND, 3 * SECOND) if skewed else 0 for s in services},
        split=made.random() < 0.3 and ids != "field",
        json=made.random() < 0.7 or ids == "field",
    )
    fault = sorted(FAULTS)[seed % len(FAULTS)]
    roots, owners = FAULTS[fault](world)
    noise = add_noise(world, traced=bool(roots))
    entries = sorted(world.entries, key=lambda e: (e["timestamp"], e["insertId"]))
    tags = (fault, f"ids:{ids}", *(["skew"] if skewed else []), *(["split"] if world.split else []), *noise)
    return Cascade(
        seed=seed, fault=fault, tags=tags, entries=tuple(entries), roots=tuple(roots), services=tuple(owners)
    )
