from __future__ import annotations

import pytest

from analyzer.codepaths.owners import owner_of, read_owners

GITHUB = """\
# who
*  @all
docs/* @docs
*.js @js # scripts
/apps/ @apps @web
/apps/free
build/ @build
**/logs @logs
/deep/**/x.py @deep
with\\ blank/ @blank
\\#notes/ @notes
/src/C#/ @sharp
!/apps/web/ @never
file?.txt @one
"""

GITLAB = """\
* @all
[Documentation][2] @writers
docs/
README.md @readme
^[Database] @dba
model/db/
!model/db/generated.py
[documentation]
docs/api/ @api
"""


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("a/b.py", "@all"),
        ("docs/x.md", "@docs"),
        ("docs/deep/x.md", "@all"),
        ("lib/deep/x.js", "@js"),
        ("lib/deep/x.JS", "@all"),
        ("apps/web/x.py", "@apps @web"),
        ("apps/free/x.py", None),
        ("any/where/build/x.py", "@build"),
        ("build", "@all"),
        ("a/logs/x/y.txt", "@logs"),
        ("deep/x.py", "@deep"),
        ("deep/a/b/x.py", "@deep"),
        ("with blank/x.py", "@blank"),
        ("#notes/x.py", "@notes"),
        ("src/C#/x.cs", "@sharp"),
        ("a/file1.txt", "@one"),
        ("a/file12.txt", "@all"),
    ],
)
def test_the_last_owner_pattern_that_matches_wins(path: str, owner: str | None) -> None:
    assert owner_of(path, read_owners(GITHUB)) == owner


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("x.py", "@all"),
        ("docs/x.md", "@all @writers"),
        ("sub/docs/x.md", "@all @writers"),
        ("docs/api/x.md", "@all @api"),
        ("sub/README.md", "@all @readme"),
        ("service/model/db/x.py", "@all @dba"),
        ("service/model/db/generated.py", "@all"),
    ],
)
def test_each_section_of_gitlab_names_its_own_owners(path: str, owner: str) -> None:
    assert owner_of(path, read_owners(GITLAB)) == owner


def test_a_pattern_of_many_stars_is_matched_in_time_that_its_length_bounds() -> None:
    rules = read_owners("/" + "**/" * 200 + "*a" * 200 + "b @x\n")
    assert owner_of("a/" * 500 + "a" * 2_000, rules) is None
