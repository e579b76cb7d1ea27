"""Entries to error events: payloads, levels, joining, stack traces. Takes entries; gives events and counts; does not cluster."""
