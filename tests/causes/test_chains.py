"""Which cluster is the root of which: by requests, texts, and the life of processes; never by time alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.causes import explain_links, rank_causes
from analyzer.causes.chains import Links, link_clusters
from analyzer.causes.incidents import Incident, roots
from analyzer.causes.weights import LINK, ROOT, probability
from analyzer.model import Change, EventKind, Severity, TestResult, TestRun, TestStatus
from tests.causes.story import Story, context

MISSING = (("LookupError", 'relation "trays" does not exist'),)


def links(story: Story) -> Links:
    return link_clusters(story.clusters(), story.occurrences)


def incident(story: Story, root: str) -> Incident:
    return next(i for i in explain_links(story.clusters(), story.occurrences) if i.root == f"s2:{root}")


def cascade(skew: float = 0.0, requests: bool = True) -> Story:
    """The oven asks the store, the store asks the tray-db, which fails."""
    story = Story()
    for n in range(3):
        at, request = 10.0 * n + n * n, f"r{n}" if requests else None
        story.tell("query", "tray-db", at + skew, "query failed", request=request, exceptions=MISSING)
        story.tell("load", "store", at + 0.01, f"load {n} failed: tray-db returned 500", request=request)
        story.tell("page", "oven", at + 0.02, "Connection rejected: store responded 502", request=request)
    return story


@pytest.mark.parametrize("skew", [0.0, 3.0, -3.0])
def test_the_deepest_service_of_a_request_is_the_root_whatever_its_clock_says(skew: float) -> None:
    found = incident(cascade(skew), "query")
    assert found.fingerprints == ("s2:query", "s2:load", "s2:page")
    assert [(x.fingerprint, x.role) for x in found.chain] == [
        ("s2:page", "symptom"),
        ("s2:load", "wrapper"),
        ("s2:query", "root"),
    ]
    assert found.probability > 0.8


@pytest.mark.parametrize("skew", [0.0, 2.0])
def test_without_ids_named_services_and_steady_distances_tie_errors(skew: float) -> None:
    found = incident(cascade(skew, requests=False), "query")
    assert set(found.fingerprints) == {"s2:query", "s2:load", "s2:page"}


def test_every_link_tells_why_and_cites_entries() -> None:
    found = incident(cascade(), "query")
    assert all(x.evidence for x in found.chain)
    assert len(found.evidence) == 2
    assert all(e.entry_ids for e in found.evidence)


def test_an_id_in_a_field_or_in_the_text_ties_like_a_trace() -> None:
    story = Story()
    for n in range(3):
        request = f"{n:032x}"
        story.tell("query", "tray-db", n * 9.0, "query failed", ids=(request,), exceptions=MISSING)
        story.tell("page", "oven", n * 9.0 + 0.1, f"request_id={request} failed with status 500")
    assert links(story).root_of("s2:page") == "s2:query"


def test_errors_of_other_requests_and_services_are_not_linked() -> None:
    story = cascade()
    for n in range(20):
        story.tell("noise", "mailer", n * 2.0, "letter could not be sent", request=f"m{n}")
    assert links(story).root_of("s2:noise") == "s2:noise"
    assert incident(story, "noise").explained == 0


def test_a_steady_error_of_a_service_is_no_root_of_those_who_name_the_service() -> None:
    story = Story()
    for n in range(30):
        story.tell(
            "import", "store", n * 3.0 + (n % 3) * 0.7, "import failed", exceptions=(("ValueError", "no number"),)
        )
    for at in (11.0, 33.3, 58.2):
        story.tell("page", "oven", at, "Connection rejected: store responded 502")
    assert links(story).root_of("s2:page") == "s2:page"
    assert all(c.confidence <= 0.3 for c in rank(story))


def test_a_time_out_that_is_logged_before_its_reason_follows_from_it() -> None:
    story = Story()
    for n in range(3):
        at, request = 20.0 * n, f"r{n}"
        story.tell("late", "oven", at + 2, "store did not answer: timed out after 2.0s", request=request)
        story.tell(
            "lock", "store", at + 6 + n, "query failed", request=request, exceptions=(("LockError", "tray locked"),)
        )
    assert links(story).root_of("s2:late") == "s2:lock"


def test_attempts_follow_from_what_they_tried() -> None:
    story = Story()
    for n in range(2):
        for attempt in range(1, 4):
            at, request = n * 9 + attempt * 0.1, f"r{n}"
            story.tell(
                "write", "store", at, "write failed", request=request, exceptions=(("DiskError", "disk is full"),)
            )
            story.tell("try", "oven", at + 0.02, f"attempt {attempt}/3 failed", request=request)
    assert links(story).root_of("s2:try") == "s2:write"


def test_a_quoted_message_belongs_to_the_error_that_it_quotes() -> None:
    story = Story()
    story.tell("inner", "store", 5, "tray 9 is already taken", request="r")
    story.tell("outer", "oven", 5.1, "baking stopped: store said: tray 9 is already taken", request="r")
    assert links(story).root_of("s2:outer") == "s2:inner"


def test_a_request_entry_follows_from_the_error_inside_the_request() -> None:
    story = Story()
    for n in range(2):
        story.tell("entry", "oven", n * 9, "HTTP GET 503 /bake", request=f"r{n}", kind=EventKind.REQUEST, latency=0.5)
        story.tell("bake", "oven", n * 9 + 0.4, "bake failed", request=f"r{n}", exceptions=(("KeyError", "'tray'"),))
    assert links(story).root_of("s2:entry") == "s2:bake"


def crash_loop() -> Story:
    story = Story()
    malformed = (
        "The request failed because either the HTTP response was malformed or connection to the instance had an error."
    )
    for n in range(3):
        at, instance = n * 40.0, f"i{n}"
        story.tell(
            "boot", "oven", at, "boot failed", instance=instance, exceptions=(("ImportError", "no module tray"),)
        )
        story.tell("last", "oven", at + 0.02, "Application startup failed. Exiting.", instance=instance)
        said = "Container called exit(3)."
        story.tell("exit", "oven", at + 2, said, instance=instance, kind=EventKind.PLATFORM, severity=Severity.WARNING)
        story.tell(
            "503", "oven", at - 1, malformed, instance=instance, kind=EventKind.PLATFORM, latency=1.5, request=f"r{n}"
        )
        story.tell("shop", "shop", at + 0.6, "Connection rejected: oven responded 503", request=f"r{n}")
    return story


def test_what_failed_at_the_start_is_the_root_of_the_exit_and_of_what_could_not_be_reached() -> None:
    found = incident(crash_loop(), "boot")
    assert {x.fingerprint for x in found.chain} == {"s2:boot", "s2:last", "s2:exit", "s2:503", "s2:shop"}
    assert "s2:exit" not in found.fingerprints  # a warning stands in the chain only
    assert found.probability > 0.8


def test_an_error_that_the_service_survived_ended_nothing() -> None:
    story = crash_loop()
    for n in range(3):
        story.tell("migrate", "oven", n * 40.0 - 5, "migrations failed: server closed the connection", instance=f"i{n}")
    lines = context("migrate", at=-5, after=((-4.99, "Continuing without migrations"),), instance="i0")
    told = link_clusters(story.clusters(), story.occurrences, [lines])
    assert told.root_of("s2:last") == "s2:boot"
    assert told.root_of("s2:migrate") == "s2:migrate"


def test_a_killed_instance_explains_its_requests_and_their_callers() -> None:
    story = Story()
    for n in range(2):
        at, request = n * 60.0, f"r{n}"
        said = "Memory limit of 512 MiB exceeded with 530 MiB used."
        story.tell("memory", "oven", at, said, instance=f"i{n}", kind=EventKind.PLATFORM)
        story.tell("503", "oven", at - 1, "The request failed because either the HTTP response was malformed",
                   instance=f"i{n}", kind=EventKind.PLATFORM, latency=1.2, request=request)  # fmt: skip
        story.tell("shop", "shop", at + 0.4, "oven responded 503", request=request)
    found = incident(story, "memory")
    assert set(found.fingerprints) == {"s2:memory", "s2:503", "s2:shop"}
    assert found.kind == "infrastructure"


def test_a_setting_that_was_missing_at_the_start_explains_later_requests_that_speak_of_it() -> None:
    story = Story()
    story.tell("start", "auth", 0, "settings load failed", exceptions=(("KeyError", "'SIGNING_KEY'"),))
    for n in range(2):
        story.tell("check", "auth", 300 + n, "token check failed: [500] SIGNING_KEY missing", request=f"r{n}")
        story.tell("page", "oven", 300.1 + n, "Connection rejected: auth responded 500", request=f"r{n}")
    found = incident(story, "start")
    assert set(found.fingerprints) == {"s2:start", "s2:check", "s2:page"}
    assert found.kind == "configuration"


def test_a_cancelled_task_follows_from_the_failure_that_its_trace_goes_on_to() -> None:
    story = Story()
    limit = "database check took longer than its limit"
    story.tell("limit", "oven", 5, limit, instance="i1")
    chain = (("asyncio.exceptions.CancelledError", ""), ("StartupError", limit))
    story.tell("cancelled", "oven", 5.1, "Traceback", instance="i1", exceptions=chain)
    found = incident(story, "limit")
    assert found.fingerprints == ("s2:limit", "s2:cancelled")
    assert found.printings == ("s2:cancelled",)
    assert found.explained == 0  # one failure printed twice explains nothing beyond itself


def test_a_name_of_a_service_that_is_a_common_word_is_no_call() -> None:
    story = Story()
    for n in range(3):
        story.tell("orders", "orders", n * 9.0, "sum failed", request=f"r{n}", exceptions=(("KeyError", "'sum'"),))
        story.tell("zone", "maps", n * 9.0 + 1, "no orders for zone 7, an error in the plan", request=f"z{n}")
    assert links(story).root_of("s2:zone") == "s2:zone"


def test_two_independent_roots_stay_two_causes() -> None:
    story = cascade()
    for n in range(3):
        story.tell(
            "sum", "billing", n * 7.0, "sum failed", request=f"b{n}", exceptions=(("TypeError", "no sum of None"),)
        )
        story.tell("bill", "desk", n * 7.0 + 0.1, "billing responded 500", request=f"b{n}")
    causes = rank(story)
    assert {c.fingerprints[0] for c in causes[:2]} == {"s2:query", "s2:sum"}
    assert len(causes) == 2


def test_a_second_error_in_the_same_requests_makes_the_root_doubtful() -> None:
    alone, beside = cascade(), cascade()
    for n in range(3):
        at = 10.0 * n + n * n
        beside.tell("audit", "oven", at - 0.1, "audit failed", request=f"r{n}", exceptions=(("TypeError", "no audit"),))
    assert incident(beside, "query").probability < incident(alone, "query").probability


def test_callers_of_a_service_that_says_nothing_name_no_root() -> None:
    story = Story()
    for n in range(4):
        story.tell("load", "store", n * 9.0, "load failed: tray-db returned 500", request=f"r{n}")
        story.tell("page", "oven", n * 9.0 + 0.1, "Connection rejected: store responded 502", request=f"r{n}")
    assert all(c.kind == "unknown" and c.confidence <= 0.3 for c in rank(story))


def test_symptoms_are_folded_into_the_cause_of_their_root() -> None:
    causes = rank(cascade())
    assert [c.fingerprints for c in causes] == [("s2:query", "s2:load", "s2:page")]
    assert causes[0].chain[-1].role == "root"
    assert causes[0].confidence == incident(cascade(), "query").probability


def test_a_test_that_failed_with_a_symptom_counts_for_the_root() -> None:
    story = cascade()
    for n in range(50):
        story.tell(
            "other", "mill", n * 3.0, "grinding failed", request=f"g{n}", exceptions=(("OSError", "stone is gone"),)
        )
        story.tell("flour", "sacks", n * 3.0 + 0.1, "mill responded 500", request=f"g{n}")
    result = TestResult(test="t::page", status=TestStatus.FAILED, message="502", clusters=("s2:page",))
    causes = rank(story, tests=TestRun(total=1, failed=1, results=(result,)))
    assert causes[0].fingerprints[0] == "s2:query"


def test_what_a_healthy_baseline_had_too_is_hardly_a_cause_and_stands_below_what_is_new() -> None:
    story = cascade()
    clusters = [
        replace(c, change=Change.ONGOING if c.fingerprint == "s2:query" else Change.NEW) for c in story.clusters()
    ]
    plain = roots(link_clusters(clusters, story.occurrences))
    harmless = roots(link_clusters(clusters, story.occurrences), harmless=frozenset(("s2:query",)))
    assert harmless[0].probability < plain[0].probability


def test_links_are_the_same_in_any_order_of_clusters_and_events() -> None:
    story = crash_loop()
    told = explain_links(story.clusters(), story.occurrences)
    turned = explain_links(story.clusters()[::-1], story.occurrences[::-1])
    assert told == turned


def test_a_way_never_returns_to_where_it_began() -> None:
    story = Story()
    for n in range(3):
        story.tell("a", "oven", n * 5.0, "store responded 500", request=f"r{n}")
        story.tell("b", "store", n * 5.0 + 0.1, "oven responded 500", request=f"r{n}")
    told = links(story)
    assert told.root_of("s2:a") == told.root_of("s2:b")


def test_evidence_without_a_written_weight_is_refused_and_every_weight_has_a_reason() -> None:
    with pytest.raises(KeyError):
        probability(("rumour",), LINK)
    assert all(weight.why for table in (LINK, ROOT) for weight in table.values())
    assert probability((), LINK) < 0.1 < probability((), ROOT) < 0.5


def rank(story: Story, tests: TestRun | None = None):  # type: ignore[no-untyped-def]
    clusters = story.clusters()
    return rank_causes(clusters, tests=tests, incidents=explain_links(clusters, story.occurrences))
