"""A message is taken apart by statements that prove its wrappers, and the place behind it is looked for from there."""

from __future__ import annotations

import pytest

from analyzer.causes import Knowledge, explain
from analyzer.causes.cards import card, features
from analyzer.causes.decomposition import Text, decompose
from analyzer.causes.weights import LINK, ORIGIN, ROOT, probability
from analyzer.codepaths import open_repository
from analyzer.codepaths.repository import RepositoryIndex
from analyzer.model import (
    Cluster,
    Context,
    ErrorEvent,
    Line,
    Proof,
    QueryKind,
    Severity,
)

LOADER = """\
import json
import logging

log = logging.getLogger(__name__)


def load(kiln):
    log.info("kiln %s is read", kiln["id"])
    return kiln["glaze"]


def warm(kiln):
    log.info("kiln %s warms up", kiln["id"])
    return kiln["glaze"] + kiln["heat"]
"""
DESK = """\
from loader import load, warm


class DeskError(Exception):
    pass


def take(kiln):
    try:
        return load(kiln), warm(kiln)
    except Exception as exc:
        raise DeskError(f"the desk could not take it: {exc}") from None
"""
SHOP = """\
import logging

from desk import take

logger = logging.getLogger(__name__)


def serve(kiln):
    try:
        return take(kiln)
    except Exception as exc:
        logger.error("[shop] serving failed: %s (while %s)", exc, "serving")
        return None
"""
MESSAGE = "[shop] serving failed: the desk could not take it: 'glaze' (while serving)"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> RepositoryIndex:
    folder = tmp_path_factory.mktemp("pottery")
    for name, text in (("loader.py", LOADER), ("desk.py", DESK), ("shop.py", SHOP)):
        (folder / name).write_text(text)
    return open_repository(folder, redact=str)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load()


def event(message: str = MESSAGE) -> ErrorEvent:
    return ErrorEvent(entry_ids=("e1",), time_ns=2_000, severity=Severity.ERROR, message=message, service="shop")


def cluster(severity: Severity = Severity.ERROR) -> Cluster:
    return Cluster(
        fingerprint="s1:1", title=MESSAGE, template=MESSAGE, core="'glaze'", severity=severity, count=1, entries=1
    )


def line(entry_id: str, text: str) -> Line:
    return Line(entry_id=entry_id, time_ns=1_000, severity=Severity.INFO, text=text, service="shop", instance="i1")


def test_each_wrapper_is_proved_by_a_statement_and_the_core_is_a_key(
    index: RepositoryIndex, knowledge: Knowledge
) -> None:
    found = decompose([Text(text=MESSAGE)], index, knowledge)
    assert found is not None
    assert [[(w.path.file, w.path.line) for w in layer] for layer in found.layers] == [
        [("shop.py", 12)],
        [("desk.py", 12)],
    ]
    assert (found.query.kind, found.query.names["key"], found.proved) == (QueryKind.KEY, "glaze", True)


def test_words_that_no_statement_prints_are_no_proof(index: RepositoryIndex, knowledge: Knowledge) -> None:
    found = decompose([Text(text="nobody said this: name 'kiln' is not defined")], index, knowledge)
    assert found is not None
    assert (found.layers, found.proved, found.query.kind) == ((), False, QueryKind.NAME)


def test_a_text_that_no_rule_knows_is_asked_as_it_stands(index: RepositoryIndex, knowledge: Knowledge) -> None:
    found = decompose([Text(text="the moon is full")], index, knowledge)
    assert found is not None
    assert (found.query.kind, found.query.rule, found.explained) == (QueryKind.TEXT, None, False)


def test_the_search_begins_in_the_try_body_of_the_innermost_wrapper(
    index: RepositoryIndex, knowledge: Knowledge
) -> None:
    explained = explain([event()], index, knowledge)
    assert explained is not None
    assert explained.origin is not None
    assert {o.path.function for o in explained.search.origins} == {"load", "warm"}
    assert explained.origin.start == ("desk.py", 12)
    assert explained.origin.proof >= Proof.CAN_RAISE


def test_the_last_line_before_the_error_decides_between_places(index: RepositoryIndex, knowledge: Knowledge) -> None:
    for text, function in (("kiln k1 is read", "load"), ("kiln k1 warms up", "warm")):
        around = Context(
            fingerprint="s1:1",
            entry_ids=("e1",),
            time_ns=2_000,
            service="shop",
            instance="i1",
            before=(line("e0", text),),
        )
        explained = explain([event()], index, knowledge, [around])
        assert explained is not None
        assert explained.origin is not None
        assert explained.breadcrumb is not None
        assert (explained.origin.path.function, explained.breadcrumb.entry_id) == (function, "e0")
        assert "breadcrumb" in features(explained.origin, explained)


def test_the_card_tells_the_way_from_the_message_to_the_place(index: RepositoryIndex, knowledge: Knowledge) -> None:
    shown = card(cluster(), explain([event()], index, knowledge))
    assert shown.kind == "code"
    assert (shown.paths[0].file, shown.paths[0].role) == ("loader.py", "cause")
    assert any(p.file == "desk.py" and p.line == 12 for p in shown.paths)
    sentences = " / ".join(e.text for e in shown.evidence)
    assert "put there at shop.py:12" in sentences
    assert (
        "put there at desk.py:12, from where the place is reached; its except clause keeps no stack trace" in sentences
    )
    assert "called at desk.py:10" in sentences
    assert shown.would_confirm


def test_a_mere_warning_claims_no_more_than_a_half(index: RepositoryIndex, knowledge: Knowledge) -> None:
    explained = explain([event()], index, knowledge)
    assert card(cluster(Severity.WARNING), explained).confidence <= 0.5


def test_a_cause_that_nothing_shows_says_so(index: RepositoryIndex, knowledge: Knowledge) -> None:
    shown = card(cluster(), explain([event("the moon is full")], index, knowledge))
    assert shown.kind == "unknown"
    assert shown.confidence <= 0.3
    assert any("no statement of the repository raises exactly this text" in e.text for e in shown.evidence)


def test_every_weight_has_a_reason_and_proofs_are_ordered() -> None:
    assert all(w.why for table in (LINK, ROOT, ORIGIN) for w in table.values())
    strong, middle, weak = (probability([name], ORIGIN) for name in ("flows", "can raise", "names"))
    assert strong > middle > weak
    with pytest.raises(KeyError):
        probability(["hearsay"], ORIGIN)
