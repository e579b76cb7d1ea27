"""Random deploys with known truth: no revision ever gets another one's commit, and little is left open."""

from __future__ import annotations

import random

import pytest

from analyzer.deploys import read_deploys
from analyzer.model import Deploys
from analyzer.redaction import build_redactor
from analyzer.sources import decode_entry
from benchmarks.made_deploys import DeployLog, image_of, revision_of

REDACTOR = build_redactor()
SEEDS = range(120)


def made(seed: int, *, lost: float = 0.0) -> tuple[DeployLog, dict[str, str]]:
    """A log of one to four deploys, and revision → commit. `lost` is the share of Ready entries that are missing."""
    drawn = random.Random(seed)
    log = DeployLog(seed=seed, audit_skew_s=drawn.choice([0, 0, -50, -20, 20, 50]))
    current = revision_of("api", 7)
    log.requests("api", {current: 1}, begin=0, end=60, count=20)
    at, truth = 60.0, {}
    for number in range(8, 8 + drawn.randint(1, 4)):
        name, commit = revision_of("api", number), f"{drawn.getrandbits(160):040x}"
        truth[name] = commit
        hidden, fails = drawn.random() < 0.3, drawn.random() < 0.2
        traffic = {current: 100} if hidden else None
        log.deploy("api", at=at, image=image_of("api", commit), version=drawn.choice([1, 2]), traffic=traffic)
        takes, pause = drawn.uniform(5, 40), drawn.choice([3, 30, 200, 700])
        if drawn.random() >= lost:
            log.ready("api", name, at=at + takes, problem="it ended" if fails else "", twice=drawn.random() < 0.7)
        if not fails and not hidden:
            log.requests("api", {name: 1}, begin=at + takes, end=at + takes + pause, count=20)
            current = name
        at += pause if drawn.random() < 0.3 else pause + takes + 5
    return log, truth


def read(log: DeployLog, shuffled: int) -> Deploys:
    entries = [decode_entry(row, redactor=REDACTOR) for row in log.entries(shuffled=shuffled)]
    return read_deploys(entries, options={}, head=None)


@pytest.mark.parametrize("lost", [0.0, 0.3])
def test_no_revision_gets_the_commit_of_another(lost: float) -> None:
    known = total = 0
    for seed in SEEDS:
        log, truth = made(seed, lost=lost)
        found = read(log, shuffled=seed)
        for revision in found.revisions:
            told = revision.commit
            assert told is None or told == truth.get(revision.revision), (seed, revision)
            known, total = known + (told is not None), total + (revision.revision in truth)
    assert known >= (total if lost == 0 else total / 3)


def test_entries_in_any_order_give_the_same_deploys() -> None:
    for seed in SEEDS[:30]:
        log, _ = made(seed, lost=0.3)
        assert read(log, shuffled=1) == read(log, shuffled=2)


def many(count: int, gap: float, name: str) -> Deploys:
    """Deploys of one service at an even pace, each ready 20 s later; `name` makes its revision's name of a number."""
    log = DeployLog()
    for number in range(count):
        log.deploy("api", at=number * gap, image=image_of("api", f"{number + 1:040x}"))
        log.ready("api", name.format(number + 1), at=number * gap + 20)
    return read(log, shuffled=1)


def test_a_long_row_of_numbered_revisions_is_told_like_a_short_one() -> None:
    found = many(320, 2.0, "api-{:05d}-abc")
    assert [r.commit for r in found.revisions] == [f"{number + 1:040x}" for number in range(320)]


def test_deploys_too_close_together_stay_deploys_and_are_named_in_one_note() -> None:
    found = many(700, 0.4, "api-x{:d}y")
    assert [e.revision for e in found.timeline if e.event == "deployed"] == [None] * 700
    assert not any(r.commit for r in found.revisions)
    texts = [note.text for note in found.notes]
    assert sum("too close together to tell which revision each of them made" in text for text in texts) == 1
    assert not any("no revision got ready" in text for text in texts)
