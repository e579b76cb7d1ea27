"""What the code paths stand on, looked at: git, the repository's history, the index of statements."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from analyzer.codepaths.git import Git, git_version, open_git
from analyzer.codepaths.languages import EXTRA, LANGUAGES, extract_as, is_installed
from analyzer.codepaths.store import store_file
from analyzer.model import Check

_BUSY_SECONDS = 2.0


def check_git() -> Iterator[Check]:
    """Whether git can be run. Raises RepositoryError where it is missing."""
    yield Check.ok("git", git_version())


def check_repository(path: Path) -> Iterator[Check]:
    """Whether a folder has a history, how much of it is here, and whether its files are those of a commit."""
    name = f"repository {path}"
    if not path.is_dir():
        yield Check.failed(name, "there is no such folder", "give the folder of a checkout: --repo DIR")
        return
    git = open_git(path)
    if git is None:
        yield Check.warning(
            name,
            "no git repository: its code is read as it is, and no commit can be told from another",
            "give a git checkout: --repo DIR",
        )
        return
    head = git.head()
    if head is None:
        yield Check.warning(name, "a repository without commits", "commit its files, or check a branch out")
        return
    yield _history(name, git, head)
    if not git.bare:
        yield _work_tree(name, git)


def check_index(cache_dir: Path | None) -> Iterator[Check]:
    """Whether the index of statements can be read, where there is one."""
    name = "code index"
    file = store_file(cache_dir)
    if not file.is_file():
        yield Check.ok(name, "none yet; the first run with --repo makes it")
        return
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as index:
            (blobs,) = index.execute("SELECT count(*) FROM blob").fetchone()
    except sqlite3.Error as err:
        yield Check.warning(
            name,
            f"{file} cannot be read ({err}): every run parses the repository anew",
            f"delete it, the next run makes it again: rm {shlex.quote(str(file))}",
        )
        return
    yield Check.ok(name, f"{blobs:,} files, {file.stat().st_size / 1e6:,.1f} MB")


def check_languages() -> Iterator[Check]:
    """Whether the grammars of languages beyond Python are here, and can be loaded."""
    name = "languages"
    ways = {language: named for language, (named, _) in LANGUAGES.items()}
    missing = sorted({named for language, named in ways.items() if not is_installed(language)})
    if missing:
        yield Check.skipped(
            name, f"files in {', '.join(missing)} are not read: their grammars are not installed", EXTRA
        )
        return
    for language in ways:
        extract_as(language, b"")
    yield Check.ok(name, f"Python, {', '.join(sorted(set(ways.values())))}")


def _history(name: str, git: Git, head: str) -> Check:
    commits = int(git.run("rev-list", "--count", "HEAD"))
    at_hand = f"{commits:,} commit{'s' * (commits != 1)} at hand, HEAD is {head[:12]}"
    place = f"git -C {shlex.quote(str(git.directory))}"
    if git.run("rev-parse", "--is-shallow-repository").strip() == b"true":
        return Check.warning(
            name,
            f"a shallow clone: {at_hand}; revisions built from older ones cannot be read, nor their changes blamed",
            f"{place} fetch --unshallow",
        )
    filtered = git.run("config", "--name-only", "--get-regexp", r"^remote\..*\.partialclonefilter$", check=False)
    if filtered:
        setting = shlex.quote(filtered.decode("utf-8", "replace").splitlines()[0])
        return Check.warning(
            name,
            f"a partial clone: {at_hand}; files of older commits may be missing here",
            f"{place} fetch --refetch --no-filter && {place} config --unset {setting}",
        )
    return Check.ok(name, at_hand)


def _work_tree(name: str, git: Git) -> Check:
    changed, gone = git.changed()
    count = len(changed) + len(gone)
    if not count:
        return Check.ok(f"{name}, work tree", "its source files are those of HEAD")
    return Check.warning(
        f"{name}, work tree",
        f"{count:,} source file{'s differ' if count != 1 else ' differs'} from HEAD: without --revision the code is"
        " read as it lies there, not as it was deployed",
        "name the deployed commit (--revision COMMIT), or commit the changes",
    )
