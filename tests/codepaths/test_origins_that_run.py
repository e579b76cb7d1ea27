"""Programs that really fail: what a search says of the place is compared with the traceback of the run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from analyzer.codepaths import open_repository
from analyzer.model import OriginSearch, Proof, Query, QueryKind

MAIN = """\
from shop import work


def main():
    try:
        work()
    except Exception as e:
        print(f"the work of today failed: {e}")
"""
_FRAME = re.compile(r'File ".*?/([^/"]+\.py)", line (\d+)')


class Program(NamedTuple):
    kind: QueryKind
    names: Mapping[str, str]
    source: str
    """`# raises` marks the line that throws, `# cause` the one to change where it is another; `# sibling`, `# fine`"""
    proof: Proof = Proof.FLOWS


PROGRAMS = {
    "imported in another function": Program(
        QueryKind.NAME,
        {"name": "time"},
        "def early():\n    import time\n    return time.time()  # fine\n\n\n"
        "def work():\n    return time.time()  # raises\n\n\ndef later():\n    return time.sleep(1)  # sibling\n",
    ),
    "only for type checkers": Program(
        QueryKind.NAME,
        {"name": "Decimal"},
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    from decimal import Decimal\n\n\n"
        "def price(value: Decimal) -> Decimal:\n    return value\n\n\ndef work():\n    return price(Decimal(1))  # raises\n",
    ),
    "local by a later assignment": Program(
        QueryKind.UNBOUND,
        {"name": "total"},
        "total = 1\n\n\ndef work():\n    print(total)  # raises\n    total = 2\n    return total\n",
    ),
    "gone after except": Program(
        QueryKind.UNBOUND,
        {"name": "err"},
        "def work():\n    try:\n        int('x')\n    except ValueError as err:\n        pass\n    return err  # raises\n",
    ),
    "assigned in the try body only": Program(
        QueryKind.UNBOUND,
        {"name": "handle"},
        "def open_it():\n    raise OSError('no')\n\n\ndef work():\n    try:\n        handle = open_it()\n"
        "    except OSError:\n        handle.close()  # raises\n    return 1\n",
    ),
    "coroutine asked for an attribute": Program(
        QueryKind.ATTRIBUTE,
        {"type": "coroutine", "attribute": "get"},
        "import asyncio\n\n\nasync def fetch():\n    return {}\n\n\nasync def serve():\n"
        "    found = fetch()  # cause\n    return found.get('a')  # raises\n\n\n"
        "async def other():\n    return (await fetch()).get('b')  # fine\n\n\n"
        "async def twin():\n    return fetch().get('c')  # sibling\n\n\n"
        "async def task():\n    return asyncio.create_task(fetch())  # fine\n\n\ndef work():\n    return asyncio.run(serve())\n",
    ),
    "coroutine is not subscriptable": Program(
        QueryKind.OPERATION,
        {"type": "coroutine", "operation": "subscript"},
        "import asyncio\n\n\nclass Store:\n    async def load(self):\n        return [1]\n\n    async def first(self):\n"
        "        return self.load()[0]  # raises\n\n\nasync def serve():\n    return await Store().first()\n\n\n"
        "def work():\n    return asyncio.run(serve())\n",
    ),
    "coroutine is looped over": Program(
        QueryKind.OPERATION,
        {"type": "coroutine", "operation": "iterate"},
        "import asyncio\n\n\nasync def rows():\n    return [1]\n\n\nasync def serve():\n    found = rows()  # cause\n"
        "    for row in found:  # raises\n        print(row)\n\n\ndef work():\n    return asyncio.run(serve())\n",
    ),
    "await of a plain function": Program(
        QueryKind.OPERATION,
        {"type": "dict", "operation": "await"},
        "import asyncio\n\n\ndef fetch():\n    return {'a': 1}\n\n\nasync def good():\n    return 1\n\n\n"
        "async def serve():\n    await good()  # fine\n    return await fetch()  # raises\n\n\n"
        "def work():\n    return asyncio.run(serve())\n",
    ),
    "a function that returns nothing": Program(
        QueryKind.ATTRIBUTE,
        {"type": "NoneType", "attribute": "name"},
        "def find(key):\n    print(key)\n\n\ndef work():\n    guest = find('a')  # cause\n    return guest.name  # raises\n",
    ),
    "a function that may return None": Program(
        QueryKind.ATTRIBUTE,
        {"type": "NoneType", "attribute": "upper"},
        "def find(key):\n    if key == 'b':\n        return 'B'\n    return None\n\n\n"
        "def careful():\n    found = find('a')\n    return found.upper() if found else ''\n\n\n"
        "def work():\n    careful()\n    found = find('a')  # cause\n    return found.upper()  # raises\n",
        Proof.CAN_RAISE,
    ),
    "a field that is None at first": Program(
        QueryKind.ATTRIBUTE,
        {"type": "NoneType", "attribute": "send"},
        "class Door:\n    def __init__(self):\n        self.bell = None  # cause\n\n    def hang(self, bell):\n"
        "        self.bell = bell\n\n    def ring(self):\n        return self.bell.send('x')  # raises\n\n\n"
        "def work():\n    return Door().ring()\n",
        Proof.CAN_RAISE,
    ),
    "a renamed attribute": Program(
        QueryKind.ATTRIBUTE,
        {"type": "User", "attribute": "user_name"},
        "class User:\n    def __init__(self):\n        self.username = 'x'\n\n\n"
        "def work():\n    user = User()\n    return user.user_name  # raises\n",
    ),
    "an attribute of a dict": Program(
        QueryKind.ATTRIBUTE,
        {"type": "dict", "attribute": "state"},
        "def work():\n    door = {'state': 1}\n    return door.state  # raises\n",
    ),
    "a missing argument": Program(
        QueryKind.SIGNATURE,
        {"function": "open_door", "argument": "lock", "count": "1"},
        "def open_door(name, lock):\n    return name, lock\n\n\ndef fine():\n    return open_door('a', 1)  # fine\n\n\n"
        "def twin():\n    return open_door('c')  # sibling\n\n\ndef work():\n    return open_door('b')  # raises\n",
    ),
    "an unexpected argument of a constructor": Program(
        QueryKind.SIGNATURE,
        {"function": "Door.__init__", "argument": "key"},
        "class Door:\n    def __init__(self, name):\n        self.name = name\n\n\n"
        "def work():\n    return Door('a', key=1)  # raises\n",
    ),
    "one argument too many for a method": Program(
        QueryKind.SIGNATURE,
        {"function": "Door.open", "argument": "", "count": "2"},
        "class Door:\n    def open(self):\n        return 1\n\n    def enter(self):\n        return self.open(1)  # raises\n\n\n"
        "def work():\n    return Door().enter()\n",
    ),
    "a dataclass without a field": Program(
        QueryKind.SIGNATURE,
        {"function": "Guest.__init__", "argument": "age"},
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Guest:\n    name: str\n    age: int\n    tall: bool = False\n\n\n"
        "def work():\n    return Guest(name='a')  # raises\n",
    ),
    "a key that a literal lacks": Program(
        QueryKind.KEY,
        {"key": "user_id"},
        "def work():\n    session = {'userid': 1, 'name': 'x'}\n    return session['user_id']  # raises\n",
    ),
    "a key of the caller's dict": Program(
        QueryKind.KEY,
        {"key": "port"},
        "def careful(config):\n    return config['port'] if 'port' in config else 1  # fine\n\n\n"
        "def connect(config):\n    return config['port']  # raises\n\n\ndef work():\n    careful({})\n    return connect({'host': 'a'})\n",
        Proof.CAN_RAISE,
    ),
    "an element of a split text": Program(
        QueryKind.INDEX,
        {},
        "def work():\n    header = 'Bearer'\n    return header.split(' ')[1]  # raises\n",
        Proof.CAN_RAISE,
    ),
    "a text that has fewer parts": Program(
        QueryKind.UNPACK,
        {"expected": "2", "got": "1"},
        "def work():\n    name, _, rest = 'a'.partition(':')\n    scheme, token = 'Bearer'.split()  # raises\n    return scheme\n",
        Proof.CAN_RAISE,
    ),
    "a function that returns more": Program(
        QueryKind.UNPACK,
        {"expected": "2"},
        "def pair():\n    return 1, 2, 3\n\n\ndef work():\n    one, two = pair()  # raises\n    return one, two\n",
    ),
    "a text that is no number": Program(
        QueryKind.CONVERSION,
        {"function": "int", "value": "eight"},
        "def work():\n    count = 'eight'\n    careful = int(count) if count.isdigit() else 0  # fine\n"
        "    return careful + int(count)  # raises\n",
    ),
    "a member that an enum lacks": Program(
        QueryKind.CONVERSION,
        {"function": "Color", "value": "blue"},
        "import enum\n\n\nclass Color(enum.Enum):\n    RED = 'red'\n\n\ndef parse(text):\n    return Color(text)  # raises\n\n\n"
        "def work():\n    return parse('blue')\n",
    ),
    "a raise with a condition": Program(
        QueryKind.TEXT,
        {},
        "class TokenError(Exception):\n    pass\n\n\ndef claims():\n    return {'aud': ['one', 'two']}\n\n\n"
        "def check(token, expected):\n    audience = token.get('aud')\n    if audience != expected:  # cause\n"
        "        raise TokenError(f'audience mismatch: expected {expected}, got {audience}')  # raises\n\n\n"
        "def work():\n    return check(claims(), 'one')\n",
        Proof.CAN_RAISE,
    ),
    "an assertion": Program(
        QueryKind.TEXT,
        {},
        "def work():\n    count = 3\n    assert count < 3, f'too many guests stand at the door: {count}'  # raises\n",
        Proof.CAN_RAISE,
    ),
}


def _run(root: Path) -> tuple[str, int]:
    """The message of the run and the line that threw it."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import shop; shop.work()"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    line = [int(n) for name, n in _FRAME.findall(done.stderr) if name == "shop.py"][-1]
    last = [x for x in done.stderr.splitlines() if x and not x.startswith(" ")][-1]
    return last.partition(": ")[2], line


def _marked(source: str, mark: str) -> list[int]:
    return [n for n, line in enumerate(source.split("\n"), 1) if line.endswith(f"# {mark}")]


def _ask(repository, cache: Path, program: Program) -> tuple[OriginSearch, int]:
    repository.commit({"main.py": MAIN, "shop.py": program.source})
    message, line = _run(repository.root)
    with_index = open_repository(repository.root, cache_dir=cache, redact=str, jobs=1)
    wrappers = with_index.wrappers(f"the work of today failed: {message}") or with_index.wrappers(
        "the work of today failed: some other: words"
    )
    assert [w.path.file for w in wrappers][:1] == ["main.py"]
    query = Query(kind=program.kind, text=message, names=program.names)
    found = with_index.origins(query, wrappers=[w.path for w in wrappers])
    with_index.close()
    return found, line


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_first_origin_is_where_the_program_really_fails(name: str, repository, cache: Path) -> None:
    program = PROGRAMS[name]
    found, line = _ask(repository, cache, program)
    assert _marked(program.source, "raises") == [line], "the program is written wrongly"
    assert found.origins, found.reason
    first = found.origins[0]
    thrown = (first.raised_at or first.path).line
    assert (first.path.file, thrown) == ("shop.py", line), first
    cause = _marked(program.source, "cause")
    assert first.path.line == (cause[0] if cause else line)
    assert first.proof is program.proof
    assert first.hops is not None
    for sentence in first.path.evidence:
        assert len(sentence.split()) > 2, "a sentence stands alone"
    harmless = {a.line for a in found.look_alikes}
    for fine in _marked(program.source, "fine"):
        assert all((o.raised_at or o.path).line != fine for o in found.origins)
        assert fine in harmless
    assert {s.line for s in found.siblings} >= set(_marked(program.source, "sibling"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_place_is_proof_again_when_asked_twice(name: str, repository, cache: Path) -> None:
    first, _ = _ask(repository, cache, PROGRAMS[name])
    second, _ = _ask(repository, cache, PROGRAMS[name])
    assert first == second

