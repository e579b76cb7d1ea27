"""What a notebook writes, for mypy: it is checked with the package (`mypy`), and never run."""

from typing import assert_type

import altair
import pandas as pd

import analyzer
from analyzer.analysis import Chart, Page
from analyzer.model import CodePath, ErrorEvent, StackTrace
from analyzer.notebook import Incident, incident
from analyzer.tables import CLUSTERS, Column

found = analyzer.analyze("logs.jsonl", repo=".", tests=["junit.xml"], fixes="0123456=timeout")
assert_type(found, analyzer.Analysis)
assert_type(analyzer.Analysis.load("report.json"), analyzer.Analysis)

for frame in (
    *(found.clusters, found.events, found.exemplars, found.histogram, found.code_paths, found.causes, found.evidence),
    *(found.chains, found.siblings, found.tests, found.transitions, found.fixes, found.deploys, found.impact),
    *(found.actions, found.trend, found.ledger),
):
    assert_type(frame, pd.DataFrame)
errors = found.clusters[found.clusters["severity"] == "ERROR"]
assert_type(errors, pd.DataFrame)
assert_type(CLUSTERS["count"], Column)

assert_type(found.chart_timeline(), Chart)
assert_type(found.chart_trend().to_altair(), altair.Chart)
assert_type(found.page(height=500), Page)

rows = incident(pd.DataFrame({"message": ["a"]}))
assert_type(rows, Incident)
assert_type(rows.signature(message="message"), pd.DataFrame)
assert_type(rows.cluster(level="ERROR", rules="rules", service="app"), pd.DataFrame)
assert_type(rows.timeline(bin="5min"), pd.DataFrame)
rows.cluster(mesage="text")  # type: ignore[call-arg]  # a column that is not asked for is a mistake
found.chart_timeline().specification  # type: ignore[attr-defined]  # noqa: B018

assert_type(analyzer.mask("user 17"), str)
assert_type(analyzer.where("timeout", repo="."), list[CodePath])
assert_type(analyzer.read_events([{"textPayload": "x"}]), list[ErrorEvent])
assert_type(analyzer.parse_stack_traces("x"), list[StackTrace])
assert_type(analyzer.cluster_messages(["a"], parameters=True), pd.DataFrame)
