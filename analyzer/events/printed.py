"""What entries of any level print and where they say they stand: the facts that tell which code ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzer.events.origins import read_origin
from analyzer.events.pieces import read_piece
from analyzer.model import Entry, EventKind, PrintedLine

_MAX_ENTRIES = 5_000
"""read of each revision, the earliest: what a service prints is known long before that"""
_MAX_CHARS = 2_000
_MAX_FIELD_CHARS = 60


def read_printed(entries: Sequence[Entry]) -> tuple[PrintedLine, ...]:
    """The earliest lines of each revision as they were printed, in the order of the entries (which are sorted).

    Requests, the platform's own lines and lines of a longer text (a traceback that came line by line) say nothing of a
    statement by themselves; the first are left out here, the last fit no statement.
    """
    read: Counter[tuple[str, str]] = Counter()
    printed = []
    for entry in entries:
        key = entry.service, entry.revision
        if entry.http_request is not None or entry.proto_payload is not None or read[key] >= _MAX_ENTRIES:
            continue
        read[key] += 1
        piece = read_piece(entry)
        if piece.payload.kind is not EventKind.APPLICATION:
            continue
        origin = read_origin(entry, piece.payload)
        printed.append(
            PrintedLine(
                service=entry.service,
                revision=entry.revision,
                instance=entry.instance,
                message=piece.text.strip()[:_MAX_CHARS],
                location=origin.location or piece.decorated.location,
                fields=_fields(piece.payload.document or {}),
                entry_id=entry.entry_id,
            )
        )
    return tuple(printed)


def read_text(entry: Entry) -> str:
    """What an entry of any level prints, without decorations; empty for requests and lines of the platform."""
    if entry.http_request is not None or entry.proto_payload is not None:
        return ""
    piece = read_piece(entry)
    return piece.text.strip()[:_MAX_CHARS] if piece.payload.kind is EventKind.APPLICATION else ""


def _fields(document: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(document, dict):
        return ()
    return tuple(
        sorted((str(k), v) for k, v in document.items() if isinstance(v, str) and 0 < len(v) < _MAX_FIELD_CHARS)
    )
