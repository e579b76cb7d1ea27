"""Which commits are suspected, in which order, and in which words."""

from __future__ import annotations

from typing import Any

from analyzer.causes import suspect_commits
from analyzer.model import Blame, BlamedCommit, CodePath, Role, SuspectCommit, parse_time

SEEN = parse_time("2026-03-02T12:00:00Z")
GOOD, NOW = "a" * 40, "b" * 40


def place(line: int = 5, role: Role = Role.CAUSE) -> CodePath:
    return CodePath(
        file="bakery/oven.py", line=line, end_line=line, function="f", commit=NOW, role=role, confidence=0.9
    )


def commit(digit: str, hour: int = 9, **more: Any) -> BlamedCommit:
    values: dict[str, Any] = {"lines": (5,), "files": 2, "summary": f"change {digit}", "author": "A"}
    return BlamedCommit(commit=digit * 40, author_time=f"2026-03-02T{hour:02}:00:00.000000Z", **(values | more))


def suspects(*commits: BlamedCommit, **options: Any) -> list[SuspectCommit]:
    values = {"deployed": NOW, "baseline_commit": None, "first_seen_ns": SEEN} | options
    return list(
        suspect_commits([place()], [Blame(file="bakery/oven.py", line=5, end_line=5, commits=commits)], **values)
    )


def order(*found: BlamedCommit, **options: Any) -> list[str]:
    return [s.commit[0] for s in suspects(*found, **options)]


def test_what_is_newer_than_the_last_good_cycle_comes_first_and_says_so() -> None:
    old, new = commit("1", 11, newer=False), commit("2", 9, newer=True)
    first, second = suspects(old, new, baseline_commit=GOOD)
    assert first.commit == new.commit
    assert first.why == (
        "changed bakery/oven.py:5 between the last good cycle's commit aaaaaaaaaa and this one's bbbbbbbbbb, "
        "3 hours before the first occurrence; “change 2”"
    )
    assert "but before the last good cycle's commit" in second.why


def test_without_a_baseline_the_latest_change_comes_first() -> None:
    assert order(commit("1", 8), commit("2", 10), commit("3", 9)) == ["2", "3", "1"]


def test_sweeping_commits_and_merges_come_after_others_with_the_reason() -> None:
    found = suspects(commit("1", 11, files=140), commit("2", 10, merge=True), commit("3", 8))
    assert [s.commit[0] for s in found] == ["3", "1", "2"]
    assert "it touches 140 files" in found[1].why
    assert "it is a merge" in found[2].why


def test_the_commit_that_brought_the_words_in_comes_first_where_the_later_one_only_swept_over_them() -> None:
    brought = commit("2", 8, introduces=True)
    assert order(commit("1", 11, introduces=False, files=500), brought) == ["2", "1"]
    changed, older = suspects(commit("1", 11, introduces=False), brought)
    assert "the longest name in the line is older" in changed.why
    assert older.why.startswith("brought in bakery/oven.py:5")


def test_the_end_of_a_shallow_clone_is_no_suspect() -> None:
    assert order(commit("1", cut=True)) == []


def test_a_commit_made_after_the_first_occurrence_is_none_where_the_deployed_one_is_not_known() -> None:
    assert order(commit("1", 13), commit("2", 11), deployed=None) == ["2"]


def test_clocks_that_disagree_do_not_overrule_the_deployed_commit() -> None:
    (found,) = suspects(commit("1", 13))
    assert "before the first occurrence" not in found.why


def test_a_place_near_the_failure_needs_a_new_change_to_be_suspected() -> None:
    paths = [place(role=Role.FRAME), place(9, Role.FRAME)]

    def near(newer: bool | None) -> list[str]:
        blames = [
            Blame(file="bakery/oven.py", line=5, end_line=5, commits=(commit("1", newer=False),)),
            Blame(file="bakery/oven.py", line=9, end_line=9, commits=(commit("2", newer=newer, lines=(9,)),)),
        ]
        found = suspect_commits(paths, blames, deployed=NOW, baseline_commit=GOOD, first_seen_ns=SEEN)
        return [s.commit[0] for s in found]

    assert near(True) == ["2", "1"]
    assert near(False) == ["1"]
    assert near(None) == ["1"]


def test_there_are_at_most_three_whatever_the_order_of_the_answer() -> None:
    commits = [commit(str(n), 1 + n) for n in range(8)]
    assert order(*commits) == order(*reversed(commits)) == ["7", "6", "5"]


def test_without_a_change_there_is_no_suspect() -> None:
    assert suspects() == []
