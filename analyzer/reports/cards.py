"""Cluster cards of the page: what of each cluster is shown, and where room is short, what is cut and said to be cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.model.entries import Severity

DETAIL_CHARACTERS = 250_000
"""Log text and code that cluster cards show in full, over the whole page; what comes after is shown in brief."""

FULL_MESSAGE = 4_000
"""Characters of a message in a full card. A trace says most at its beginning and at its end: the middle is cut."""

FURTHER_MESSAGE = 1_500
"""The same for the second and third example of a card."""

BRIEF_MESSAGE = 200
"""Characters of the one message that a brief card shows."""

_CHANGES = ("new", "regressed", "ongoing", "not_seen", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryId:
    """An entry of an exemplar; `anchor` is its id in the page where this is the first place that shows it."""

    id: str
    anchor: str | None
    role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExemplar:
    """A message as the card shows it, or empty; `cut` says what is missing, empty where nothing is."""

    name: str
    entries: tuple[EntryId, ...]
    text: str
    cut: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One cluster of the page."""

    cluster: Mapping[str, Any]
    anchor: str
    sort: str
    """count, severity, change, first and last time, service: what the page sorts by, between bars"""
    rank: int | None
    """the cause that explains it"""
    exemplars: tuple[ShownExemplar, ...]
    brief: bool
    """its code is named without excerpts and evidence, and only its first message is shown"""


def cards(
    clusters: Sequence[Mapping[str, Any]],
    cluster_anchors: Mapping[str, str],
    entry_anchors: Mapping[str, str],
    ranks: Mapping[str, int],
    cited: frozenset[str],
    *,
    room: int = DETAIL_CHARACTERS,
) -> tuple[Card, ...]:
    """The cards in the order of the clusters, in full as long as `room` characters of messages and code last.

    In brief, only `cited` entries have an anchor.
    """
    out = []
    seen: set[str] = set()
    cited_anchors = {entry_id: anchor for entry_id, anchor in entry_anchors.items() if entry_id in cited}
    for cluster in clusters:
        room -= _weight(cluster)
        brief = room < 0
        out.append(
            Card(
                cluster=cluster,
                anchor=cluster_anchors[cluster["fingerprint"]],
                sort=_sort_key(cluster),
                rank=next((ranks[f] for f in (cluster["fingerprint"], *cluster["aliases"]) if f in ranks), None),
                exemplars=tuple(
                    _exemplars(cluster["exemplars"], cited_anchors if brief else entry_anchors, seen, brief)
                ),
                brief=brief,
            )
        )
    return tuple(out)


def _weight(cluster: Mapping[str, Any]) -> int:
    messages = sum(min(len(x["message"]), _limit(number)) for number, x in enumerate(cluster["exemplars"], 1))
    return messages + sum(len(line["text"]) for path in cluster["code_paths"] for line in path["excerpt"])


def _sort_key(cluster: Mapping[str, Any]) -> str:
    change = _CHANGES.index(cluster["change"]) if cluster["change"] in _CHANGES else len(_CHANGES)
    service = cluster["services"][0] if cluster["services"] else ""
    parts = (
        cluster["count"],
        int(Severity[cluster["severity"]]),
        change,
        _digits(cluster["first_seen"]),
        _digits(cluster["last_seen"]),
        service,
    )
    return "|".join(str(part) for part in parts)


def _digits(time: str | None) -> str:
    """A time to the second as digits, which sort as it does."""
    return "".join(c for c in (time or "")[2:19] if c.isdigit())


def _exemplars(
    exemplars: Sequence[Mapping[str, Any]], anchors: Mapping[str, str], seen: set[str], brief: bool
) -> Iterator[ShownExemplar]:
    """In brief, the further ones are named together and not shown."""
    more: list[EntryId] = []
    hidden = 0
    for number, exemplar in enumerate(exemplars, 1):
        entries = []
        for entry_id in exemplar["entry_ids"]:
            anchor = None if entry_id in seen else anchors.get(entry_id)
            seen.add(entry_id)
            entries.append(EntryId(id=entry_id, anchor=anchor, role=exemplar["roles"].get(entry_id)))
        if brief and number > 1:
            more += entries
            hidden += len(exemplar["message"])
            continue
        text, cut = shown_message(exemplar["message"], BRIEF_MESSAGE if brief else _limit(number))
        name = "Example" if len(exemplars) == 1 or brief else f"Example {number}"
        yield ShownExemplar(name=name, entries=tuple(entries), text=text, cut=cut)
    if more:
        cut = f"{hidden:,} characters not shown"
        yield ShownExemplar(name="Further examples", entries=tuple(more), text="", cut=cut)


def _limit(number: int) -> int:
    """Of an example, the first is number 1."""
    return FURTHER_MESSAGE if number > 1 else FULL_MESSAGE


def shown_message(message: str, limit: int) -> tuple[str, str]:
    """At most about `limit` characters of a message, its middle left out, and how many those are."""
    if len(message) <= limit:
        return message, ""
    head, tail = limit * 3 // 5, limit * 2 // 5
    missing = len(message) - head - tail
    return f"{message[:head]}\n…\n{message[-tail:]}", f"{missing:,} of {len(message):,} characters left out"
