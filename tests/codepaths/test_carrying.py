from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.codepaths.carrying import carry_line

TEXT = st.lists(st.sampled_from("abcdefgh"), max_size=14)


def test_a_line_is_carried_over_what_was_added_and_indented() -> None:
    old = ["import a", "def f():", "    return a", "x = 1"]
    new = ["# head", "import a", "", "class C:", "    def f():", "        log()", "        return a", "y = 2"]
    assert [carry_line(old, new, n) for n in (1, 2, 3, 4)] == [2, 5, 7, None]
    assert (carry_line(old, new, 0), carry_line(old, new, 5)) == (None, None)


@given(TEXT, TEXT)
def test_lines_carry_to_equal_lines_and_keep_their_order(old: list[str], new: list[str]) -> None:
    carried = [carry_line(old, new, n) for n in range(1, len(old) + 1)]
    kept = [n for n in carried if n is not None]
    assert kept == sorted(set(kept))
    assert all(new[n - 1] == old[at] for at, n in enumerate(carried) if n is not None)


@given(TEXT)
def test_a_text_carries_to_itself_line_by_line(text: list[str]) -> None:
    assert [carry_line(text, text, n) for n in range(1, len(text) + 1)] == list(range(1, len(text) + 1))
