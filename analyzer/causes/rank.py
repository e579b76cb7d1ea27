"""A first honest ranking: the innermost exception, else the statement that built the text, else abstention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.causes.evidence import chain, evidence, summary, would_confirm
from analyzer.model import Cause, Change, Cluster, CodePath, EventKind, Role, Severity, TestRun, TestStatus

UNKNOWN_AT_MOST = 0.3
"""a cause of kind `unknown` claims no more than this (contract, "Confidence")"""
_MAX_PATHS = 3
_SURE = 0.5

# Priors for "the cluster called root is the true origin". They are stated, not learned: the traces of failing requests
# end in the failing function in about two of three real bugs, a text without a trace names only who wrote it.
_TRACE_IN_REPOSITORY = 0.6
_TRACE_ELSEWHERE = 0.4
_WARNING_AT_MOST = 0.5


def rank_causes(
    clusters: Sequence[Cluster],
    *,
    tests: TestRun | None = None,
    suspects: Mapping[str, Sequence[CodePath]] | None = None,
) -> tuple[Cause, ...]:
    """Causes of the clusters of errors that happened in this cycle, most worth reading first.

    `suspects`: fingerprint → functions that may have to change for its stack trace, which then stand for the cause.
    Clusters under a noise rule, known ones, mere warnings, and those that only the baseline holds get none.
    """
    failing = failing_tests(tests)
    wanted = [c for c in clusters if c.count and c.severity >= Severity.ERROR and c.noise is None and c.known is None]
    by_print = {c.fingerprint: c for c in wanted}
    wanted.sort(key=lambda c: _order(c, failing))
    causes = [_cause(c, by_print, failing, (suspects or {}).get(c.fingerprint, ())) for c in wanted]
    return tuple(replace(cause, rank=n) for n, cause in enumerate(causes, 1))


def failing_tests(tests: TestRun | None) -> dict[str, list[str]]:
    """Names of the failing tests by the fingerprint that their text holds."""
    found: dict[str, list[str]] = {}
    for result in tests.results if tests else ():
        if result.status in (TestStatus.FAILED, TestStatus.ERROR):
            for fingerprint in result.clusters:
                found.setdefault(fingerprint, []).append(result.test)
    return found


def _order(cluster: Cluster, failing: dict[str, list[str]]) -> tuple[object, ...]:
    """What fails tests first, then what is new, then what the code can be shown for, then by count."""
    return (
        -len(failing.get(cluster.fingerprint, ())),
        cluster.change not in (None, Change.NEW, Change.REGRESSED),
        cluster.kind not in (EventKind.APPLICATION, EventKind.DEPENDENCY),
        cluster.exception_type is None,
        not cluster.code_paths,
        -cluster.severity,
        -cluster.count,
        cluster.first_seen_ns or 0,
        cluster.fingerprint,
    )


def _cause(
    cluster: Cluster, others: dict[str, Cluster], failing: dict[str, list[str]], suspects: Sequence[CodePath]
) -> Cause:
    paths = culprit_first(cluster.code_paths)
    kind, confidence = _judge(cluster, paths)
    paths = tuple(suspects[:_MAX_PATHS]) or paths
    return Cause(
        rank=0,
        fingerprints=(cluster.fingerprint,),
        summary=summary(cluster, paths, kind),
        kind=kind,
        code_paths=paths,
        chain=chain(cluster, others),
        evidence=evidence(cluster, paths, failing.get(cluster.fingerprint, ())),
        would_confirm=would_confirm(cluster, paths),
        confidence=confidence,
    )


def culprit_first(paths: Sequence[CodePath]) -> tuple[CodePath, ...]:
    """Frames of the failure before the statements that only report it, doubtful places last; at most three."""
    order = {Role.CAUSE: 0, Role.RAISE: 1, Role.FRAME: 2, Role.AUTHOR: 3, Role.WRAP: 4, Role.EMIT: 5}
    ranked = sorted(enumerate(paths), key=lambda p: (p[1].confidence < _SURE, order.get(p[1].role, 9), p[0]))
    return tuple(path for _, path in ranked[:_MAX_PATHS])


def _judge(cluster: Cluster, paths: Sequence[CodePath]) -> tuple[str, float]:
    failing_frame = next((p for p in paths if p.role in (Role.RAISE, Role.FRAME)), None)
    if cluster.exception_type and failing_frame:
        return "code", round(_TRACE_IN_REPOSITORY * failing_frame.confidence, 6)
    if cluster.kind is EventKind.DEPLOY:
        return "infrastructure", UNKNOWN_AT_MOST
    if cluster.exception_type and cluster.kind is EventKind.DEPENDENCY:
        return "dependency", _TRACE_ELSEWHERE
    # a statement that wrote the text is where to look, not proof of what is wrong
    confidence = UNKNOWN_AT_MOST * (paths[0].confidence if paths else 0.5)
    return "unknown", round(min(confidence, UNKNOWN_AT_MOST), 6)
