"""What a pull will cost before it is made, and what is cheaper where that is too much."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from analyzer.model import Window
from analyzer.sources.cloud_logging.filters import in_window
from analyzer.sources.cloud_logging.listing import PAGE_SIZE, Query
from analyzer.sources.cloud_logging.manifest import Layer
from analyzer.sources.cloud_logging.ranges import missing
from analyzer.sources.cloud_logging.rows import rfc3339
from analyzer.sources.cloud_logging.source import CloudLogging

LONG_MINUTES = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one tier will cost."""

    tier: str
    filter: str
    calls: int
    entries: int
    exact: bool
    """False where entries and calls are told from the density of the newest page"""


def estimate(source: CloudLogging, say: Callable[[str], None]) -> list[Estimate]:
    """One call for every range that is missing; nothing is kept. Raises `SourceError`."""
    found = []
    try:
        for tier, layer in source.layers():
            asker = None
            calls = entries = 0
            exact = True
            slices = source.store.manifest.slices(layer)
            covered = [Window(from_ns=s.from_ns, to_ns=s.to_ns) for s in slices if s.done]
            for hole in missing(source.window, covered):
                asker = asker or source.asker(tier, say)
                query = Query(resources=layer.resources, filter=in_window(layer.filter, hole))
                page = asker.page(query, "", can_halve=False)
                times = [row.timestamp for row in page.rows if row.timestamp is not None]
                if page.token and times:
                    exact = False
                    density = len(times) / max(1, hole.to_ns - min(times))
                    total = max(len(times) + 1, round(density * (hole.to_ns - hole.from_ns)))
                else:
                    total = len(times)
                entries += total
                calls += max(1, -(-total // PAGE_SIZE))
            found.append(Estimate(tier=tier.name, filter=tier.filter, calls=calls, entries=entries, exact=exact))
    finally:
        source.close()
    return found


def minutes(calls: float, per_minute: int) -> float:
    """How long so many calls take at the gate."""
    return calls / per_minute


def cheaper_doors(layer: Layer, window: Window) -> list[str]:
    """Commands that bring the same entries without the quota of entries.list, as one would type them."""
    project = layer.resources[0].split("/")[1]
    low, high = rfc3339(window.from_ns), rfc3339(window.to_ns)
    sql = (
        f"SELECT * FROM `{project}.analyzer._AllLogs` "
        f"WHERE timestamp >= TIMESTAMP('{low}') AND timestamp < TIMESTAMP('{high}') AND severity_number >= 500"
    )
    return [
        "Log Analytics, once: "
        f"gcloud logging links create analyzer --bucket=_Default --location=global --project={project}",
        "then every time: "
        f"bq query --project_id={project} --use_legacy_sql=false --format=json --max_rows=1000000 {shlex.quote(sql)} "
        "> rows.json; analyzer analyze rows.json",
        "a sink to a bucket that exists already: "
        "analyzer analyze gs://BUCKET/PREFIX; or, from about 5,000,000 entries on, a copy: "
        f"gcloud logging copy _Default storage.googleapis.com/BUCKET --location=global --project={project} "
        f"--log-filter={shlex.quote(in_window(layer.filter, window))}",
    ]
