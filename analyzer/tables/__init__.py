"""Nouns to DataFrames: names, dtypes, units, meanings. The stage that knows pandas.

Takes the report as a dict; gives tables, each of one schema written in `schemas`. Times are `datetime64[ns, UTC]`;
lists stay Python lists in `object` columns; what is not known is NA.
"""

from analyzer.tables.making import encodable, rows_of, table
from analyzer.tables.reading import events_table, messages_table, report_table
from analyzer.tables.schemas import (
    ACTIONS,
    BINS,
    CAUSES,
    CHAINS,
    CLUSTERS,
    CODE_PATHS,
    DEPLOYS,
    EVENTS,
    EVIDENCE,
    EXEMPLARS,
    FIXES,
    FRAME_TABLES,
    GROUPS,
    HISTOGRAM,
    IMPACT,
    LEDGER,
    MESSAGES,
    SIBLINGS,
    SIGNATURES,
    TABLES,
    TESTS,
    TRANSITIONS,
    TREND,
    Column,
    Schema,
)

__all__ = [
    "ACTIONS",
    "BINS",
    "CAUSES",
    "CHAINS",
    "CLUSTERS",
    "CODE_PATHS",
    "DEPLOYS",
    "EVENTS",
    "EVIDENCE",
    "EXEMPLARS",
    "FIXES",
    "FRAME_TABLES",
    "GROUPS",
    "HISTOGRAM",
    "IMPACT",
    "LEDGER",
    "MESSAGES",
    "SIBLINGS",
    "SIGNATURES",
    "TABLES",
    "TESTS",
    "TRANSITIONS",
    "TREND",
    "Column",
    "Schema",
    "encodable",
    "events_table",
    "messages_table",
    "report_table",
    "rows_of",
    "table",
]
