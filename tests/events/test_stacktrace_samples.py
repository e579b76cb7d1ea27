"""Every language's samples (`tests/samples/stacktraces/`): a text in, the drawn tree out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from event_entries import printed
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.events import parse_stack_traces, read_events
from analyzer.events.stacktraces import all_readers
from analyzer.reports.trace_tree import draw_trace

FOLDER = Path(__file__).parent.parent / "samples" / "stacktraces"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
TEXTS = [case.values[0]["text"] for case in CASES]


def trees(text: str) -> str:
    """The traces of a text as they are drawn, one after the other."""
    return "\n\n".join(draw_trace(trace) for trace in parse_stack_traces(text))


@pytest.mark.parametrize("case", CASES)
def test_a_sample_gives_its_tree(case: dict) -> None:
    assert trees(case["text"]).strip() == case["tree"].strip()


@pytest.mark.parametrize("case", CASES)
def test_a_sample_delivered_line_by_line_is_put_together_again(case: dict) -> None:
    """`lines = false` in a sample says that it cannot be, with the reason beside it."""
    if case.get("lines") is False:
        pytest.skip(case["why"])
    events = [e for e in read_events(printed(case["text"].strip("\n"))).events if e.stack_traces]
    assert "\n\n".join(draw_trace(t) for e in events for t in e.stack_traces) == case["tree"].strip()


def test_every_language_has_samples() -> None:
    assert {reader.language for reader in all_readers()} <= {path.stem for path in FOLDER.glob("*.toml")}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_mutation_of_a_sample_raises(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(TEXTS)).split("\n")
    other = data.draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(lines)))
        kind = data.draw(st.sampled_from(("drop", "double", "cut", "borrow", "junk")))
        if kind == "junk":
            lines.insert(at, data.draw(st.text(max_size=40)))
        elif kind == "borrow":
            lines.insert(at, data.draw(st.sampled_from(other)))
        elif at < len(lines):
            line = lines[at]
            lines[at : at + 1] = {"drop": [], "double": [line, line], "cut": [line[: len(line) // 2]]}[kind]
    for trace in parse_stack_traces("\n".join(lines)):
        assert trace.exceptions
        assert trace.exceptions[trace.last].parent is None
