"""Mining: groups by evidence, whatever the order."""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.signatures import finalize, merge, mine, mine_cores, similarity, summarize
from analyzer.signatures.folding import fold

NAMES = ["amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heron"]
MESSAGES = st.lists(
    st.one_of(
        st.sampled_from(NAMES).map(lambda n: f"queue {n} is full"),
        st.integers(0, 99).map(lambda n: f"took {n} ms"),
        st.sampled_from(["VM Started", "VM Paused", "it's 'so' \"x y\"", "", "a=b, c={1}", "/srv/a/b gone"]),
        st.text(max_size=30),
    ),
    max_size=40,
)


@given(MESSAGES, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_order_does_not_matter(messages: list[str], rng: random.Random) -> None:
    shuffled = rng.sample(messages, len(messages))
    assert dict(zip(messages, mine(messages), strict=True)) == dict(zip(shuffled, mine(shuffled), strict=True))


@given(MESSAGES, MESSAGES, MESSAGES)
@settings(max_examples=60)
def test_summaries_merge_in_any_grouping(a: list[str], b: list[str], c: list[str]) -> None:
    x, y, z = summarize(a), summarize(b), summarize(c)
    whole = summarize(a + b + c)
    assert merge(merge(x, y), z) == merge(z, merge(y, x)) == whole
    templates = finalize(merge(x, merge(y, z)))
    assert [templates[fold(m)] for m in a + b + c] == mine(a + b + c)


def test_few_fillers_stay_apart_and_many_become_a_wildcard() -> None:
    states = [f"VM {s} by request" for s in ("Started", "Paused", "Resumed", "Stopped")]
    queues = [f"queue {n} is full" for n in NAMES]
    templates = [t for _, t in mine(states + queues)]
    assert templates[:4] == states
    assert set(templates[4:]) == {"queue <*> is full"}


def test_a_value_of_two_words_joins_the_common_template() -> None:
    messages = [f"tenant {n} has no cart" for n in NAMES] + ["tenant old heron has no cart"]
    assert len({f for f, _ in mine(messages)}) == 1


def test_a_fingerprint_names_one_template() -> None:
    pairs = mine([f"took {n} ms" for n in range(9)] + ["VM Started"])
    assert len(set(pairs)) == 2
    assert all(f.startswith("t2:") for f, _ in pairs)


def test_cores_with_other_facts_never_share_a_template() -> None:
    cores = [((("http_status", s),), f"host {n} answered") for s in ("502", "503") for n in NAMES[:4]]
    assert mine_cores(cores) == [text for _, text in cores], "four fillers a status are not enough"
    more = [((("http_status", "502"),), f"host {n} answered") for n in NAMES]
    assert set(mine_cores(more)) == {"host <*> answered"}


def test_cores_without_evidence_come_back_as_they_are() -> None:
    items = [((), "Object of type <id>  is not\tfine"), ((), "took <duration>"), ((), "")]
    assert mine_cores(items) == [text for _, text in items]


def test_likeness_shows_kin_and_tells_strangers_apart() -> None:
    assert similarity("took <num> ms", "took <duration> ms") == 1.0
    assert similarity("cart of <user> is empty", "the cart of <user> is empty") > 0.85
    assert similarity("cart is empty", "disk is full of logs") < 0.6
    assert similarity("", "") == 1.0


def test_labelled_logs_are_grouped_as_their_labels_say() -> None:
    folder = os.environ.get("ANALYZER_CORPORA")
    if not folder or not Path(folder, "loghub").is_dir():
        pytest.skip("ANALYZER_CORPORA names no folder with loghub/")
    scores = []
    for path in sorted(Path(folder, "loghub").glob("*_2k.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        true = [r["EventTemplate"] for r in rows]
        mined = [f for f, _ in mine([r["Content"] for r in rows])]
        of_true, of_mined = Counter(true), Counter(mined)
        exact = sum(c == of_true[t] == of_mined[m] for (t, m), c in Counter(zip(true, mined, strict=True)).items())
        scores.append(2 * exact / (len(of_true) + len(of_mined)))
    assert sum(scores) / len(scores) >= 0.95
