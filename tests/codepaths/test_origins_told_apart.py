"""What a search says where there are several places, where it cannot know, and where nothing fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.model import Frame, OriginSearch, Proof, Query, QueryKind

DOOR = """\
import shop


def main():
    try:
        shop.work()
    except Exception as e:
        print(f"the work of today failed: {e}")
"""
Ask = Callable[..., OriginSearch]


@pytest.fixture
def ask(repository, cache: Path) -> Ask:
    """Asks a small repository: from the handler in `door.py`, from frames, or with nothing to begin at."""

    def answered(
        kind: QueryKind,
        text: str,
        names: Mapping[str, str],
        files: Mapping[str, str],
        *,
        frames: tuple[Frame, ...] = (),
        wrapped: bool = True,
    ) -> OriginSearch:
        repository.commit({"door.py": DOOR, **files})
        index = open_repository(repository.root, cache_dir=cache, redact=str, jobs=1)
        paths = [w.path for w in index.wrappers("the work of today failed: of a: reason")] if wrapped else []
        found = index.origins(Query(kind=kind, text=text, names=names), wrappers=paths, frames=frames)
        index.close()
        return found

    return answered


def lines(found: OriginSearch) -> list[tuple[str, int]]:
    return [(o.path.file, o.path.line) for o in found.origins]


def test_of_two_undefined_reads_the_one_that_always_runs_comes_first_and_the_masking_one_is_marked(ask: Ask) -> None:
    source = (
        "def work():\n    try:\n        if 1:\n            return clock()\n        return clock()\n"
        "    except OSError:\n        clock()\n        raise\n"
    )
    found = ask(QueryKind.NAME, "name 'clock' is not defined", {"name": "clock"}, {"shop.py": source})
    assert lines(found) == [("shop.py", 5), ("shop.py", 4), ("shop.py", 7)]
    assert [o.masking for o in found.origins] == [False, False, True]
    assert [o.unconditional for o in found.origins] == [True, False, False]


def test_a_file_that_takes_all_names_of_another_is_not_judged(ask: Ask) -> None:
    source = "from tools import *\n\n\ndef work():\n    return clock()\n"
    found = ask(QueryKind.NAME, "name 'clock' is not defined", {"name": "clock"}, {"shop.py": source, "tools.py": ""})
    assert not found.origins
    assert found.reason


def test_an_error_that_the_function_catches_itself_is_not_the_one(ask: Ask) -> None:
    source = (
        "def work():\n    try:\n        fast()\n    except NameError:\n        pass\n    return slow()\n\n\n"
        "def slow():\n    return fast()\n"
    )
    found = ask(QueryKind.NAME, "name 'fast' is not defined", {"name": "fast"}, {"shop.py": source})
    assert lines(found) == [("shop.py", 10)]


def test_a_name_bound_on_every_way_is_never_called_unbound(ask: Ask) -> None:
    source = (
        "def work(flag):\n    if flag:\n        total = 1\n    else:\n        total = 2\n"
        "    while True:\n        rest = total\n"
        "        break\n    try:\n        late = 1\n    finally:\n        print(rest)\n"
        "    if flag:\n        some = late\n"
        "    if flag:\n        return some\n"
        "    with open('x') as handle:\n        return [total for total in handle], total\n"
    )
    for name in ("total", "rest", "late", "some", "handle"):
        text = f"cannot access local variable '{name}' where it is not associated with a value"
        assert not ask(QueryKind.UNBOUND, text, {"name": name}, {"shop.py": source}).origins, name


def test_a_frame_says_which_of_two_calls_it_was(ask: Ask) -> None:
    source = "def turn(key):\n    return key\n\n\ndef work():\n    turn(1)\n    turn()\n    turn()\n"
    frame = Frame(file="/app/shop.py", line=8, function="work")
    text = "turn() missing 1 required positional argument: 'key'"
    found = ask(QueryKind.SIGNATURE, text, {"function": "turn"}, {"shop.py": source}, frames=(frame,))
    assert lines(found) == [("shop.py", 8)]
    assert ("shop.py", 7) in [(s.file, s.line) for s in found.siblings]


def test_a_call_that_may_bring_more_arguments_is_not_accused(ask: Ask) -> None:
    source = "def turn(key, *, way):\n    return key\n\n\ndef work(*args, **more):\n    return turn(*args, **more)\n"
    text = "turn() missing 1 required positional argument: 'key'"
    assert not ask(QueryKind.SIGNATURE, text, {"function": "turn"}, {"shop.py": source}).origins


def test_with_two_definitions_of_a_name_nothing_is_proven(ask: Ask) -> None:
    source = (
        "class One:\n    def turn(self, key):\n        return key\n\n\n"
        "class Two:\n    def turn(self):\n        return 1\n\n\n"
        "def work(lock):\n    return lock.turn()\n"
    )
    text = "One.turn() missing 1 required positional argument: 'key'"
    (found,) = ask(QueryKind.SIGNATURE, text, {"function": "One.turn"}, {"shop.py": source}).origins
    assert (found.path.line, found.proof) == (12, Proof.CAN_RAISE)


def test_a_value_that_was_looked_at_is_a_look_alike(ask: Ask) -> None:
    source = (
        "import re\n\n\ndef work(text):\n    found = re.match('a', text)\n    if found is None:\n        return ''\n"
        "    first = found.group(0)\n    other = re.match('b', text)\n    return first + other.group(0)\n"
    )
    text = "'NoneType' object has no attribute 'group'"
    found = ask(QueryKind.ATTRIBUTE, text, {"type": "NoneType", "attribute": "group"}, {"shop.py": source})
    assert [(o.path.line, o.raised_at.line if o.raised_at else None) for o in found.origins] == [(9, 10)]
    assert [(x.line, x.file) for x in found.look_alikes] == [(8, "shop.py")]


WAITS = """\
import asyncio
from settings import LIMIT, config


async def work():
    try:
        await asyncio.wait_for(tables(), timeout=config()["setup_timeout"])
        await asyncio.wait_for(pool(), timeout=LIMIT)
        await asyncio.wait_for(other(), 3)
    except asyncio.TimeoutError:
        raise RuntimeError("too slow")
"""
SETTINGS = 'LIMIT = 10.0\n\n\ndef config():\n    return {"setup_timeout": 25.0, "other": 1}\n'


def test_the_wait_whose_limit_the_message_names_is_told_from_its_neighbours(ask: Ask) -> None:
    files = {"shop.py": WAITS, "settings.py": SETTINGS}
    found = ask(QueryKind.TIMEOUT, "timed out after 25.0 s", {"seconds": "25.0"}, files)
    assert lines(found) == [("shop.py", 7)]
    evidence = " ".join(found.origins[0].path.evidence)
    assert "settings.py:5 sets its limit to 25 s" in evidence
    assert "shop.py:10 catches the timeouts of 3 waits" in evidence
    assert [x.why_not for x in found.look_alikes] == [
        "the message says 25 s, this call waits 10 s (settings.py:1)",
        "the message says 25 s, this call waits 3 s (shop.py:9)",
    ]


def test_without_seconds_all_waits_of_a_handler_are_named(ask: Ask) -> None:
    found = ask(QueryKind.TIMEOUT, "", {}, {"shop.py": WAITS, "settings.py": SETTINGS})
    assert lines(found) == [("shop.py", 7), ("shop.py", 8), ("shop.py", 9)]
    assert all(o.proof is Proof.CAN_RAISE and not o.path.unique for o in found.origins)


def test_who_wrote_a_value_of_another_type_is_an_origin_beside_the_check(ask: Ask) -> None:
    source = (
        "import tickets\n\n\ndef work(expected):\n    holder = tickets.read().get('seats')\n"
        "    if holder != expected:\n"
        "        raise ValueError(f'the seats of the ticket differ: wanted {expected}, found {holder}')\n"
    )
    tickets = "def read():\n    return {'name': 'x', 'seats': ['A', 'B']}\n\n\ndef one():\n    return {'seats': 'A'}\n"
    text = "the seats of the ticket differ: wanted A, found ['A', 'B']"
    found = ask(QueryKind.TEXT, text, {}, {"shop.py": source, "tickets.py": tickets})
    assert lines(found) == [("shop.py", 6), ("tickets.py", 2)]
    check, writer = found.origins
    assert check.raised_at is not None
    assert check.raised_at.line == 7
    assert check.path.end_line == 7
    assert any("holder != expected" in sentence for sentence in check.path.evidence)
    assert any("writes seats as a list" in sentence for sentence in writer.path.evidence)


def test_a_model_without_its_field_is_found_where_it_is_made(ask: Ask) -> None:
    source = (
        "from pydantic import BaseModel\n\n\nclass Guest(BaseModel):\n    name: str\n    age: int\n\n\n"
        "def work():\n    Guest(name='a', age=1)\n    return Guest(name='b')\n"
    )
    text = "1 validation error for Guest\nage\n  Field required"
    found = ask(QueryKind.VALIDATION, text, {"model": "Guest", "field": "age"}, {"shop.py": source})
    assert lines(found) == [("shop.py", 11)]
    assert found.origins[0].proof is Proof.FLOWS


@pytest.mark.parametrize(
    ("kind", "text", "names"),
    [
        (QueryKind.NAME, "", {}),
        (QueryKind.NAME, "", {"name": "a b("}),
        (QueryKind.ATTRIBUTE, "", {"type": "Ghost", "attribute": "walk"}),
        (QueryKind.ATTRIBUTE, "", {"type": "coroutine", "attribute": "walk"}),
        (QueryKind.OPERATION, "'NoneType' object is not subscriptable", {"type": "NoneType"}),
        (QueryKind.SIGNATURE, "f() takes nothing", {}),
        (QueryKind.SIGNATURE, "ghost() missing 1 required positional argument: 'x'", {"function": "ghost"}),
        (QueryKind.KEY, "'ghost'", {"key": "ghost"}),
        (QueryKind.INDEX, "list index out of range", {}),
        (QueryKind.UNPACK, "not enough values to unpack (expected 7, got 1)", {}),
        (QueryKind.CONVERSION, "", {"function": "uuid", "value": "x"}),
        (QueryKind.VALIDATION, "", {"model": "Ghost", "field": "name"}),
        (QueryKind.TIMEOUT, "", {"seconds": "many"}),
        (QueryKind.TEXT, "words that no statement here has ever had", {}),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_where_nothing_is_found_the_answer_says_why(ask: Ask, kind: QueryKind, text: str, names, wrapped: bool) -> None:
    source = "def work():\n    return {'a': 1}['a']\n"
    found = ask(kind, text, names, {"shop.py": source, "broken.py": "def ghost(:\n"}, wrapped=wrapped)
    assert not found.origins
    assert found.reason


def test_a_source_that_is_nested_without_end_ends_no_search(ask: Ask) -> None:
    deep = "def work():\n    clock()\n    return " + "+".join(["'a'"] * 5000) + "\n"
    found = ask(QueryKind.NAME, "name 'clock' is not defined", {"name": "clock"}, {"shop.py": deep})
    assert found.origins or found.reason
    chain = "def work():\n    return clock" + ".x" * 3000 + "\n"
    for kind, names in (
        (QueryKind.ATTRIBUTE, {"type": "NoneType", "attribute": "x"}),
        (QueryKind.KEY, {"key": "clock"}),
    ):
        found = ask(kind, "", names, {"shop.py": chain})
        assert found.origins or found.reason
