"""Mining: groups by evidence, whatever the order."""

from __future__ import annotations

import csv
import os
import pickle
import random
from pathlib import Path

import pytest
from grouping_scores import Scores, grouping_scores
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.signatures import Mined, Summary, finalize, merge, mine, mine_cores, similarity, summarize
from analyzer.signatures.folding import fold
from benchmarks.made_up_messages import make_messages

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


def mined_in_parts(messages: list[str], seed: int) -> list[Mined]:
    """Shuffled, cut in four, each part summarised by itself and handed on as bytes, then merged in another order."""
    rng = random.Random(seed)
    shuffled = rng.sample(messages, len(messages))
    parts = [pickle.loads(pickle.dumps(summarize(shuffled[n::4]))) for n in range(4)]
    total = Summary()
    for part in rng.sample(parts, 4):
        total = merge(part, total)
    templates = finalize(total)
    return [templates[fold(m)] for m in messages]


def test_a_window_shuffled_and_cut_in_four_gives_the_same_groups_and_ids() -> None:
    messages, _ = make_messages(8_000, templates=300, seed=29)
    assert mined_in_parts(messages, seed=1) == mine(messages)


def test_few_fillers_stay_apart_and_many_become_a_wildcard() -> None:
    states = [f"VM {s} by request" for s in ("Started", "Paused", "Resumed", "Stopped")]
    queues = [f"queue {n} is full" for n in NAMES]
    templates = [m.template for m in mine(states + queues)]
    assert templates[:4] == states
    assert set(templates[4:]) == {"queue <*> is full"}


def test_a_first_word_needs_more_evidence_than_a_later_one() -> None:
    assert len({m.template for m in mine([f"{n} was started" for n in NAMES])}) == len(NAMES)
    letters = [f"{a}{b}oom was started" for a in "brzl" for b in "lrsw"]
    assert {m.template for m in mine(letters)} == {"<*> was started"}


def test_a_word_that_other_phrases_hold_alone_is_a_constant() -> None:
    jobs = ["save", "load", "price", "pack", "send", "merge", "count"]
    one_phrase = [f"cannot {j} parcel" for j in jobs]
    assert {m.template for m in mine(one_phrase)} == {"cannot <*> parcel"}
    others = [
        f"{part} {n} waits for {j}"
        for j in jobs
        for part in (f"{j}tray", f"{j}oven", f"{j}shelf", f"{j}jar")
        for n in (1, 2)
    ]
    assert {m.template for m in mine(one_phrase + others)[: len(jobs)]} == set(one_phrase)


def test_two_names_that_are_values_elsewhere_are_values_here() -> None:
    known = [f"login of {n} was refused" for n in NAMES] + [f"mail for {n} is late" for n in NAMES]
    few = ["desk of amber is empty", "desk of heron is empty", "desk of mops is full", "desk of books is full"]
    templates = [m.template for m in mine(known + few)][-4:]
    assert templates == [
        "desk of <*> is empty",
        "desk of <*> is empty",
        "desk of mops is full",
        "desk of books is full",
    ]


def test_a_pair_that_comes_together_everywhere_is_no_pair_of_values() -> None:
    verbs = ["seal", "bake", "sort", "load", "pack", "lock", "save", "scan", "void", "book", "cool"]
    phrases = [f"{verb} of {part} {n} went on" for verb in verbs for part in ("tray", "oven") for n in range(2)]
    twins = [f"{phrase} {when} noon" for phrase in phrases for when in ("before", "after")]
    chance = [f"ovens were cold {when} noon" for when in ("before", "after", *NAMES)]
    templates = {m.template for m in mine(twins + chance)[: len(twins)]}
    assert all(("before noon" in template) != ("after noon" in template) for template in templates)


def test_a_value_of_two_words_joins_the_common_template() -> None:
    messages = [f"tenant {n} has no cart" for n in NAMES] + ["tenant old heron has no cart"]
    assert len({m.fingerprint for m in mine(messages)}) == 1


def test_a_rarer_tail_of_known_words_is_no_value() -> None:
    known = [f"{verb} {n}: disk full" for n in range(3) for verb in ("read", "write", "seal", "bake", "sort")]
    common = [f"cannot open tray {n}" for n in range(50)]
    mined = mine([*common, *known, "cannot open tray 7: disk full"])
    assert mined[-1].template == "cannot open tray <*>: disk full"


def test_a_fingerprint_names_one_form() -> None:
    mined = mine([f"took {n} ms" for n in range(9)] + ["VM Started"])
    assert len({m.fingerprint for m in mined}) == len(set(mined)) == 2
    assert all(m.fingerprint.startswith("t2:") for m in mined)


def test_cores_with_other_facts_never_share_a_template() -> None:
    cores = [((("http_status", s),), f"host {n} answered") for s in ("502", "503") for n in NAMES[:4]]
    assert mine_cores(cores) == [text for _, text in cores], "four fillers a status are not enough"
    more = [((("http_status", "502"),), f"host {n} answered") for n in NAMES]
    assert set(mine_cores(more)) == {"host <*> answered"}


def test_cores_without_evidence_come_back_as_they_are() -> None:
    items = [((), "Object of type <id>  is not\tfine"), ((), "took <duration>"), ((), "")]
    assert mine_cores(items) == [text for _, text in items]


def test_a_longer_core_is_not_absorbed() -> None:
    texts = [f"host {n} answered" for n in NAMES] + ["host amber of old answered"]
    assert mine_cores([((), t) for t in texts]) == ["host <*> answered"] * len(NAMES) + texts[-1:]


def test_likeness_shows_kin_and_tells_strangers_apart() -> None:
    assert similarity("took <num> ms", "took <duration> ms") == 1.0
    assert similarity("cart of <user> is empty", "the cart of <user> is empty") > 0.85
    assert similarity("cart is empty", "disk is full of logs") < 0.6
    assert similarity("", "") == 1.0


def made_up(count: int, templates: int, seed: int) -> Scores:
    messages, groups = make_messages(count, templates=templates, seed=seed)
    return grouping_scores(groups, [m.fingerprint for m in mine(messages)])


@pytest.mark.parametrize(("count", "templates", "ga", "fga"), [(10_000, 500, 0.97, 0.85), (20_000, 2_000, 0.92, 0.8)])
def test_statements_that_share_their_words_are_told_apart(count: int, templates: int, ga: float, fga: float) -> None:
    found = made_up(count, templates, seed=31)
    assert found.ga >= ga
    assert found.fga >= fga


@pytest.mark.full
@pytest.mark.parametrize(
    ("count", "templates", "ga", "fga"),
    [
        (100_000, 500, 0.985, 0.95),
        (100_000, 2_000, 0.95, 0.85),
        (100_000, 8_000, 0.88, 0.78),
        (30_000, 500, 0.98, 0.85),
    ],
)
def test_a_hundred_thousand_errors_of_many_statements(count: int, templates: int, ga: float, fga: float) -> None:
    for seed in (37, 41, 43):
        found = made_up(count, templates, seed)
        assert found.ga >= ga
        assert found.fga >= fga


@pytest.fixture(scope="module")
def labelled() -> dict[str, tuple[list[str], list[str]]]:
    """Messages and true templates by set."""
    folder = os.environ.get("ANALYZER_CORPORA")
    if not folder or not Path(folder, "loghub").is_dir():
        pytest.skip("ANALYZER_CORPORA names no folder with loghub/")
    sets = {}
    for path in sorted(Path(folder, "loghub").glob("*_2k.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        sets[path.stem] = [r["Content"] for r in rows], [r["EventTemplate"] for r in rows]
    return sets


def test_labelled_logs_are_grouped_as_their_labels_say(labelled: dict[str, tuple[list[str], list[str]]]) -> None:
    scores = [grouping_scores(true, [m.fingerprint for m in mine(texts)]) for texts, true in labelled.values()]
    assert sum(s.fga for s in scores) / len(scores) >= 0.96
    assert sum(s.ga for s in scores) / len(scores) >= 0.97
    assert sum(s.mixed for s in scores) / len(scores) <= 0.02


def test_labelled_logs_in_parts_give_the_same_groups_and_ids(labelled: dict[str, tuple[list[str], list[str]]]) -> None:
    assert [name for name, (texts, _) in labelled.items() if mined_in_parts(texts, seed=3) != mine(texts)] == []
