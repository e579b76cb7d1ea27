"""A live window out of options: which time, which questions, whose credentials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cycles import run_times
from analyzer.errors import ConfigError
from analyzer.events import read_events
from analyzer.model import Window
from analyzer.redaction import Redactor
from analyzer.rules import load_rules
from analyzer.signatures import sign
from analyzer.sources import decode_entry
from analyzer.sources.windows import read_window, window_around

if TYPE_CHECKING:
    from analyzer.sources.cloud_logging.rows import Row
    from analyzer.sources.cloud_logging.source import CloudLogging


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """What `pull` and `analyze --project` share."""

    project: tuple[str, ...] = ()
    since: str | None = None
    from_: str | None = None
    to: str | None = None
    around: str | None = None
    service: tuple[str, ...] = ()
    every: bool = False
    sample: float = 0.01
    trace: tuple[str, ...] = ()
    impersonate: str | None = None
    endpoint: tuple[str, ...] = ()
    transport: str | None = None
    max_requests: int = 54


def live_window(options: LiveOptions, now_ns: int, warn: Callable[[str], None] | None = None) -> Window:
    """The window the options name; raises `ConfigError`, `TestsError`. `warn` hears what was not sure of it."""
    if options.around is None:
        return read_window(since=options.since, from_=options.from_, to=options.to, now_ns=now_ns)
    if options.since or options.from_ or options.to:
        raise ConfigError("--around together with another window", "give --around, or --since, or --from and --to")
    window = window_around(*run_times([Path(options.around)], warn=warn))
    return Window(from_ns=window.from_ns, to_ns=max(window.from_ns + 1, min(window.to_ns, now_ns)))


def open_live(
    options: LiveOptions,
    redactor: Redactor,
    *,
    cache_dir: Path | None,
    now_ns: int,
    warn: Callable[[str], None] | None = None,
) -> CloudLogging:
    """The source; connects to nothing yet. Raises `ConfigError`, `TestsError`."""
    window = live_window(options, now_ns, warn)
    # the cloud client is imported only here: whoever reads files must not pay for it
    from analyzer.sources.cloud_logging.source import open_cloud_logging

    return open_cloud_logging(
        options.project,
        window=window,
        services=options.service,
        every=options.every,
        sample=options.sample,
        traces=options.trace,
        endpoint=options.endpoint,
        transport=options.transport,
        impersonate=options.impersonate,
        max_requests=options.max_requests,
        redactor=redactor,
        cache_dir=cache_dir,
    )


def first_findings(rows: Sequence[Row], redactor: Redactor, *, most: int = 5) -> list[tuple[int, str]]:
    """The commonest errors of one page, how often and what they say: something to read while the rest is pulled."""
    from analyzer.sources.cloud_logging.rows import json_of_row

    entries = [decode_entry(json_of_row(row), redactor=redactor) for row in rows]
    entries.sort(key=lambda e: (e.time_ns or 0, e.log_name, e.entry_id))
    masks, frames = load_rules("masks"), load_rules("frames")
    found = read_events(entries, redact=redactor.text, redact_all=redactor.texts, frame_rules=frames)
    templates: Counter[str] = Counter()
    for event in found.events:
        if event.is_error:
            templates[sign(event, mask_rules=masks, frame_rules=frames).template] += 1
    return [(count, text) for text, count in sorted(templates.items(), key=lambda t: (-t[1], t[0]))[:most]]
