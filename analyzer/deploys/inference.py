"""Which commits a revision can have been built from, judged by what its logs say of the code.

Of the commits that were there when the revision was first seen those count that most facts fit. Facts with a place
decide; texts only tell apart what these leave equal. What is not decidable stays a range, or None with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analyzer.deploys.ages import newest_revision
from analyzer.deploys.commits import is_same_commit
from analyzer.deploys.facts import Revision, without_place
from analyzer.errors import RepositoryError
from analyzer.model import CodeFact, CodeHistory, Deploys, Evidence, FactKind, Ground, RevisionDeploy, ServiceDeploy

_LOOK_BACK = 1_000
"""commits before the newest possible one"""
_LOOK_AHEAD = 100
"""commits after it: they fit better where a branch was deployed before it was merged, or where times are wrong"""
_TEXT_COMMITS = 300
_SLACK_NS = 60_000_000_000
"""by which the clocks of who commits and who deploys may differ"""
_BUILD_NS = 600_000_000_000
"""from the choice of a commit to its deploy: one made in that time may be the next deploy's"""
_MIN_FACTS = 3
_MIN_SHARE = 0.8
"""of the facts; where fewer fit, the code that ran is not in this history"""

_MAX_OTHERS = 8
"""revisions of a service besides the newest one, each a search of the history"""
_MAX_BRANCHES = 3
_LATE = "it was made after the revision was first seen"
_NOTHING = "the logs say nothing of the code"

_Counts = Mapping[FactKind, tuple[int, int]]
"""kind → (fitting, checked)"""
Fits = Sequence[tuple[float, ...] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """What the logs of one revision tell. Indices count from HEAD back: `oldest >= newest`."""

    history: CodeHistory
    newest: int | None = None
    """None: not decidable, see `evidence`"""
    oldest: int | None = None
    available: int = 0
    """the newest commit that was there when the revision was first seen"""
    facts: tuple[tuple[str, tuple[int, int]], ...] = ()
    evidence: tuple[str, ...] = ()

    def commits(self) -> tuple[str, str] | None:
        """Oldest and newest fitting commit."""
        if self.newest is None or self.oldest is None:
            return None
        return self.history.line[self.oldest].commit, self.history.line[self.newest].commit


@dataclass(slots=True, kw_only=True)
class _Tally:
    """Facts of one kind or two over a stretch: what they weigh at each commit."""

    weights: list[float]
    fits: list[tuple[FactKind, tuple[float, ...]]] = field(default_factory=list)

    def add(self, facts: Sequence[CodeFact], fits: Fits) -> None:
        for fact, fit in zip(facts, fits, strict=True):
            if fit is not None:
                self.fits.append((fact.kind, fit))
                self.weights = [round(w + f, 6) for w, f in zip(self.weights, fit, strict=True)]

    def counts(self, at: int) -> dict[FactKind, tuple[int, int]]:
        """Kind → (fitting, checked) at a commit."""
        found: dict[FactKind, tuple[int, int]] = {}
        for kind, fit in self.fits:
            good, checked = found.get(kind, (0, 0))
            found[kind] = good + (fit[at] > 0), checked + 1
        return found


def infer_commits(
    deploys: Deploys,
    facts_by_revision: Mapping[Revision, Sequence[CodeFact]],
    *,
    history_of: Callable[[str], CodeHistory | None],
    earlier: Deploys | None = None,
    busiest: str | None = None,
) -> Deploys:
    """The deploys with the commits that the logs fit: of every service, by its newest revision, and of each revision.

    A revision has its range of its own facts alone. `earlier` is the baseline's: a revision runs one commit for good,
    so what was known of it then still holds. `busiest` is the service with most error events. A service whose commit
    nothing else tells gets the newest fitting one, source `inferred`.
    """
    seen = _first_seen(deploys, earlier)
    found: dict[Revision, Inferred] = {}
    newest = {service.service: newest_revision(service.revisions) for service in deploys.services}
    for service in deploys.services:
        history = history_of(service.service)
        if history is None or not history.line:
            continue
        for revision in _asked(service, newest[service.service], facts_by_revision):
            key = service.service, revision
            try:
                inferred = infer_revision(history, facts_by_revision.get(key, ()), seen.get(key))
            except RepositoryError:  # a clone that lacks a part: all else of the report can still be had
                inferred = Inferred(history=history, evidence=("the history of the repository cannot be read",))
            known = _known(earlier, *key)
            found[key] = _as_known(inferred, known) if known else inferred
    found = _in_order(found, newest, deploys, earlier)
    services = tuple(_completed(s, found.get((s.service, newest[s.service]))) for s in deploys.services)
    chosen = next((s.inferred_commits for s in services if s.service == busiest), None)
    searched = {service for service, _ in found}
    revisions = tuple(
        with_range(r, found.get((r.service, r.revision)), searched=r.service in searched) for r in deploys.revisions
    )
    return replace(deploys, services=services, revisions=revisions, inferred_commits=chosen)


def _asked(service: ServiceDeploy, newest: str, facts: Mapping[Revision, Sequence[CodeFact]]) -> list[str]:
    """The revisions to look for: the newest one, and the latest others that say enough."""
    others = [r for r in service.revisions if r != newest and len(facts.get((service.service, r), ())) >= _MIN_FACTS]
    return [*others[-_MAX_OTHERS:], newest]


def infer_revision(history: CodeHistory, facts: Sequence[CodeFact], first_seen_ns: int | None) -> Inferred:
    """The range of commits of a history, or of a branch merged into it later, that these facts fit best."""
    places = [fact for fact in facts if fact.kind is not FactKind.TEXTS]
    for _ in range(_MAX_BRANCHES):
        available = _available(history, first_seen_ns)
        start = max(0, available - _LOOK_AHEAD)
        tally = _Tally(weights=[0.0] * (min(len(history.line), available + _LOOK_BACK) - start))
        fits = history.fit(places, newest=start, count=len(tally.weights))
        tally.add(places, fits)
        in_time = available - start
        best, late = max(tally.weights[in_time:]), max(tally.weights)
        if late - best <= max(1.0, 0.1 * late):
            break
        # what fits better came in later: by a merge, of a branch that may have been deployed before
        came = max(i for i in range(in_time) if tally.weights[i] == late)
        branch = history.merged(start + came)
        if branch is None or not branch.line:
            return _undecided(history, available, tally.counts(came), _LATE)
        history = branch
    else:
        return _undecided(history, available, tally.counts(came), _LATE)
    fitting = [i for i, weight in enumerate(tally.weights) if i >= in_time and weight == best]
    counts = tally.counts(fitting[0])
    texts = [f for f in facts if f.kind is FactKind.TEXTS]
    messages = without_place([*places, *texts], [*fits, *([None] * len(texts))])
    if len(fitting) > 1 and messages and _may_tell(counts, len(messages)):
        told = _Tally(weights=[0.0] * min(fitting[-1] - fitting[0] + 1, _TEXT_COMMITS))
        told.add(messages, history.fit(messages, newest=start + fitting[0], count=len(told.weights)))
        # the oldest commit that was searched for texts speaks for those before it
        asked = {i: min(i - fitting[0], len(told.weights) - 1) for i in fitting}
        most = max(told.weights[at] for at in asked.values())
        fitting = [i for i in fitting if told.weights[asked[i]] == most]
        counts |= told.counts(asked[fitting[0]])
    good, checked = (sum(c[n] for c in counts.values()) for n in (0, 1))
    if good < _MIN_FACTS or good < _MIN_SHARE * checked:
        return _undecided(history, available, counts, "too few to name it")
    left_out = f"commits made after the revision was first seen are left out ({available})"
    return Inferred(
        history=history,
        newest=start + fitting[0],
        oldest=start + fitting[-1],
        available=available,
        facts=_numbers(counts),
        evidence=(left_out,) if available else (),
    )


def _undecided(history: CodeHistory, available: int, counts: _Counts, why: str) -> Inferred:
    good, checked = (sum(c[n] for c in counts.values()) for n in (0, 1))
    reason = f"{good} of {checked} facts of the logs fit the best commit, {why}" if checked else _NOTHING
    return Inferred(history=history, available=available, facts=_numbers(counts), evidence=(reason,))


def _numbers(counts: _Counts) -> tuple[tuple[str, tuple[int, int]], ...]:
    return tuple((kind.value, counts.get(kind, (0, 0))) for kind in FactKind)


def _may_tell(counts: _Counts, texts: int) -> bool:
    """Whether texts can bring the facts to as many as it takes: looking for them is what costs most."""
    return sum(good for good, _ in counts.values()) + texts >= _MIN_FACTS


def _available(history: CodeHistory, first_seen_ns: int | None) -> int:
    """Index of the newest commit that a revision first seen then can have been built from; 0 where no time tells."""
    if first_seen_ns is None:
        return 0
    there = (i for i, point in enumerate(history.line) if point.time_ns <= first_seen_ns + _SLACK_NS)
    return next(there, 0)


def _first_seen(deploys: Deploys, earlier: Deploys | None) -> dict[Revision, int]:
    seen: dict[Revision, int] = {}
    for event in (*deploys.timeline, *(earlier.timeline if earlier else ())):
        if event.time_ns is not None and event.event != "refused":
            key = event.service, event.revision or ""
            seen[key] = min(event.time_ns, seen.get(key, event.time_ns))
    return seen


def _known(earlier: Deploys | None, service: str, revision: str) -> tuple[str, ...] | None:
    """The range that the baseline inferred for the same revision."""
    for known in earlier.revisions if earlier else ():
        if (known.service, known.revision) == (service, revision) and known.oldest and known.newest:
            return known.oldest, known.newest
    for before in earlier.services if earlier else ():
        if before.service == service and revision and newest_revision(before.revisions) == revision:
            return before.inferred_commits
    return None


def _as_known(inferred: Inferred, known: Sequence[str]) -> Inferred:
    """The part of the range in which the revision was already known to lie."""
    at = {point.commit: i for i, point in enumerate(inferred.history.line)}
    oldest, newest = at.get(known[0]), at.get(known[-1])
    if oldest is None or newest is None:
        return inferred
    return _cut(inferred, newest, oldest, "the baseline saw the same revision")


def _in_order(
    found: Mapping[Revision, Inferred], newest: Mapping[str, str], deploys: Deploys, earlier: Deploys | None
) -> dict[Revision, Inferred]:
    """Ranges cut by the order of the deploys, where the facts leave room for it.

    Who deploys later from one history does not deploy older code; and a deploy that follows another of the service
    takes commits which that one had not, if there are any. Both count only between revisions whose deploy was seen,
    the first only between the newest ones of services.
    """
    times = _deploy_times(deploys, earlier)
    deployed: dict[str, int] = {}
    out = dict(found)
    for (service, revision), mine in found.items():
        time = times.get((service, revision))
        if time is None:
            continue
        if newest[service] == revision:
            deployed[service] = _available(mine.history, time)
        before = [t for (name, _), t in times.items() if name == service and t < time]
        if before:
            there = _available(mine.history, max(before) - _BUILD_NS)
            why = "it was built after the deploy before it"
            out[service, revision] = _cut(mine, 0, there - 1, why)
    ranges = {service: out[service, newest[service]] for service in deployed}
    for name, at in sorted(deployed.items()):
        others = [
            (ranges[other].oldest, other)
            for other in deployed
            if other != name and at <= deployed[other] and ranges[other].history is ranges[name].history
        ]
        oldest, other = min(((o, s) for o, s in others if o is not None), default=(None, ""))
        if oldest is not None:
            key = name, newest[name]
            out[key] = _cut(out[key], 0, oldest, f"it was not deployed before {other}")
    return out


def _deploy_times(deploys: Deploys, earlier: Deploys | None) -> dict[Revision, int]:
    """When each revision was deployed, where that was seen."""
    times: dict[Revision, int] = {}
    for event in (*deploys.timeline, *(earlier.timeline if earlier else ())):
        if event.time_ns is not None and event.event in ("deployed", "ready") and event.revision:
            key = event.service, event.revision
            times[key] = min(event.time_ns, times.get(key, event.time_ns))
    return times


def _cut(inferred: Inferred, newest: int, oldest: int, why: str) -> Inferred:
    """The range within these bounds; as it was where nothing would be left or changed."""
    if inferred.newest is None or inferred.oldest is None:
        return inferred
    low, high = min(inferred.oldest, oldest), max(inferred.newest, newest)
    if low < high or (low, high) == (inferred.oldest, inferred.newest):
        return inferred
    return replace(inferred, newest=high, oldest=low, evidence=(*inferred.evidence, why))


def _completed(service: ServiceDeploy, inferred: Inferred | None) -> ServiceDeploy:
    if inferred is None:
        return service
    commits = inferred.commits()
    told = service.commit is not None or commits is None
    return replace(
        service,
        commit=service.commit if told else commits[-1],  # type: ignore[index]
        source=service.source if told else "inferred",
        inferred_commits=commits,
        facts=inferred.facts,
        evidence=inferred.evidence,
    )


def with_range(revision: RevisionDeploy, inferred: Inferred | None, *, searched: bool) -> RevisionDeploy:
    """A revision with the range that its logs fit, or why there is none; of a range of one commit that is its commit.

    A commit that something else tells stays; where it is none of the range the evidence says so.
    """
    if inferred is None:
        why = "its logs say too little of the code to tell its commit" if searched else "no history was given for it"
        if revision.commit:
            return revision
        return replace(revision, evidence=(*revision.evidence, Evidence(text=why, rule=Ground.LOGS_FIT)))
    commits = inferred.commits()
    notes = [Evidence(text=text, rule=Ground.LOGS_FIT) for text in inferred.evidence]
    if commits is None:
        return replace(revision, evidence=(*revision.evidence, *notes))
    oldest, newest = commits
    fit = f"its logs fit {oldest}..{newest}" if oldest != newest else f"its logs fit {oldest} alone"
    notes.insert(0, Evidence(text=fit, rule=Ground.LOGS_FIT))
    if revision.commit is not None and _is_outside(revision.commit, inferred):
        said = f"its logs do not fit {revision.commit}, which the {revision.source} names"
        notes.append(Evidence(text=said, rule=Ground.LOGS_FIT))
    one = revision.commit is None and oldest == newest
    return replace(
        revision,
        commit=newest if one else revision.commit,
        source="inferred" if one else revision.source,
        oldest=oldest,
        newest=newest,
        evidence=(*revision.evidence, *notes),
    )


def _is_outside(commit: str, inferred: Inferred) -> bool:
    """Whether a commit stands in this history, but not within the range."""
    at = [n for n, point in enumerate(inferred.history.line) if is_same_commit(point.commit, commit)]
    low, high = inferred.newest or 0, inferred.oldest or 0
    return len(at) == 1 and not low <= at[0] <= high
