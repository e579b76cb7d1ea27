"""Folds: the same from both fronts, from any order and any partition."""

from __future__ import annotations

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.signatures import arrow_folding
from analyzer.signatures.folding import MAX_SAMPLES, content_hash, fold, fold_batch, head_of, merge_folds

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="a1 =:\n\t\x00é'\"<>.-", max_size=60),
        st.sampled_from(
            ["tray 5 is cold", "tray 6 is cold", "  \n\n later 7", "x" * 2_500 + " 8", "٣ trays", "5\u00a0trays"]
        ),
    ),
    max_size=30,
)


@given(TEXTS)
@example(["\ud800 5", "tray 5"])
@example([])
@settings(max_examples=150)
def test_both_fronts_fold_alike(messages: list[str]) -> None:
    plain, plain_numbers = fold_batch(messages, arrow=False)
    fast, fast_numbers = fold_batch(messages, arrow=True)
    assert plain == fast
    assert [list(plain)[n] for n in plain_numbers] == [list(fast)[n] for n in fast_numbers] == list(map(fold, messages))


@given(TEXTS, st.integers(0, 30), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_folds_of_two_parts_make_those_of_the_whole(messages: list[str], cut: int, rng: random.Random) -> None:
    shuffled = rng.sample(messages, len(messages))
    first, second = fold_batch(shuffled[:cut], arrow=True)[0], fold_batch(shuffled[cut:])[0]
    assert merge_folds(first, second) == merge_folds(second, first) == fold_batch(messages)[0]


def test_a_large_batch_is_read_in_chunks_with_the_same_samples() -> None:
    messages = [f"tray {n % 700} of oven {n % 11} is cold" for n in range(5_000)]
    whole = fold_batch(messages, arrow=True)
    size, arrow_folding.CHUNK = arrow_folding.CHUNK, 700
    try:
        assert fold_batch(messages, arrow=True) == whole
    finally:
        arrow_folding.CHUNK = size
    (one,) = whole[0].values()
    assert one.messages == 5_000
    assert one.samples == tuple(sorted((content_hash(m), m) for m in set(messages))[:MAX_SAMPLES])


def test_heads_that_hash_alike_are_told_apart_by_their_text() -> None:
    messages = [f"{'a' * 40}{n}{'b' * 400} 5" for n in range(9)]
    assert len({content_hash(m) for m in messages}) == 1
    for arrow in (False, True):
        (one,) = fold_batch(messages[::-1], arrow=arrow)[0].values()
        assert one.samples == ((content_hash(messages[0]), messages[0]),)


def test_a_head_is_the_first_line_that_says_something() -> None:
    assert head_of("\n \n  tray 5 is cold \nTraceback") == "tray 5 is cold "
    assert fold("oven_7: tray 5, 17:30 is cold") == "\x00: tray \x00, \x00:\x00 is cold"
