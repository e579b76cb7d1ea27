"""Whether a commit holds a fix, asked of real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from analyzer.codepaths import Ancestry, open_ancestry, read_trailers


class Repo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = 1_700_000_000
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str) -> str:
        who = {
            f"GIT_{w}_{k}": v for w in ("AUTHOR", "COMMITTER") for k, v in (("NAME", "A"), ("EMAIL", "a@example.com"))
        }
        when = {f"GIT_{w}_DATE": f"{self.clock} +0000" for w in ("AUTHOR", "COMMITTER")}
        env = {**who, **when, "PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(self.folder)}
        done = subprocess.run(["git", *args], cwd=self.folder, env=env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, path: str, text: str, message: str = "change") -> str:
        self.clock += 60
        (self.folder / path).write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def ask(self) -> Ancestry:
        found = open_ancestry(self.folder)
        assert found is not None
        return found


BASE = "".join(f"line_number_{n} = {n}\n" for n in range(20))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path)
    made.commit("a.py", BASE)
    return made


def test_an_ancestor_is_contained_and_a_descendant_is_not(repo: Repo) -> None:
    first = repo.git("rev-parse", "HEAD")
    fix = repo.commit("a.py", BASE.replace("line_number_3 = 3", "line_number_3 = 33"))
    later = repo.commit("b.py", "x = 1\n")
    ask = repo.ask()
    assert ask.contains(fix, later).contains is True
    assert ask.contains(fix, later[:9]).contains is True
    assert ask.contains(fix, first).contains is False


def test_a_cherry_picked_fix_is_contained(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "release")
    repo.commit("c.py", "y = 1\n")
    repo.git("checkout", "-q", "main")
    fix = repo.commit("a.py", BASE.replace("line_number_3 = 3", "line_number_3 = 33"))
    repo.git("checkout", "-q", "release")
    before = repo.git("rev-parse", "HEAD")
    repo.clock += 60
    repo.git("cherry-pick", fix)
    after = repo.git("rev-parse", "HEAD")
    assert repo.ask().contains(fix, after).contains is True
    assert repo.ask().contains(fix, before).contains is False


def test_a_reverted_fix_is_not_contained_until_it_comes_back(repo: Repo) -> None:
    fix = repo.commit("a.py", BASE.replace("line_number_3 = 3", "line_number_3 = 33"))
    repo.clock += 60
    repo.git("revert", "--no-edit", fix)
    gone = repo.git("rev-parse", "HEAD")
    repo.clock += 60
    repo.git("revert", "--no-edit", gone)
    back = repo.git("rev-parse", "HEAD")
    assert repo.ask().contains(fix, gone).contains is False
    assert repo.ask().contains(fix, back).contains is True


def test_a_reverted_merge_takes_the_fix_that_it_brought_with_it(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "topic")
    fix = repo.commit("a.py", BASE.replace("line_number_3 = 3", "line_number_3 = 33"))
    repo.commit("t.py", "z = 1\n")
    repo.git("checkout", "-q", "main")
    repo.commit("b.py", "x = 1\n")
    repo.clock += 60
    repo.git("merge", "-q", "--no-ff", "-m", "bring the topic", "topic")
    merged = repo.git("rev-parse", "HEAD")
    repo.clock += 60
    repo.git("revert", "--no-edit", "-m", "1", merged)
    reverted = repo.git("rev-parse", "HEAD")
    assert repo.ask().contains(fix, merged).contains is True
    assert repo.ask().contains(fix, reverted).contains is False


def test_in_a_shallow_clone_what_lies_before_its_edge_is_unknown(repo: Repo, tmp_path: Path) -> None:
    repo.git("checkout", "-q", "-b", "release")
    fix = repo.commit("a.py", BASE.replace("line_number_3 = 3", "line_number_3 = 33"))
    for n in range(3):
        newest = repo.commit("b.py", f"x = {n}\n")
    shallow = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth", "1", "--no-local", "-b", "release", f"file://{repo.folder}", str(shallow))
    asked = open_ancestry(shallow)
    assert asked is not None
    assert asked.contains(fix, newest).contains is None
    repo.git("-C", str(shallow), "fetch", "-q", "--depth", "1", "origin", fix)
    assert asked.contains(fix, newest).contains is None, "both are there, what lies between them is not"


@pytest.mark.parametrize("name", ["f" * 40, "--help", "main", ""])
def test_what_is_no_commit_of_the_repository_is_unknown(repo: Repo, name: str) -> None:
    fix = repo.git("rev-parse", "HEAD")
    assert repo.ask().contains(fix, name).contains is None


def test_a_squashed_fix_among_other_changes_is_not_denied(repo: Repo) -> None:
    start = repo.git("rev-parse", "HEAD")
    fix = repo.commit("a.py", BASE.replace("line_number_3 = 3", "line_number_3 = thirty_three"))
    repo.git("checkout", "-q", "-b", "squashed", start)
    text = BASE.replace("line_number_3 = 3", "line_number_3 = thirty_three").replace("_9 = 9", "_9 = 99")
    squashed = repo.commit("a.py", text)
    assert repo.ask().contains(fix, squashed).contains is None


def test_trailers_claim_oldest_first(repo: Repo) -> None:
    start = repo.git("rev-parse", "HEAD")
    one = repo.commit("b.py", "x = 1\n", "Cure it\n\nFixes-Cluster: s1:0123456789abcdef")
    two = repo.commit("b.py", "x = 2\n", "Cure more\n\nFixes-Cluster: is not serializable\nFixes-Cluster: no host")
    claims = read_trailers(repo.folder, since=start)
    assert [(c.commit, c.text, c.origin) for c in claims] == [
        (one, "s1:0123456789abcdef", "trailer"),
        (two, "is not serializable", "trailer"),
        (two, "no host", "trailer"),
    ]
    assert read_trailers(repo.folder, since=two) == ()
