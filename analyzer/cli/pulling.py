"""What a person sees of a pull: progress and first findings on stderr, what is kept and how to go on."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from analyzer.cli.failing import warn
from analyzer.reports.hostile import one_line

if TYPE_CHECKING:
    from analyzer.model import SourceResult, Window
    from analyzer.pipeline.live import LiveOptions
    from analyzer.redaction import Redactor
    from analyzer.sources.cloud_logging.manifest import Layer
    from analyzer.sources.cloud_logging.rows import Row
    from analyzer.sources.cloud_logging.source import CloudLogging, Pulled

_EVERY_S = {True: 0.2, False: 10.0}
_MAX_FINDING = 110


class Watcher:
    """Prints a pull: one changing line on a terminal, plain lines elsewhere, nothing with --quiet."""

    def __init__(self, source: CloudLogging, redactor: Redactor, *, quiet: bool) -> None:
        self._source, self._redactor, self._quiet = source, redactor, quiet
        self._terminal = sys.stderr.isatty()
        self._started = self._shown = time.monotonic()
        self._entries = self._slices = self._left = 0
        self._tier = ""
        self._found = self._told_long = False

    def say(self, text: str) -> None:
        """A line of its own."""
        if not self._quiet:
            self._clear()
            indent = text[: len(text) - len(text.lstrip(" "))]
            typer.echo(indent + one_line(text), err=True)

    def page(self, layer: Layer, rows: Sequence[Row], pages_left: int) -> None:
        """A page came."""
        self._tier, self._left = layer.tier, pages_left
        self._entries += len(rows)
        if not self._found and rows and layer.tier in ("errors", "all"):
            self._found = True
            self._first_findings(rows)
        self._cheaper_door(layer)
        self._progress()

    def slice_done(self, layer: Layer) -> None:
        """A slice is whole."""
        self._slices += 1
        self._tier, self._left = layer.tier, 0
        self._progress(always=not self._terminal)

    def close(self) -> None:
        """Clear the changing line."""
        self._clear()

    def eta_s(self) -> float:
        """Seconds for the pages that are probably left of this slice's query."""
        used = self._source.used()
        limit = used[1] if used else self._source.per_minute
        spent = (time.monotonic() - self._started) / max(1, self._source.calls)
        return self._left * max(60.0 / limit, spent)

    def _progress(self, always: bool = False) -> None:
        now = time.monotonic()
        if self._quiet or (not always and now - self._shown < _EVERY_S[self._terminal]):
            return
        self._shown = now
        used = self._source.used()
        quota = f", {used[0]} of {used[1]} calls this minute" if used else ""
        left = f", about {_duration(self.eta_s())} left" if self._left else ""
        line = (
            f"{self._tier}: {counted(self._slices, 'slice')}, {self._entries:,} entries, "
            f"{counted(self._source.calls, 'call')}{quota}{left}"
        )
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{line[:100]}")
            sys.stderr.flush()
        else:
            sys.stderr.write(f"{line}\n")

    def _first_findings(self, rows: Sequence[Row]) -> None:
        if self._quiet:
            return
        from analyzer.pipeline.live import first_findings

        found = first_findings(rows, self._redactor)
        if found:
            self.say(f"first findings, of the newest {len(rows):,} entries:")
            for count, text in found:
                self.say(f"  {count:>5} x {one_line(text)[:_MAX_FINDING]}")

    def _cheaper_door(self, layer: Layer) -> None:
        from analyzer.sources.cloud_logging.costs import LONG_MINUTES, cheaper_doors

        if self._told_long or self._quiet or self.eta_s() < LONG_MINUTES * 60:
            return
        self._told_long = True
        self.say(f"this takes about {_duration(self.eta_s())} at the quota; cheaper doors to the same entries:")
        for line in cheaper_doors(layer, self._source.window):
            self.say(f"  {line}")

    def _clear(self) -> None:
        if self._terminal and not self._quiet:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def pull_watched(source: CloudLogging, redactor: Redactor, options: LiveOptions, *, verb: str, quiet: bool) -> Pulled:
    """Pull and show it. Whatever ends it early, what was pulled is kept, and how to go on is said."""
    watcher = Watcher(source, redactor, quiet=quiet)
    watcher.say(f"window {window_text(source.window)}")
    try:
        pulled = source.pull(listener=watcher, say=watcher.say)
    except BaseException as err:
        watcher.close()
        if source.calls or isinstance(err, KeyboardInterrupt):
            typer.echo(f"what was pulled is kept; go on with: {go_on_command(verb, source, options)}", err=True)
        raise
    watcher.close()
    for gap in pulled.gaps:
        warn(f"{gap.reason} ({span_text(gap.from_ns, gap.to_ns)})")
    if pulled.gaps:
        typer.echo(f"go on with: {go_on_command(verb, source, options)}", err=True)
    return pulled


class Watched:
    """A live window as a source that shows its pull."""

    def __init__(self, source: CloudLogging, redactor: Redactor, options: LiveOptions, *, quiet: bool) -> None:
        self._source, self._redactor, self._options, self._quiet = source, redactor, options, quiet

    def read(self, progress: Callable[[str], None] | None = None) -> SourceResult:
        """Pull, then read what the cache has."""
        pulled = pull_watched(self._source, self._redactor, self._options, verb="pull", quiet=self._quiet)
        if progress:
            progress("reading what was pulled")
        return self._source.result(pulled.gaps)


def go_on_command(verb: str, source: CloudLogging, options: LiveOptions) -> str:
    """The command that goes on with exactly this window."""
    from analyzer.sources.cloud_logging.rows import rfc3339

    words = ["analyzer", verb]
    for name in options.project:
        words += ["--project", name]
    words += ["--from", rfc3339(source.window.from_ns), "--to", rfc3339(source.window.to_ns)]
    for name in options.service:
        words += ["--service", name]
    for name in options.trace:
        words += ["--trace", name]
    if options.every:
        words.append("--all")
    elif options.sample != 0.01:
        words += ["--sample", str(options.sample)]
    if options.impersonate:
        words += ["--impersonate", options.impersonate]
    for name in options.endpoint:
        words += ["--endpoint", name]
    if options.transport:
        words += ["--transport", options.transport]
    if options.max_requests != 54:
        words += ["--max-requests", str(options.max_requests)]
    return shlex.join(words)


def window_text(window: Window) -> str:
    """A window in UTC."""
    return span_text(window.from_ns, window.to_ns)


def span_text(from_ns: int | None, to_ns: int | None) -> str:
    """A time range in UTC, to the second."""
    from analyzer.model import format_time

    low, high = ((format_time(t) or "…")[:19].replace("T", " ") for t in (from_ns, to_ns))
    return f"{low} to {high} UTC"


def counted(number: int, noun: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
