"""Cluster cards of the page: what of each cluster is shown, and where room is short, what is cut and said to be cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.model.entries import Severity

DETAIL_CHARACTERS = 600_000
"""Log text and code that cluster cards show in full, over the whole page; what comes after is shown in brief."""

FULL_MESSAGE = 4_000
"""Characters of a message in a full card. A trace says most at its beginning and at its end: the middle is cut."""

BRIEF_MESSAGE = 400
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
    """A message as the card shows it; `cut` says what is missing, empty where nothing is."""

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
    exemplars: tuple[ShownExemplar, ...]
    brief: bool
    """its code is named without excerpts, and only its first message is shown"""


def cards(
    clusters: Sequence[Mapping[str, Any]],
    cluster_anchors: Mapping[str, str],
    entry_anchors: Mapping[str, str],
    *,
    room: int = DETAIL_CHARACTERS,
) -> tuple[Card, ...]:
    """The cards in the order of the clusters, in full as long as `room` characters of messages and code last."""
    out = []
    seen: set[str] = set()
    for cluster in clusters:
        room -= _weight(cluster)
        brief = room < 0
        out.append(
            Card(
                cluster=cluster,
                anchor=cluster_anchors[cluster["fingerprint"]],
                sort=_sort_key(cluster),
                exemplars=tuple(_exemplars(cluster["exemplars"], entry_anchors, seen, brief=brief)),
                brief=brief,
            )
        )
    return tuple(out)


def _weight(cluster: Mapping[str, Any]) -> int:
    messages = sum(min(len(exemplar["message"]), FULL_MESSAGE) for exemplar in cluster["exemplars"])
    return messages + sum(len(line["text"]) for path in cluster["code_paths"] for line in path["excerpt"])


def _sort_key(cluster: Mapping[str, Any]) -> str:
    change = _CHANGES.index(cluster["change"]) if cluster["change"] in _CHANGES else len(_CHANGES)
    service = cluster["services"][0] if cluster["services"] else ""
    parts = (
        cluster["count"],
        int(Severity[cluster["severity"]]),
        change,
        cluster["first_seen"] or "",
        cluster["last_seen"] or "",
        service,
    )
    return "|".join(str(part) for part in parts)


def _exemplars(
    exemplars: Sequence[Mapping[str, Any]], anchors: Mapping[str, str], seen: set[str], *, brief: bool
) -> Iterator[ShownExemplar]:
    for number, exemplar in enumerate(exemplars):
        entries = []
        for entry_id in exemplar["entry_ids"]:
            anchor = None if entry_id in seen else anchors.get(entry_id)
            seen.add(entry_id)
            entries.append(EntryId(id=entry_id, anchor=anchor, role=exemplar["roles"].get(entry_id)))
        text, cut = shown_message(exemplar["message"], BRIEF_MESSAGE if brief else FULL_MESSAGE)
        if brief and number:
            text, cut = "", f"{len(exemplar['message']):,} characters not shown"
        yield ShownExemplar(entries=tuple(entries), text=text, cut=cut)


def shown_message(message: str, limit: int) -> tuple[str, str]:
    """At most about `limit` characters of a message, its middle left out, and how many those are."""
    if len(message) <= limit:
        return message, ""
    head, tail = limit * 3 // 5, limit * 2 // 5
    missing = len(message) - head - tail
    return f"{message[:head]}\n…\n{message[-tail:]}", f"{missing:,} of {len(message):,} characters left out at …"
