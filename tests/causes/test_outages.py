"""An outage is reported in several places of one instance; the code may know better which error is the root."""

from __future__ import annotations

import pytest

from analyzer.causes import add_outage_siblings
from analyzer.causes.incidents import Incident
from analyzer.causes.joining import join_incidents
from analyzer.causes.outages import speaks_of_outage
from analyzer.causes.weights import worth
from analyzer.model import Cause, ChainLink, Cluster, CodePath, Context, Role, Severity


def place(file: str, role: Role = Role.EMIT) -> CodePath:
    return CodePath(file=file, line=7, end_line=7, function="f", commit=None, role=role, confidence=0.9)


def cluster(name: str, text: str, count: int = 3) -> Cluster:
    return Cluster(
        fingerprint=name,
        title=text,
        template=text,
        core=text,
        severity=Severity.ERROR,
        count=count,
        entries=count,
        code_paths=(place(f"{name}.py"),),
    )


def context(name: str, seconds: float, instance: str = "i1") -> Context:
    return Context(
        fingerprint=name, entry_ids=(f"e-{name}",), time_ns=int(seconds * 1e9), service="shop", instance=instance
    )


def cause(name: str, confidence: float, kind: str) -> Cause:
    return Cause(rank=1, fingerprints=(name,), summary=name, kind=kind, confidence=confidence)


CLUSTERS = [
    cluster("start", "database initialization timeout after 5.0s"),
    cluster("migrate", "migrations failed: server closed the connection unexpectedly"),
    cluster("other", "the colour is unknown"),
]


@pytest.mark.parametrize(
    ("text", "outage"),
    [
        ("Connection to db-1 refused", True),
        ("could not connect to the cache", True),
        ("read timed out", True),
        ("the timeline is empty", False),
        ("a connection between two words", False),
    ],
)
def test_words_tell_an_outage(text: str, outage: bool) -> None:
    assert speaks_of_outage(cluster("x", text)) is outage


def test_what_the_same_instance_reported_within_a_minute_is_a_sibling() -> None:
    contexts = [context("start", 60), context("migrate", 50), context("other", 55)]
    [found] = add_outage_siblings([cause("start", 0.5, "infrastructure")], CLUSTERS, contexts)
    assert [(s.file, s.role) for s in found.siblings] == [("migrate.py", Role.SIBLING)]
    assert "10.0 s earlier" in found.siblings[0].evidence[0]


def test_another_instance_or_another_hour_is_none() -> None:
    for far in (context("migrate", 50, "i2"), context("migrate", 4_000)):
        [found] = add_outage_siblings([cause("start", 0.5, "unknown")], CLUSTERS, [context("start", 60), far])
        assert found.siblings == ()


def test_the_root_is_the_error_whose_place_the_code_proves() -> None:
    incident = Incident(
        root="start",
        fingerprints=("start", "migrate"),
        chain=(
            ChainLink(fingerprint="migrate", role="symptom", evidence="it holds the text"),
            ChainLink(fingerprint="start", role="root", evidence="nothing lies behind it"),
        ),
        evidence=(),
        reasons=("text only",),
        probability=0.4,
        explained=3,
    )
    causes = [cause("start", 0.2, "unknown"), cause("migrate", 0.9, "code")]
    [joined] = join_incidents(causes, [incident], CLUSTERS, {})
    assert (joined.fingerprints, joined.confidence) == (("migrate", "start"), 0.9)
    assert [(x.fingerprint, x.role) for x in joined.chain] == [("start", "symptom"), ("migrate", "root")]


def test_many_occurrences_promise_more_but_not_without_end() -> None:
    assert worth(0.3, 10) > worth(0.3, 1)
    assert worth(0.3, 10) == worth(0.3, 10_000)
