"""Entries to error events: payloads, levels, joining, stack traces.

Takes entries; gives events and counts; does not cluster.
"""

from analyzer.events.printed import read_printed, read_text
from analyzer.events.reading import EventsResult, read_events
from analyzer.events.requests import read_access_line
from analyzer.events.stacktraces import parse_stack_traces

__all__ = ["EventsResult", "parse_stack_traces", "read_access_line", "read_events", "read_printed", "read_text"]
