"""`Analysis`: one report with its tables, charts, rendering and saving."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.analysis.page import Page
from analyzer.errors import ReportError
from analyzer.model import ErrorEvent
from analyzer.reports.files import read_saved, render_file

if TYPE_CHECKING:
    import pandas as pd

    from analyzer.analysis.charts import Chart


class Analysis:
    """What one analysis found: a frozen report as JSON values, DataFrames and charts on request.

    Made by `analyze` or `Analysis.load`. The tables' columns are written in `analyzer.tables` with dtype, meaning and
    unit; `docs/notebooks.md` lists them.
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

    def save(self, path: str | Path, *, size: str = "standard") -> Path:
        """Write the report in the format of the suffix: `.json`, `.html`, `.md` or `.sarif`.

        `size` of the Markdown: `summary`, `standard` or `full`. Raises `ReportError`.
        """
        target = Path(path)
        data = render_file(self._report, target.suffix, size=size)
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
        """One row a cluster, in the report's order (`tables.CLUSTERS`)."""
        return self._table("clusters")

    @property
    def events(self) -> pd.DataFrame:
        """One row a printed error or warning (`tables.EVENTS`); after load, the exemplars only."""
        from analyzer.tables import events_table

        if self._events is None:
            return events_table(self._report)
        prints = self._fingerprints or [None] * len(self._events)
        rows = ({**e.to_dict(), "fingerprint": f} for e, f in zip(self._events, prints, strict=True))
        return events_table(self._report, rows)

    @property
    def exemplars(self) -> pd.DataFrame:
        """One row a real occurrence kept for a cluster (`tables.EXEMPLARS`)."""
        return self._table("exemplars")

    @property
    def histogram(self) -> pd.DataFrame:
        """When the occurrences happened: one row a bin of a cluster (`tables.HISTOGRAM`)."""
        return self._table("histogram")

    @property
    def code_paths(self) -> pd.DataFrame:
        """One row a code path of a cluster (`tables.CODE_PATHS`)."""
        return self._table("code_paths")

    @property
    def causes(self) -> pd.DataFrame:
        """One row a cause, best first (`tables.CAUSES`)."""
        return self._table("causes")

    @property
    def evidence(self) -> pd.DataFrame:
        """One row a fact for a cause (`tables.EVIDENCE`)."""
        return self._table("evidence")

    @property
    def chains(self) -> pd.DataFrame:
        """One row a link of a cause's chain (`tables.CHAINS`)."""
        return self._table("chains")

    @property
    def siblings(self) -> pd.DataFrame:
        """One row another place like a cause's, harmless look-alikes too (`tables.SIBLINGS`)."""
        return self._table("siblings")

    @property
    def tests(self) -> pd.DataFrame:
        """One row a test case (`tables.TESTS`)."""
        return self._table("tests")

    @property
    def transitions(self) -> pd.DataFrame:
        """One row a test that changed or still fails (`tables.TRANSITIONS`)."""
        return self._table("transitions")

    @property
    def fixes(self) -> pd.DataFrame:
        """One row a claimed fix with its verdict (`tables.FIXES`)."""
        return self._table("fixes")

    @property
    def deploys(self) -> pd.DataFrame:
        """One row a timeline event (`tables.DEPLOYS`)."""
        return self._table("deploys")

    @property
    def impact(self) -> pd.DataFrame:
        """One row an area with its configured value (`tables.IMPACT`)."""
        return self._table("impact")

    @property
    def actions(self) -> pd.DataFrame:
        """One row a next action, most urgent first (`tables.ACTIONS`)."""
        return self._table("actions")

    @property
    def trend(self) -> pd.DataFrame:
        """One row a cycle, oldest first, this one last (`tables.TREND`)."""
        return self._table("trend")

    @property
    def ledger(self) -> pd.DataFrame:
        """One row a sum: what was read and what became of it (`tables.LEDGER`)."""
        return self._table("ledger")

    def chart_timeline(self) -> Chart:
        """When the errors happened, with the deploys; interactive where the viewer can, else a picture."""
        from analyzer.analysis.charts import timeline_chart

        return timeline_chart(self._report)

    def chart_trend(self) -> Chart:
        """Pass rate and errors over the cycles; interactive where the viewer can, else a picture."""
        from analyzer.analysis.charts import trend_chart

        return trend_chart(self._report)

    def page(self, *, height: int = 720) -> Page:
        """The whole HTML report, to be shown in a cell; `height` in pixels."""
        return Page(self._report, height)

    def __repr__(self) -> str:
        """Cycle and counts."""
        cycle, ledger = self._report["cycle"], self._report["ledger"]
        clusters = len(self._report["clusters"])
        return f"<Analysis of cycle {cycle['name']}: {ledger['entries']} entries, {clusters} clusters>"

    def _repr_html_(self) -> str:
        """The first screen of the report, small; `page()` shows all of it."""
        from analyzer.reports.cell import render_cell

        return render_cell(self._report)

    def _table(self, name: str) -> pd.DataFrame:
        from analyzer.tables import report_table

        return report_table(name, self._report)
