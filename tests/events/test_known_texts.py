"""A text like one that was parsed before gives what parsing it anew would give."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.events import stacktraces
from analyzer.events.stacktraces import read_stacks, shows_stack
from analyzer.events.stacktraces.known_texts import KnownTexts

FOLDER = Path(__file__).parent.parent / "samples" / "stacktraces"
TEXTS = [
    case["text"]
    for path in sorted(FOLDER.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
JAVA = """could not save {0}
com.shop.SaveException: no room for {0}
\tat com.shop.Store.save(Store.java:7)
\tat com.shop.Main.main(Main.java:3)"""
PYTHON = """could not save {0}
Traceback (most recent call last):
  File "/app/store.py", line 7, in save
    self.put(x)
KeyError: no room for {0}"""
WORDS = st.lists(
    st.sampled_from(
        [
            "7",
            "order",
            "a-b",
            "x: y",
            "[3]",
            "Caused by",
            "at",
            "(most recent call last)",
            "TypeError",
            ":",
            "é",
            " ---> ",
        ]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


def both(first: str, second: str) -> tuple[object, object]:
    """What is found in the second text when the first was read before, and when nothing was."""
    stacktraces._known_texts.cache_clear()
    fresh = read_stacks(second)
    stacktraces._known_texts.cache_clear()
    read_stacks(first)
    return read_stacks(second), fresh


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([JAVA, PYTHON]), WORDS, WORDS)
def test_other_values_change_nothing_but_the_messages(form: str, before: str, after: str) -> None:
    known, fresh = both(form.format(before), form.format(after))
    assert known == fresh


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(TEXTS), st.sampled_from(["7", "x: y", "Caused by: z", "", "  ", "(2 sub-exceptions)"]), st.data()
)
def test_the_samples_with_other_values_too(text: str, value: str, data: st.DataObject) -> None:
    lines = text.strip("\n").split("\n")
    at = data.draw(st.sampled_from([0, 1, len(lines) - 1]))
    words = lines[min(at, len(lines) - 1)].split(" ")
    words[data.draw(st.integers(0, len(words) - 1))] = value
    other = [*lines]
    other[min(at, len(lines) - 1)] = " ".join(words)
    known, fresh = both("\n".join(lines), "\n".join(other))
    assert known == fresh


def test_a_text_with_other_values_is_not_parsed_again() -> None:
    known = KnownTexts(shows_stack, stacktraces.all_readers())
    first, second = (PYTHON.format(v).split("\n") for v in ("a7", "b12"))
    spans = stacktraces.all_readers()[[r.language for r in stacktraces.all_readers()].index("python")].read(first)
    known.remember(first, spans)
    (found,) = known.find(second) or []
    assert found.trace is not None
    assert found.trace.exceptions[0].message == "no room for b12"
    assert found.trace.exceptions[0].frames is spans[0].trace.exceptions[0].frames
