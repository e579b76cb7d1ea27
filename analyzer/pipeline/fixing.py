"""Every claimed fix with its verdict: what the commit can do, where it runs, what the logs and the tests show since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from analyzer.causes import Knowledge
from analyzer.codepaths import Ancestry, commits_touching, open_ancestry, read_trailers
from analyzer.cycles import Baseline, chance_of_quiet, chance_of_silence
from analyzer.errors import RepositoryError
from analyzer.fixes import Earlier, Suggestion, fix_facts, is_about, judge_fix, suggest_claims
from analyzer.model import Claim, Cluster, Containment, Context, ErrorEvent, Fix, Past, Relevance, Report, Severity
from analyzer.pipeline.locate import events_of
from analyzer.pipeline.relevance import judge_relevance
from analyzer.pipeline.repositories import Repositories

_FULL = 40
"""digits of a commit's id, as the report writes it"""
_ASKED = 20
"""clusters whose lines are followed through the history: each costs a call of git"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The events of this cycle and what stood around them."""

    events: Sequence[ErrorEvent]
    contexts: Sequence[Context]


def all_claims(
    options: Sequence[Claim],
    past: Past,
    earlier: Baseline | None,
    clusters: Iterable[Cluster],
    repositories: Repositories,
) -> tuple[Claim, ...]:
    """Claims of options, ledger and commit trailers, each commit and text once, in this order.

    Trailers are read of the commits since the baseline's, and count where they name an error of this cycle or of the
    baseline: an old one that nobody remembers claims nothing.
    """
    known = [*clusters, *(earlier.clusters if earlier else ())]
    trailers = [t for t in _trailers(earlier, repositories) if any(is_about(t.text, c) for c in known)]
    found: dict[tuple[str, str], Claim] = {}
    for claim in (*options, *(_in_full(c, repositories) for c in past.claims), *trailers):
        if len(claim.commit) == _FULL:
            found.setdefault((claim.commit, claim.text), claim)
    return tuple(found.values())


def judge_fixes(
    claims: Sequence[Claim],
    report: Report,
    printed: Printed,
    *,
    earlier: Callable[[], Sequence[Baseline]],
    past: Past,
    repositories: Repositories,
    rules: Sequence[Path],
) -> tuple[Fix, ...]:
    """One verdict a claim, in their order; `report` has clusters, deploys, exposure and tests of this cycle.

    `earlier` gives the baseline and older cycles, newest first; it is asked where there is a claim.
    """
    if not claims:
        return ()
    cycles = [Earlier(clusters=b.clusters, exposure=b.exposure, tests=b.tests) for b in earlier()]
    knowledge = cache(lambda: Knowledge.load(tuple(rules)))
    return tuple(
        judge_fix(
            fix_facts(
                claim,
                clusters=report.clusters,
                deploys=report.deploys,
                exposure=report.exposure,
                contains=_asked(claim.commit, history),
                times=_times(claim.commit, history),
                relevance_of=_relevance(claim.commit, report, printed, repositories, knowledge),
                chance_of_silence=chance_of_silence,
                chance_of_quiet=chance_of_quiet,
                earlier=cycles,
                tests=report.tests,
                past=past,
            )
        )
        for claim in claims
        for history in [_history(claim.commit, repositories)]
    )


def suggest_fixes(
    report: Report, fixes: Sequence[Fix], earlier: Baseline | None, repositories: Repositories
) -> tuple[Suggestion, ...]:
    """Commits deployed since the baseline that changed the likeliest line of an error, if nobody claims that for it."""
    before = {d.service: d.commit for d in earlier.deploys.services} if earlier else {}
    now = {d.service: d.commit for d in report.deploys.services}
    touched: dict[str, dict[str, list[tuple[int, int]]]] = {}
    errors = [c for c in report.clusters if c.count and c.severity >= Severity.ERROR and not c.noise and c.code_paths]
    for cluster in errors[:_ASKED]:
        service, path = cluster.services[0] if cluster.services else "", cluster.code_paths[0]
        since, until = before.get(service), now.get(service)
        if not since or not until or since == until:
            continue
        holder = repositories.holder(until)
        if holder is None:
            continue
        for commit in commits_touching(holder, path.file, path.line, path.end_line, since=since, until=until):
            touched.setdefault(commit, {}).setdefault(path.file, []).append((path.line, path.end_line))
    return suggest_claims(errors[:_ASKED], touched, fixes)


def _in_full(claim: Claim, repositories: Repositories) -> Claim:
    holder = repositories.holder(claim.commit)
    return replace(claim, commit=repositories.full_id(claim.commit)) if holder is not None else claim


def _trailers(earlier: Baseline | None, repositories: Repositories) -> list[Claim]:
    since = sorted({d.commit for d in earlier.deploys.services if d.commit}) if earlier else []
    holders = [(repositories.holder(commit), commit) for commit in since]
    return [claim for folder, commit in holders if folder for claim in read_trailers(folder, since=commit)]


def _history(commit: str, repositories: Repositories) -> Ancestry | None:
    holder = repositories.holder(commit)
    return open_ancestry(holder) if holder is not None else None


def _asked(fix: str, history: Ancestry | None) -> Callable[[str], Containment]:
    if history is None:
        return lambda _: Containment(contains=None, why="no repository that was given has the commit of the fix")
    return lambda commit: history.contains(fix, commit)


def _times(commit: str, history: Ancestry | None) -> tuple[int, int] | None:
    return history.times(commit) if history is not None else None


def _relevance(
    commit: str,
    report: Report,
    printed: Printed,
    repositories: Repositories,
    knowledge: Callable[[], Knowledge],
) -> Callable[[Cluster], Relevance | None]:
    """What the commit can do about a cluster; None where its service's repository does not have the commit."""
    commits = {d.service: d.commit for d in report.deploys.services}
    by_entry = {i: e for e in printed.events for i in e.entry_ids}

    def ask(cluster: Cluster) -> Relevance | None:
        here = cluster.count and all(i in by_entry for x in cluster.exemplars for i in x.entry_ids)
        events = events_of(cluster, by_entry) if here else ()  # one of an earlier cycle is known by its report alone
        ids = {e.entry_ids for e in events}
        service = cluster.services[0] if cluster.services else ""
        try:
            return judge_relevance(
                commit,
                cluster,
                repositories=repositories,
                deployed=_readable(commits.get(service), service, repositories) if events else None,
                events=events,
                contexts=[c for c in printed.contexts if c.fingerprint == cluster.fingerprint and c.entry_ids in ids],
                knowledge=knowledge(),
            )
        except RepositoryError:
            return None

    return ask


def _readable(commit: str | None, service: str, repositories: Repositories) -> str | None:
    """The commit where the service's repository has it: a label may name one that was never pushed."""
    return commit if commit is not None and repositories.knows(service, commit) else None
