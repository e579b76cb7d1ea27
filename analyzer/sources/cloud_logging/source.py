"""A window of Cloud Logging as a source: tiers of questions, each a layer of the cache; what is there is not asked.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError
from analyzer.model import Gap, SourceResult, Window
from analyzer.places import default_cache_dir
from analyzer.redaction import Redactor, build_redactor
from analyzer.sources.cloud_logging.asking import Asker
from analyzer.sources.cloud_logging.connecting import Connector, read_endpoints
from analyzer.sources.cloud_logging.filters import Tier, context_filters, tiers
from analyzer.sources.cloud_logging.gate import MAX_PER_MINUTE, PER_MINUTE, Gate
from analyzer.sources.cloud_logging.manifest import Layer
from analyzer.sources.cloud_logging.pulling import LayerPuller, Listener
from analyzer.sources.cloud_logging.rows import Row, json_of_row
from analyzer.sources.cloud_logging.store import Store, open_store
from analyzer.sources.identity import settle
from analyzer.sources.log_entries import decode_entry

MAX_RESOURCES = 100
SAMPLE = 0.01
NOT_PULLED = "not pulled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull did."""

    gaps: tuple[Gap, ...]
    calls: int


class _Silent:
    """Nobody watches."""

    def page(self, layer: Layer, rows: Sequence[Row], pages_left: int) -> None:
        """Nothing."""

    def slice_done(self, layer: Layer) -> None:
        """Nothing."""


@dataclass(slots=True, kw_only=True)
class CloudLogging:
    """One window of some projects; registered as `cloud_logging` in the entry points `analyzer.sources`."""

    resources: tuple[str, ...]
    window: Window
    tiers: tuple[Tier, ...]
    connector: Connector
    redactor: Redactor
    store: Store
    gates: Path
    per_minute: int = PER_MINUTE
    now_ns: Callable[[], int] = time.time_ns
    sample: float | None = SAMPLE
    """share of the entries below WARNING without a word of an error; None where all are pulled"""
    _askers: dict[str, Asker] = field(default_factory=dict)
    _calls_before: int = 0
    """of connections that are closed"""

    def layers(self) -> list[tuple[Tier, Layer]]:
        """The layer of each tier."""
        return [(t, self.store.layer(self.resources, t.name, t.filter, self.redactor)) for t in self.tiers]

    def pull(self, listener: Listener | None = None, say: Callable[[str], None] | None = None) -> Pulled:
        """Bring the window into the cache. Raises `SourceError`; what was read by then is kept."""
        tell = say or (lambda _: None)
        gaps: list[Gap] = []
        layers, before = self.layers(), self.calls
        try:
            for tier, layer in layers:
                puller = LayerPuller(
                    store=self.store,
                    layer=layer,
                    redactor=self.redactor,
                    ask=lambda tier=tier: self.asker(tier, tell),  # type: ignore[misc]
                    now_ns=self.now_ns,
                    listener=listener or _Silent(),
                    say=tell,
                )
                gaps += puller.pull(self.window)
        finally:
            self.close()
        return Pulled(gaps=tuple(gaps), calls=self.calls - before)

    @property
    def calls(self) -> int:
        """Calls made so far."""
        return self._calls_before + sum(asker.calls for asker in self._askers.values())

    def used(self) -> tuple[int, int] | None:
        """Calls of the last minute against the limit; None before the first one."""
        for asker in self._askers.values():
            return tuple(asker.gate.used())  # type: ignore[return-value]
        return None

    def counts(self) -> list[tuple[str, int]]:
        """How many entries of the window are here, by tier; one that two tiers ask for counts in both."""
        return [(tier.name, self.store.count(layer, self.window)) for tier, layer in self.layers()]

    def rows(self) -> Iterator[Row]:
        """What the cache has of the window: redacted, sorted by (time, log name, insertId), each once."""
        return self.store.rows([layer for _, layer in self.layers()], self.window)

    def read(self, progress: Callable[[str], None] | None = None) -> SourceResult:
        """Pull, then read: the entries of the window, and what is missing of it."""
        pulled = self.pull(say=progress)
        return self.result(pulled.gaps)

    def result(self, gaps: Sequence[Gap] = ()) -> SourceResult:
        """The entries that are in the cache as model values."""
        entries = (decode_entry(json_of_row(row), redactor=_REDACTED) for row in self.rows())
        kept, duplicates = settle(entries)
        return SourceResult(entries=kept, duplicates=duplicates, gaps=(*gaps, *self._not_asked()))

    def close(self) -> None:
        """Let go of all connections; a later pull connects anew."""
        self._calls_before = self.calls
        self._askers.clear()
        self.connector.close()

    def _not_asked(self) -> list[Gap]:
        if self.sample is None:
            return []
        share = f"a sample of {self.sample:.2%} was" if self.sample else "none were"
        reason = (
            f"of entries below WARNING that name no error only {share} pulled"
            if self.sample
            else ("entries below WARNING that name no error were not pulled")
        )
        return [Gap(from_ns=self.window.from_ns, to_ns=self.window.to_ns, reason=reason)]

    def asker(self, tier: Tier, say: Callable[[str], None]) -> Asker:
        """Who asks for a tier: connected when first wanted."""
        surface = self.connector.surface(error_groups=tier.wants_error_groups)
        if surface not in self._askers:
            listing = self.connector.listing(surface)
            gate = Gate(self.gates, self.connector.counted_as(), self.per_minute, max_open=1)
            self._askers[surface] = Asker(listing=listing, gate=gate, say=say)
        return self._askers[surface]


class _Redacted(Redactor):
    """What the cache holds was redacted on the way in."""

    def __init__(self) -> None:
        super().__init__(())

    def text(self, text: str) -> str:
        return text

    def value(self, value: Any) -> Any:
        return value


_REDACTED = _Redacted()


def open_cloud_logging(
    spec: str | Sequence[str],
    *,
    window: Window,
    services: Sequence[str] = (),
    every: bool = False,
    sample: float = SAMPLE,
    traces: Sequence[str] = (),
    endpoint: Sequence[str] = (),
    transport: str | None = None,
    impersonate: str | None = None,
    max_requests: int = PER_MINUTE,
    redactor: Redactor | None = None,
    salt: str | None = None,
    cache_dir: Path | None = None,
) -> CloudLogging:
    """The window of projects, or of resource names such as `projects/P/locations/L/buckets/B/views/V`.

    Connects to nothing yet. Raises `ConfigError`.
    """
    resources = tuple(read_resource(name) for name in ([spec] if isinstance(spec, str) else spec))
    if not 1 <= len(resources) <= MAX_RESOURCES:
        raise ConfigError(f"{len(resources)} projects", f"give one to {MAX_RESOURCES}")
    if not 1 <= max_requests <= MAX_PER_MINUTE:
        raise ConfigError(f"{max_requests} requests a minute", f"give a number from 1 to {MAX_PER_MINUTE:,}")
    chosen = tiers(services=services, sample=sample, every=every)
    chosen += tuple(Tier(name="context", filter=text, wants_error_groups=False) for text in context_filters(traces, ()))
    folder = (cache_dir or default_cache_dir()) / "pulled"
    return CloudLogging(
        resources=resources,
        window=window,
        tiers=chosen,
        connector=Connector(
            endpoints=read_endpoints(endpoint, transport),
            transport=transport,
            project=resources[0].split("/")[1],
            impersonate=impersonate,
        ),
        redactor=redactor or build_redactor((), salt),
        store=open_store(folder),
        gates=default_cache_dir() / "gates",
        per_minute=max_requests,
        sample=None if every else sample,
    )


def read_resource(name: str) -> str:
    """The resource name of a project's id, or of a resource name itself. Raises `ConfigError`."""
    text = name.strip()
    if "/" not in text:
        text = f"projects/{text}"
    parts = text.split("/")
    if parts[0] not in ("projects", "organizations", "folders", "billingAccounts") or not all(parts) or len(parts) % 2:
        raise ConfigError(
            f"--project {name}: no project and no resource name",
            "give a project id, or projects/P/locations/L/buckets/B/views/V",
        )
    return text
