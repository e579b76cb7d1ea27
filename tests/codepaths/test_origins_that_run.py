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
        """\
def early():
    import time
    return time.time()  # fine


def work():
    return time.time()  # raises


def later():
    return time.sleep(1)  # sibling
""",
    ),
    "only for type checkers": Program(
        QueryKind.NAME,
        {"name": "Decimal"},
        """\
from __future__ import annotations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


def price(value: Decimal) -> Decimal:
    return value


def work():
    return price(Decimal(1))  # raises
""",
    ),
    "local by a later assignment": Program(
        QueryKind.UNBOUND,
        {"name": "total"},
        """\
total = 1


def work():
    print(total)  # raises
    total = 2
    return total
""",
    ),
    "gone after except": Program(
        QueryKind.UNBOUND,
        {"name": "err"},
        """\
def work():
    try:
        int('x')
    except ValueError as err:
        pass
    return err  # raises
""",
    ),
    "assigned in the try body only": Program(
        QueryKind.UNBOUND,
        {"name": "handle"},
        """\
def open_it():
    raise OSError('no')


def work():
    try:
        handle = open_it()
    except OSError:
        handle.close()  # raises
    return 1
""",
    ),
    "coroutine asked for an attribute": Program(
        QueryKind.ATTRIBUTE,
        {"type": "coroutine", "attribute": "get"},
        """\
import asyncio


async def fetch():
    return {}


async def serve():
    found = fetch()  # cause
    return found.get('a')  # raises


async def other():
    return (await fetch()).get('b')  # fine


async def twin():
    return fetch().get('c')  # sibling


async def task():
    return asyncio.create_task(fetch())  # fine


def work():
    return asyncio.run(serve())
""",
    ),
    "coroutine is not subscriptable": Program(
        QueryKind.OPERATION,
        {"type": "coroutine", "operation": "subscript"},
        """\
import asyncio


class Store:
    async def load(self):
        return [1]

    async def first(self):
        return self.load()[0]  # raises


async def serve():
    return await Store().first()


def work():
    return asyncio.run(serve())
""",
    ),
    "coroutine is looped over": Program(
        QueryKind.OPERATION,
        {"type": "coroutine", "operation": "iterate"},
        """\
import asyncio


async def rows():
    return [1]


async def serve():
    found = rows()  # cause
    for row in found:  # raises
        print(row)


def work():
    return asyncio.run(serve())
""",
    ),
    "await of a plain function": Program(
        QueryKind.OPERATION,
        {"type": "dict", "operation": "await"},
        """\
import asyncio


def fetch():
    return {'a': 1}


async def good():
    return 1


async def serve():
    await good()  # fine
    return await fetch()  # raises


def work():
    return asyncio.run(serve())
""",
    ),
    "a function that returns nothing": Program(
        QueryKind.ATTRIBUTE,
        {"type": "NoneType", "attribute": "name"},
        """\
def find(key):
    print(key)


def work():
    guest = find('a')  # cause
    return guest.name  # raises
""",
    ),
    "a function that may return None": Program(
        QueryKind.ATTRIBUTE,
        {"type": "NoneType", "attribute": "upper"},
        """\
def find(key):
    if key == 'b':
        return 'B'
    return None


def careful():
    found = find('a')
    return found.upper() if found else ''


def work():
    careful()
    found = find('a')  # cause
    return found.upper()  # raises
""",
        Proof.CAN_RAISE,
    ),
    "a field that is None at first": Program(
        QueryKind.ATTRIBUTE,
        {"type": "NoneType", "attribute": "send"},
        """\
class Door:
    def __init__(self):
        self.bell = None  # cause

    def hang(self, bell):
        self.bell = bell

    def ring(self):
        return self.bell.send('x')  # raises


def work():
    return Door().ring()
""",
        Proof.CAN_RAISE,
    ),
    "a renamed attribute": Program(
        QueryKind.ATTRIBUTE,
        {"type": "User", "attribute": "user_name"},
        """\
class User:
    def __init__(self):
        self.username = 'x'


def work():
    user = User()
    return user.user_name  # raises
""",
    ),
    "an attribute of a dict": Program(
        QueryKind.ATTRIBUTE,
        {"type": "dict", "attribute": "state"},
        """\
def work():
    door = {'state': 1}
    return door.state  # raises
""",
    ),
    "a missing argument": Program(
        QueryKind.SIGNATURE,
        {"function": "open_door", "argument": "lock", "count": "1"},
        """\
def open_door(name, lock):
    return name, lock


def fine():
    return open_door('a', 1)  # fine


def twin():
    return open_door('c')  # sibling


def work():
    return open_door('b')  # raises
""",
    ),
    "an unexpected argument of a constructor": Program(
        QueryKind.SIGNATURE,
        {"function": "Door.__init__", "argument": "key"},
        """\
class Door:
    def __init__(self, name):
        self.name = name


def work():
    return Door('a', key=1)  # raises
""",
    ),
    "one argument too many for a method": Program(
        QueryKind.SIGNATURE,
        {"function": "Door.open", "argument": "", "count": "2"},
        """\
class Door:
    def open(self):
        return 1

    def enter(self):
        return self.open(1)  # raises


def work():
    return Door().enter()
""",
    ),
    "a dataclass without a field": Program(
        QueryKind.SIGNATURE,
        {"function": "Guest.__init__", "argument": "age"},
        """\
from dataclasses import dataclass


@dataclass
class Guest:
    name: str
    age: int
    tall: bool = False


def work():
    return Guest(name='a')  # raises
""",
    ),
    "a key that a literal lacks": Program(
        QueryKind.KEY,
        {"key": "user_id"},
        """\
def work():
    session = {'userid': 1, 'name': 'x'}
    return session['user_id']  # raises
""",
    ),
    "a key of the caller's dict": Program(
        QueryKind.KEY,
        {"key": "port"},
        """\
def careful(config):
    return config['port'] if 'port' in config else 1  # fine


def connect(config):
    return config['port']  # raises


def work():
    careful({})
    return connect({'host': 'a'})
""",
        Proof.CAN_RAISE,
    ),
    "an element of a split text": Program(
        QueryKind.INDEX,
        {},
        """\
def work():
    header = 'Bearer'
    return header.split(' ')[1]  # raises
""",
        Proof.CAN_RAISE,
    ),
    "a text that has fewer parts": Program(
        QueryKind.UNPACK,
        {"expected": "2", "got": "1"},
        """\
def work():
    name, _, rest = 'a'.partition(':')
    scheme, token = 'Bearer'.split()  # raises
    return scheme
""",
        Proof.CAN_RAISE,
    ),
    "a function that returns more": Program(
        QueryKind.UNPACK,
        {"expected": "2"},
        """\
def pair():
    return 1, 2, 3


def work():
    one, two = pair()  # raises
    return one, two
""",
    ),
    "a text that is no number": Program(
        QueryKind.CONVERSION,
        {"function": "int", "value": "eight"},
        """\
def work():
    count = 'eight'
    careful = int(count) if count.isdigit() else 0  # fine
    return careful + int(count)  # raises
""",
    ),
    "a member that an enum lacks": Program(
        QueryKind.CONVERSION,
        {"function": "Color", "value": "blue"},
        """\
import enum


class Color(enum.Enum):
    RED = 'red'


def parse(text):
    return Color(text)  # raises


def work():
    return parse('blue')
""",
    ),
    "a raise with a condition": Program(
        QueryKind.TEXT,
        {},
        """\
class TokenError(Exception):
    pass


def claims():
    return {'aud': ['one', 'two']}


def check(token, expected):
    audience = token.get('aud')
    if audience != expected:  # cause
        raise TokenError(f'audience mismatch: expected {expected}, got {audience}')  # raises


def work():
    return check(claims(), 'one')
""",
        Proof.CAN_RAISE,
    ),
    "an assertion": Program(
        QueryKind.TEXT,
        {},
        """\
def work():
    count = 3
    assert count < 3, f'too many guests stand at the door: {count}'  # raises
""",
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
    assert with_index.origins(query, wrappers=[w.path for w in wrappers]) == found
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
