"""A piece of evidence for “this cluster follows from that one”."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The name of a weight in `weights.LINK`, a sentence, and the entries that show it."""

    weight: str
    text: str = ""
    """empty where there is nothing to tell a reader, as for the order of two times"""
    entry_ids: tuple[str, ...] = ()
