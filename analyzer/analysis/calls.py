"""`analyze` and the smaller calls of the library that a notebook makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from analyzer import pipeline, reports, signatures
from analyzer.analysis.report import Analysis
from analyzer.errors import ConfigError
from analyzer.model import ErrorEvent

if TYPE_CHECKING:
    import pandas as pd

    from analyzer.redaction import Redactor
    from analyzer.sources import Source


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
