"""`history`, `diff` and `known` as one runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.history import cycle_key, open_history
from analyzer.reports import canonical
from benchmarks.made_reports import FIX, count_in, fingerprint, made_report


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'history.sqlite3'}"


@pytest.fixture
def saved(url: str) -> str:
    """The URL of a history with three cycles."""
    history = open_history(url)
    for cycle in range(3):
        history.save(made_report(cycle, clusters=12))
    return url


def run(*words: object, url: str = "", stdin: bytes | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("CI", "ANALYZER_HISTORY")}
    env |= {"TERM": "dumb", "COLUMNS": "100", **({"ANALYZER_HISTORY": url} if url else {}), **environ}
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, words)], input=stdin, capture_output=True, check=False, env=env
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_cycles_are_listed_newest_first(saved: str) -> None:
    lines = run("history", "list", url=saved).stdout.splitlines()
    assert lines[0] == (
        f"{cycle_key(made_report(2))}  2  2026-03-02T12:00 .. 2026-03-02T12:30  orders, ovens  "
        f"{sum(1 for n in range(12) if count_in(2, n) and n % 5 != 4)} errors  83% passed"
    )
    assert [line.split()[1] for line in lines] == ["2", "1", "0"]
    assert run("history", "list", "--limit", 1, url=saved).stdout.splitlines()[1].startswith("and 2 older")
    listed = json.loads(run("history", "list", "--json", "--service", "ovens", "--service", "orders", url=saved).stdout)
    assert [cycle["name"] for cycle in listed] == ["2", "1", "0"]
    assert run("history", "list", "--service", "ovens", url=saved).stdout == "no cycle is saved yet\n"


def test_names_of_strangers_cannot_act_on_the_terminal(saved: str) -> None:
    open_history(saved).save(
        made_report(9, name="\x1b]0;owned\x07ni\u202eghtly\r\nsecond line", services=("\x1b[31m",))
    )
    shown = run("history", "list", url=saved).stdout
    assert "nightly second line" in shown
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(shown)
    assert len(shown.splitlines()) == 4


def test_a_saved_cycle_is_shown_and_gives_its_report_byte_for_byte(saved: str) -> None:
    assert run("history", "show", "1", "--json", url=saved).stdout.encode() == canonical(made_report(1, clusters=12))
    assert "Oven" in run("history", "show", cycle_key(made_report(1))[:8], url=saved).stdout


def test_a_cycle_may_be_called_as_one_likes(saved: str) -> None:
    open_history(saved).save(made_report(5, name="s1: second try"))
    assert json.loads(run("history", "show", "s1: second try", "--json", url=saved).stdout)["cycle"]["name"] == (
        "s1: second try"
    )


def test_an_error_is_shown_over_all_cycles(saved: str) -> None:
    lines = run("history", "show", fingerprint(5)[:12], url=saved).stdout.splitlines()
    counts = [count_in(cycle, 5) for cycle in range(3)]
    assert lines[1].startswith(f"{sum(counts)} times in {sum(c > 0 for c in counts)} cycles, from 2026-03-02T10:")
    assert [int(line.split()[0]) for line in lines[2:]] == [c for c in counts if c]
    assert len(json.loads(run("history", "show", fingerprint(5), "--json", url=saved).stdout)["in"]) == len(lines) - 2


def test_what_is_not_there_is_said_with_a_hint_and_exit_2(saved: str, tmp_path: Path) -> None:
    none = f"sqlite:///{tmp_path / 'none.sqlite3'}"
    for words, url, says in (
        (("history", "show", "nightly"), saved, "no saved cycle is called nightly"),
        (("history", "show", "s1:ffff"), saved, "no saved cycle has s1:ffff"),
        (("history", "show", "1"), none, "no history yet"),
        (("history", "export"), none, "no history yet"),
        (("history", "list"), "none", "there is no history"),
        (("history", "prune"), saved, "nothing was named"),
        (("history", "prune", "--cycle", "7"), saved, "no saved cycle is called 7"),
        (("history", "import", tmp_path / "no.jsonl"), saved, "cannot read"),
        (("diff", "1", "7"), saved, "no saved cycle is called 7"),
        (("diff", "1", "7.json"), saved, "no such file"),
        (("known", "add", "s1:ffff", "--reason", "r", "--until", "2026-12-31"), saved, "no saved cycle has"),
        (("known", "add", fingerprint(1), "--reason", "r", "--until", "soon"), saved, "not a day"),
        (("known", "add", "s1:0000", "--reason", "r", "--until", "2026-12-31"), saved, "errors begin with"),
    ):
        done = run(*words, url=url)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert f"error: {says}" in done.stderr or says in done.stderr, done.stderr
        assert "hint: " in done.stderr
        assert "crashed" not in done.stderr
    assert not (tmp_path / "none.sqlite3").exists()
    assert run("history", "list", url=none).stdout == "no cycle is saved yet\n"


def test_an_export_goes_into_another_history(saved: str, tmp_path: Path) -> None:
    file, other = tmp_path / "all.jsonl", f"sqlite:///{tmp_path / 'new' / 'other.sqlite3'}"
    assert "3 cycles" in run("history", "export", "-o", file, url=saved).stderr
    exported = run("history", "export", url=saved).stdout
    assert file.read_text() == exported
    assert run("history", "import", file, url=other).stdout == "3 cycles, 0 claims, 0 accepted errors\n"
    assert run("history", "import", "-", url=other, stdin=exported.encode()).returncode == 0
    assert run("history", "export", url=other).stdout == exported
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_pruning_keeps_what_is_named(saved: str) -> None:
    assert run("history", "prune", "--cycle", "1", url=saved).stdout == "deleted 1 cycles\n"
    assert run("history", "prune", "--older-than", "1d", "--keep", 1, url=saved).stdout == "deleted 1 cycles\n"
    assert [line.split()[1] for line in run("history", "list", url=saved).stdout.splitlines()] == ["2"]


def test_a_diff_of_saved_cycles_is_that_of_their_files(saved: str, tmp_path: Path) -> None:
    for cycle in (1, 2):
        (tmp_path / f"{cycle}.json").write_bytes(canonical(made_report(cycle, clusters=12)))
    by_name = run("diff", "1", "2", "--json", url=saved)
    assert by_name.returncode == 0, by_name.stderr
    by_file = json.loads(run("diff", tmp_path / "1.json", tmp_path / "2.json", "--json", url="none").stdout)
    found = json.loads(by_name.stdout)
    assert found["tests"] == by_file["tests"]
    assert found["b"]["errors"] == by_file["b"]["errors"]
    gone = {row["fingerprint"] for row in found["clusters"]["resolved"] + found["clusters"]["not_seen"]}
    assert gone == {fingerprint(n) for n in range(12) if count_in(1, n) and not count_in(2, n)}
    both = {row["fingerprint"]: (row["before"], row["after"]) for row in found["clusters"]["ongoing"]}
    assert both == {
        fingerprint(n): (count_in(1, n), count_in(2, n)) for n in range(12) if count_in(1, n) and count_in(2, n)
    }
    came = {row["fingerprint"] for row in found["clusters"]["new"] + found["clusters"]["regressed"]}
    assert came == {fingerprint(n) for n in range(12) if count_in(2, n) and not count_in(1, n)}
    text = run("diff", "1", "2", url=saved).stdout
    assert f"ongoing: {len(both)}" in text
    assert "not significant" in text


def test_an_accepted_error_is_listed_redacted_and_expires_loudly(saved: str) -> None:
    done = run(
        "known", "add", fingerprint(5)[:12], "--reason", "ask bob@example.com\n", "--until", "2026-03-31", url=saved
    )
    assert done.returncode == 0, done.stderr
    assert fingerprint(5) in done.stdout
    assert "is over" in done.stderr
    assert (
        "s1:ffffffffffffffff"
        in run("known", "add", "s1:ffffffffffffffff", "--reason", "r", "--until", "2999-12-31", url=saved).stderr
    )
    shown = run("known", "list", url=saved).stdout
    assert f"{fingerprint(5)}  EXPIRED 2026-03-31  ask " in shown
    assert "bob@" not in shown
    assert "s1:ffffffffffffffff  until 2999-12-31  r" in shown
    assert [row["expired"] for row in json.loads(run("known", "list", "--json", url=saved).stdout)] == [True, False]


def test_the_default_is_the_users_database_and_none_where_the_environment_says_ci(tmp_path: Path) -> None:
    shown = run("config", "show", ANALYZER_DATA_DIR=str(tmp_path)).stdout
    assert f"history = 'sqlite:///{tmp_path / 'history.sqlite3'}'" in shown
    assert "history = 'none'" in run("config", "show", CI="true").stdout
    assert "history = 'sqlite:///" in run("config", "show", CI="false").stdout
    secret = run("config", "show", url="postgresql://me:secret@db.example.com/x").stdout
    assert "me:***@db.example.com" in secret
    assert "secret" not in secret


def test_a_claim_that_is_kept_is_exported(saved: str) -> None:
    open_history(saved).add_claim(FIX, "Oven 3")
    assert f'{{"claim":{{"commit":"{FIX}","text":"Oven 3"}}}}' in run("history", "export", url=saved).stdout
