"""Clusters for tests, with what a test does not care about filled in."""

from __future__ import annotations

from typing import Any

from analyzer.model import Cluster, EventKind, Severity


def cluster(fingerprint: str, core: str = "the disk of the depot is full", **more: Any) -> Cluster:
    values: dict[str, Any] = {
        "title": core,
        "template": core,
        "core": core,
        "severity": Severity.ERROR,
        "kind": EventKind.APPLICATION,
        "count": 3,
        "entries": 4,
        "services": ("api",),
    }
    return Cluster(fingerprint=fingerprint, **{**values, **more})
