"""What a notebook and the command share: `analyze`, and `Analysis` with its tables, charts, rendering and saving."""

from analyzer.analysis.calls import analyze, cluster_messages, many, read_events
from analyzer.analysis.charts import Chart
from analyzer.analysis.page import Page
from analyzer.analysis.report import Analysis

__all__ = ["Analysis", "Chart", "Page", "analyze", "cluster_messages", "many", "read_events"]
