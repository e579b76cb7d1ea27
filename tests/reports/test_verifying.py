"""What `report --verify` finds in a report alone, and what it leaves open."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bakery_reports import FIX, HEAD
from bakery_reports import second_cycle as made_report
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import FIX_RULE, Ground
from analyzer.pipeline import verify
from analyzer.reports import canonical, check_integrity, seal
from analyzer.reports.verifying import Checking, Rulebook, check_code, check_report
from analyzer.reports.verifying.commands import is_given

REPORT: dict[str, Any] = json.loads(canonical(made_report()))
DOCS = Path(__file__).resolve().parents[2] / "docs"


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, (*path, key))
    else:
        yield path, value


LEAVES = [(path, value) for path, value in leaves(REPORT) if path != ("integrity",)]
values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())


@given(st.sampled_from(LEAVES), values)
def test_a_change_of_any_value_breaks_the_seal(leaf: tuple[tuple[str | int, ...], Any], value: Any) -> None:
    path, old = leaf
    changed = json.loads(json.dumps(REPORT))
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    sealed = canonical({"v": value}) == canonical({"v": old})
    assert check_integrity(changed) is sealed
    if not sealed:
        checking = Checking()
        check_report(changed, Rulebook(rules=frozenset()), checking)
        assert checking.result().false_claims[0].check == "integrity"


@pytest.mark.parametrize("value", [None, [], {}, {"schema": "analyzer.report/1"}, {"ledger": 1}])
def test_what_is_no_report_is_false_and_never_a_crash(value: Any) -> None:
    report = value if isinstance(value, dict) else {"clusters": value}
    found = verify(seal(report))
    assert not found.holds
    assert {claim.check for claim in found.false_claims} <= {"form", "sums", "citation", "order"}


@pytest.mark.parametrize(
    "command",
    [
        f"git show {HEAD}:orders/codec.py | sed -n '1,17p'",
        f"git show --stat --patch {FIX} --",
        "sed -n '3,9p' -- 'a file.py'",
        f"analyzer fix verify {FIX} --before-deploy",
        shlex.join(["gcloud", "logging", "read", 'severity>=ERROR AND "it\'s; gone"', "--limit=50", "--format=json"]),
        "gcloud run services describe bakery --region=here --format='value(status.traffic)'",
        "gcloud run services update-traffic bakery --to-revisions=bakery-2=100",
    ],
)
def test_a_command_that_actions_give_is_known(command: str) -> None:
    assert is_given(command)


@pytest.mark.parametrize(
    "command",
    [
        "rm -rf ~",
        "analyzer show $(id)",
        "analyzer show `id`",
        "analyzer show a; rm b",
        "analyzer show a && rm b",
        "git show HEAD:a.py | sh",
        "git show HEAD:a.py > b",
        "git push origin main",
        "gcloud run services delete bakery",
        "git show HEAD:a.py | sed -n '1,17p' | sh",
        "analyzer show a\nrm b",
        "analyzer 'show",
        "",
    ],
)
def test_no_other_command_is(command: str) -> None:
    assert not is_given(command)


@given(st.text(max_size=40))
def test_whatever_is_put_behind_a_command_it_stays_one_program(text: str) -> None:
    if is_given(f"analyzer show {text}"):
        assert shlex.join(shlex.split(f"analyzer show {text}")) == f"analyzer show {text}"


class Nowhere:
    """A repository that has no commit."""

    def has(self, commit: str) -> bool:
        return False

    def is_whole(self) -> bool:
        return True

    def parent(self, commit: str) -> str | None:
        raise AssertionError(commit)

    def length(self, commit: str, file: str) -> int | None:
        raise AssertionError(commit)

    def excerpt(self, commit: str, file: str, line: int, end_line: int) -> list[dict[str, Any]]:
        raise AssertionError(commit)

    def encloses(self, commit: str, file: str, line: int, function: str) -> bool | None:
        raise AssertionError(commit)

    def link(self, commit: str, file: str, line: int, end_line: int) -> str | None:
        raise AssertionError(commit)

    def page(self, commit: str) -> str | None:
        raise AssertionError(commit)

    def times(self, commit: str) -> tuple[str, str]:
        raise AssertionError(commit)


def test_commits_that_no_repository_has_are_named_as_not_checked() -> None:
    checking = Checking()
    check_code(REPORT, Nowhere(), checking)
    found = checking.result()
    assert [claim for claim in found.false_claims if claim.check != "form"] == []
    assert any(HEAD in what for what in found.not_checked)


def test_the_docs_tell_every_ground_and_how_the_rules_of_fixes_begin() -> None:
    text = (DOCS / "verifying.md").read_text(encoding="utf-8")
    for ground in Ground:
        assert f"`{ground.value}`" in text
        assert ground.says
    assert f"`{FIX_RULE}" in text
