"""Which of several statements that fit wrote the text, and which of them is claimed."""

from __future__ import annotations

import pytest

from analyzer.codepaths import open_repository
from analyzer.model import CodePath, Role

TEXTS = """
LOST = "the courier lost parcel %s on the way"


class BrokenSeal(Exception):
    def __str__(self):
        return "seal of parcel broken: %s" % self.what
"""
DEPOT = """
from texts import LOST, BrokenSeal


def hand_over(parcel):
    if parcel.lost:
        logger.error(LOST, parcel.id)
    if parcel.torn:
        raise BrokenSeal("torn at the edge")
    if parcel.wet:
        raise Spoiled(f"parcel {parcel.id} arrived wet and soft")
    logger.warning("depot could not hand over: %s", parcel.state)


def advise():
    return "call the depot before noon"


def describe(name):
    log.debug("Describing %s to %s:", name, self.target)


def names():
    return "the long list of parcels"


def archive(path):
    log.info("Archiving %s -> %s", path, path + ".tar.gz")
    return path + ".tar.gz"
"""
TEST = """
def test_wet():
    assert "parcel 7 arrived wet and soft" in str(err)


def test_dry():
    expect("the dry parcels of tuesday evening")
"""


@pytest.fixture(scope="module")
def ask(module_repository, tmp_path_factory: pytest.TempPathFactory):
    module_repository.commit({"post/texts.py": TEXTS, "post/depot.py": DEPOT, "tests/test_depot.py": TEST})
    index = open_repository(module_repository.root, cache_dir=tmp_path_factory.mktemp("cache"), redact=str, jobs=1)
    yield lambda message: index.statements(message, limit=5)
    index.close()


def first(found: list[CodePath]) -> tuple[str, str | None, Role, bool]:
    return found[0].file, found[0].function, found[0].role, found[0].unique


def test_the_one_who_emits_a_constant_of_another_file_stands_before_its_author(ask) -> None:
    found = ask("the courier lost parcel 12 on the way")
    assert first(found) == ("post/depot.py", "hand_over", Role.EMIT, True)
    assert (found[1].file, found[1].function, found[1].role) == ("post/texts.py", "<module>", Role.AUTHOR)
    assert any("LOST" in sentence for sentence in found[0].evidence)


def test_an_exception_that_words_itself_is_found_where_it_is_raised(ask) -> None:
    found = ask("seal of parcel broken: torn at the edge")
    assert first(found)[:3] == ("post/depot.py", "hand_over", Role.RAISE)
    assert ("post/texts.py", "BrokenSeal.__str__") in [(p.file, p.function) for p in found]


def test_of_two_statements_one_inside_the_other_the_outer_one_wrote_the_text(ask) -> None:
    found = ask("depot could not hand over: parcel 7 arrived wet and soft")
    assert found[0].role is Role.EMIT
    assert found[0].line < 15
    assert first(ask("Describing the long list of parcels to the clerk:"))[1] == "describe"


def test_a_suffix_of_a_value_is_no_statement(ask) -> None:
    assert first(ask("Archiving /a/b c -> /a/b.tar.gz"))[1:3] == ("archive", Role.EMIT)
    assert ask("Archiving /a/b c -> /a/b.tar.gz")[0].line == 28


def test_who_only_builds_a_text_is_named_and_not_claimed(ask) -> None:
    found = ask("call the depot before noon")
    assert first(found) == ("post/depot.py", "advise", Role.AUTHOR, False)
    assert found[0].confidence > 0.9


@pytest.mark.parametrize(
    "cut", ["parcel 7 arrived w...", "parcel 7 arrived wet and…", "parcel 7 arrived wet and so..."]
)
def test_a_text_that_breaks_off_is_found_by_its_beginning(ask, cut: str) -> None:
    assert first(ask(cut))[:3] == ("post/depot.py", "hand_over", Role.RAISE)


def test_test_code_answers_only_where_nothing_else_does_and_is_never_claimed(ask) -> None:
    assert {p.file for p in ask("parcel 7 arrived wet and soft")} == {"post/depot.py"}
    found = ask("the dry parcels of tuesday evening")
    assert first(found)[:2] == ("tests/test_depot.py", "test_dry")
    assert not found[0].unique
