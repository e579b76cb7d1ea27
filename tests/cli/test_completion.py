"""Shells complete verbs, options and ids; what they are given is safe, quick and silent on errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.history import open_history
from analyzer.history.glance import glance_claims, glance_cycles, glance_errors
from analyzer.reports.sizes import MARKDOWN_SIZES
from benchmarks.made_reports import FIX, made_report

OVEN, DOOR = "s2:08aa000000000001", "s2:08bb000000000002"
REPORT: dict[str, Any] = {
    "schema": "analyzer.report/1",
    "causes": [{"rank": 1, "summary": "The oven is no JSON, from oven.py:5"}],
    "clusters": [
        {"fingerprint": OVEN, "count": 1200, "title": "Oven 3 did not answer"},
        {"fingerprint": DOOR, "count": 2, "title": "Door: stuck"},
    ],
}
HOSTILE = "\x1b[31mred\x1b[0m $(touch pwned) `touch pwned` [/bold] ' \" \\ \u202e\n\tend; touch pwned"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with report.json, and `analyzer` in bin/."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "analyzer"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m analyzer "$@"\n')
    program.chmod(0o755)
    (tmp_path / "report.json").write_text(json.dumps(REPORT))
    return tmp_path


def environ(folder: Path, **more: str) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ANALYZER_", "_ANALYZER_"))}
    return env | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), **more}


def answers(folder: Path, line: str) -> list[tuple[str, str]]:
    """What the command says to a shell."""
    done = subprocess.run(
        [sys.executable, "-m", "analyzer"],
        cwd=folder, env=environ(folder, _ANALYZER_COMPLETE=line), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    pairs = [row.partition("\t") for row in done.stdout.splitlines()]
    return [(value, text) for value, _, text in pairs]


def values(folder: Path, line: str) -> list[str]:
    return [value for value, _ in answers(folder, line)]


BASH = r"""
eval "$(analyzer completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=$2
_analyzer_completion analyzer
printf '%s\n' "${COMPREPLY[@]}"
"""


def in_bash(folder: Path, line: str, comp_type: int = 9) -> list[str]:
    """What bash gets for the word under the cursor; bash 4.4 or newer is everywhere but on a bare macOS."""
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH, "bash", line, str(comp_type)],
        cwd=folder, env=environ(folder), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return [text for text in done.stdout.split("\n") if text]


def test_verbs_and_options_are_completed(folder: Path) -> None:
    assert values(folder, "analyzer sho") == ["show"]
    assert values(folder, "analyzer fix ve") == ["verify"]
    assert values(folder, "analyzer show --js") == ["--json"]
    assert values(folder, "analyzer analyze --fail-on re") == ["regressed"]
    assert values(folder, "analyzer analyze --markdown ") == list(MARKDOWN_SIZES)


def test_show_completes_the_ids_of_the_report_on_the_line(folder: Path) -> None:
    assert answers(folder, "analyzer show report.json ") == [
        ("1", "cause: The oven is no JSON, from oven.py:5"),
        (OVEN, "1,200 × Oven 3 did not answer"),
        (DOOR, "2 × Door: stuck"),
    ]
    assert values(folder, "analyzer show report.json s2:08b") == [DOOR]
    assert values(folder, "analyzer show report.json 08b") == [DOOR.removeprefix("s2:")]
    assert values(folder, f"analyzer siblings --report {folder}/report.json --cluster s2:08a") == [OVEN]
    assert values(folder, "analyzer fix verify abc --report report.json --cluster s2:08a") == [OVEN]


def test_bash_gets_what_stands_behind_the_colon_where_it_broke_the_word(folder: Path) -> None:
    assert in_bash(folder, "analyzer show report.json s2:08b") == [DOOR.removeprefix("s2:")]
    assert in_bash(folder, "analyzer show report.json s2") == [OVEN, DOOR]
    assert in_bash(folder, "analyzer siblings --report report.json --cluster s2:08a") == [OVEN.removeprefix("s2:")]


def test_bash_lists_ids_with_titles_and_inserts_none(folder: Path) -> None:
    listed = in_bash(folder, "analyzer show report.json s2:08", comp_type=63)
    assert listed == [f"{OVEN}  (1,200 × Oven 3 did not answer)", f"{DOOR}  (2 × Door: stuck)"]


def test_a_hostile_title_is_shown_clean_and_does_nothing(folder: Path) -> None:
    clusters = [
        {"fingerprint": OVEN, "count": 1, "title": HOSTILE},
        {"fingerprint": "s2:08aa; touch pwned", "count": 1, "title": "no id"},
        {"fingerprint": "s2:08aa$(touch pwned)", "count": 1, "title": "no id"},
        {"fingerprint": DOOR, "count": 1, "title": HOSTILE},
    ]
    (folder / "report.json").write_text(json.dumps(REPORT | {"clusters": clusters}))
    shown = answers(folder, "analyzer show report.json s2:08")
    assert [value for value, _ in shown] == [OVEN, DOOR]
    assert all(text.isprintable() and "\u202e" not in text and "[/bold]" in text for _, text in shown)
    for comp_type in (9, 63):
        assert len(in_bash(folder, "analyzer show report.json s2:08", comp_type)) == 2
    assert not (folder / "pwned").exists()


@pytest.mark.parametrize(
    "line",
    [
        "analyzer show nowhere.json ",
        "analyzer show broken.json s2:",
        "analyzer show 'unfinished",
        "analyzer diff --history nonsense:// ",
        "analyzer known add --history sqlite:///broken.json s2:",
        "analyzer diff --history postgresql+psycopg://nobody@192.0.2.1/none ",
    ],
)
def test_what_fails_is_silence(folder: Path, line: str) -> None:
    (folder / "broken.json").write_text("{")
    assert answers(folder, line) == []


def test_without_an_answer_bash_completes_files(folder: Path) -> None:
    script = 'eval "$(analyzer completion bash)"; complete -p analyzer'
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env=environ(folder), capture_output=True, text=True, check=True
    )
    assert "-o default" in done.stdout
    assert in_bash(folder, "analyzer show rep") == []


def test_errors_cycles_and_claims_of_the_history_are_completed(folder: Path) -> None:
    history = open_history(f"sqlite:///{folder / 'h.sqlite3'}")
    for number in range(3):
        history.save(made_report(number))
    history.add_claim(FIX, "Oven 3 did not answer")
    at = f"--history sqlite:///{folder / 'h.sqlite3'}"
    assert values(folder, f"analyzer fix verify {at} {FIX[:4]}") == [FIX]
    assert values(folder, f"analyzer siblings --from-fix {FIX[:4]}") == []  # that history has no claim
    names = [cycle.name for cycle in history.cycles()]
    assert values(folder, f"analyzer diff {at} ") == names
    assert values(folder, f"analyzer analyze {at} --baseline ") == ["previous", "green", "none", *names]
    known = values(folder, f"analyzer known add {at} s")
    assert sorted(known) == [total.fingerprint for total in history.totals()]
    assert values(folder, f"analyzer fix add {at} {FIX} --cluster {known[0][:9]}")[:1] == [known[0]]
    assert known[0] in values(folder, f"analyzer history show {at} {known[0][:9]}")


def test_a_cycle_whose_name_needs_quotes_is_completed_by_its_key(folder: Path) -> None:
    report = made_report(0)
    report["cycle"]["name"] = "a; touch pwned"
    history = open_history(f"sqlite:///{folder / 'h.sqlite3'}")
    key = history.save(report)
    ((value, text),) = answers(folder, f"analyzer diff --history sqlite:///{folder / 'h.sqlite3'} ")
    assert value == key
    assert text.startswith("a; touch pwned ")


def test_a_glance_sees_what_the_history_says(folder: Path) -> None:
    file = folder / "h.sqlite3"
    history = open_history(f"sqlite:///{file}")
    for number in range(3):
        history.save(made_report(number))
    history.add_claim(FIX, "Oven 3 did not answer")
    assert {(f, c) for f, _, c in glance_errors(file, "", 1000)} == {(t.fingerprint, t.count) for t in history.totals()}
    assert [(c.key, c.name, c.services) for c in glance_cycles(file)] == [
        (c.key, c.name, c.services) for c in history.cycles()
    ]
    assert glance_claims(file) == [(claim.commit, claim.text) for claim in history.claims()]
    assert glance_errors(file, "s2:zz", 10) == []


def test_completing_loads_nothing_that_takes_long(folder: Path) -> None:
    open_history(f"sqlite:///{folder / 'h.sqlite3'}").save(made_report(0))
    code = (
        "import sys; from analyzer.cli.completion import suggestions; "
        f"assert suggestions('analyzer show report.json '); "
        f"assert suggestions('analyzer diff --history sqlite:///{folder / 'h.sqlite3'} '); "
        "print([m for m in ('pandas', 'numpy', 'sqlalchemy', 'google.cloud') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environ(folder), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_unknown_shell_is_refused_with_those_that_are_known(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "completion", "tcsh"],
        env=environ(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "bash, zsh, fish" in done.stderr


ZSH = r"""
compdef() { : }
_describe() { print -rl -- "${(P@)argv[-1]}" }
_files() { print files }
eval "$(analyzer completion zsh)"
words=("${@[2,-1]}") CURRENT=$#words
_analyzer
"""


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh here")
def test_zsh_gets_ids_with_titles_and_escaped_colons(folder: Path) -> None:
    run = ["zsh", "-f", "-c", ZSH, "zsh", "-"]
    for words, expected in (
        (["analyzer", "show", "report.json", "s2:08b"], "s2\\:08bb000000000002:2 × Door: stuck\n"),
        (["analyzer", "show", "rep"], "files\n"),
    ):
        done = subprocess.run(
            [*run, *words], cwd=folder, env=environ(folder), capture_output=True, text=True, check=True
        )
        assert done.stdout == expected


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish here")
def test_fish_gets_ids_with_titles(folder: Path) -> None:
    script = "analyzer completion fish | source; complete -C 'analyzer show report.json s2:08b'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        cwd=folder,
        env=environ(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{DOOR}\t2 × Door: stuck\n"
