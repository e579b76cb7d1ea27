from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.codepaths import RepositoryIndex, open_repository
from analyzer.model import Role

GATE = """
class Gate:
    async def admit(self, socket):
        try:
            await self.check(socket)
        except Exception as e:
            logger.info("gate closed")
            return Verdict(
                ok=False,
                error_message=f"Gate authentication error: {str(e)}",
            )

    async def check(self, socket):
        if not socket.key:
            raise GateError("JWT signature verification failed - likely JWT secret mismatch between services")
        logger.warning("Slow handshake with %s: %d ms", socket.peer, socket.ms)
"""
TEST = """
def test():
    assert x == f('Gate authentication error: no key at all'), 'gate closed'
"""
METRICS = """
def watch(socket):
    try:
        follow(socket)
    except Exception as e:
        logger.error(f"Gate authentication error: {e}")

def sync_read():
    raise OSError("the tape is torn")

async def async_read():
    raise OSError("the tape is torn")

def unrelated():
    for key, value in items():
        print(f"  {key}: {value}")
"""


@pytest.fixture(scope="module")
def index(module_repository, tmp_path_factory: pytest.TempPathFactory):
    module_repository.commit(
        {
            "service/gate.py": GATE,
            "service/metrics.py": METRICS,
            "tests/test_gate.py": TEST,
        }
    )
    with_index = open_repository(module_repository.root, cache_dir=tmp_path_factory.mktemp("cache"), redact=str, jobs=1)
    yield with_index
    with_index.close()


def places(index: RepositoryIndex, message: str, **options) -> list[tuple[str, str | None]]:
    return [(p.file, p.function) for p in index.statements(message, **options)]


def test_a_wrapper_is_found_by_a_message_with_any_core(index: RepositoryIndex) -> None:
    found = index.statements("Gate authentication error: object of type Key is not serializable", limit=2)
    assert {(p.file, p.function, p.role) for p in found} == {
        ("service/gate.py", "Gate.admit", Role.AUTHOR),
        ("service/metrics.py", "watch", Role.EMIT),
    }
    assert not any(p.unique for p in found)


def test_the_json_key_singles_out_the_keyword_of_that_name(index: RepositoryIndex) -> None:
    message = "Gate authentication error: no key"
    found = index.statements(message, field="error_message")[0]
    assert (found.file, found.line, found.unique) == ("service/gate.py", 10, True)
    assert any("error_message" in sentence for sentence in found.evidence)


def test_the_logger_singles_out_the_module(index: RepositoryIndex) -> None:
    found = index.statements("Gate authentication error: no key", logger="service.metrics")[0]
    assert (found.file, found.unique) == ("service/metrics.py", True)


@pytest.mark.parametrize(
    "message",
    [
        "Slow handshake with 203.0.113.9: 512 ms",
        "\x1b[33mSlow handshake with 203.0.113.9: 512 ms\x1b[0m",
        "⚠️ Slow handshake with 203.0.113.9: 512 ms",
        "2026-01-02 03:04:05,678 - service.gate - WARNING - Slow handshake with 203.0.113.9: 512 ms",
        "2026-01-02 03:04:05.678 | WARNING  | w:emit:12 - <yellow>Slow handshake with 203.0.113.9: 512 ms</yellow>",
        "[2026-01-02 03:04:05 +0000] [15] [WARNING] Slow handshake with 203.0.113.9: 512 ms",
        "WARNING:service.gate:Slow handshake with 203.0.113.9: 512 ms",
        "Slow handshake with <ip>: <num> ms",
    ],
)
def test_decorations_do_not_hide_the_statement(index: RepositoryIndex, message: str) -> None:
    found = index.statements(message)[0]
    assert (found.file, found.function, found.unique) == ("service/gate.py", "Gate.check", True)


@pytest.mark.parametrize(
    "message",
    [
        "JWT=REDACTED verification failed - likely JWT=REDACTED mismatch between services",
        "JWT *** verification failed - likely JWT *** mismatch between services",
        "JWT <redacted> verification failed - likely JWT <secret> mismatch between services",
        "JWT signature verification failed - likely JWT secret mism",
    ],
)
def test_what_a_redaction_or_a_cut_took_away_is_excused(index: RepositoryIndex, message: str) -> None:
    found = index.statements(message)[0]
    assert (found.function, found.role) == ("Gate.check", Role.RAISE)


def test_the_core_is_found_behind_a_wrapper_the_repository_does_not_know(index: RepositoryIndex) -> None:
    message = "upstream said no: RuntimeError: "
    message += "JWT signature verification failed - likely JWT secret mismatch between services"
    assert places(index, message)[0] == ("service/gate.py", "Gate.check")


def test_twins_are_all_listed_and_none_is_claimed(index: RepositoryIndex) -> None:
    found = index.statements("the tape is torn")
    assert [p.function for p in found] == ["sync_read", "async_read"]
    assert not any(p.unique for p in found)
    assert all(p.confidence <= 0.5 for p in found)


def test_test_code_stands_behind_the_code_it_tests(index: RepositoryIndex) -> None:
    assert places(index, "gate closed")[0] == ("service/gate.py", "Gate.admit")


@pytest.mark.parametrize(
    "message", ["", "   ", "=" * 60, "Container called exit(3).", "503", "  retries: 3", "\x00\ud800", "%s {} \\"]
)
def test_nothing_is_guessed_where_no_template_has_words_of_its_own(index: RepositoryIndex, message: str) -> None:
    assert index.statements(message) == []


def test_a_huge_message_is_answered_from_its_beginning(index: RepositoryIndex) -> None:
    assert places(index, "Slow handshake with x: 5 ms\n" + "x " * 1_000_000)[:1] == [("service/gate.py", "Gate.check")]


def test_the_excerpt_is_redacted_and_marks_the_line(repository, cache: Path) -> None:
    repository.commit({"a.py": "def f():\n    key = 'tok-0000-fake'\n\n\n    raise KeyError('no such colour')\n"})
    index = open_repository(
        repository.root, cache_dir=cache, redact=lambda text: text.replace("tok-0000-fake", "<token>")
    )
    lines = index.statements("no such colour")[0].excerpt
    assert len(lines) <= 7
    assert [x.text for x in lines if x.marked] == ["    raise KeyError('no such colour')"]
    assert any("<token>" in x.text for x in lines)
    assert not any("tok-0000-fake" in x.text for x in lines)
