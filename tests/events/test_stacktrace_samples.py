"""Every language's samples (`tests/samples/stacktraces/`): a text in, the drawn tree out."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from event_entries import printed
from hypothesis import HealthCheck, given, settings
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
_RECORDED = Path(os.environ.get("ANALYZER_CORPORA", "/nonexistent"), "traces.jsonl")
CORPUS = (
    [json.loads(line)["text"] for line in _RECORDED.read_text(encoding="utf-8").splitlines()]
    if _RECORDED.is_file()
    else []
)
"""measured ground truth, where it is there"""


def trees(text: str) -> str:
    """The traces of a text as they are drawn, one after the other."""
    return "\n\n".join(draw_trace(trace) for trace in parse_stack_traces(text))


@pytest.mark.parametrize("case", CASES)
def test_a_sample_gives_its_tree(case: dict) -> None:
    assert trees(case["text"]).strip() == case["tree"].strip()


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].get("lines") is not False])
def test_a_sample_delivered_line_by_line_is_put_together_again(case: dict) -> None:
    events = [e for e in read_events(printed(case["text"].strip("\n"))).events if e.stack_traces]
    assert "\n\n".join(draw_trace(t) for e in events for t in e.stack_traces) == case["tree"].strip()


def test_a_sample_that_cannot_be_put_together_again_says_why() -> None:
    """`lines = false`: only the whole text shows what belongs together."""
    apart = [case.values[0] for case in CASES if case.values[0].get("lines") is False]
    assert [case["name"] for case in apart if not case.get("why")] == []
    assert len(apart) < len(CASES) / 10


def test_every_language_has_samples() -> None:
    assert {reader.language for reader in all_readers()} <= {path.stem for path in FOLDER.glob("*.toml")}


@st.composite
def mutated(draw: st.DrawFn, texts: list[str]) -> str:
    """A text with some of its lines dropped, doubled, cut, in another place, from another text, or made of junk."""
    lines = draw(st.sampled_from(texts)).split("\n")[:400]
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines)))
        kind = draw(st.sampled_from(("drop", "double", "cut", "borrow", "junk", "move", "glue")))
        if kind == "junk":
            lines.insert(at, draw(st.text(max_size=40)))
        elif kind == "borrow":
            other = draw(st.sampled_from(texts)).split("\n")
            lines.insert(at, other[draw(st.integers(0, len(other) - 1))])
        elif at < len(lines):
            line = lines[at]
            to = draw(st.integers(0, len(line)))
            lines[at : at + 1] = {
                "drop": [],
                "double": [line, line],
                "cut": [line[:to]],
                "move": [],
                "glue": [line * 3],
            }[kind]
            if kind == "move":
                lines.insert(to % (len(lines) + 1), line)
    return "\n".join(lines)


def holds(text: str) -> None:
    """What is true of every answer."""
    for trace in parse_stack_traces(text):
        assert trace.exceptions[trace.last].parent is None
        assert trace.root is None or 0 <= trace.root < len(trace.exceptions)
        for index, exception in enumerate(trace.exceptions):
            assert exception.parent != index
            assert (exception.parent is None) == (index == trace.last)
            assert (exception.relation is None) == (index == trace.last)


@settings(max_examples=300, deadline=None)
@given(mutated(TEXTS))
def test_no_mutation_of_a_sample_raises(text: str) -> None:
    holds(text)


@pytest.mark.full
@settings(max_examples=100_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(mutated([*TEXTS, *CORPUS]))
def test_no_mutation_of_a_hundred_thousand_raises(text: str) -> None:
    holds(text)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_no_text_raises(text: str) -> None:
    holds(text)
    holds(f"Traceback (most recent call last):\n{text}")
