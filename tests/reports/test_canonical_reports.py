"""The saved report: equal reports are equal bytes, and a changed one is noticed."""

from __future__ import annotations

import json
import math
from copy import deepcopy
from typing import Any

import pytest
from bakery_reports import ALL, hostile_cycle, second_cycle
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import ReportError
from analyzer.reports import canonical, check_integrity, seal

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
REPORTS = st.dictionaries(st.text(), JSON_VALUES, max_size=5)


def backwards(value: Any) -> Any:
    """The same JSON with every object's keys in the opposite order."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


@given(REPORTS)
def test_the_order_of_keys_does_not_reach_the_bytes(report: dict[str, Any]) -> None:
    assert canonical(report) == canonical(backwards(report))


@given(REPORTS)
def test_saving_what_was_saved_gives_the_same_bytes(report: dict[str, Any]) -> None:
    saved = canonical(report)
    assert canonical(json.loads(saved)) == saved


@given(REPORTS)
def test_what_was_saved_carries_the_digest_of_itself(report: dict[str, Any]) -> None:
    assert check_integrity(json.loads(canonical(report)))


@pytest.mark.parametrize("name", ALL)
def test_a_sealed_report_is_whole(name: str) -> None:
    assert check_integrity(seal(ALL[name]()))


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: r["ledger"].__setitem__("entries", 1241),
        lambda r: r["clusters"].reverse(),
        lambda r: r["causes"][0].__setitem__("summary", "it was the oven"),
        lambda r: r.__setitem__("extra", None),
        lambda r: r.__delitem__("trend"),
    ],
    ids=["count", "order", "text", "added", "removed"],
)
def test_an_edit_breaks_the_seal(edit: Any) -> None:
    sealed = seal(second_cycle())
    edited = deepcopy(sealed)
    edit(edited)
    assert check_integrity(sealed)
    assert not check_integrity(edited)


@pytest.mark.parametrize("integrity", [None, "", "0" * 64, 7, "\ud800"])
def test_a_wrong_or_missing_digest_is_no_seal(integrity: object) -> None:
    assert not check_integrity({**second_cycle(), "integrity": integrity})
    assert not check_integrity(second_cycle())


def test_floats_are_kept_to_six_places() -> None:
    assert b'"p": 0.333333\n' in canonical({"p": 1 / 3})
    assert canonical({"p": -0.0000001}) == canonical({"p": 0.0})


@pytest.mark.parametrize("value", [math.nan, math.inf, {1: 2}, {"x": {3}}, object()])
def test_what_json_cannot_hold_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(ReportError, match="`cycle"):
        canonical({"cycle": value})


def test_the_file_is_indented_utf8_that_ends_with_a_newline() -> None:
    saved = canonical({"cycle": {"name": "Bäckerei"}})
    assert 'Bäckerei"' in saved.decode("utf-8")
    assert saved.startswith(b'{\n "cycle": {\n  "name"')
    assert saved.endswith(b"}\n")


def test_saved_json_cannot_act_on_a_terminal() -> None:
    saved = canonical(hostile_cycle()).decode("utf-8")
    assert {c for c in saved if not c.isprintable()} == {"\n"}
    assert "\\u001b[31m" in saved
    assert "\\u202e" in saved
    assert "\\u009b" in saved
