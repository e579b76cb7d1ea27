"""`.dockerignore`, by the rules of its documentation."""

from __future__ import annotations

import pytest

from analyzer.codepaths.packaging.docker_ignore import docker_ignored, read_docker_ignore


def _left_out(lines: str, path: str) -> int | None:
    found = docker_ignored(path, read_docker_ignore(lines, ".dockerignore"))
    return found.rule.line if found is not None else None


@pytest.mark.parametrize(
    ("pattern", "path", "out"),
    [
        # a name is one at the root, with or without a slash, as file or as folder
        ("temp", "temp", True),
        ("temp", "temp/a/b", True),
        ("/temp/", "temp/a", True),
        ("temp", "app/temp/a", False),
        ("./temp/../temp", "temp/a", True),
        # one star stays in its folder, two cross folders
        ("*/temp*", "a/temporary.txt", True),
        ("*/temp*", "a/temp/x", True),
        ("*/temp*", "temp", False),
        ("*/*/temp*", "a/b/temp", True),
        ("temp?", "tempa/x", True),
        ("temp?", "temp/x", False),
        ("**/*.pyc", "a.pyc", True),
        ("**/*.pyc", "a/b/c.pyc", True),
        ("*.pyc", "a/b.pyc", False),
        ("**/monitoring", "monitoring/a.py", True),
        ("**/monitoring", "app/monitoring/a.py", True),
        ("**/monitoring", "app/nomonitoring/a.py", False),
        ("**monitoring", "app/nomonitoring/a.py", True),
        ("app/**", "app", False),
        ("app/**", "app/a", True),
        ("app/**/a", "app/a", True),
        ("app/**/a", "app/b/c/a", True),
        ("**", "anything/at/all", True),
        ("a**/*.txt", "ab/c.txt", True),
        ("a**/*.txt", "a/b/c.txt", True),
        # sets are Go's: `^` negates, `!` is a character, `]` is never the first
        ("a[b-d]e", "ace", True),
        ("a[^b-d]e", "aze", True),
        ("a[!b]e", "a!e", True),
        ("a[!b]e", "aze", False),
        ("a\\*b", "a*b", True),
        ("a\\*b", "axb", False),
        # these make a build fail, so that they leave out nothing
        ("[", "[", False),
        ("[]a]", "a", False),
        ("a\\", "a", False),
        # what has a meaning in regular expressions has none here
        ("a.b", "axb", False),
        ("a+(b)|c", "a+(b)|c", True),
        # comments begin in the first column, blanks around a pattern do not count
        ("# temp", "temp", False),
        (" temp ", "temp", True),
        ("\ufefftemp", "temp", True),
    ],
)
def test_a_pattern_names_what_docker_says_it_names(pattern: str, path: str, out: bool) -> None:
    assert (_left_out(pattern, path) is not None) is out


@pytest.mark.parametrize(
    ("lines", "path", "line"),
    [
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", 3),
        ("*.md\n!README*.md\nREADME-secret.md", "README.md", None),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", None),
        ("docs\n!docs/README.md", "docs/README.md", None),
        ("docs\n!docs/README.md", "docs/other.md", 1),
        ("**\n!app\napp/secret", "app/secret/key", 3),
        ("**\n!app", "app/a.py", None),
        ("!app\napp", "app/a.py", 2),
        ("app\napp/", "app/a.py", 1),
        ("!\napp", "app/a.py", 2),
    ],
)
def test_the_last_line_that_matches_decides_and_is_named(lines: str, path: str, line: int | None) -> None:
    assert _left_out(lines, path) == line


def test_it_is_said_which_folder_the_line_names() -> None:
    found = docker_ignored("a/b/monitoring/deep/c.py", read_docker_ignore("**/monitoring/\n", ".dockerignore"))
    assert found is not None
    assert found.named == "a/b/monitoring"


def test_hostile_patterns_cost_no_more_than_their_length() -> None:
    assert _left_out("a*" * 450 + "b\n" + "**/a" * 240 + "/b\n", "a/" * 300 + "c") is None
