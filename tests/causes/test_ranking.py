"""Causes: an order one can defend, and no claim without proof."""

from __future__ import annotations

from dataclasses import replace

from analyzer.causes import rank_causes
from analyzer.causes.cards import UNKNOWN_AT_MOST
from analyzer.model import (
    Change,
    Cluster,
    CodePath,
    EventKind,
    Exemplar,
    Role,
    Severity,
    TestResult,
    TestRun,
    TestStatus,
)


def cluster(name: str, **changes: object) -> Cluster:
    made = Cluster(
        fingerprint=f"s1:{name}",
        title=name,
        template=name,
        core=name,
        severity=Severity.ERROR,
        count=2,
        entries=2,
        printings=2,
        exemplars=(Exemplar(entry_ids=(f"{name}-1",), message=name, roles={f"{name}-1": "raise"}),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def path(role: Role, line: int = 7) -> CodePath:
    return CodePath(
        file="app/oven.py", line=line, end_line=line, function="bake", commit=None, role=role, confidence=0.9
    )


def test_a_located_trace_is_a_code_cause_and_a_bare_message_is_unknown() -> None:
    traced = cluster("traced", exception_type="KeyError", code_paths=(path(Role.FRAME),))
    bare = cluster("bare", code_paths=(path(Role.EMIT),))
    first, second = rank_causes([bare, traced])
    assert (first.kind, first.fingerprints) == ("code", ("s1:traced",))
    assert (second.kind, second.confidence <= UNKNOWN_AT_MOST) == ("unknown", True)


def test_warnings_noise_known_and_gone_clusters_get_no_cause() -> None:
    quiet = [
        cluster("warned", severity=Severity.WARNING),
        cluster("scanned", noise="noise.scanner"),
        cluster("accepted", known="until spring"),
        cluster("gone", count=0, change=Change.RESOLVED),
    ]
    assert rank_causes(quiet) == ()


def test_what_fails_tests_is_read_first() -> None:
    loud, failing = cluster("loud", count=900), cluster("failing", count=1)
    result = TestResult(test="t::a", status=TestStatus.FAILED, message="failing", clusters=("s1:failing",))
    causes = rank_causes([loud, failing], tests=TestRun(total=1, failed=1, results=(result,)))
    assert causes[0].fingerprints == ("s1:failing",)
    assert any("t::a" in e.text for e in causes[0].evidence)


def test_what_is_new_is_read_before_what_persists() -> None:
    old = cluster("old", change=Change.ONGOING, count=50)
    new = cluster("new", change=Change.NEW)
    assert [c.fingerprints[0] for c in rank_causes([old, new])] == ["s1:new", "s1:old"]


def test_the_failing_frame_stands_before_the_statement_that_logged_it() -> None:
    one = cluster("x", exception_type="KeyError", code_paths=(path(Role.EMIT, 3), path(Role.RAISE, 9)))
    (cause,) = rank_causes([one])
    assert [p.role for p in cause.code_paths] == [Role.RAISE, Role.EMIT]


def test_platform_errors_say_that_what_is_behind_them_is_not_visible() -> None:
    (cause,) = rank_causes([cluster("exit", kind=EventKind.PLATFORM, unlocated="written by the platform")])
    assert "not visible here" in cause.summary
    assert cause.would_confirm


def test_every_piece_of_evidence_cites_entries_or_a_place() -> None:
    one = cluster("x", code_paths=(path(Role.AUTHOR),), wrappers=("order refused",))
    (cause,) = rank_causes([one])
    assert all(e.entry_ids or e.file for e in cause.evidence)


def test_a_statement_that_wrapped_the_error_stands_behind_the_frame_that_failed() -> None:
    one = cluster("x", exception_type="KeyError", code_paths=(path(Role.WRAP, 3), path(Role.FRAME, 9)))
    (cause,) = rank_causes([one])
    assert [p.role for p in cause.code_paths] == [Role.FRAME, Role.WRAP]


def test_a_trace_without_a_repository_asks_for_the_repository() -> None:
    (cause,) = rank_causes([cluster("x", exception_type="KeyError", unlocated="no repository was given (--repo)")])
    assert "--repo" in cause.would_confirm
    assert "stack trace" not in cause.would_confirm
