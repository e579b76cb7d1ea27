from __future__ import annotations

import pytest

from analyzer.codepaths.extraction import extract
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.statements import Statement

HELPERS = """
class Journal:
    def _note(self, topic, data, *, mark=""):
        logger.info(f"{topic}: {dump(data)}")

    def open(self, order):
        self._note("Order flow", order)

    def close(self, order, topic):
        self._note(topic=f"Order {order.id} closed", data=order)
        self._note(topic, order)


def complain(why):
    raise Complaint("order refused: %s" % why)


def check(order):
    complain("the basket is empty")


def tell(text):
    logger.info(text)


def other():
    tell("a text that is only passed on")
"""


@pytest.fixture(scope="module")
def statements() -> list[Statement]:
    return extract(HELPERS.encode()).statements


def written(statements: list[Statement], function: str) -> list[tuple[str, int]]:
    return [(s.text.replace(HOLE, "{}"), s.source_line) for s in statements if s.function == function and s.source_line]


def test_what_a_helper_writes_of_the_text_it_is_handed_is_known_where_it_writes(statements: list[Statement]) -> None:
    assert written(statements, "Journal._note") == [("Order flow: {}", 7), ("Order {} closed: {}", 10)]
    assert written(statements, "complain") == [("order refused: the basket is empty", 19)]


def test_the_author_keeps_a_text_that_is_only_passed_on(statements: list[Statement]) -> None:
    assert written(statements, "tell") == []
    assert [s.function for s in statements if "passed on" in s.text] == ["other"]
