from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from analyzer.codepaths import RepositoryIndex
from analyzer.model import CodePath, Frame

LOAD = "def load(path):\n    data = read(path)\n    return data['total']\n"


def place(index: RepositoryIndex, file: str, line: int, function: str = "load") -> CodePath:
    (found,) = index.frames([Frame(file=f"/app/{file}", line=line, function=function)])
    return found


def test_the_last_change_of_a_line_is_named_and_owns_it_where_nobody_else_does(repository, opened) -> None:
    repository.commit({"shop/orders.py": LOAD, ".github/CODEOWNERS": "/admin/ @doors\n"})
    second = repository.commit({"shop/orders.py": LOAD.replace("total", "sum")})
    repository.git("commit", "-q", "--amend", "-m", "Orders: ask ada@example.com for the sum")
    second = repository.git("rev-parse", "HEAD")
    index = opened(repository.root)
    path = place(index, "shop/orders.py", 3)
    (commit,) = index.blame(path).commits
    assert (commit.commit, commit.author, commit.lines, commit.cut) == (second, "A. Writer", (3,), False)
    told = index.with_history([path])[0]
    assert told.owner == "A. Writer"
    text = f"line 3 last changed in {second[:7]} (2026-01-02) by A. Writer: Orders: ask <email> for the sum"
    assert text in told.evidence


def test_code_owners_stay_the_owners(repository, opened) -> None:
    repository.commit({"shop/orders.py": LOAD, "CODEOWNERS": "* @all\n", ".github/CODEOWNERS": "* @doors\n"})
    index = opened(repository.root)
    assert index.with_history([place(index, "shop/orders.py", 2)])[0].owner == "@doors"


def test_blame_is_that_of_the_commit_that_is_read(repository, opened) -> None:
    first = repository.commit({"shop/orders.py": LOAD})
    repository.commit({"shop/orders.py": "import os\n" + LOAD.replace("total", "sum")})
    index = opened(repository.root, first)
    assert [c.commit for c in index.blame(place(index, "shop/orders.py", 3)).commits] == [first]


def test_revisions_that_the_tree_says_to_ignore_are_looked_through(repository, opened) -> None:
    first = repository.commit({"shop/orders.py": LOAD})
    quotes = repository.commit({"shop/orders.py": LOAD.replace("'", '"')})
    before = opened(repository.root)
    assert [c.commit for c in before.blame(place(before, "shop/orders.py", 3)).commits] == [quotes]
    repository.commit({".git-blame-ignore-revs": f"# quotes\n{quotes} # all files\nno commit\n{'0' * 40}\n"})
    after = opened(repository.root)
    assert [c.commit for c in after.blame(place(after, "shop/orders.py", 3)).commits] == [first]


def test_the_repositorys_own_configuration_runs_and_reads_nothing(repository, opened, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    program.chmod(0o755)
    repository.commit({"shop/orders.py": LOAD, ".gitattributes": "*.py diff=evil\n"})
    for name, value in (
        ("blame.ignoreRevsFile", "/etc/passwd"),
        ("diff.evil.textconv", str(program)),
        ("diff.evil.command", str(program)),
        ("log.showSignature", "true"),
        ("gpg.program", str(program)),
    ):
        repository.git("config", name, value)
    index = opened(repository.root)
    path = place(index, "shop/orders.py", 2)
    assert index.blame(path).commits
    assert index.with_history([replace(path, owner=None)])[0].owner == "A. Writer"
    assert index.frames([Frame(file="/app/shop/gone.py", line=3, function="load")]) == []
    assert not ran.exists()


def test_a_shallow_clone_says_that_its_history_ends(repository, new_repository: Callable, opened) -> None:
    repository.commit({"shop/orders.py": LOAD})
    repository.commit({"other.py": "x = 1\n"})
    clone = repository.root.parent / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", repository.root.as_uri(), str(clone)], check=True)
    index = opened(clone)
    path = place(index, "shop/orders.py", 3)
    blame = index.blame(path)
    assert blame.commits[0].cut
    assert "shallow" in (blame.reason or "")
    assert any(
        "where the history of this shallow clone ends" in text for text in index.with_history([path])[0].evidence
    )
    whole = opened(repository.root)
    assert whole.blame(place(whole, "shop/orders.py", 3)).reason is None


def test_what_is_not_committed_is_not_blamed_and_says_so(repository, opened, tmp_path: Path) -> None:
    repository.commit({"shop/orders.py": LOAD})
    repository.write({"shop/orders.py": LOAD + "\n"})
    changed = opened(repository.root)
    path = place(changed, "shop/orders.py", 3)
    assert (changed.blame(path).commits, "differs" in (changed.blame(path).reason or "")) == ((), True)
    assert changed.with_history([path])[0].owner == "A. Writer"
    plain = tmp_path / "plain"
    (plain / "shop").mkdir(parents=True)
    (plain / "shop" / "orders.py").write_text(LOAD)
    folder = opened(plain)
    assert folder.blame(place(folder, "shop/orders.py", 3)).reason == "no git history here"


def test_a_folder_of_a_repository_is_blamed_too(repository, opened) -> None:
    commit = repository.commit({"backend/shop/orders.py": LOAD})
    index = opened(repository.root / "backend")
    assert [c.commit for c in index.blame(place(index, "shop/orders.py", 3)).commits] == [commit]
