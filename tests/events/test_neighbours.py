"""Entries that skip stitching are those that stitching would have left alone."""

from __future__ import annotations

from event_entries import TRACEBACK, entry
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.events.pieces import read_piece
from analyzer.events.reading import read_events
from analyzer.events.stitching import Stitcher
from analyzer.events.streams import in_printed_order
from analyzer.model import Entry, Severity

JAVA = "com.shop.SaveException: no room\n\tat com.shop.Store.save(Store.java:7)\n\tat com.shop.Main.main(Main.java:3)"
LINES = [
    *TRACEBACK.split("\n"),
    *JAVA.split("\n"),
    "",
    "order saved",
    "ERROR:    cannot save",
    "  retrying: attempt 2",
    TRACEBACK,
    f"cannot save\n{JAVA}",
    "2025-01-02 03:04:05.531 | ERROR    | shop.db:ping:150 | <red>ping failed",
    '" does not exist</red>',
]
STEPS_US = [0, 10, 900, 60_000, 150_000, 1_500_000, 2_500_000, 12_000_000, 40_000_000]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(LINES),
            st.sampled_from([None, Severity.INFO, Severity.ERROR]),
            st.sampled_from("ab"),
            st.sampled_from(STEPS_US),
        ),
        max_size=14,
    )
)
def test_what_skips_stitching_would_have_stayed_alone(rows: list) -> None:
    entries: list[Entry] = []
    at_us = 0
    for n, (text, severity, instance, step_us) in enumerate(rows):
        at_us += step_us
        entries.append(entry(text, severity=severity, instance=instance, at_us=at_us, name=f"{n:03}"))
    stitcher = Stitcher()
    for one in in_printed_order(entries):
        stitcher.add(read_piece(one))
    together = {unit for pieces in stitcher.finish() if len(unit := tuple(p.entry.entry_id for p in pieces)) > 1}
    found = {event.entry_ids for event in read_events(entries).events}
    joined = {unit for unit in together if unit in found or not any(set(unit) & set(ids) for ids in found)}
    assert joined == together
    assert {ids for ids in found if len(ids) > 1} <= together
