"""Texts that were cut on their way are one text again, without a line end where they were cut."""

from __future__ import annotations

import random
from dataclasses import replace

from event_entries import TRACEBACK, entry, events, only, result
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model import Entry, EntrySplit, Severity

ERROR = Severity.ERROR
LONG = "checkout failed: " + "0123456789" * 5_000


def cri(text: str, flag: str, out: str = "stderr") -> str:
    """A line as a container runtime writes it."""
    return f"2025-01-02T03:04:05.000000001Z {out} {flag} {text}"


def docker(text: str, *, at_us: int) -> Entry:
    """A line as docker's json-file driver keeps it: a whole one ends with a line end."""
    return entry({"log": text, "stream": "stderr"}, at_us=at_us, severity=ERROR)


def split(text: str, index: int, total: int = 3, *, uid: str = "u-1") -> Entry:
    """A part of an entry that was too large."""
    whole = entry(text, at_us=5, severity=ERROR, name=f"id-{uid}-{9 - index}")
    return replace(whole, split=EntrySplit(uid=uid, index=index, total=total))


def test_parts_with_the_flag_p_go_on_in_the_next_up_to_the_flag_f() -> None:
    event = only(
        entry(cri(LONG[:16384], "P"), at_us=1, severity=ERROR),
        entry(cri(LONG[16384:32768], "P"), at_us=2, severity=ERROR),
        entry(cri(LONG[32768:], "F"), at_us=3, severity=ERROR),
    )
    assert event.message == LONG
    assert len(event.entry_ids) == 3
    assert not event.truncated


def test_a_part_whose_rest_never_came_is_kept_and_flagged() -> None:
    event = only(entry(cri(LONG[:16384], "P"), severity=ERROR))
    assert event.message == LONG[:16384]
    assert event.truncated


def test_the_two_outputs_of_a_container_are_not_mixed() -> None:
    found = events(
        entry(cri("out ", "P", "stdout"), at_us=1, severity=ERROR),
        entry(cri("err ", "P"), at_us=2, severity=ERROR),
        entry(cri("one", "F", "stdout"), at_us=3, severity=ERROR),
        entry(cri("two", "F"), at_us=4, severity=ERROR),
    )
    assert sorted(e.message for e in found) == ["err two", "out one"]


def test_a_text_of_exactly_sixteen_kilobytes_goes_on_in_the_next_entry() -> None:
    event = only(entry(LONG[:16384], at_us=1, severity=ERROR), entry(LONG[16384:], at_us=2, severity=ERROR))
    assert event.message == LONG


def test_a_text_at_the_limit_of_an_entry_goes_on_in_the_next() -> None:
    text = "boom " * 60_000
    event = only(entry(text[:256_000], at_us=1, severity=ERROR), entry(text[256_000:], at_us=2, severity=ERROR))
    assert event.message == text.strip()


def test_a_docker_line_without_its_end_goes_on_in_the_next() -> None:
    event = only(docker("disk is ", at_us=1), docker("full\n", at_us=2))
    assert event.message == "disk is full"
    assert [e.message for e in events(docker("disk is full\n", at_us=1), docker("again\n", at_us=2))] == [
        "disk is full",
        "again",
    ]


def test_parts_of_one_entry_are_joined_by_their_numbers_whatever_their_ids() -> None:
    text = "Order 7 is broken\n" + TRACEBACK
    event = only(split(text[60:], 2), split(text[:30], 0), split(text[30:60], 1))
    assert event.message == "Order 7 is broken"
    assert event.stack_traces[0].exceptions[0].type == "ZeroDivisionError"
    assert not event.truncated


def test_a_missing_part_is_told() -> None:
    assert only(split("first ", 0), split("third", 2)).truncated


def test_parts_of_two_entries_are_not_mixed() -> None:
    found = events(
        split("a1 ", 0, 2, uid="a"), split("b1 ", 0, 2, uid="b"), split("a2", 1, 2, uid="a"), split("b2", 1, 2, uid="b")
    )
    assert sorted(e.message for e in found) == ["a1 a2", "b1 b2"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40), max_size=6), st.integers())
def test_however_a_text_was_cut_it_is_whole_again(cuts: list[int], seed: int) -> None:
    text, parts, at = "Order 7 is broken: " + TRACEBACK.split("\n")[-1] + " in the night", [], 0
    for cut in cuts:
        parts.append(text[at : at + cut])
        at += cut
    parts = [p for p in (*parts, text[at:]) if p]
    entries = [
        entry(cri(part, "F" if n == len(parts) - 1 else "P"), at_us=n, severity=ERROR) for n, part in enumerate(parts)
    ]
    random.Random(seed).shuffle(entries)
    found = result(*entries)
    assert [e.message for e in found.events] == [text]
    assert found.counts.error == len(entries)
