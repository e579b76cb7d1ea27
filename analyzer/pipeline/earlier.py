"""Earlier cycles: which one a cycle is compared with, and what the history holds besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.cycles import Baseline, baseline_of, pick_green, read_baseline_json
from analyzer.errors import ConfigError
from analyzer.model import Entry, Past, PastCycle, TestRun

if TYPE_CHECKING:
    from analyzer.history.store import History

PREVIOUS, GREEN, NONE = "previous", "green", "none"
_WORDS = (PREVIOUS, GREEN, NONE)
_WHOLE = 10
"""saved cycles whose clusters a claim is looked for in"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCycles:
    """The history and the baseline that the options name, opened before any work is done."""

    history: History | None = None
    baseline: str = PREVIOUS
    """previous, green, none, or the name or key of a saved cycle"""
    report: Mapping[str, Any] | None = None
    """of a baseline that was named, as a file or as a saved cycle"""

    def of(self, services: Sequence[str], begins_ns: int | None) -> tuple[Baseline | None, Past]:
        """The baseline of a cycle of these services that begins then, and what came before it.

        `previous` is the newest saved cycle of the same services whose window ends no later than this one begins;
        `green` the newest of these without a failed test or an ERROR cluster. The baseline is always among the past
        cycles, also where it comes from a file.
        """
        past = self.history.past(services, begins_ns) if self.history else Past()
        report = self.report
        if report is None and self.history and self.baseline != NONE:
            key = pick_green(past.cycles) if self.baseline == GREEN else next((c.key for c in past.cycles[-1:]), None)
            report = self.history.report(key) if key else None
        if report is None:
            return None, past
        earlier = baseline_of(report, name=str(report["cycle"].get("name") or "earlier"))
        if not any(_same(cycle, earlier) for cycle in past.cycles):
            past = replace(past, cycles=_in_order([*past.cycles, PastCycle.of_report(report)]))
        return earlier, past

    def cycles(self, earlier: Baseline | None, past: Past) -> list[Baseline]:
        """The baseline and the saved cycles before it, whole, newest first; at most ten."""
        found = [earlier] if earlier else []
        for cycle in reversed(past.cycles[-_WHOLE:]):
            if self.history and cycle.key and not (earlier and _same(cycle, earlier)):
                report = self.history.report(cycle.key)
                found += [baseline_of(report, name=cycle.name)] if report is not None else []
        return found


def open_earlier(history: str | None, baseline: str | None) -> EarlierCycles:
    """Opens a database of cycles and finds a baseline that is named.

    Raises `HistoryError` where the database cannot be used, `ReportError` where a file is no report, `ConfigError`
    where a name is neither.
    """
    opened = None
    if history and history != NONE:
        from analyzer.history import open_history

        opened = open_history(history)
    wanted = baseline or NONE
    if wanted in _WORDS:
        if wanted == GREEN and opened is None:
            raise ConfigError("--baseline green without a history", "name one: --history sqlite:///FILE")
        return EarlierCycles(history=opened, baseline=wanted)
    path = Path(wanted)
    if path.is_file() or opened is None:
        return EarlierCycles(history=opened, baseline=wanted, report=_checked(read_baseline_json(path), path))
    report = opened.report(wanted)
    if report is None:
        raise ConfigError(
            f"--baseline {wanted}: no such file, and no saved cycle of this name",
            "analyzer history list names them; a report saved with -o FILE.json does as well",
        )
    return EarlierCycles(history=opened, baseline=wanted, report=report)


def digest_inputs(entries: Iterable[Entry], run: TestRun | None) -> str:
    """What a cycle was made of: BLAKE2b of its entries' ids and its tests' results, in any order."""
    digest = blake2b(digest_size=16)
    for entry_id in sorted(entry.entry_id for entry in entries):
        digest.update(entry_id.encode() + b"\0")
    for result in sorted((run.results if run else ()), key=lambda r: r.test):
        digest.update(f"\1{result.test}\0{result.status.value}\0".encode())
    return digest.hexdigest()


def _checked(report: Any, path: Path) -> Mapping[str, Any]:
    baseline_of(report, name=path.stem, origin=str(path))
    cycle = report["cycle"]
    return {**report, "cycle": {**cycle, "name": cycle.get("name") or path.stem}}


def _same(cycle: PastCycle, earlier: Baseline) -> bool:
    return (cycle.name, cycle.from_ns, cycle.to_ns) == (earlier.name, earlier.from_ns, earlier.to_ns)


def _in_order(cycles: Iterable[PastCycle]) -> tuple[PastCycle, ...]:
    return tuple(sorted(cycles, key=lambda c: (c.to_ns or 0, c.from_ns or 0, c.name, c.key)))
