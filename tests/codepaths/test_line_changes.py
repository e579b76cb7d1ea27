"""What git says of a suspect: where words came in, how large the commit is, whether it is newer than a good one."""

from __future__ import annotations

import subprocess
from pathlib import Path

OVEN = "import json\n\n\ndef report(oven):\n    return json.dumps({'phase': oven.phase_of_the_day})\n"


def test_a_commit_that_only_laid_a_line_out_is_joined_by_the_one_that_brought_it(repository, opened) -> None:
    brought = repository.commit({"oven.py": OVEN})
    laid_out = repository.commit({"oven.py": OVEN.replace("json.dumps(", "json.dumps(obj=")})
    index = opened(repository.root)
    found = index.changes(index.code.place("oven.py", 5))
    assert {(c.commit, c.introduces) for c in found.commits} == {(brought, True), (laid_out, False)}


def test_a_commit_tells_its_size_and_whether_it_is_newer(repository, opened) -> None:
    first = repository.commit({"oven.py": "x = 1\n"})
    good = repository.commit({"oven.py": OVEN, "a.py": "", "b.py": ""})
    index = opened(repository.root)
    place = index.code.place("oven.py", 5)
    (commit,) = index.changes(place).commits
    assert (commit.files, commit.merge, commit.newer) == (3, False, None)
    assert [c.newer for c in index.changes(place, since=good).commits] == [False]
    assert [c.newer for c in index.changes(place, since=first).commits] == [True]
    for unknown in ("0" * 40, "HEAD", "--output=/tmp/x"):
        assert [c.newer for c in index.changes(place, since=unknown).commits] == [None]


def test_what_came_after_the_commit_that_is_read_is_never_told(repository, opened) -> None:
    deployed = repository.commit({"oven.py": OVEN})
    repository.commit({"oven.py": OVEN.replace("'phase'", "'the phase'")})
    index = opened(repository.root, deployed)
    assert [c.commit for c in index.changes(index.code.place("oven.py", 5)).commits] == [deployed]


def test_packaging_lines_that_speak_of_the_name_and_changed_are_found(repository, opened) -> None:
    good = repository.commit({".dockerignore": "*.log\n", "requirements.txt": "oven-client==1\nyeast==2\n", "a.py": ""})
    added = repository.commit({".dockerignore": "*.log\nkneading/\n"})
    gone = repository.commit({"requirements.txt": "yeast==2\n"})
    index = opened(repository.root)
    ((path, blame),) = index.packaging_changes(["bakery.kneading"], since=good)
    assert (path.file, path.line, [c.commit for c in blame.commits]) == (".dockerignore", 2, [added])
    ((path, blame),) = index.packaging_changes(["oven_client"], since=good)
    assert (path.file, [c.commit for c in blame.commits]) == ("requirements.txt", [gone])
    assert index.packaging_changes(["yeast"], since=good) == []
    assert index.packaging_changes(["kneading"], since=gone) == []


def test_the_functions_that_a_line_calls_are_named_where_one_can_be_meant(repository, opened) -> None:
    repository.commit(
        {
            "shop.py": "from oven import bake\n\n\ndef sell():\n    return bake(1)\n",
            "oven.py": "def bake(loaf):\n    return loaf\n",
        }
    )
    index = opened(repository.root)
    called = index.called_from(index.code.place("shop.py", 5))
    assert [(p.file, p.line, p.end_line, p.function) for p in called] == [("oven.py", 1, 2, "bake")]


def test_the_end_of_a_shallow_clone_is_marked(repository, opened, tmp_path: Path) -> None:
    repository.commit({"oven.py": OVEN})
    repository.commit({"other.py": "x = 1\n"})
    clone = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{repository.root}", str(clone)], check=True)
    index = opened(clone)
    assert all(c.cut for c in index.changes(index.code.place("oven.py", 5)).commits)
