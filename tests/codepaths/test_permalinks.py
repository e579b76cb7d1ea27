"""Commits at their code host: the page of each commit that a repository has, and no other address."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from analyzer.codepaths import link_commits
from analyzer.codepaths.presentation import commit_link


def remote(root: Path, address: str) -> None:
    subprocess.run(["git", "-C", str(root), "config", "remote.origin.url", address], check=True)


def test_commits_of_the_repository_have_their_page_and_strange_ones_have_none(repository) -> None:
    commit = repository.commit({"a.py": "print(1)\n"})
    remote(repository.root, "https://user:tok@github.example.com/example/house.git")
    found = link_commits(repository.root, [commit, "0" * 40])
    assert found == {commit: f"https://github.example.com/example/house/commit/{commit}"}


def test_trees_and_files_are_no_commits(repository) -> None:
    repository.commit({"a.py": "print(1)\n"})
    remote(repository.root, "https://github.example.com/example/house.git")
    tree = subprocess.run(
        ["git", "-C", str(repository.root), "rev-parse", "HEAD^{tree}"], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert link_commits(repository.root, [tree]) == {}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://code.example.com/a/b", "/srv/git/house"])
def test_an_unknown_host_has_no_pages(repository, address: str) -> None:
    commit = repository.commit({"a.py": "print(1)\n"})
    remote(repository.root, address)
    assert link_commits(repository.root, [commit]) == {}


def test_a_folder_without_git_has_no_pages(tmp_path: Path) -> None:
    assert link_commits(tmp_path, ["0" * 40]) == {}


def test_each_host_has_its_own_commit_pages() -> None:
    assert commit_link("https://gitlab.com/a/b", "c0") == "https://gitlab.com/a/b/-/commit/c0"
    assert commit_link("https://bitbucket.org/a/b", "c0") == "https://bitbucket.org/a/b/commits/c0"
    assert commit_link("https://github.com/a/b", "c0") == "https://github.com/a/b/commit/c0"
