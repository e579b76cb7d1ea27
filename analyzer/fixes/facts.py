"""What is known of one claim, gathered for the decision: clusters here and before, tests, revisions, the past."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from analyzer.fixes.claims import is_about
from analyzer.fixes.decision import CELLS
from analyzer.fixes.rollout import Contains, requests_on, rollouts
from analyzer.fixes.verdict import live
from analyzer.model import (
    Change,
    Claim,
    Cluster,
    Deploys,
    Effect,
    EventKind,
    FixFacts,
    Past,
    Relevance,
    RevisionTraffic,
    Role,
    Rollout,
    SeenOn,
    TestResult,
    TestRun,
    TestStatus,
    Verdict,
)

_FAILED = (TestStatus.FAILED, TestStatus.ERROR)
_NO_NEXT = (EventKind.PLATFORM, EventKind.DEPLOY, EventKind.REQUEST)
"""kinds of errors that do not come after another: a crash at the start keeps a request from coming as far"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier cycle: what a comparison needs of it."""

    clusters: Sequence[Cluster] = ()
    exposure: Sequence[RevisionTraffic] = ()
    tests: TestRun | None = None


def fix_facts(
    claim: Claim,
    *,
    clusters: Sequence[Cluster],
    deploys: Deploys,
    exposure: Sequence[RevisionTraffic],
    contains: Contains,
    times: tuple[int, int] | None,
    relevance_of: Callable[[Cluster], Relevance | None],
    chance_of_silence: Callable[[int, int, int], float],
    chance_of_quiet: Callable[[int, float, float], float],
    earlier: Sequence[Earlier] = (),
    tests: TestRun | None = None,
    past: Past | None = None,
) -> FixFacts:
    """The facts of one claim (its commit is a full id).

    `clusters` are those of this cycle, compared. `earlier` are earlier cycles, newest first: the baseline, then those
    of the history. `contains` answers for this commit, `times` are when it was written and committed. `relevance_of`
    is asked for every claimed cluster; `chance_of_…` are those of `cycles.rates`.
    """
    past = past or Past()
    ids = _claimed(claim.text, clusters, earlier)
    here = [c for c in clusters if c.count and not ids.isdisjoint(_ids(c))]
    base = next((e for e in earlier if any(c.count and not ids.isdisjoint(_ids(c)) for c in e.clusters)), None)
    before = [c for c in base.clusters if c.count and not ids.isdisjoint(_ids(c))] if base else []
    anywhere = [c for e in earlier for c in e.clusters if not ids.isdisjoint(_ids(c))]
    samples = _once([*here, *before, *anywhere])
    services = {s.service for c in samples for s in c.seen_on} or {s for c in samples for s in c.services}
    seen_here = [row for c in here for row in c.seen_on] or [row for c in here for row in _told(c)]
    seen_before = [row for c in before for row in c.seen_on]
    routes = _routes([*seen_before, *seen_here])
    rows = rollouts(
        services=services,
        revisions=deploys.revisions,
        exposure=exposure,
        seen=seen_here,
        contains=contains,
        written_ns=times[0] if times else None,
        routes=routes,
    )
    hits, tries, per = _baseline(rows, seen_here, seen_before, before, base, services, routes)
    with_fix = [r for r in rows if r.contains]
    asked = sum(r.requests for r in with_fix)
    minutes = sum(r.minutes for r in with_fix)
    chance = None
    if hits and tries and not any(r.errors for r in with_fix):
        quiet = chance_of_quiet(hits, tries, minutes) if per == "minute" else chance_of_silence(hits, int(tries), asked)
        chance = quiet
    relevance = combine_relevance([r for c in samples if (r := relevance_of(c)) is not None]) if ids else None
    failing, passing, changed = _tests(tests, base.tests if base else None, ids, rows, past)
    elsewhere, unmasked = _after(clusters, samples, ids, rows, base, tests, changed)
    verified, failed = _past(claim, past, contains, ids, services)
    gone = sorted({c.fingerprint for c in before} - {i for c in here for i in _ids(c)})
    entries = {c.fingerprint: c.first_entry_ids for c in clusters}
    return FixFacts(
        commit=claim.commit,
        text=claim.text,
        committed_ns=times[1] if times else None,
        claims=tuple(sorted({c.fingerprint for c in samples})),
        here=tuple(sorted({c.fingerprint for c in here})),
        rollouts=rows,
        relevance=relevance,
        baseline_errors=hits,
        baseline_exposure=tries,
        per=per,
        routes=routes if per == "request" else (),
        gone=tuple(gone),
        resolved=_resolved(clusters, ids, base, seen_before, seen_here),
        failed_on_fix=failed,
        verified_in=verified,
        tests_failing=failing,
        tests_passing=passing,
        tests_changed=changed,
        unmasked=unmasked,
        elsewhere=elsewhere,
        chance=chance,
        cited=tuple((f, entries.get(f, ())) for f in sorted({*unmasked, *elsewhere})),
        origin=claim.origin,
    )


def combine_relevance(found: Sequence[Relevance]) -> Relevance | None:
    """What a commit can do about several errors: it can where it can for one, it cannot where it cannot for any."""
    if not found:
        return None
    effects = {r.effect for r in found}
    effect = Effect.CAN if Effect.CAN in effects else Effect.UNKNOWN if Effect.UNKNOWN in effects else Effect.CANNOT
    mine = [r for r in found if r.effect is effect]
    return Relevance(
        effect=effect,
        evidence=tuple(dict.fromkeys(e for r in mine for e in r.evidence)),
        kinds=tuple(sorted({k for r in found for k in r.kinds})),
        touched=tuple(dict.fromkeys(p for r in mine for p in r.touched)),
        remaining=tuple(dict.fromkeys(p for r in found for p in r.remaining)),
    )


def _ids(cluster: Cluster) -> set[str]:
    return {cluster.fingerprint, *cluster.aliases}


def _once(clusters: Iterable[Cluster]) -> list[Cluster]:
    """Clusters that are not told twice, the first of each."""
    known: set[str] = set()
    kept = []
    for cluster in clusters:
        if known.isdisjoint(_ids(cluster)):
            kept.append(cluster)
        known |= _ids(cluster)
    return kept


def _claimed(text: str, clusters: Sequence[Cluster], earlier: Sequence[Earlier]) -> set[str]:
    """Fingerprints and aliases of every cluster that a text is about, here or before."""
    pool = [*clusters, *(c for e in earlier for c in e.clusters)]
    return {i for c in pool if is_about(text, c) for i in _ids(c)}


def _told(cluster: Cluster) -> list[SeenOn]:
    """Where a cluster was, of a report that does not say it by revision: only where there is but one place."""
    places = [(s, r) for s in cluster.services or ("",) for r in cluster.revisions or ("",)]
    if len(places) != 1:
        return []
    ids = cluster.first_entry_ids[:1]
    return [SeenOn(service=places[0][0], revision=places[0][1], count=cluster.count, entry_ids=ids)]


def _routes(seen: Sequence[SeenOn]) -> tuple[str, ...]:
    """Routes on which the error was seen; none where a part of its occurrences has none."""
    if not seen or not all(row.routes for row in seen):
        return ()
    return tuple(sorted({route for row in seen for route in row.routes}))


def _baseline(
    rows: Sequence[Rollout],
    seen_here: Sequence[SeenOn],
    seen_before: Sequence[SeenOn],
    before: Sequence[Cluster],
    base: Earlier | None,
    services: Collection[str],
    routes: Sequence[str],
) -> tuple[int | None, float | None, str]:
    """How often the error occurred, in how many requests (minutes), without the fix.

    By the revisions without the fix in this very window where it occurred on them: nothing else has changed there.
    Else by the last cycle that had it.
    """
    without = {(r.service, r.revision): r for r in rows if r.contains is False and r.errors}
    mine = [row for row in seen_here if (row.service, row.revision) in without]
    if mine:
        tries, minutes = sum(r.requests for r in without.values()), sum(r.minutes for r in without.values())
    elif base is not None:
        use = [row for row in base.exposure if row.service in services]
        mine, tries = list(seen_before), sum(requests_on(row, routes) for row in use)
        minutes = sum(row.minutes for row in use)
    else:
        return None, None, "request"
    if tries:
        hits = sum(row.requests for row in mine) if mine and all(row.requests for row in mine) else 0
        return hits or sum(row.count for row in mine) or sum(c.count for c in before), float(tries), "request"
    spells = sum(row.minutes for row in mine) or min(sum(row.count for row in mine), int(minutes) or 1)
    return (spells, minutes, "minute") if minutes else (spells or None, None, "request")


def _tests(
    now: TestRun | None, before: TestRun | None, ids: Collection[str], rows: Sequence[Rollout], past: Past
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Tests that failed with the claimed error: those that do here too, those that pass, those with another error.

    A test that was ever flaky, or passed at a second try, proves nothing; nor does any while revisions without the fix
    may have answered it.
    """
    if now is None or before is None or any(r.contains is not True for r in live(rows)):
        return (), (), ()
    ids = set(ids)
    flaky = {name for cycle in past.cycles for name, test in cycle.tests.items() if test.flaky}
    results = {r.test: r for r in now.results}
    had = [r for r in before.results if r.status in _FAILED and ids & _linked(r)]
    failing: list[str] = []
    passing: list[str] = []
    changed: list[str] = []
    for old in had:
        new = results.get(old.test)
        if new is None or new.status is TestStatus.SKIPPED:
            continue
        if new.status in _FAILED:
            (failing if ids & _linked(new) else changed).append(new.test)
        elif new.test not in flaky and new.attempts == 1:
            passing.append(new.test)
    return tuple(sorted(failing)), tuple(sorted(passing)), tuple(sorted(changed))


def _linked(result: TestResult) -> set[str]:
    return {*result.clusters, *(link.fingerprint for link in result.links)}


def _after(
    clusters: Sequence[Cluster],
    samples: Sequence[Cluster],
    ids: Collection[str],
    rows: Sequence[Rollout],
    base: Earlier | None,
    tests: TestRun | None,
    changed: Sequence[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clusters with the same innermost error from another place, and those that are new where the claimed one stood."""
    on_fix = {(r.service, r.revision) for r in rows if r.contains}
    cores = {c.core for c in samples if c.core}
    wrappers = {c.wrappers[0] for c in samples if c.wrappers}
    services = {s for c in samples for s in c.services}
    routes = {route for c in samples for row in c.seen_on for route in row.routes}
    worded = {place for c in samples for place in _worded(c)}
    linked = {f for r in (tests.results if tests else ()) if r.test in changed for f in _linked(r)}
    known = {i for c in (base.clusters if base else ()) if c.count for i in _ids(c)}
    elsewhere, unmasked = set(), set()
    for cluster in clusters:
        if not cluster.count or not set(ids).isdisjoint(_ids(cluster)) or cluster.noise is not None:
            continue
        if not any((row.service, row.revision) in on_fix for row in cluster.seen_on):
            continue
        if cluster.core in cores and cluster.exception_type in {c.exception_type for c in samples}:
            elsewhere.add(cluster.fingerprint)
            continue
        is_new = base is not None and cluster.change is not Change.ONGOING and known.isdisjoint(_ids(cluster))
        mine = {route for row in cluster.seen_on for route in row.routes}
        same_place = (
            not linked.isdisjoint(_ids(cluster))
            or (cluster.wrappers and cluster.wrappers[0] in wrappers)
            or (routes and mine and not routes.isdisjoint(mine))
            or not worded.isdisjoint(_worded(cluster))
        )
        if is_new and same_place and services & {*cluster.services} and cluster.kind not in _NO_NEXT:
            unmasked.add(cluster.fingerprint)
    return tuple(sorted(elsewhere)), tuple(sorted(unmasked))


def _resolved(
    clusters: Sequence[Cluster],
    ids: Collection[str],
    base: Earlier | None,
    seen_before: Sequence[SeenOn],
    seen_here: Sequence[SeenOn],
) -> tuple[str, ...]:
    """Claimed clusters found resolved here, and failing requests of routes on which only the claimed error was before.

    One cluster can hold an error of several places; its routes tell them apart.
    """
    routes = _places(seen_before) - _places(seen_here)
    asked = {
        i
        for c in (base.clusters if base else ())
        if c.kind is EventKind.REQUEST and _routes(c.seen_on) and _places(c.seen_on) <= routes
        for i in _ids(c)
    }
    return tuple(
        sorted(
            c.fingerprint
            for c in clusters
            if c.change is Change.RESOLVED and not (_ids(c).isdisjoint(ids) and _ids(c).isdisjoint(asked))
        )
    )


def _places(seen: Iterable[SeenOn]) -> set[tuple[str, str]]:
    """(service, route): two services may have a route of the same name."""
    return {(row.service, route) for row in seen for route in row.routes}


def _worded(cluster: Cluster) -> set[tuple[str, str]]:
    """(file, function) of the statements that word the error around its innermost text."""
    return {(p.file, p.function) for p in cluster.code_paths if p.function and p.role in (Role.AUTHOR, Role.WRAP)}


def _past(
    claim: Claim, past: Past, contains: Contains, ids: Collection[str], services: Collection[str]
) -> tuple[str | None, tuple[str, ...]]:
    """The cycle in which this claim was last verified, if no later one took that back; and cycles that saw it fail."""
    verified: str | None = None
    failed: list[str] = []
    for cycle in past.cycles:
        ran = [commit for service, _, commit in cycle.revisions if service in services]
        if ran and not set(ids).isdisjoint(cycle.seen) and all(c and contains(c).contains for c in ran):
            failed.append(cycle.name)
        for fix in cycle.fixes:
            if fix.commit != claim.commit or fix.claim_text != claim.text:
                continue
            if fix.verdict == Verdict.VERIFIED:
                verified = cycle.name
            elif fix.verdict == Verdict.REGRESSED:
                verified = None
            if fix.verdict in (Verdict.WRONG_PATH, Verdict.REGRESSED) or _ran_and_failed(fix.evidence):
                failed.append(cycle.name)
    return verified, tuple(dict.fromkeys(failed))


# From the table, that no cell is forgotten: a fix that was seen to fail must not count as the cure later.
_FAILING_CELLS = frozenset(f"fix/{c.name}" for c in CELLS if c.when.get("errors") == ("on_fix",))


def _ran_and_failed(evidence: Iterable[object]) -> bool:
    return any(getattr(item, "rule", None) in _FAILING_CELLS for item in evidence)
