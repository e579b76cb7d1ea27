"""Measured ground truth: what the scorers beside the corpora say of stacks, stitching, masks and groups.

They lie outside the repository; `ANALYZER_CORPORA` names the folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORPORA = Path(os.environ.get("ANALYZER_CORPORA", "/nonexistent"))
BENCH = CORPORA.parent / "bench"


def score(name: str, *options: str) -> dict[str, float]:
    """The figures on the scorer's last line."""
    corpus, scorer = CORPORA / f"{name}.jsonl", BENCH / f"score_{name}.py"
    if not corpus.is_file() or not scorer.is_file():
        pytest.skip(f"ANALYZER_CORPORA names no folder with {name}.jsonl and its scorer")
    done = subprocess.run(
        [sys.executable, str(scorer), str(corpus), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    assert last.startswith("SCORE "), done.stdout[-2000:] + done.stderr[-2000:]
    return {key: float(value) for key, value in re.findall(r"(\w+)=(-?[\d.]+)", last)}


def test_stacks_of_every_language_are_read() -> None:
    found = score("traces", "--no-linear")
    assert found["crashes"] == 0
    assert found["type_message"] >= 0.96
    assert found["root_type"] >= 0.96
    assert found["tree"] >= 0.95
    assert found["top_frame"] >= 0.95
    assert found["no_exception"] == 1


def test_printed_errors_are_put_together_exactly() -> None:
    found = score("stitching")
    assert found["crashes"] == 0
    assert found["joined_across_instances"] == 0
    assert found["exact"] >= 0.92
    assert found["truncated_f1"] >= 0.93


def test_what_varies_is_masked_and_what_identifies_stays() -> None:
    found = score("parameterization")
    assert found["crashes"] == 0
    assert (found["kinds"], found["spans"], found["in_context"], found["numbers"], found["pairs"]) == (1, 1, 1, 1, 1)


def test_renderings_of_one_bug_are_one_cluster() -> None:
    found = score("grouping")
    assert found["f1"] >= 0.95
    assert found["identity_changes_plain"] == 0
