"""Whose hand a file is from: generated, vendored, a migration, or none of these."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_VENDORED = frozenset(
    {"vendor", "vendored", "_vendor", "_vendored", "third_party", "third-party", "thirdparty", "3rdparty", "extern"}
    | {"node_modules", "site-packages", "bower_components"}
)
_GENERATED_NAME = re.compile(
    r"(?:_pb2(?:_grpc)?\.pyi?|\.pb\.(?:go|cc|h)|\.pb\.gw\.go|_pb\.(?:js|ts)|[._]generated\.\w+|\.g\.(?:dart|cs)|\.min\.js)$"
)
_GENERATED = re.compile(r"@generated\b|\b(?:auto[- ]?)?generated\b", re.IGNORECASE)
_NOT_BY_HAND = re.compile(r"@generated\b|\bdo not (?:edit|modify|change)\b|\bcode generated\b", re.IGNORECASE)
_MIGRATION = re.compile(r"(?:^|/)(?:migrations/\d{4}_\w+\.py|(?:alembic|migrations)/versions/[^/]+\.py)$")
_HEAD_LINES = 15
_HEAD_WIDTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What is to be said of a file before its lines are blamed."""

    sentence: str | None = None
    by_hand: bool = True
    """False for files that nobody of the project writes: the defect is more likely where they were called from"""


def provenance(path: str, lines: Sequence[str]) -> Provenance:
    """By the folders and the name of a file, and by what its first lines say."""
    folder = next((part for part in path.split("/")[:-1] if part in _VENDORED), None)
    if folder is not None:
        return Provenance(sentence=f"vendored: other people's code, kept under {folder}/", by_hand=False)
    head = "\n".join(text[:_HEAD_WIDTH] for text in lines[:_HEAD_LINES])
    if _GENERATED_NAME.search(path) or (_GENERATED.search(head) and _NOT_BY_HAND.search(head)):
        return Provenance(sentence="a generated file: change what it is generated from", by_hand=False)
    if _MIGRATION.search(path):
        return Provenance(sentence="a migration: generated first, and part of the project since")
    return Provenance()
