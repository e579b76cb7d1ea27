"""`explain-trace` as a person uses it: paste a text, see the tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TEXT = """request 7 failed
Traceback (most recent call last):
  File "/app/shop/cart.py", line 12, in total
    return sum(prices) / len(prices)
ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/cart.py", line 30, in show
    raise CartError("no total") from err
shop.errors.CartError: no total
"""


def explain(text: bytes | str, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the verb with a text on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "explain-trace", *args],
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if not k.startswith("ANALYZER_")},
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


def test_a_pasted_chain_is_drawn_newest_first_with_its_root(tmp_path: Path) -> None:
    done = explain(TEXT, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "python",
        "shop.errors.CartError: no total",
        "  * show (/app/shop/cart.py:30)",
        "  cause ZeroDivisionError: division by zero   <- root",
        "    * total (/app/shop/cart.py:12)",
    ]


def test_a_file_and_json_give_the_contract_s_form(tmp_path: Path) -> None:
    (tmp_path / "pasted.txt").write_text(TEXT)
    (trace,) = json.loads(explain("", "pasted.txt", "--json", cwd=tmp_path).stdout)
    assert trace["language"] == "python"
    assert trace["root"] == 0
    assert trace["exceptions"][0]["relation"] == "cause"


def test_without_a_trace_the_answer_is_no(tmp_path: Path) -> None:
    done = explain("all is well", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", "no stack trace in this text")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    done = explain("", "nowhere.txt", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere.txt" in done.stderr
    assert "hint:" in done.stderr


def test_hostile_bytes_reach_no_screen(tmp_path: Path) -> None:
    evil = TEXT.replace("no total\n", "no \x1b]0;owned\x07 \u202etotal\x00\n").encode() + b"\xff\xfe"
    done = explain(evil, cwd=tmp_path)
    assert done.returncode == 0
    assert not set("\x1b\x07\u202e\x00") & set(done.stdout)


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    done = explain(TEXT.replace("no total\n", "password=hunter2-and-more\n"), cwd=tmp_path)
    assert "hunter2" not in done.stdout
    assert "CartError: password=<secret>" in done.stdout
