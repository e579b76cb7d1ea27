"""What the lines around an error prove, what words claim, and when a rate rose."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analyzer.causes import breadcrumb, contradictions, was_harmless
from analyzer.causes.runtime import bracket, breadcrumbs, durations, echoes, profiles, rate_rose, wording
from analyzer.causes.runtime.telling import context_evidence
from analyzer.causes.runtime.wording import names_service, said
from analyzer.model import Change, Cluster, ErrorEvent, Exposure, HttpRequest, Severity
from analyzer.pipeline import contexts as gathering
from analyzer.pipeline import surroundings
from analyzer.rules import backtracking_danger
from tests.causes.story import SECOND, context, line


def event(message: str, *, at: float = 100, latency: float | None = None) -> ErrorEvent:
    return ErrorEvent(
        entry_ids=("late-0",),
        time_ns=int(at * SECOND),
        severity=Severity.ERROR,
        service="oven",
        instance="i1",
        message=message,
        request=HttpRequest(latency_ns=int(latency * SECOND)) if latency is not None else None,
    )


def test_the_breadcrumb_is_the_last_line_of_the_same_instance() -> None:
    told = context("late", at=100, before=((90, "dough is ready"), (95, "oven is hot")))
    foreign = line(99, "tray is empty", instance="i2")
    found = breadcrumb(replace(told, before=(*told.before, foreign)))
    assert found is not None
    assert (found.text, found.entry_id) == ("oven is hot", "l95")


def test_lines_of_the_own_request_count_before_those_of_the_instance() -> None:
    own = line(90, "baking tray 7", same_request=True)
    told = context("late", at=100)
    assert breadcrumb(replace(told, before=(own, line(99, "a lamp was changed")))) == own


def test_printings_of_the_same_failure_and_the_platform_leave_no_breadcrumb() -> None:
    twin = line(99.9, "PHASE FAILED", severity=Severity.ERROR)
    platform = line(99, "Starting new instance", from_application=False)
    step = line(80, "reading recipes")
    assert breadcrumb(replace(context("late", at=100), before=(step, platform, twin))) == step


def test_without_an_instance_a_line_of_no_request_may_be_anybodys() -> None:
    told = context("late", at=100, before=((99, "oven is hot"),), instance="")
    assert breadcrumb(told) is None


def test_a_place_is_bracketed_by_the_lines_before_and_after() -> None:
    told = context("late", at=100, before=((95, "oven is hot"),), after=((101, "oven is cold"),))
    before, after = bracket(told)
    assert before is not None
    assert after is not None
    assert (before.text, after.text) == ("oven is hot", "oven is cold")


def test_a_limit_longer_than_the_time_since_the_last_line_is_told() -> None:
    (found,) = contradictions(event("timeout after 25.0s"), context("late", at=100, before=((89.9, "oven is hot"),)))
    assert found.text.startswith("the message says 25.0 s; 10.1 s passed since “oven is hot”")
    assert found.entry_ids == ("l89.9", "late-0")


def test_a_limit_longer_than_the_whole_request_is_told() -> None:
    (found,) = contradictions(event("timed out after 5000 ms", latency=1.2), context("late", at=100))
    assert found.text == "the message says 5000 ms; the whole request took 1.2 s"


@pytest.mark.parametrize(
    ("message", "before"),
    [
        ("timeout after 25.0s", ((74.9, "oven is hot"),)),
        ("timeout after 25.0s", ((99.99, "giving up"),)),
        ("timeout after 25.0s", ()),
        ("timeout after 25.0s", ((80, "still waiting for tray 1"), (90, "still waiting for tray 2"))),
        ("tray 25 is empty", ((89.9, "oven is hot"),)),
    ],
    ids=["the time fits", "the line reports the failure", "no line", "a heartbeat", "no limit is claimed"],
)  # fmt: skip
def test_nothing_is_said_where_the_times_prove_nothing(message: str, before: tuple[tuple[float, str], ...]) -> None:
    assert contradictions(event(message), context("late", at=100, before=before)) == ()


def test_the_lines_around_an_error_become_sentences_that_cite_entries() -> None:
    told = context("late", at=100, before=((89.9, "oven is hot"),))
    found = context_evidence([told], {"late-0": event("timeout after 25.0s")})
    assert [e.text.partition(":")[0].partition(";")[0] for e in found] == [
        "the message says 25.0 s",
        "the last line of its instance before it",
    ]
    assert all(e.entry_ids for e in found)


@pytest.mark.parametrize(
    ("text", "service", "named"),
    [
        ("auth responded 500", "auth", True),
        ("call to orders failed", "orders", True),
        ("GET http://orders:8080/v1 -> 503", "orders", True),
        ("desc = catalog: server returned an error", "catalog", True),
        ("dial tcp quay-api:443: refused", "quay-api", True),
        ("quay-api is gone", "quay-api", True),
        ("oven responded 500", "oven-staging", True),
        ("WebSocket authentication error", "auth", False),
        ("no orders for zone 7", "orders", False),
        ("no tariff for zone 7", "tariff-svc", False),
        ("the search was stopped", "search", False),
    ],
)
def test_a_service_is_named_where_it_is_spoken_of_as_one(text: str, service: str, named: bool) -> None:
    assert names_service(text, service) is named


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("UpstreamError: db-proxy returned 500", "call"),
        ("HTTP Error 502: Bad Gateway", "call"),
        ("fetch cake: unexpected status code: 503", "call"),
        ("attempt 2/3 failed", "call"),
        ("[Errno 111] Connection refused", "refused"),
        ("Container called exit(3).", "exit"),
        ("Application startup failed. Exiting.", "startup"),
        ("Memory limit of 512 MiB exceeded with 530 MiB used.", "memory"),
        ("no healthy upstream", "platform"),
        ("Continuing without migrations", "survived"),
        ("SIGNING_KEY is not set", "unset"),
        ("client disconnected before the answer", "gone"),
    ],
)
def test_words_claim_where_an_error_comes_from(text: str, claims: str) -> None:
    assert getattr(said(text), claims)


@pytest.mark.parametrize("text", ["tray 500 is empty", "the order of 503 cakes was taken", "relation does not exist"])
def test_numbers_and_plain_errors_claim_nothing(text: str) -> None:
    told = said(text)
    assert [told.call, told.fatal, told.platform, bool(told.statuses)] == [False] * 4


def test_the_class_of_a_clients_exception_says_that_a_call_failed() -> None:
    assert said("500 : [no body]", "org.springframework.web.client.HttpServerErrorException").call
    assert not said("'total'", "KeyError").call


def test_a_rate_rose_where_chance_hardly_gives_as_many() -> None:
    assert rate_rose(Exposure(count=40, minutes=60), Exposure(count=10, minutes=60))
    assert not rate_rose(Exposure(count=3, minutes=60), Exposure(count=1, minutes=60))
    assert not rate_rose(Exposure(count=60, minutes=360), Exposure(count=10, minutes=60))
    assert rate_rose(Exposure(count=40_000, minutes=60), Exposure(count=10_000, minutes=60))


def test_an_error_of_a_green_baseline_at_no_lower_rate_was_harmless() -> None:
    ongoing = Cluster(
        fingerprint="s2:a", title="a", template="a", core="a", severity=Severity.ERROR, count=12, entries=12,
        change=Change.ONGOING,
    )  # fmt: skip
    now, before = Exposure(count=12, minutes=60), Exposure(count=11, minutes=60)
    assert was_harmless(ongoing, now, before, green=True)
    assert not was_harmless(ongoing, now, before, green=False)
    assert not was_harmless(ongoing, Exposure(count=90, minutes=60), before, green=True)
    assert not was_harmless(replace(ongoing, change=Change.NEW), now, before, green=True)


def test_every_pattern_runs_in_linear_time() -> None:
    modules = (wording, profiles, echoes, durations, breadcrumbs, gathering, surroundings)
    patterns = [v for m in modules for v in vars(m).values() if isinstance(v, re.Pattern)]
    patterns.append(wording._naming("tariff-svc"))
    assert len(patterns) > 15
    assert [p.pattern for p in patterns if backtracking_danger(p.pattern)] == []
