"""The pieces of one printed error become one event, and nothing else does."""

from __future__ import annotations

import random

import pytest
from event_entries import SYSTEM, TRACEBACK, entry, events, only, printed, result
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.events import read_events
from analyzer.model import Relation, Severity

CONTEXT = "During handling of the above exception, another exception occurred:"
CAUSE = "The above exception was the direct cause of the following exception:"
SECOND = TRACEBACK.replace("ZeroDivisionError: division by zero", "RuntimeError: no total")


@pytest.mark.parametrize(("separator", "relation"), [(CONTEXT, Relation.CONTEXT), (CAUSE, Relation.CAUSE)])
def test_a_chain_in_three_entries_is_one_event(separator: str, relation: Relation) -> None:
    found = result(
        entry(TRACEBACK, severity=Severity.ERROR),
        entry(separator, at_us=30),
        entry(SECOND, severity=Severity.ERROR, at_us=45),
    )
    (event,) = found.events
    assert len(event.entry_ids) == 3
    (trace,) = event.stack_traces
    assert [e.type for e in trace.exceptions] == ["ZeroDivisionError", "RuntimeError"]
    assert trace.exceptions[0].relation is relation
    assert not event.truncated
    assert found.counts.error == 3


def test_the_log_line_before_a_traceback_entry_is_a_printing_of_its_own() -> None:
    found = events(
        entry("CRITICAL Startup failed: no total", severity=Severity.CRITICAL),
        entry(SECOND, at_us=30, severity=Severity.ERROR),
    )
    assert [len(e.entry_ids) for e in found] == [1, 1]


def test_a_traceback_printed_line_by_line_is_one_event() -> None:
    event = only(*printed(TRACEBACK))
    assert len(event.entry_ids) == 5
    assert event.stack_traces[0].exceptions[0].message == "division by zero"
    assert event.severity is Severity.ERROR


def test_line_by_line_the_log_line_above_belongs_to_it() -> None:
    event = only(*printed("2025-01-02 03:04:05 - shop - ERROR - checkout failed\n" + TRACEBACK))
    assert event.message == "checkout failed"
    assert len(event.entry_ids) == 6


def test_lost_indentation_does_not_break_the_trace() -> None:
    event = only(*printed("\n".join(line.strip() for line in TRACEBACK.split("\n"))))
    assert len(event.entry_ids) == 5
    assert event.stack_traces[0].exceptions[0].frames[0].code == "return sum(prices) / len(prices)"


def test_a_chain_printed_line_by_line_with_blank_lines_is_one_event() -> None:
    event = only(*printed(f"{TRACEBACK}\n\n{CAUSE}\n\n{SECOND}"))
    assert len(event.stack_traces[0].exceptions) == 2


def test_json_lines_join_like_text() -> None:
    lines = [entry({"message": x, "severity": "ERROR"}, at_us=n * 30) for n, x in enumerate(TRACEBACK.split("\n"))]
    assert len(only(*lines).entry_ids) == 5


def test_two_tracebacks_in_a_row_are_two_events() -> None:
    assert [len(e.entry_ids) for e in events(*printed(f"{TRACEBACK}\n{SECOND}"))] == [5, 5]


def test_instances_are_never_mixed() -> None:
    pieces = printed(TRACEBACK, instance="i-1") + printed(TRACEBACK, instance="i-2", at_us=7)
    found = events(*pieces)
    assert len(found) == 2
    assert all(len({i.split("-")[2] for i in e.entry_ids}) == 1 for e in found)


def test_other_logs_in_between_do_not_disturb() -> None:
    noise = entry("Container called exit(1).", at_us=30, log_name=SYSTEM)
    assert len(only(*printed(TRACEBACK), noise).entry_ids) == 5


def test_a_line_with_its_own_prefix_ends_a_trace() -> None:
    lines = TRACEBACK.split("\n")
    cut = printed("\n".join([*lines[:3], "INFO:     Started server process [1]"]))
    event = only(*cut)
    assert len(event.entry_ids) == 3
    assert event.truncated


def test_ordinary_lines_after_a_trace_stay_outside() -> None:
    found = result(*printed(TRACEBACK + "\n  retrying: attempt 2\nconnecting to db..."))
    assert [len(e.entry_ids) for e in found.events] == [5]
    assert found.counts.other == 2


def test_a_long_pause_ends_a_trace() -> None:
    lines = TRACEBACK.split("\n")
    late = [entry(x, at_us=5_000_000 + n) for n, x in enumerate(lines[3:])]
    first, *_ = events(*printed("\n".join(lines[:3])), *late)
    assert first.truncated
    assert len(first.entry_ids) == 3


def test_a_message_cut_at_a_line_end_is_made_whole() -> None:
    event = only(
        entry('2025-01-02 03:04:05.531 | ERROR    | shop.db:ping:150 | <red>ping failed: database "shop_dev'),
        entry('" does not exist</red>', at_us=20),
    )
    assert event.message == 'ping failed: database "shop_dev\n" does not exist'


def test_a_line_that_follows_a_whole_message_is_not_its_tail() -> None:
    event = only(entry("2025-01-02 03:04:05 - shop - ERROR - no stock"), entry("connecting to db...", at_us=20))
    assert len(event.entry_ids) == 1


def test_a_python_warning_in_two_entries_is_one_event() -> None:
    event = only(entry("/app/shop/cart.py:3: UserWarning: old"), entry("  import pkg_resources", at_us=35))
    assert event.message == "UserWarning: old"
    assert len(event.entry_ids) == 2


def test_joined_pieces_are_redacted_once_more() -> None:
    def hide(text: str) -> str:
        return text.replace("key\n=abc", "key=REDACTED")

    found = read_events(
        [
            entry("2025-01-02 03:04:05.531 | ERROR    | shop.db:ping:150 | <red>key"),
            entry("=abc</red>", at_us=20),
        ],
        redact=hide,
    )
    assert [e.message for e in found.events] == ["key=REDACTED"]


def _mixed() -> list:
    return [
        *printed(TRACEBACK, instance="a"),
        *printed(f"{TRACEBACK}\n\n{CAUSE}\n\n{SECOND}", instance="b", at_us=3),
        entry("2025-01-02 03:04:05 - shop - ERROR - no stock", at_us=900, instance="a"),
        entry({"message": "fine"}, at_us=950, severity=Severity.INFO),
        entry(at_us=960, severity=Severity.ERROR),
    ]


@settings(max_examples=20, deadline=None)
@given(st.integers())
def test_any_order_of_entries_gives_the_same_events(seed: int) -> None:
    shuffled = _mixed()
    random.Random(seed).shuffle(shuffled)
    assert read_events(shuffled) == read_events(_mixed())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [*TRACEBACK.split("\n"), "", CAUSE, "ERROR:    x", "  y", "Task exception was never retrieved"]
            ),
            st.sampled_from([None, Severity.INFO, Severity.ERROR]),
            st.sampled_from("ab"),
        ),
        max_size=25,
    )
)
def test_every_entry_is_counted_once(lines: list) -> None:
    entries = [entry(t, severity=s, instance=i, at_us=n * 10) for n, (t, s, i) in enumerate(lines)]
    found = read_events(entries)
    ids = [i for e in found.events for i in e.entry_ids]
    assert len(ids) == len(set(ids))
    assert found.counts.error + found.counts.warning == len(ids)
    assert found.counts.error + found.counts.warning + found.counts.other == len(entries)
