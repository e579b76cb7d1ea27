"""Texts that were cut on their way, put together again without a line end between the parts.

Who cuts: the log API (`split.uid`, with the number of parts), container runtimes at 16 KB (CRI's flag `P`, docker's
missing line end, or only the length tells), the log API again at 256 KB.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyzer.events.plaintext import parse_object
from analyzer.events.streams import stream_of
from analyzer.model import Entry

MAX_PAUSE_NS = 2_000_000_000
"""between the parts of one text"""
MAX_PARTS = 20_000
MAX_CHARS = 64 * 1024 * 1024
_RUNTIME_BYTES = 16 * 1024
"""https://github.com/containerd/containerd/blob/main/internal/cri/config/config.go: MaxContainerLogLineSize"""
_LEAST_CHARS = _RUNTIME_BYTES // 4
_ENTRY_BYTES = 250_000
"""an entry holds at most 256 KB, of which the text gets what is left: https://cloud.google.com/logging/quotas"""
_CRI = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d) (?P<out>stdout|stderr) (?P<flag>[FP])(?: |$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One text out of several entries."""

    entry: Entry
    """the first part with the whole text"""
    parts: tuple[Entry, ...]
    truncated: bool
    """a part is missing, or the last one ends where a text is cut"""


def join_fragments(entries: Sequence[Entry], texts: Sequence[str | None]) -> dict[int, Joined | None]:
    """The joined text at the place of its first part, None at the places of the others.

    `entries` are in printed order; `texts` is what is known of their texts, None where that is nothing.
    Places of whole entries are left out, so the result is empty almost always.
    """
    found: dict[int, Joined | None] = {}
    open_texts: dict[tuple[object, ...], list[int]] = {}
    by_uid: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        if entry.split is not None:
            by_uid[(*stream_of(entry), entry.split.uid)].append(at)
            continue
        if text is not None and len(text) < _LEAST_CHARS and " P" not in text[:48] and not open_texts:
            continue
        cut = _cut_by(entry)
        if cut is None and not open_texts:
            continue
        key = (*stream_of(entry), _output(entry))
        places = open_texts.get(key)
        if places is not None and not _goes_on(entries[places[-1]], entry, len(places)):
            _close(entries, open_texts.pop(key), found)
            places = None
        if places is not None:
            places.append(at)
            if not cut:
                _close(entries, open_texts.pop(key), found)
        elif cut:
            open_texts[key] = [at]
    for key in list(open_texts):
        _close(entries, open_texts.pop(key), found)
    for places in by_uid.values():
        _close_split(entries, places, found)
    return found


def _cut_by(entry: Entry) -> bool | None:
    """Whether the text was cut at its end; None where nothing speaks of cutting, False where it is told to be whole."""
    docker = _docker_line(entry)
    if docker is not None:
        return not docker["log"].endswith("\n")
    text = entry.text_payload
    if text is None:
        return None
    if "std" in text[:48]:
        cri = _CRI.match(text)
        if cri:
            return cri["flag"] == "P"
    if len(text) < _LEAST_CHARS or text.endswith("\n"):
        return None
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return True if size >= _ENTRY_BYTES or size == _RUNTIME_BYTES else None


def _docker_line(entry: Entry) -> Mapping[str, Any] | None:
    """A line of docker's json-file driver, given as JSON or as its text
    (https://docs.docker.com/engine/logging/drivers/json-file/)."""
    line = entry.json_payload
    if line is None and entry.text_payload is not None and entry.text_payload.startswith('{"log"'):
        line = parse_object(entry.text_payload)
    return line if line is not None and isinstance(line.get("log"), str) and "stream" in line else None


def _output(entry: Entry) -> str:
    """Which of a container's two outputs a runtime's line came from."""
    docker = _docker_line(entry)
    if docker is not None:
        return str(docker["stream"])
    cri = _CRI.match(entry.text_payload or "")
    return cri["out"] if cri else ""


def _goes_on(before: Entry, entry: Entry, parts: int) -> bool:
    if before.time_ns is None or entry.time_ns is None or entry.time_ns - before.time_ns > MAX_PAUSE_NS:
        return False
    same_kind = (_docker_line(before) is None) == (_docker_line(entry) is None)
    return same_kind and entry.severity == before.severity and parts < MAX_PARTS


def _close(entries: Sequence[Entry], places: Sequence[int], found: dict[int, Joined | None]) -> None:
    """A text that goes on nowhere is told to be cut all the same: it ends in the middle of a line."""
    parts = tuple(entries[at] for at in places)
    first, last = parts[0], parts[-1]
    for at in places:
        found[at] = None
    is_docker = _docker_line(first) is not None
    truncated = bool(_cut_by(last)) and not is_docker  # a line end may be missing there for other reasons
    if len(parts) == 1 and is_docker:
        del found[places[0]]
        return
    texts = [_text(part) for part in parts]
    if sum(map(len, texts)) > MAX_CHARS:
        texts, truncated = texts[:1], True
    found[places[0]] = Joined(entry=_with_text(first, "".join(texts)), parts=parts, truncated=truncated)


def _close_split(entries: Sequence[Entry], places: Sequence[int], found: dict[int, Joined | None]) -> None:
    numbered = sorted(places, key=lambda at: (_index(entries[at]), at))
    parts = tuple(entries[at] for at in numbered)
    split = parts[0].split
    for at in places:
        found[at] = None
    missing = split is None or [_index(p) for p in parts] != list(range(split.total))
    found[min(places)] = Joined(
        entry=_with_text(parts[0], "".join(_text(p) for p in parts)), parts=parts, truncated=missing
    )


def _index(entry: Entry) -> int:
    return entry.split.index if entry.split is not None else 0


def _text(entry: Entry) -> str:
    """The text of a part without what the runtime put around it."""
    docker = _docker_line(entry)
    if docker is not None:
        return str(docker["log"])
    if entry.text_payload is not None:
        cri = _CRI.match(entry.text_payload)
        return entry.text_payload[cri.end() :] if cri else entry.text_payload
    return str((entry.json_payload or {}).get(_message_key(entry), ""))


def _with_text(entry: Entry, text: str) -> Entry:
    docker = _docker_line(entry)
    if docker is not None:
        return replace(entry, text_payload=None, json_payload={**docker, "log": text}, split=None)
    if entry.text_payload is not None or entry.json_payload is None:
        return replace(entry, text_payload=text, split=None)
    return replace(entry, json_payload={**entry.json_payload, _message_key(entry): text}, split=None)


def _message_key(entry: Entry) -> str:
    said = entry.json_payload or {}
    return next((key for key in ("message", "msg") if isinstance(said.get(key), str)), "message")
