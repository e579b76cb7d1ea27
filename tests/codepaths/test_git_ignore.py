"""The syntax of git's ignore files, held against git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.codepaths.packaging.git_ignore import ignored, read_ignore_file

_PIECES = ["a", "b", "ab", "*", "**", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[a", "\\a", "\\*", "***", "a*b"]
_PIECES += ["[[:alpha:]]", "[[:no:]]", "[a\\]b]", "[b-]", ".", "a ", "\\", "[:a]", "[[:a]", "*a", "b*", "**a", "a**"]
_NAMES = ["a", "b", "ab", "aab", "a.b", "c", "*", "]", "-", "a b", "[a"]
_PATTERN = st.builds(
    lambda negated, first, parts, last: ("!" if negated else "") + ("/" if first else "") + "/".join(parts) + last,
    st.booleans(),
    st.booleans(),
    st.lists(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=2).map("".join), min_size=1, max_size=4),
    st.sampled_from(["", "", "/", " ", "\\ ", "\r", "/**", "//"]),
)
_PATH = (
    st.lists(st.sampled_from(_NAMES), min_size=1, max_size=4)
    .map("/".join)
    .filter(
        lambda path: path not in ("a", "a/b", "b")  # these are folders below
    )
)
_FILES = st.dictionaries(
    st.sampled_from(["", "a/", "a/b/", "b/"]),
    st.lists(_PATTERN, min_size=1, max_size=5),
    min_size=1,
    max_size=3,
)


def _says_git(root: Path, paths: list[str]) -> dict[str, str]:
    """Path → `file:line` of the pattern that ignores it, for those that git ignores."""
    done = subprocess.run(
        ["git", "-C", str(root), "check-ignore", "--no-index", "-v", "-z", "--stdin"],
        input="\0".join(paths) + "\0",
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
    )
    fields = done.stdout.split("\0")
    rows = zip(fields[::4], fields[1::4], fields[2::4], fields[3::4], strict=False)
    return {path: f"{file}:{line}" for file, line, pattern, path in rows if not pattern.startswith("!")}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(patterns=_FILES, paths=st.lists(_PATH, min_size=1, max_size=25, unique=True))
def test_git_ignores_the_same_files_by_the_same_lines(
    tmp_path_factory, patterns: dict[str, list[str]], paths: list[str]
) -> None:
    root = tmp_path_factory.mktemp("ignoring")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    rules = {}
    for folder, lines in patterns.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        text = "\n".join(lines) + "\n"
        (root / folder / ".gitignore").write_bytes(text.encode())
        rules[folder] = read_ignore_file(text, f"{folder}.gitignore", folder)
    ours = {path: ignored(path, rules) for path in paths}
    said = {path: f"{found.rule.file}:{found.rule.line}" for path, found in ours.items() if found is not None}
    assert said == _says_git(root, paths)


def test_a_file_may_include_another_and_each_line_keeps_its_place() -> None:
    rules = read_ignore_file(
        "*.log\n#!include:.gitignore\n!keep.tmp\n", ".gcloudignore", include={".gitignore": "\n*.tmp\n"}.get
    )
    assert [(r.file, r.line) for r in rules] == [(".gcloudignore", 1), (".gitignore", 2), (".gcloudignore", 3)]
    assert ignored("keep.tmp", {"": rules}) is None
    found = ignored("a/other.tmp", {"": rules})
    assert found is not None
    assert (found.rule.file, found.named) == (".gitignore", "a/other.tmp")


def test_an_include_never_leaves_the_folder() -> None:
    asked: list[str] = []
    read_ignore_file("#!include:../../etc/passwd\n", ".gcloudignore", include=lambda name: asked.append(name))
    assert asked == []


def test_a_pattern_of_many_wildcards_costs_no_more_than_its_length() -> None:
    rules = read_ignore_file("a*" * 450 + "b\n" + "**/" * 300 + "b\n", ".gitignore")
    assert ignored("a" * 900, {"": rules}) is None
    assert ignored("a/" * 200 + "c", {"": rules}) is None
