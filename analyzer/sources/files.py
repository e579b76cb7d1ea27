"""Entries from saved files, whatever wrote them, wherever they lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analyzer.model import Dropped, Entry, FileReport, Gap, SourceResult, Window
from analyzer.redaction import Redactor, build_redactor
from analyzer.sources.buckets import Buckets
from analyzer.sources.formats import Rows, read_rows
from analyzer.sources.gaps import capped
from analyzer.sources.identity import settle
from analyzer.sources.inputs import find_inputs, read_input
from analyzer.sources.log_entries import decode_entry
from analyzer.sources.shards import missing_hours, within

OUTSIDE = "outside the window"
Progress = Callable[[str], None]


def read_files(
    specs: Sequence[str],
    *,
    redactor: Redactor,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    window: Window | None = None,
) -> SourceResult:
    """Entries of files, folders, globs, `gs://` addresses and `-`, redacted, each once, sorted by time.

    With a window, a sink's files of other hours are not opened, and entries of other times count as dropped. Raises
    `SourceError` for what cannot be read at all; what is merely broken is counted in the result.
    """
    entries: list[Entry] = []
    dropped: Counter[str] = Counter()
    warnings: list[str] = []
    files: list[FileReport] = []
    cut: list[Gap] = []
    place = 1
    with Buckets() as buckets:
        names = find_inputs(specs, buckets)
        if hours := missing_hours(names):
            warnings.append(hours)
        for name in within(names, window):
            source = read_input(name, stdin, buckets)
            if progress:
                progress(f"reading {source.name}")
            found = read_rows(source)
            mine = []
            for row in found.rows:
                mine.append(decode_entry(row, redactor=redactor, position=place))
                place += 1
            dropped += found.dropped
            warnings += found.warnings
            files.append(_file_report(source.name, found))
            if found.cut:
                cut.append(_cut_gap(mine))
            if window is not None:
                inside = [e for e in mine if e.time_ns is None or window.from_ns <= e.time_ns < window.to_ns]
                if len(inside) < len(mine):
                    dropped[OUTSIDE] += len(mine) - len(inside)
                mine = inside
            entries += mine
    kept, duplicates = settle(entries)
    return SourceResult(
        entries=kept,
        duplicates=duplicates,
        dropped=tuple(Dropped(reason=r, count=n) for r, n in sorted(dropped.items())),
        gaps=tuple(sorted((*cut, *capped(kept)), key=lambda g: (g.from_ns or 0, g.to_ns or 0, g.reason))),
        files=tuple(sorted(files, key=lambda f: f.name)),
        warnings=tuple(sorted(redactor.text(w) for w in warnings)),
    )


@dataclass(frozen=True, slots=True)
class Files:
    """Saved files as a source; registered as `files` in the entry points `analyzer.sources`."""

    specs: tuple[str, ...]
    redactor: Redactor
    stdin: BinaryIO | None = None
    window: Window | None = None

    def read(self, progress: Progress | None = None) -> SourceResult:
        """Read them all."""
        return read_files(self.specs, redactor=self.redactor, stdin=self.stdin, progress=progress, window=self.window)


def open_files(
    spec: str | Path | Sequence[str | Path],
    *,
    redactor: Redactor | None = None,
    salt: str | None = None,
    stdin: BinaryIO | None = None,
    window: Window | None = None,
) -> Files:
    """Files, folders, globs, `gs://` addresses or `-` as a source; redacted by the shipped rules unless told
    otherwise; only the entries of the window, where there is one."""
    specs = (str(spec),) if isinstance(spec, (str, Path)) else tuple(str(s) for s in spec)
    return Files(specs, redactor or build_redactor((), salt), stdin, window)


def _file_report(name: str, found: Rows) -> FileReport:
    lost = sum(found.dropped.values())
    seen = len(found.rows) + lost
    return FileReport(
        name=name, format=found.format, entries=len(found.rows), share=len(found.rows) / seen if seen else 1.0
    )


def _cut_gap(mine: Sequence[Entry]) -> Gap:
    """Where a file ends too early the rest is missing: after what it holds, or before where newest came first."""
    times = [e.time_ns for e in mine if e.time_ns is not None]
    if not times:
        return Gap(from_ns=None, to_ns=None, reason="the file ends too early")
    newest_first = times[0] > times[-1]
    if newest_first:
        return Gap(from_ns=None, to_ns=min(times), reason="the file ends too early")
    return Gap(from_ns=max(times), to_ns=None, reason="the file ends too early")
