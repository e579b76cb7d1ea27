"""What to do next: ranked by what the rest depends on, one action a subject, each with a command or a place.

The order is that of `Tier`; within it by rank of the cause, else by name. An action that an earlier cycle named too,
under the same key, says since when it stands; one that is not proposed any more is done and vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzer.fixes.commands import read_logs, show_code
from analyzer.fixes.fix_actions import propose_for_fixes
from analyzer.fixes.log_filters import ServiceResource, filter_of_test, services_clause, window_clause
from analyzer.fixes.proposals import Proposal, Situation, Tier, place_of
from analyzer.model import (
    Action,
    Cause,
    Cluster,
    CycleInfo,
    Deploys,
    Fix,
    Impact,
    KnownError,
    Ledger,
    PastCycle,
    TestRun,
    format_time,
)

MAX_ACTIONS = 8
_MAX_OF_FIXES = 5
"""so that causes are never crowded out"""
_MAX_NAMED = 3


def next_actions(
    causes: Sequence[Cause],
    clusters: Sequence[Cluster],
    fixes: Sequence[Fix],
    tests: TestRun | None,
    ledger: Ledger,
    *,
    cycle: CycleInfo,
    past: Sequence[PastCycle] = (),
    impact: Sequence[Impact] = (),
    known: Sequence[KnownError] = (),
    deploys: Deploys | None = None,
    resources: Mapping[str, ServiceResource] | None = None,
    project: str | None = None,
    repo_given: bool = True,
) -> tuple[Action, ...]:
    """At most eight actions, most urgent first; the same for the same values in any order.

    `past` are earlier cycles, oldest first. `known` are the accepted errors, those of old too. `resources` tells how
    Cloud Logging knows the services (see `service_resources`); without it any resource is asked, and a service that it
    lacks is none of the cloud's. `project` goes before what the entries say.
    """
    ordered = sorted(clusters, key=lambda c: c.fingerprint)
    situation = Situation(
        cycle=cycle,
        causes=sorted(causes, key=lambda c: c.rank),
        clusters={
            **{alias: c for c in reversed(ordered) for alias in c.aliases},
            **{c.fingerprint: c for c in ordered},
        },
        fixes=fixes,
        tests=tests,
        impact=impact,
        deploys=deploys,
        resources=resources,
        project=project,
        repo_given=repo_given,
    )
    proposals = [
        *_lost_payloads(ledger, situation),
        *propose_for_fixes(situation),
        *_for_causes(situation),
        *_expired(known, situation),
        *_for_tests(situation),
    ]
    chosen = _choose(sorted(proposals, key=lambda p: (p.tier, p.order, p.key)))
    return tuple(_action(number, proposal, past) for number, proposal in enumerate(chosen, 1))


def _choose(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The first of each key, and of all that are about one error or lead to one line the most urgent."""
    chosen: list[Proposal] = []
    covered: set[str] = set()
    looked_at: set[tuple[str, int | None]] = set()
    of_fixes = 0
    for proposal in proposals:
        place = (proposal.file, proposal.line) if proposal.file else None
        repeated = (
            proposal.key in {p.key for p in chosen}
            or (proposal.covers and set(proposal.covers) <= covered)
            or place in looked_at
        )
        is_of_fix = Tier.RETURNED <= proposal.tier <= Tier.FIX_FAILED
        if repeated or (is_of_fix and of_fixes == _MAX_OF_FIXES) or len(chosen) == MAX_ACTIONS:
            continue
        of_fixes += is_of_fix
        chosen.append(proposal)
        covered |= set(proposal.covers)
        looked_at |= {place} if place else set()
    return chosen


def _action(priority: int, proposal: Proposal, past: Sequence[PastCycle]) -> Action:
    from_cycle, age = _standing_since({proposal.key, *proposal.other_keys}, past)
    return Action(
        priority=priority,
        text=proposal.text,
        command=proposal.command,
        file=proposal.file,
        line=proposal.line,
        from_cycle=from_cycle,
        key=proposal.key,
        age=age,
    )


def _standing_since(keys: set[str], past: Sequence[PastCycle]) -> tuple[str | None, int]:
    """The first cycle of the unbroken row up to the last one that had this action, and how many cycles ago that was.

    A cycle that had as many actions as fit may have left it out: it does not break the row.
    """
    since, age = None, 0
    for ago, cycle in enumerate(reversed(past), 1):
        if any(action.key in keys for action in cycle.actions):
            since, age = cycle.name, ago
        elif len(cycle.actions) < MAX_ACTIONS:
            break
    return since, age


def _lost_payloads(ledger: Ledger, situation: Situation) -> Iterator[Proposal]:
    if not ledger.entries or ledger.without_payload * 2 <= ledger.entries:
        return
    cycle = situation.cycle
    services = services_clause(cycle.services, situation.resources)
    window = window_clause(cycle.from_ns, cycle.to_ns)
    yield Proposal(
        tier=Tier.BLIND,
        order=(0, ""),
        key="payloads",
        text=(
            f"{ledger.without_payload:,} of {ledger.entries:,} entries hold no payload: read the window again "
            "with a collector that keeps textPayload and jsonPayload"
        ),
        command=read_logs(" AND ".join((*services, *window, "severity>=WARNING")), project=situation.project),
    )


def _for_causes(situation: Situation) -> Iterator[Proposal]:
    for cause in situation.causes:
        first = situation.canonical(cause.fingerprints[0])
        title = situation.title(first, cause.summary)
        path = cause.code_paths[0] if cause.code_paths else None
        if path is not None:
            text, command = f"Look at {place_of(path)}: {title}", show_code(path)
            if path.owner:
                text += f"; it is {path.owner}'s"
        elif cause.would_confirm:
            text, command = f"Find {cause.would_confirm}: {title}", situation.logs_of(first)
        elif not situation.repo_given:
            text = f"Find where it comes from (--repo DIR names the code, none was given): {title}"
            command = situation.logs_of(first)
        else:
            continue
        yield Proposal(
            tier=Tier.CAUSE,
            order=(cause.rank, first),
            key=f"look:{first}",
            other_keys=tuple(f"look:{name}" for f in cause.fingerprints[:1] for name in situation.names_of(f)),
            covers=tuple(sorted({situation.canonical(f) for f in cause.fingerprints})),
            text=text + _at_stake(cause, situation),
            command=command,
            file=path.file if path else None,
            line=path.line if path else None,
        )


def _at_stake(cause: Cause, situation: Situation) -> str:
    """The areas that this cause puts at risk, as an assumption."""
    prints = {situation.canonical(f) for f in cause.fingerprints}
    results = situation.tests.results if situation.tests else ()
    failing = {r.test for r in results if prints & {situation.canonical(f) for f in r.clusters}}
    areas = [
        i.area
        for i in situation.impact
        if i.status == "at_risk" and (failing & set(i.tests) or prints & set(i.clusters))
    ]
    return f"; at risk, as configured: {', '.join(areas[:_MAX_NAMED])}" if areas else ""


def _expired(known: Sequence[KnownError], situation: Situation) -> Iterator[Proposal]:
    """Errors that were accepted up to a day before the end of this cycle, and still occur."""
    today = (format_time(situation.cycle.to_ns) or "")[:10]
    for error in sorted(known, key=lambda k: (k.fingerprint, k.until)):
        if today and error.until < today and situation.here([error.fingerprint]):
            fingerprint = situation.canonical(error.fingerprint)
            yield Proposal(
                tier=Tier.ODD,
                order=(0, fingerprint),
                key=f"expired:{fingerprint}",
                other_keys=tuple(f"expired:{name}" for name in situation.names_of(fingerprint)),
                text=(
                    f"Cure it or accept it anew (analyzer known add {fingerprint}): it was accepted until "
                    f"{error.until} ({error.reason}): {situation.title(fingerprint)}"
                ),
                command=situation.logs_of(fingerprint),
            )


def _for_tests(situation: Situation) -> Iterator[Proposal]:
    """One for all passes that are suspicious, one for all failures that no error explains."""
    results = sorted(situation.tests.results, key=lambda r: r.test) if situation.tests else []
    odd = [r for r in results if r.suspicious and r.status.outcome == "passed"]
    alone = [r for r in results if r.status.outcome == "failed" and not r.clusters]
    for number, (key, found, what) in enumerate(
        (
            ("unexplained", alone, "failed and no error of the logs explains it"),
            ("suspicious", odd, f"passed and is not to be trusted ({odd[0].suspicious})" if odd else ""),
        )
    ):
        if not found:
            continue
        first, rest = found[0], [r.test for r in found[1:]]
        also = f"; so did {', '.join(rest[: _MAX_NAMED - 1])}" if rest else ""
        also += f" and {len(rest) - _MAX_NAMED + 1} more" if len(rest) >= _MAX_NAMED else ""
        filter_ = filter_of_test(first, situation.cycle.from_ns, situation.cycle.to_ns)
        project = situation.project or next(
            (r.project for r in (situation.resources or {}).values() if r.project), None
        )
        yield Proposal(
            tier=Tier.ODD,
            order=(1 + number, key),
            key=key,
            text=f"Look at what was logged while {first.test} ran: it {what}{also}",
            command=read_logs(filter_, project=project) if filter_ else None,
            file=first.file,
        )
