"""What a history keeps, and what it answers, the same on both databases."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import pytest

from analyzer.errors import HistoryError
from analyzer.history import cycle_key
from analyzer.history.moving import export_history, import_history
from analyzer.history.store import History
from analyzer.model import Claim, KnownError, PastTest
from benchmarks.made_reports import FIX, HOUR_NS, START_NS, count_in, fingerprint, made_report

BOTH = ("orders", "ovens")


def begin(cycle: int) -> int:
    return START_NS + cycle * HOUR_NS


def test_a_report_comes_back_as_it_was_whatever_stands_in_it(history: History) -> None:
    report = made_report(1)
    for number, text in enumerate(
        ("\0 in the middle", "half \ud83d pair", "'; DROP TABLE analyzer_cycles; --", "ü€😀\x1b[2J")
    ):
        report["clusters"][number] |= {"title": text, "core": text}
    report["cycle"]["name"] = "night\0ly \udfff"
    key = history.save(report)
    assert history.report(key) == report
    assert history.report("night\0ly \udfff") == report
    assert history.check() == ()


def test_a_rerun_replaces_its_cycle_exactly(history: History) -> None:
    history.save(made_report(1, clusters=9))
    history.save(made_report(2, clusters=9))
    before = (history.totals(), history.row_counts()["analyzer_clusters"])
    again = made_report(1, clusters=4, tests=1)
    assert history.save(again) == history.save(again) == cycle_key(made_report(1, clusters=9))
    assert history.row_counts()["analyzer_clusters"] == 4 + 9
    history.save(made_report(1, clusters=9))
    assert (history.totals(), history.row_counts()["analyzer_clusters"]) == before


@pytest.mark.parametrize(
    "other",
    [
        {"services": ("orders",)},
        {"inputs": "ff"},
        {"from_ns": begin(1) + 1_000},
        {"to_ns": begin(2)},
    ],
)
def test_services_window_and_inputs_make_the_key_and_nothing_else_does(other: dict[str, Any]) -> None:
    key = cycle_key(made_report(1))
    assert cycle_key(made_report(1, name="other", services=("ovens", "orders"), baseline="0")) == key
    assert cycle_key(made_report(1, **other)) != key


def test_without_a_digest_of_inputs_only_the_same_report_is_the_same_cycle() -> None:
    report = made_report(1, inputs=None)
    assert cycle_key(report) == cycle_key({**report, "integrity": "sealed"})
    assert cycle_key(report) != cycle_key(made_report(1, inputs=None, name="other"))


def test_the_previous_cycle_is_the_newest_that_ends_no_later_than_this_one_begins(history: History) -> None:
    for cycle in random.Random(5).sample(range(6), 6):
        history.save(made_report(cycle))
    history.save(made_report(3, services=("ovens",), name="other services"))
    end_of_3 = begin(3) + HOUR_NS // 2
    assert history.previous(BOTH, end_of_3) == made_report(3)
    assert history.previous(("ovens", "orders"), end_of_3 - 1) == made_report(2)
    assert history.previous(BOTH, end_of_3, but=cycle_key(made_report(3))) == made_report(2)
    assert history.previous(BOTH, begin(0)) is None
    assert history.previous(BOTH, None) is None
    assert history.previous(("orders",), end_of_3) is None


def test_the_last_green_cycle_is_found_behind_red_ones(history: History) -> None:
    history.save(made_report(0, tests=1))
    history.save(made_report(1))
    assert history.previous(BOTH, begin(9), green=True) == made_report(0, tests=1)
    assert history.previous(BOTH, begin(9)) == made_report(1)


def test_the_past_holds_what_later_cycles_are_judged_with(history: History) -> None:
    for cycle in (4, 2, 3):
        history.save(made_report(cycle, clusters=12))
    history.save(made_report(2, services=("ovens",)))
    past = history.past(BOTH, begin(4))
    assert [cycle.name for cycle in past.cycles] == ["2", "3"]
    two = past.cycles[0]
    seen = {fingerprint(n) for n in range(12) if count_in(2, n)}
    assert seen | {fingerprint(10_000 + n) for n in (0, 4, 8) if count_in(2, n)} == set(two.seen)
    gone = {fingerprint(n) for n in range(12) if not count_in(2, n)}
    assert gone
    assert gone | {fingerprint(10_000 + n) for n in (0, 4, 8) if not count_in(2, n)} == set(two.resolved)
    assert list(two.seen) == sorted(two.seen)
    assert two.clusters == sum(1 for n in range(12) if count_in(2, n) and n % 5 != 4)
    assert two.revisions == (("orders", "orders-00002", FIX), ("ovens", "ovens-00007", None))
    assert two.tests["tests/test_till.py::test_receipt[2]"] == PastTest(outcome="failed", signature=fingerprint(2))
    assert past.cycles[1].tests["tests/test_till.py::test_receipt[2]"] == PastTest(outcome="passed", flaky=True)
    assert [fix.to_dict() for fix in two.fixes] == made_report(2)["fixes"]
    assert [action.to_dict() for action in two.actions] == made_report(2)["actions"]
    assert [area.to_dict() for area in two.impact] == made_report(2)["impact"]
    assert [cycle.name for cycle in history.past(BOTH, begin(9), limit=2).cycles] == ["3", "4"]
    assert history.past(BOTH, None).cycles == ()


def test_the_order_of_saving_changes_no_answer(history: History, tmp_path: Any) -> None:
    from analyzer.history import open_history

    other = open_history(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    for cycle in (0, 1, 2):
        history.save(made_report(cycle))
    for cycle in (2, 0, 1):
        other.save(made_report(cycle))
    assert history.past(BOTH, begin(9)) == other.past(BOTH, begin(9))
    assert history.totals() == other.totals()
    assert history.cycles() == other.cycles()


def test_totals_are_sums_over_the_saved_cycles(history: History) -> None:
    for cycle in range(4):
        history.save(made_report(cycle, clusters=7))
    for total in history.totals():
        number = next(n for n in range(7) if fingerprint(n) == total.fingerprint)
        counts = [count_in(cycle, number) for cycle in range(4)]
        assert (total.count, total.entries, total.cycles) == (sum(counts), 2 * sum(counts), sum(c > 0 for c in counts))
        assert total.first_ns == begin(next(n for n, c in enumerate(counts) if c)) + number * 1_000_000
    (one,) = history.totals(fingerprint(3)[:9] + fingerprint(3)[9:])
    assert one.title.startswith("Oven 3 ")
    assert [count for _, count in history.occurrences(fingerprint(10_004))] == [
        count_in(c, 4) for c in range(4) if count_in(c, 4)
    ]


def test_a_claimed_text_is_found_in_all_that_was_saved_capitals_apart(history: History) -> None:
    history.save(made_report(1, clusters=12))
    assert history.named("Oven 3 did") == (fingerprint(3),)
    assert history.named("oven 3 did") == ()
    assert history.named("within <num> s") == tuple(sorted(map(fingerprint, range(12))))
    assert history.named("Oven % did") == history.named("Oven _ did") == history.named("") == ()
    assert history.named(fingerprint(4)) == history.named(fingerprint(10_004)) == (fingerprint(4),)


def test_of_several_cycles_of_one_name_the_newest_is_meant_within_the_same_services(history: History) -> None:
    for cycle in (1, 2):
        history.save(made_report(cycle, name="nightly"))
    assert history.report("nightly") == made_report(2, name="nightly")
    history.save(made_report(3, name="nightly", services=("ovens",)))
    with pytest.raises(HistoryError, match="3 saved cycles may be meant") as caught:
        history.report("nightly")
    key = cycle_key(made_report(1, name="nightly"))
    assert key in caught.value.hint
    assert history.report("nightly", BOTH) == made_report(2, name="nightly")
    assert history.report(key[:8]) == made_report(1, name="nightly")
    assert history.report("weekly") is None


def test_pruning_spares_the_newest_of_each_set_of_services_and_what_they_need(history: History) -> None:
    for cycle in range(5):
        history.save(made_report(cycle))
    history.save(made_report(0, services=("ovens",)))
    history.add_claim(FIX, "Oven")
    assert history.prune(keep=2) == 3
    assert [cycle.name for cycle in history.cycles()] == ["4", "3", "0"]
    assert history.prune(before_ns=begin(1)) == 1
    assert history.prune(keys=[cycle_key(made_report(3))]) == 1
    assert history.row_counts() == {
        "analyzer_cycles": 1,
        "analyzer_texts": 5,
        "analyzer_clusters": 5,
        "analyzer_tests": 6,
        "analyzer_claims": 1,
        "analyzer_known": 0,
    }
    assert history.report("4") == made_report(4)
    with pytest.raises(HistoryError, match="nothing was named"):
        history.prune()


def test_a_cycle_without_times_is_kept_and_is_nobodys_past(history: History) -> None:
    history.save(made_report(1, from_ns=None, to_ns=None))
    history.save(made_report(2))
    assert [cycle.name for cycle in history.cycles()] == ["2", "1"]
    assert [cycle.name for cycle in history.past(BOTH, begin(9)).cycles] == ["2"]
    assert history.prune(before_ns=begin(9)) == 1
    assert [cycle.name for cycle in history.cycles()] == ["1"]


def test_claims_stay_in_order_and_stand_once(history: History) -> None:
    assert history.add_claim(FIX, "till; DROP TABLE")
    assert history.add_claim("abcd1234", "\0")
    assert not history.add_claim(FIX, "till; DROP TABLE")
    assert history.claims() == (
        Claim(commit=FIX, text="till; DROP TABLE", origin="ledger"),
        Claim(commit="abcd1234", text="\ufffd", origin="ledger"),
    )
    assert history.remove_claim(FIX, "till; DROP TABLE")
    assert not history.remove_claim(FIX, "till; DROP TABLE")
    with pytest.raises(HistoryError, match="commit"):
        history.add_claim("HEAD; rm", "x")
    with pytest.raises(HistoryError, match="claim"):
        history.add_claim(FIX, " ")


def test_an_error_accepted_again_keeps_the_last_word(history: History) -> None:
    history.add_known(fingerprint(2), "till is replaced in May", "2026-05-31")
    history.add_known(fingerprint(1), "a", "2026-04-01")
    history.add_known(fingerprint(2), "till is replaced in June", "2026-06-30")
    assert history.known() == (
        KnownError(fingerprint=fingerprint(1), reason="a", until="2026-04-01"),
        KnownError(fingerprint=fingerprint(2), reason="till is replaced in June", until="2026-06-30"),
    )
    assert history.past(BOTH, None).known == history.known()
    assert history.remove_known(fingerprint(1))


@pytest.mark.parametrize("day", ["2026-02-30", "20260401", "2026-4-1", "tomorrow", "", "२०२६-०१-०१"])
def test_a_day_that_is_none_is_refused(history: History, day: str) -> None:
    with pytest.raises(HistoryError, match="not a day"):
        history.add_known(fingerprint(1), "a", day)


def test_an_export_is_lossless_and_importing_it_twice_is_once(history: History, tmp_path: Any) -> None:
    from analyzer.history import open_history

    for cycle in range(3):
        history.save(made_report(cycle))
    report = made_report(3)
    report["clusters"][0]["title"] = "\0 \ud800"
    history.save(report)
    history.add_claim(FIX, "b")
    history.add_claim(FIX, "a")
    history.add_known(fingerprint(2), "because", "2026-05-31")
    exported = io.BytesIO()
    told = export_history(history, exported)
    other = open_history(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    for _ in range(2):
        assert import_history(other, io.BytesIO(exported.getvalue())) == told
    again = io.BytesIO()
    export_history(other, again)
    assert again.getvalue() == exported.getvalue()
    assert other.totals() == history.totals()
    assert other.report("3") == report
    import_history(history, io.BytesIO(exported.getvalue()))
    assert history.check() == ()


def test_an_accepted_error_is_not_overwritten_by_an_import(history: History) -> None:
    history.add_known(fingerprint(2), "before", "2026-05-31")
    exported = io.BytesIO()
    export_history(history, exported)
    history.add_known(fingerprint(2), "now", "2026-06-30")
    import_history(history, io.BytesIO(exported.getvalue()))
    assert [error.reason for error in history.known()] == ["now"]


def test_a_saved_report_can_be_imported_too(history: History) -> None:
    data = json.dumps(made_report(1), indent=1).encode()
    assert import_history(history, io.BytesIO(data)).cycles == 1
    assert history.report("1") == made_report(1)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "neither an export"),
        (b"not json", "neither an export"),
        (b"[" * 100_000, "neither an export"),
        (b'{"schema": "analyzer.history/9"}\n', "analyzer.history/9"),
        (b'{"schema": "analyzer.report/9"}', "analyzer.report/1"),
        (b'{"schema": "analyzer.report/1"}', "damaged report"),
        (b'{"schema": "analyzer.history/1"}\n\n{"cycle": 1}\n', "line 3"),
        (b'{"schema": "analyzer.history/1"}\n{"claim": {"commit": "abcd"}}\n', "line 2: a damaged claim"),
        (b'{"schema": "analyzer.history/1"}\n{"claim": {"commit": "-x", "text": "t"}}\n', "line 2: '-x'"),
        (b'{"schema": "analyzer.history/1"}\n{"cycle": {"schema": "analyzer.report/1"}}\n', "line 2: .*damaged"),
    ],
)
def test_a_bad_import_is_told_with_its_line(history: History, data: bytes, says: str) -> None:
    with pytest.raises(HistoryError, match=says):
        import_history(history, io.BytesIO(data))
    assert history.check() == ()


@pytest.mark.parametrize(
    ("key", "value"), [("fingerprint", "x" * 201), ("fingerprint", "s1:\n"), ("count", 10**30), ("severity", "LOUD")]
)
def test_a_report_that_does_not_fit_is_refused_whole(history: History, key: str, value: object) -> None:
    report = made_report(1)
    report["clusters"][3][key] = value
    with pytest.raises(HistoryError, match="damaged report"):
        history.save(report)
    assert history.cycles() == ()
