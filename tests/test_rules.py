"""Which patterns a pack may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.errors import RuleError
from analyzer.rules import backtracking_danger, read_pack

RULE = """
[[rule]]
id = "masks.lamp"
why = "the number of a lamp"
pattern = '{pattern}'
replace = "<lamp>"
match = [{{ text = "lamp 17 is dark", expect = "<lamp> is dark" }}]
miss = ["no light"]
"""


@pytest.mark.parametrize("pattern", [r"(a+)+", r"(?:\w+\s?)*x", r"(?:a{1,200}){1,200}", r"(?=(?:a*)*b)"])
def test_a_repeat_in_a_repeat_is_refused(pattern: str) -> None:
    assert "exponential" in str(backtracking_danger(pattern))


@pytest.mark.parametrize("pattern", [r"(?:ab)*+", r"(?:a\.){1,8}+", r"x(?:a|bc)?+y", r"(?>(?:ab)++)"])
def test_a_possessive_group_is_refused_because_older_pythons_misread_it(pattern: str) -> None:
    assert "possessive" in str(backtracking_danger(pattern))


@pytest.mark.parametrize(
    "pattern", [r"(?:a++,)*b", r"(?>(?:ab)*)", r"[a-z]{1,30}+\d?+.*+", r"(?:a{2}){1,8}", r"(?:a)*+"]
)
def test_patterns_in_linear_time_are_taken(pattern: str) -> None:
    assert backtracking_danger(pattern) is None


def test_the_error_names_file_and_rule(tmp_path: Path) -> None:
    pack = tmp_path / "lamps.toml"
    pack.write_text(RULE.format(pattern=r"lamp (?:\d\d)*+"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"lamps\.toml: rule masks\.lamp: .*possessive"):
        read_pack(pack, "masks")
    pack.write_text(RULE.format(pattern=r"lamp \d++"), encoding="utf-8")
    assert [rule.id for rule in read_pack(pack, "masks")] == ["masks.lamp"]
