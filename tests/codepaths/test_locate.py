from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.codepaths.presentation import code_host, link
from analyzer.model import (
    ErrorEvent,
    EventKind,
    Frame,
    NestedText,
    Role,
    Severity,
    SourceLocation,
    StackTrace,
    TraceException,
    Unlocated,
)

DOOR = """\
def enter(guest):
    try:
        admit(guest)
    except Exception as e:
        return Verdict(ok=False, error_message=f"door error: {e}")


def report(verdict):
    logger.error(f"FULL CONTEXT OF THE FAILURE: {dump(verdict)}")


def admit(guest):
    if not guest.ticket:
        raise TicketError(f"no ticket for {guest.name} today")


def twin_one():
    logger.error("the copied words of twins")


def twin_two():
    logger.error("the copied words of twins")
    logger.info("twin two begins its work")


def shout(text):
    logger.error(text)
"""


@pytest.fixture(scope="module")
def index(module_repository, tmp_path_factory: pytest.TempPathFactory):
    module_repository.commit(
        {
            "house/door.py": DOOR,
            "house/knock.py": 'def knock():\n    logger.error(f"door error: {code}")\n',
            "CODEOWNERS": "* @example/all\n/house/ @example/doors\nknock.py\n",
        }
    )
    module_repository.git("remote", "add", "origin", "https://user:tok@github.example.com/example/house.git")
    opened = open_repository(module_repository.root, cache_dir=tmp_path_factory.mktemp("cache"), redact=str, jobs=1)
    yield opened
    opened.close()


def event(message: str, **more) -> ErrorEvent:
    return ErrorEvent(entry_ids=("e1",), time_ns=0, severity=Severity.ERROR, message=message, **more)


def places(found) -> list[tuple[str | None, Role]]:
    assert not isinstance(found, Unlocated), found
    return [(p.function, p.role) for p in found]


def test_a_nested_field_gives_the_author_and_the_message_the_emitter(index) -> None:
    nested = (NestedText(field="error_message", text="door error: no ticket for A today"),)
    found = index.locate(event("FULL CONTEXT OF THE FAILURE: {...}", nested=nested))
    assert places(found)[:2] == [("enter", Role.AUTHOR), ("report", Role.EMIT)]


def test_a_trace_gives_emitter_raise_and_frames(index) -> None:
    frames = (
        Frame(file="/app/house/door.py", line=3, function="enter"),
        Frame(file="/app/house/door.py", line=14, function="admit"),
    )
    trace = StackTrace(
        language="python",
        exceptions=(TraceException(type="TicketError", message="no ticket for A today", frames=frames),),
        root=0,
        last=0,
    )
    found = index.locate(event("FULL CONTEXT OF THE FAILURE: {}", stack_traces=(trace,)))
    assert places(found) == [("report", Role.EMIT), ("admit", Role.RAISE), ("enter", Role.FRAME)]


def test_a_label_decides_between_twins(index) -> None:
    label = SourceLocation(file="house.door", line=20, function="twin_two")
    found = index.locate(event("the copied words of twins", location=label))
    assert (found[0].function, found[0].unique) == ("twin_two", True)


def test_a_label_that_cannot_have_printed_the_text_is_ignored(index) -> None:
    label = SourceLocation(file="house/door.py", line=25, function="shout")
    found = index.locate(event("no ticket for A today", location=label))
    assert found[0].function == "admit"
    assert not any("label" in sentence for sentence in found[0].evidence)


def test_what_cannot_be_located_says_why(index) -> None:
    for unknown in (event("(no message)"), event("quite other words altogether"), event("x", kind=EventKind.PLATFORM)):
        found = index.locate(unknown)
        assert isinstance(found, Unlocated)
        assert found.reason


def test_owner_and_link_come_from_the_repository(index) -> None:
    found = index.locate(event("no ticket for A today"))[0]
    assert found.owner == "@example/doors"
    assert found.link == f"https://github.example.com/example/house/blob/{index.commit}/house/door.py#L14-L14"


@pytest.mark.parametrize(
    ("remote", "host"),
    [
        ("https://user:tok@github.com/example/house.git", "https://github.com/example/house"),
        ("git@gitlab.example.com:group/sub/house.git", "https://gitlab.example.com/group/sub/house"),
        ("ssh://git@bitbucket.org:22/example/house", "https://bitbucket.org/example/house"),
        ("/srv/git/house.git", None),
        ("javascript://github.com/example/house", None),
        ("file://github.example.com/example/house", None),
        ("https://tok@github.com:x@evil.example.com/example/house", None),
        ("github.com:tok@github.com:example/house", None),
        ("https://github.com/example/house?token=tok", "https://github.com/example/house"),
        ("https://github.com/example/house#tok", "https://github.com/example/house"),
        ("https://github.com/user:tok@github.com/house", None),
        ('https://github.com/example/"><b>', None),
        ("https://github/example/house", None),
        ("https://code.example.com/house.git", None),
        (None, None),
    ],
)
def test_code_hosts_are_known_by_their_remote(remote: str | None, host: str | None) -> None:
    assert code_host(remote) == host


def test_each_host_has_its_own_links() -> None:
    assert link("https://gitlab.com/a/b", "c0", "x y.py", 3, 4) == "https://gitlab.com/a/b/-/blob/c0/x%20y.py#L3-4"
    assert link("https://bitbucket.org/a/b", "c0", "x.py", 3, 4) == "https://bitbucket.org/a/b/src/c0/x.py#lines-3:4"
    assert link("https://github.com/a/b", None, "x.py", 3, 4) is None


def test_the_cache_folder_can_be_given(repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({"a.py": "print('some words here')\n"})
    monkeypatch.setenv("ANALYZER_CACHE_DIR", str(tmp_path / "given"))
    open_repository(repository.root, redact=str).close()
    assert list((tmp_path / "given").glob("*.sqlite3"))


def test_a_line_next_to_it_decides_between_twins(index) -> None:
    around = ("FULL CONTEXT OF THE FAILURE: {}", "no ticket for B today")
    found = index.locate(event("the copied words of twins"), neighbours=lambda: around)
    assert not found[0].unique  # neither line is of a twin's function, and both twins stand in one file
    around = ("twin two begins its work", *around)
    found = index.locate(event("the copied words of twins"), neighbours=lambda: around)
    assert (found[0].function, found[0].unique) == ("twin_two", True)
    assert any("twin two begins its work" in sentence for sentence in found[0].evidence)


def test_the_folder_of_the_service_tells_two_copies_of_a_text_apart(new_repository, tmp_path: Path) -> None:
    repository = new_repository("monorepo")
    copy = 'def serve():\n    logger.error("the shared words of services")\n'
    repository.commit({"auth_service/main.py": copy, "billing/main.py": copy})
    opened = open_repository(repository.root, cache_dir=tmp_path, redact=str, jobs=1)
    for service, folder in (("auth-service-staging", "auth_service"), ("billing", "billing")):
        found = opened.locate(event("the shared words of services", service=service))
        assert found[0].file == f"{folder}/main.py"
        assert any(service in sentence for sentence in found[0].evidence)
    assert not opened.locate(event("the shared words of services", service="other"))[0].unique


def test_a_label_is_not_believed_where_the_statement_there_cannot_print_the_text(index) -> None:
    label = SourceLocation(file="house.door", line=10, function="report")
    found = index.locate(event("the copied words of twins", location=label))
    assert {p.function for p in found} == {"twin_one", "twin_two"}
