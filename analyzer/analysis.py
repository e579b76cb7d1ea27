"""`Analysis`: one report with its tables, rendering and saving."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from analyzer import pipeline, reports, signatures
from analyzer.errors import ConfigError, ReportError
from analyzer.model import ErrorEvent
from analyzer.reports.files import read_saved, render_file

if TYPE_CHECKING:
    import pandas as pd

    from analyzer.redaction import Redactor
    from analyzer.sources import Source


class Analysis:
    """What one analysis found: a frozen report as JSON values, DataFrames on request.

    Made by `analyze` or `Analysis.load`. The tables' columns are written in `analyzer.tables`.
    """

    def __init__(
        self,
        report: Mapping[str, Any],
        events: Sequence[ErrorEvent] | None = None,
        fingerprints: Sequence[str | None] | None = None,
    ) -> None:
        self._report = dict(report)
        self._events = events
        self._fingerprints = fingerprints

    def to_dict(self) -> dict[str, Any]:
        """The report JSON (`analyzer.report/1`); a copy."""
        copy: dict[str, Any] = json.loads(json.dumps(self._report))
        return copy

    def save(self, path: str | Path) -> Path:
        """Write the report in the format of the suffix: `.json`, `.html` or `.md`. Raises `ReportError`."""
        target = Path(path)
        data = render_file(self._report, target.suffix)
        try:
            target.write_bytes(data)
        except OSError as err:
            raise ReportError(
                f"cannot write {target}: {err.strerror}", "give a folder that exists and is yours"
            ) from err
        return target

    def remember(self, history: str) -> str:
        """Save the cycle in the history at this address, in place of an earlier run of the same inputs; its key.

        Raises `HistoryError`.
        """
        from analyzer.history import open_history

        return open_history(history).save(self._report)

    @classmethod
    def load(cls, path: str | Path) -> Analysis:
        """A saved report JSON; raises `ReportError`."""
        return cls(read_saved(Path(path)))

    @property
    def clusters(self) -> pd.DataFrame:
        """One row a cluster (`tables.CLUSTERS`)."""
        from analyzer import tables

        return tables.clusters_table(self._report)

    @property
    def events(self) -> pd.DataFrame:
        """One row a printed error or warning (`tables.EVENTS`); after load, the exemplars only."""
        from analyzer import tables

        if self._events is None:
            return tables.events_table(tables.exemplar_rows(self._report))
        prints = self._fingerprints or [None] * len(self._events)
        rows = ({**e.to_dict(), "fingerprint": f} for e, f in zip(self._events, prints, strict=True))
        return tables.events_table(rows)

    @property
    def tests(self) -> pd.DataFrame:
        """One row a test case (`tables.TESTS`)."""
        from analyzer import tables

        return tables.tests_table(self._report)

    @property
    def code_paths(self) -> pd.DataFrame:
        """One row a code path of a cluster (`tables.CODE_PATHS`)."""
        from analyzer import tables

        return tables.code_paths_table(self._report)

    @property
    def causes(self) -> pd.DataFrame:
        """One row a cause, best first (`tables.CAUSES`)."""
        from analyzer import tables

        return tables.causes_table(self._report)

    @property
    def deploys(self) -> pd.DataFrame:
        """One row a timeline event (`tables.DEPLOYS`)."""
        from analyzer import tables

        return tables.deploys_table(self._report)

    def __repr__(self) -> str:
        """Cycle and counts."""
        cycle, ledger = self._report["cycle"], self._report["ledger"]
        clusters = len(self._report["clusters"])
        return f"<Analysis of cycle {cycle['name']}: {ledger['entries']} entries, {clusters} clusters>"

    def _repr_html_(self) -> str:
        """The HTML report in a frame of its own, so that neither styles the other."""
        page = html.escape(reports.render(self._report, "html"), quote=True)
        return (
            f'<iframe srcdoc="{page}" sandbox="allow-popups" style="width:100%;height:720px;border:0" '
            f'title="cycle report"></iframe>'
        )


def analyze(
    logs: str | Path | Sequence[str | Path] = (),
    *,
    project: str | Sequence[str] = (),
    since: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    around: str | Path | None = None,
    service: str | Sequence[str] = (),
    every: bool = False,
    sample: float = 0.01,
    trace: str | Sequence[str] = (),
    impersonate: str | None = None,
    endpoint: str | Sequence[str] = (),
    transport: str | None = None,
    max_requests: int = 54,
    live: Callable[[Redactor], Source] | None = None,
    repo: str | Path | Sequence[str | Path] = (),
    revision: str | Sequence[str] | None = (),
    tests: str | Path | Sequence[str | Path] = (),
    baseline: str | Path | None = None,
    history: str | None = None,
    cycle: str = "",
    fixes: str | Sequence[str] = (),
    impact: str | Path | None = None,
    members: bool = False,
    rules: str | Path | Sequence[str | Path] = (),
    salt: str | None = None,
    jobs: int = 0,
    cache_dir: str | Path | None = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> Analysis:
    """One cycle: read → cluster → locate → compare → explain. The same options as `analyzer analyze`.

    Entries come from `logs`; or, with `project` and a window (`since`, or `from_` and `to`, or `around`), from Cloud
    Logging through the cache, `every` standing for `--all`; or from a source that `live` opens with the redactor.
    `baseline` is a saved report, or None; with a `history` (the address of a database, `sqlite:///FILE`) also the name
    of a cycle saved there, `previous` or `green`. The history is read only: `Analysis.remember` saves into it.
    `members` lists every entry id. Raises `AnalyzerError` with a hint.
    """
    if project and live is None:
        options = pipeline.LiveOptions(
            project=tuple(many(project)),
            since=since,
            from_=from_,
            to=to,
            around=str(around) if around else None,
            service=tuple(many(service)),
            every=every,
            sample=sample,
            trace=tuple(many(trace)),
            impersonate=impersonate,
            endpoint=tuple(many(endpoint)),
            transport=transport,
            max_requests=max_requests,
        )
        folder = Path(cache_dir) if cache_dir else None
        live = partial(pipeline.open_live, options, cache_dir=folder, now_ns=time.time_ns())
    if bool(many(logs)) == (live is not None):
        raise ConfigError(
            "name either log files or a project to pull from", "analyze LOGS…, or --project ID --since 2h"
        )
    found = pipeline.analyze(
        many(logs),
        live=live,
        repo=many(repo),
        revision=many(revision),
        tests=many(tests),
        baseline=None if baseline is None else str(baseline),
        history=history,
        cycle=cycle,
        fixes=many(fixes),
        impact=str(impact) if impact else None,
        members=members,
        rules=many(rules),
        salt=salt,
        jobs=jobs,
        cache_dir=str(cache_dir) if cache_dir else None,
        stdin=stdin,
        progress=progress,
    )
    return Analysis(reports.seal(found.report.to_dict()), found.events, found.fingerprints)


def read_events(entries: Iterable[Mapping[str, Any]]) -> list[ErrorEvent]:
    """LogEntry dicts (REST names) → stitched, redacted error events, by time."""
    return list(pipeline.read_dict_events(entries))


def cluster_messages(messages: Iterable[str], *, parameters: bool = False) -> pd.DataFrame:
    """Template mining over a set of messages: one row a message, same order; columns fingerprint and template.

    The first line of a message counts. With `parameters` a third column holds the list of values behind the wildcards
    of the template: put in their place they give the line again, blanks collapsed.
    """
    from analyzer import tables

    texts = [str(m) for m in messages]
    values = None
    if parameters:
        mined, values = signatures.mine_values(texts)
    else:
        mined = signatures.mine(texts)
    return tables.messages_table([m.fingerprint for m in mined], [m.template for m in mined], values)


def many(value: str | Path | Sequence[str | Path] | None) -> list[str]:
    """One or several as a list of texts."""
    if value is None:
        return []
    return [str(value)] if isinstance(value, str | Path) else [str(v) for v in value]
