"""A raw value that an encoder refuses is found from the words around the error, and its twins with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import can_catch, from_wrappers
from analyzer.codepaths.repository import RepositoryIndex
from analyzer.model import OriginSearch, Proof, Query, QueryKind

KINDS = """\
import enum


class OvenState(enum.Enum):
    COLD = "cold"
    HOT = "hot"
"""
OVEN = """\
from kinds import OvenState


class Oven:
    def __init__(self):
        self.oven_state = OvenState.COLD

    def is_hot(self):
        return self.oven_state == OvenState.HOT
"""
CHECKS = """\
import json
import logging

logger = logging.getLogger(__name__)


class Inspector:
    def inspect(self, oven):
        facts = {
            "name": "oven",
            "state": getattr(oven, "oven_state", "unknown"),
        }
        logger.debug(f"facts of the oven {json.dumps(facts)}")
        try:
            return self.measure(oven)
        except Exception as e:
            problem = {"error": str(e), "state": oven.oven_state}
            logger.error(f"inspection broke {json.dumps(problem)}")
            return None

    def measure(self, oven):
        logger.info(f"measuring an oven that is {oven.oven_state}")
        return json.dumps({"state": str(oven.oven_state)})

    def shown(self, oven):
        return json.dumps({"state": oven.oven_state}, default=str)
"""
BAKERY = """\
from checks import Inspector
from oven import Oven


class Report:
    def __init__(self, error_message):
        self.error_message = error_message


class Bakery:
    def __init__(self):
        self._inspector = Inspector()

    def open(self):
        try:
            return self._inspector.inspect(Oven())
        except Exception as exc:
            return Report(error_message=f"Bakery could not open: {exc}")


def other():
    try:
        return int("7")
    except ValueError as exc:
        return Report(error_message=f"Bakery could not open: {exc}")


if __name__ == "__main__":
    print(Bakery().open().error_message)
"""
FILES = {"kinds.py": KINDS, "oven.py": OVEN, "checks.py": CHECKS, "bakery.py": BAKERY}
MESSAGE = "Bakery could not open: Object of type OvenState is not JSON serializable"


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bakery")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def index(bakery: Path) -> RepositoryIndex:
    return open_repository(bakery, redact=str)


@pytest.fixture(scope="module")
def found(index: RepositoryIndex) -> OriginSearch:
    query = Query(
        kind=QueryKind.UNSERIALIZABLE,
        text="Object of type OvenState is not JSON serializable",
        names={"type": "OvenState"},
        exception="TypeError",
    )
    return index.origins(query, wrappers=[w.path for w in index.wrappers(MESSAGE, field="error_message")])


def test_the_program_really_prints_the_message(bakery: Path) -> None:
    done = subprocess.run([sys.executable, "bakery.py"], cwd=bakery, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == MESSAGE


def test_the_value_that_is_put_in_raw_on_every_call_comes_first(found: OriginSearch) -> None:
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.path.end_line) == ("checks.py", 11, 13)
    assert first.path.function == "Inspector.inspect"
    assert (first.proof, first.unconditional, first.masking) == (Proof.FLOWS, True, False)
    assert "it is computed as an argument of a log call, whatever the log level is" in first.path.evidence
    assert (first.hops, [(v.file, v.line) for v in first.via]) == (1, [("bakery.py", 16)])


def test_the_same_in_the_except_clause_is_a_sibling_that_hides_the_first_error(found: OriginSearch) -> None:
    second = found.origins[1]
    assert (second.path.line, second.masking) == (17, True)
    assert [(s.file, s.line) for s in found.siblings] == [("checks.py", 17)]


def test_texts_encoders_with_help_and_f_strings_are_harmless(found: OriginSearch) -> None:
    why = {x.line: x.why_not for x in found.look_alikes if x.file == "checks.py"}
    assert "f-string" in why[22]
    assert "no raw OvenState" in why[23]
    assert "encoder of its own" in why[26]


def test_a_handler_that_cannot_catch_the_exception_starts_nothing(index: RepositoryIndex, found: OriginSearch) -> None:
    wrappers = index.wrappers(MESSAGE, field="error_message")
    assert [w.path.line for w in wrappers if w.whole] == [18, 25]
    reach = from_wrappers(index.code, [w.path for w in wrappers], "TypeError")
    assert reach.of("bakery.py", "other") is None
    assert found.origins[0].start == ("bakery.py", 18)
    assert can_catch(["ValueError"], "UnicodeDecodeError")
    assert not can_catch(["OwnError"], "TypeError")


def test_without_a_value_of_the_class_nothing_is_claimed(index: RepositoryIndex) -> None:
    query = Query(kind=QueryKind.UNSERIALIZABLE, text="…", names={"type": "Spoon"}, exception="TypeError")
    found = index.origins(query)
    assert found.origins == ()
    assert found.reason == "no raw value of the class Spoon is seen to reach an encoder in the repository"


@pytest.mark.parametrize(
    ("type_", "line"),
    [
        ("datetime", '    return json.dumps({"at": datetime.now()})'),
        ("set", '    return json.dumps({"tags": {"a", "b"}})'),
        ("bytes", '    return json.dumps(["x".encode()])'),
        ("Decimal", '    return json.dumps([Decimal("1.5")])'),
        ("UUID", "    return json.dumps({'id': uuid4()})"),
        ("dict_keys", "    return json.dumps({'a': 1}.keys())"),
    ],
)
def test_values_of_the_standard_library_are_known_by_their_makers(tmp_path: Path, type_: str, line: str) -> None:
    code = "import json\nfrom datetime import datetime\nfrom decimal import Decimal\nfrom uuid import uuid4\n\n\n"
    (tmp_path / "made.py").write_text(f"{code}def give():\n{line}\n")
    run = [sys.executable, "-c", "import made; made.give()"]
    message = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False).stderr
    assert f"Object of type {type_} is not JSON serializable" in message
    made = open_repository(tmp_path, redact=str)
    query = Query(kind=QueryKind.UNSERIALIZABLE, text="…", names={"type": type_}, exception="TypeError")
    assert [(o.path.file, o.path.line) for o in made.origins(query).origins] == [("made.py", 8)]


def test_a_value_is_followed_through_names_items_helpers_and_fields(tmp_path: Path) -> None:
    (tmp_path / "kinds.py").write_text(KINDS)
    (tmp_path / "flow.py").write_text("""\
import json
from kinds import OvenState


class Note:
    def __init__(self, details):
        self.details = details


def make(oven):
    details = {}
    details["state"] = OvenState(oven)
    rows = [details]
    return Note(details=rows)


def write(note: Note):
    print(json.dumps(note.details))


def send(payload):
    json.dumps(payload)


def hand_on(oven):
    send({"state": OvenState(oven)})


def clean(oven):
    state = OvenState(oven)
    state = state.value
    return json.dumps({"state": state})
""")
    query = Query(kind=QueryKind.UNSERIALIZABLE, text="…", names={"type": "OvenState"}, exception="TypeError")
    found = open_repository(tmp_path, redact=str).origins(query)
    assert sorted((o.path.function, o.path.line) for o in found.origins) == [("hand_on", 26), ("write", 18)]


def test_calls_lead_to_what_imports_classes_and_annotations_say(tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(
        "class Base:\n    def load(self):\n        return read()\n\n\ndef read():\n    pass\n"
    )
    (tmp_path / "app.py").write_text("""\
import store as shelf
from store import Base


class Special(Base):
    pass


def get_special() -> Special:
    return Special()


class App:
    def __init__(self, base: Base):
        self.base = base

    def run(self):
        try:
            self.base.load()
            get_special().load()
            shelf.read()
        except Exception as e:
            print(f"app failed: {e}")
""")
    index = open_repository(tmp_path, redact=str)
    code: Code = index.code
    reach = from_wrappers(code, [w.path for w in index.wrappers("app failed: nothing there")])
    assert {(r.path, r.function, r.hops, r.certain) for r in reach if r.hops} == {
        ("app.py", "get_special", 1, True),
        ("store.py", "Base.load", 1, True),
        ("store.py", "read", 1, True),
    }
