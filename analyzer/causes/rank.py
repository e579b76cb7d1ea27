"""The causes of a cycle, most worth reading first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.causes.cards import card
from analyzer.causes.evidence import chain
from analyzer.causes.explaining import Explained
from analyzer.causes.incidents import Incident
from analyzer.causes.joining import join_incidents
from analyzer.causes.outside import of_the_test
from analyzer.causes.weights import worth
from analyzer.model import Cause, Change, Cluster, CodePath, EventKind, Evidence, Severity, TestRun, TestStatus

_SURE = 0.5


def deserve_cause(clusters: Sequence[Cluster]) -> list[Cluster]:
    """The clusters of errors that happened in this cycle, without those under a noise rule and those accepted."""
    return [c for c in clusters if c.count and c.severity >= Severity.ERROR and c.noise is None and c.known is None]


def rank_causes(
    clusters: Sequence[Cluster],
    *,
    tests: TestRun | None = None,
    incidents: Sequence[Incident] = (),
    explained: Mapping[str, Explained] | None = None,
    suspects: Mapping[str, Sequence[CodePath]] | None = None,
) -> tuple[Cause, ...]:
    """One cause for each cluster that deserves one; with `incidents` one a root, its symptoms in its chain.

    `explained` and `suspects` tell by fingerprint what was found in the code.
    """
    failing = failing_tests(tests)
    wanted = deserve_cause(clusters)
    by_print = {c.fingerprint: c for c in wanted}
    causes = []
    for cluster in wanted:
        found = (explained or {}).get(cluster.fingerprint)
        named = (suspects or {}).get(cluster.fingerprint, ())
        cause = _cause(cluster, found, named, by_print, failing)
        causes.append(_asked_for(cause, cluster, tests))
    ordered = sorted(zip(wanted, causes, strict=True), key=lambda x: _order(x[0], x[1], failing))
    causes = [cause for _, cause in ordered]
    if incidents:
        return join_incidents(causes, incidents, clusters, failing)
    return tuple(replace(cause, rank=n) for n, cause in enumerate(causes, 1))


def failing_tests(tests: TestRun | None) -> dict[str, list[str]]:
    """Names of the failing tests by the fingerprint that their text holds."""
    found: dict[str, list[str]] = {}
    for result in tests.results if tests else ():
        if result.status in (TestStatus.FAILED, TestStatus.ERROR):
            for fingerprint in result.clusters:
                found.setdefault(fingerprint, []).append(result.test)
    return found


def _order(cluster: Cluster, cause: Cause, failing: dict[str, list[str]]) -> tuple[object, ...]:
    """What fails tests first, then what is new, then what the code can be shown for, then by count."""
    return (
        -len(failing.get(cluster.fingerprint, ())),
        cluster.change not in (None, Change.NEW, Change.REGRESSED),
        cluster.kind not in (EventKind.APPLICATION, EventKind.DEPENDENCY),
        cause.kind == "test",
        -worth(cause.confidence, cluster.count),
        cluster.exception_type is None,
        not cluster.code_paths,
        -cluster.severity,
        -cluster.count,
        cluster.first_seen_ns or 0,
        cluster.fingerprint,
    )


def _asked_for(cause: Cause, cluster: Cluster, tests: TestRun | None) -> Cause:
    """The cause, or that a test asked for the error, where the code shows no defect."""
    asked = of_the_test(cluster, tests) if cause.confidence <= _SURE else None
    if asked is None:
        return cause
    ids = cluster.first_entry_ids
    said = tuple(Evidence(text=sentence, entry_ids=ids) for sentence in asked.sentences)
    return replace(cause, kind=asked.kind, confidence=asked.weight, evidence=(*cause.evidence, *said))


def _cause(
    cluster: Cluster,
    explained: Explained | None,
    suspects: Sequence[CodePath],
    others: dict[str, Cluster],
    failing: dict[str, list[str]],
) -> Cause:
    found = card(cluster, explained, suspects=suspects, tests=failing.get(cluster.fingerprint, ()))
    return Cause(
        rank=0,
        fingerprints=(cluster.fingerprint,),
        summary=found.summary,
        kind=found.kind,
        code_paths=found.paths,
        siblings=found.siblings,
        look_alikes=found.look_alikes,
        chain=chain(cluster, others),
        evidence=found.evidence,
        would_confirm=found.would_confirm,
        confidence=found.confidence,
    )
