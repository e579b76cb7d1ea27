from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.codepaths import RepositoryIndex, open_repository

FILES = {
    "shop/door.py": (
        "import json\nfrom shop.lock import Lock, turn\n\n\n"
        "class Door:\n    def __init__(self, lock: Lock) -> None:\n        self.state = lock.state\n\n"
        "    def open(self, guest):\n"
        "        about = {'state': self.state}\n"
        "        try:\n            turn(self.state)\n            self.tell(guest)\n"
        "            def later():\n                never()\n"
        "        except Exception as err:\n            return {'error': str(err)}\n\n"
        "    def tell(self, guest):\n        return json.dumps({'state': self.state, 'guest': guest.name})\n"
    ),
    "shop/lock.py": (
        "import enum\n\n\nclass State(enum.Enum):\n    OPEN = 1\n    SHUT = 2\n\n\n"
        "class Lock:\n    state: State\n\n\n"
        "def turn(state):\n    if state == State.SHUT:\n        raise LockError('shut')\n"
    ),
    "shop/web/app.py": (
        "from ..lock import turn\nfrom .. import door\nimport shop.lock.inner\n\nturn(None)\ndoor.turn(1)\n"
    ),
    "other.py": "def turn(page):\n    return page\n",
}


@pytest.fixture
def index(repository, cache: Path) -> RepositoryIndex:
    repository.commit(FILES)
    return open_repository(repository.root, cache_dir=cache, redact=str)


def test_definitions_callers_and_importers_are_found_by_name(index: RepositoryIndex) -> None:
    facts = index.facts
    assert [(f.path, f.row.line) for f in facts.functions("turn")] == [("other.py", 1), ("shop/lock.py", 13)]
    assert [f.function for f in facts.functions("Door.open")] == ["Door.open"]
    assert [(c.path, c.row.line, c.function) for c in facts.callers("turn")] == [
        ("shop/door.py", 12, "Door.open"),
        ("shop/web/app.py", 5, "<module>"),
        ("shop/web/app.py", 6, "<module>"),
    ]
    assert [c.row.line for c in facts.callers("door.turn")] == [6]
    assert [(i.path, i.row.line) for i in facts.importers("shop.lock")] == [
        ("shop/door.py", 2),
        ("shop/door.py", 2),
        ("shop/web/app.py", 1),
        ("shop/web/app.py", 3),
    ]
    assert [(i.path, i.row.line) for i in facts.importers("shop.door")] == [("shop/web/app.py", 2)]
    assert [c.path for c in facts.subclasses("Enum")] == ["shop/lock.py"]
    assert [r.function for r in facts.raises("LockError")] == ["turn"]
    assert [h.function for h in facts.catchers("Exception")] == ["Door.open"]


def test_from_a_swallowed_error_to_the_value_that_caused_it(index: RepositoryIndex) -> None:
    """The search the next stage makes: handler, try body, callee, sink, raw value, class of the value."""
    facts = index.facts
    handler = facts.handler_of("shop/door.py", 17)
    assert handler is not None
    assert (handler.function, handler.row.keeps_trace) == ("Door.open", False)
    assert [c.row.name for c in facts.guarded(handler)] == ["turn", "tell"]
    (callee,) = facts.functions("tell")
    (sink,) = facts.sinks("json", path=callee.path, function=callee.function)
    assert (sink.row.name, sink.row.arguments) == ("json.dumps", ["{}"])
    flows = [f.row for f in facts.flows_in(callee.path, callee.function) if f.row.into == "json.dumps()"]
    assert [(f.key, f.value) for f in flows] == [("state", "self.state"), ("guest", "guest.name")]
    assert {(c.row.receiver, c.row.name) for c in facts.carriers("State")} == {("", "state")}


def test_what_stands_around_a_line(index: RepositoryIndex) -> None:
    facts = index.facts
    assert [h.row.line for h in facts.handlers_around("shop/door.py", 10)] == [16]
    assert facts.handlers_around("shop/door.py", 15) == []
    assert [h.row.line for h in facts.guards("shop/door.py", 12)] == [16]
    assert facts.guards("shop/door.py", 10) == []
    around = facts.function_at("shop/door.py", 15)
    assert around is not None
    assert around.name == "Door.open.later"
    assert facts.function_at("README", 1) is None
    assert [c.row.name for c in facts.calls_in("shop/door.py", "Door.open")] == ["turn", "tell", "str"]


def test_an_attribute_is_tied_to_a_class_only_where_the_source_says_so(index: RepositoryIndex) -> None:
    facts = index.facts
    everywhere = [(a.path, a.row.line, a.row.writes) for a in facts.accesses("state")]
    assert everywhere == [
        ("shop/door.py", 7, True),
        ("shop/door.py", 7, False),
        ("shop/door.py", 10, False),
        ("shop/door.py", 12, False),
        ("shop/door.py", 20, False),
    ]
    assert [a.row.line for a in facts.accesses("state", of="Lock")] == [7]
    assert [a.row.line for a in facts.accesses("state", of="Door")] == [7, 10, 12, 20]


def test_facts_belong_to_the_tree_that_is_asked(repository, cache: Path) -> None:
    first = repository.commit(FILES)
    repository.git("mv", "other.py", "moved.py")
    repository.commit({"shop/lock.py": "def spin():\n    pass\n"})
    new = open_repository(repository.root, cache_dir=cache, redact=str).facts
    old = open_repository(repository.root, first, cache_dir=cache, redact=str).facts
    assert [f.path for f in new.functions("turn")] == ["moved.py"]
    assert [f.path for f in old.functions("turn")] == ["other.py", "shop/lock.py"]


def test_a_cache_that_breaks_under_the_reader_is_not_missed(index: RepositoryIndex, cache: Path) -> None:
    assert index.facts.functions("tell")
    index.close()
    assert [f.function for f in index.facts.functions("open")] == ["Door.open"]
