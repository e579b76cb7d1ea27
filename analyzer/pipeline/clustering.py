"""The part of a cycle that depends on its logs alone: entries to events, clusters, exposure and ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.clusters import cluster_events
from analyzer.cycles import measure_exposure
from analyzer.events import EventsResult, read_events
from analyzer.model import Cluster, Ledger, RevisionTraffic, SourceResult
from analyzer.pipeline.requests import read_requests
from analyzer.pipeline.signing import sign_events
from analyzer.pipeline.summing import make_ledger
from analyzer.redaction import Redactor
from analyzer.rules import load_rules
from analyzer.signatures import similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Everything that was read, and the clusters of it."""

    source: SourceResult
    found: EventsResult
    clusters: tuple[Cluster, ...]
    """with `members`; nothing of a repository, tests or earlier cycles is in them yet"""
    exposure: tuple[RevisionTraffic, ...]
    ledger: Ledger
    services: tuple[str, ...]
    """of all entries, sorted"""


def read_clusters(
    source: SourceResult, *, redactor: Redactor, rules: Sequence[Path] = (), say: Callable[[str], None] = lambda _: None
) -> Clustered:
    """The events and clusters of what a source gave; `rules` are folders of a project's own packs."""
    masks, frames, noise = (load_rules(kind, rules) for kind in ("masks", "frames", "noise"))
    found = read_events(source.entries, redact=redactor.text, redact_all=redactor.texts, frame_rules=frames)
    say(f"{len(source.entries):,} entries, {len(found.events):,} errors and warnings")
    signed = sign_events(found.events, mask_rules=masks, frame_rules=frames)
    requests = read_requests(source.entries, found.events)
    exposure = measure_exposure(source.entries, routes=requests.routes)
    clusters = cluster_events(signed, noise_rules=noise, similarity=similarity, requests=requests.by_event)
    return Clustered(
        source=source,
        found=found,
        clusters=clusters,
        exposure=exposure,
        ledger=make_ledger(source, found, clusters),
        services=tuple(sorted({entry.service for entry in source.entries if entry.service})),
    )
