"""Pulling from the test server in this process, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.model import Window
from analyzer.sources.cloud_logging.source import CloudLogging, Pulled, open_cloud_logging
from tests.logging_server import LoggingServer, Mix

Identity = tuple[str, int, str]
PROJECT = "fleet-staging"
MANY = 60_000
"""calls a minute: no waiting for the gate"""
FAULTS = (
    "unavailable",
    "internal",
    "aborted",
    "deadline",
    "exhausted",
    "empty",
    "short",
    "slow",
    "dead_token",
    "duplicates",
    "disorder",
    "huge",
)


def window_of(mix: Mix) -> Window:
    return Window(from_ns=mix.start_ns, to_ns=mix.end_ns)


def opened(
    server: LoggingServer,
    mix: Mix,
    folder: Path,
    *,
    surface: str = "grpc",
    now_ns: Callable[[], int] | None = None,
    window: Window | None = None,
    **options: Any,
) -> CloudLogging:
    endpoint = server.grpc_endpoint if surface == "grpc" else server.rest_endpoint
    source = open_cloud_logging(
        mix.project,
        window=window or window_of(mix),
        **{"every": True, "endpoint": [endpoint], "max_requests": MANY, "cache_dir": folder, **options},
    )
    if now_ns is not None:
        source.now_ns = now_ns
    return source


def pulled(source: CloudLogging) -> tuple[Pulled, list[Identity]]:
    """What a pull says, and the identities of what is in the cache after it, as often as they are there."""
    result = source.pull()
    return result, identities(source)


def identities(source: CloudLogging) -> list[Identity]:
    return [(row.log_name or "", row.timestamp or 0, row.insert_id or "") for row in source.rows()]
