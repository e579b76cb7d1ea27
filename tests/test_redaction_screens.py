"""Screens: wherever a pattern matches, its screen does; and they tell texts apart."""

from __future__ import annotations

import json
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.redaction.screens import column_of, hints_screen, pattern_screen, places_of, write
from analyzer.redaction.shapes import FOLDED, shape_of
from analyzer.redaction.steps import Step, expander, prefixes_of
from analyzer.rules import KINDS, load_rules

PATTERNS = [rule.pattern for kind in KINDS for rule in load_rules(kind)]
REDACTIONS = load_rules("redact")
EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


def test_only_four_characters_are_taken_for_ascii_letters_when_case_is_ignored() -> None:
    letters = re.compile("[a-z]", re.IGNORECASE)
    assert {c for c in EVERY if not c.isascii() and letters.match(c)} == set(FOLDED)


def test_small_lettering_moves_nothing_but_at_the_characters_taken_for_ascii_letters() -> None:
    moved = {c for c in EVERY if len(c.lower()) != 1}
    became_ascii = {c for c in EVERY if not c.isascii() and any(small.isascii() for small in c.lower())}
    assert moved | became_ascii <= set(FOLDED)


WRITTEN = [
    *(
        r"a(?=b)b|c",
        r"(?<=x)y",
        r"(?<!x)y",
        r"[3-6](?<![0-9].)[0-9]{2}(?![0-9]|-x)",
        r"^a$",
        r"\bfoo\Bx",
        r"(a|b)\1c",
        r"(?i)(k)\1s",
    ),
    *(
        r"(a)?(?(1)b|c)",
        r"(?>a+)b",
        r"a++b",
        r"a{2,3}+",
        r"(?i:ab)C",
        r"(?i)Kelvin|ſtraße|İ",
        r"(?a)\w\d",
        r"\W\D\S\s",
        r"[^\W\d]x",
    ),
    *(
        r"(?s).a",
        r".a",
        r"(?x) a [ ] b # note",
        r"[^a]b",
        r"(?i)[^k]s",
        r"a{0}b",
        r"(?:ab){1500}",
        r"x(?!)|y",
        r"(?m)^a$\n^b",
        r"é+\d",
    ),
    *(
        r"(?:(?<=hooks/)[a-z]{3}|sk-[a-z]{2})",
        r"a(?:(?<=a)b|(?<!a)c)",
        r"[ab](?:(?<=a)1|(?<=b)2)",
        r"(?P<n>a)(?P=n)",
        r"(?<![a-c]x)[x](?<!y)z?",
    ),
]


def cover(pattern: re.Pattern[str], texts: list[str]) -> None:
    """Fail where the pattern matches and its screen, for texts or for JSON, does not."""
    shape = shape_of(pattern)
    for expression, column in (
        (write(shape, in_json=False), texts),
        (write(shape, in_json=True) + r"|\\u", [json.dumps({"k": text, "n": 1}, ensure_ascii=False) for text in texts]),
    ):
        hits = places_of(column_of(column)[0], expression)
        missed = [text for place, text in enumerate(texts) if place not in hits and pattern.search(text)]
        assert missed == []


@pytest.mark.parametrize("written", WRITTEN)
@given(st.lists(st.text('abcxyzkKsSſKİıß013-5.\n\t "\\/é١', max_size=8), min_size=5, max_size=20))
@settings(max_examples=30, deadline=None)
def test_a_screen_covers_its_pattern(written: str, texts: list[str]) -> None:
    cover(re.compile(written), texts)


@pytest.mark.parametrize("written", [w for w in WRITTEN if "1500" not in w and "(?!)" not in w])
@given(st.data())
@settings(max_examples=30, deadline=None)
def test_a_screen_covers_what_was_made_to_match(written: str, data: st.DataObject) -> None:
    pattern = re.compile(written)
    text = data.draw(st.from_regex(pattern).filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text)))
    cover(pattern, [text])


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:30])
def test_every_shipped_pattern_is_covered_on_all_samples(pattern: re.Pattern[str]) -> None:
    cover(pattern, [sample.text for kind in KINDS for rule in load_rules(kind) for sample in rule.match])


@pytest.mark.parametrize("rule", REDACTIONS, ids=lambda rule: rule.id)
def test_every_shipped_redaction_has_a_screen(rule) -> None:  # type: ignore[no-untyped-def]
    assert pattern_screen(rule.pattern) is not None


@pytest.mark.parametrize("written", [r"a*", r"\w+", r"(?:x|)", r"^$", r"[^q]"])
def test_what_nearly_every_text_trips_is_no_screen(written: str) -> None:
    assert pattern_screen(re.compile(written)) is None


def test_hints_are_a_screen_of_their_own() -> None:
    screen = hints_screen(["kit", "rye"])
    assert screen is not None
    texts = ["a Kİt", "RYE", "bread", "\u212ait"]
    lowered = {n for n, text in enumerate(texts) if any(hint in text.lower() for hint in ("kit", "rye"))}
    assert lowered <= places_of(column_of(texts)[0], screen.texts)
    assert hints_screen(["é"]) is None
    assert hints_screen([]) is None


@pytest.mark.parametrize(
    "written", [r"(?i)(?:token|pass(?:word)?)=\w+", r"(?i)key\d", r"Abc(?<=bc)x?", r"(?:foo|foobar)+"]
)
@given(
    st.lists(
        st.sampled_from(
            ["token=", "TOKEN", "pass", "word=", "KEY1", "\u212aey1", "paſs=", "İ", "Abc", "foo", "bar", "x", " ", "é"]
        ),
        max_size=8,
    )
)
@settings(max_examples=80, deadline=None)
def test_a_rule_is_applied_as_sub_would(written: str, parts: list[str]) -> None:
    pattern, text = re.compile(written), "".join(parts)
    assert prefixes_of(pattern)
    assert Step(pattern, "<x>").apply(text) == pattern.sub("<x>", text)


@pytest.mark.parametrize("rule", REDACTIONS, ids=lambda rule: rule.id)
def test_every_match_begins_with_one_of_the_prefixes(rule) -> None:  # type: ignore[no-untyped-def]
    prefixes = prefixes_of(rule.pattern)
    for sample in rule.match:
        for found in rule.pattern.finditer(sample.text):
            assert not prefixes or found.group().lower().startswith(prefixes)


@pytest.mark.parametrize("template", ["<x>", r"\g<head><x>", r"\1<x>", r"a\g<head>\n", r"\g<none>!"])
def test_a_template_is_expanded_as_the_match_would(template: str) -> None:
    found = re.search(r"(?P<head>ab)(?P<none>z)?c", "xabc")
    assert found is not None
    assert expander(template)(found) == found.expand(template)
