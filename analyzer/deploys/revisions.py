"""One `RevisionDeploy` for each revision of a service: its commit with the evidence, its times, its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analyzer.deploys.audit import Step, Told
from analyzer.deploys.binding import Bound, Revision
from analyzer.deploys.commits import is_same_commit
from analyzer.deploys.states import Life, Rollback, state_of
from analyzer.deploys.told import conflicts
from analyzer.model import Deploys, Evidence, Ground, RevisionDeploy

_CITED = 3
_NOT_INHERITED = ("option", "inferred")
"""what a user said of another cycle, and what its logs fit, are no evidence that came with the revision"""


def describe_revisions(
    service: str,
    life: Life,
    rolled: Sequence[Rollback],
    bound: Bound,
    told: Mapping[Revision, tuple[Told, ...]],
    own: Mapping[Revision, Sequence[int]],
    options: Mapping[str, str],
    earlier: Deploys | None,
) -> list[RevisionDeploy]:
    """The revisions of a service, oldest first. `own` is (first, last) time of what each wrote or answered."""
    states = {name: state_of(name, life, rolled) for name in life.names}
    serving = [name for name in life.names if states[name][0] == "served"] or [
        n for n in life.names if (service, n) in own
    ]
    newest = serving[-1] if serving else ""
    before = {r.revision: r for r in earlier.revisions if r.service == service} if earlier else {}
    deploys = {s.revision: s for s in reversed(bound.steps) if s.service == service and s.event == "deployed"}
    found = []
    for name in life.names:
        key = service, name
        known = before.get(name)
        option = (options.get(service) or options.get("")) if name == newest else None
        commit, source, evidence = _commit(told.get(key, ()), option, known)
        deploy, ready = deploys.get(name), life.ready.get(name)
        evidence += _deploy_evidence(deploy, bound)
        if (several := bound.ambiguous.get(key)) is not None:
            evidence.append(_undecided(several))
        state, why = states[name]
        times = own.get(key)
        found.append(
            RevisionDeploy(
                service=service,
                revision=name,
                commit=commit,
                source=source,
                evidence=(*evidence, *([why] if why else [])),
                deployed_ns=deploy.time_ns if deploy else known.deployed_ns if known else None,
                ready_ns=ready.time_ns if ready else known.ready_ns if known else None,
                first_ns=times[0] if times else None,
                last_ns=times[1] if times else None,
                requests=life.use.requests.get(name, 0),
                state=state,
            )
        )
    return found


def _commit(
    told: Sequence[Told], option: str | None, known: RevisionDeploy | None
) -> tuple[str | None, str | None, list[Evidence]]:
    """(commit, source, how it is known)"""
    evidence = [Evidence(text=told[0].text, entry_ids=told[0].entry_ids)] if told else []
    evidence += [*conflicts(told)]
    if option is not None:
        said = f"--revision names {option}"
        if told and not is_same_commit(option, told[0].commit):
            return (
                option,
                "option",
                [
                    Evidence(text=f"{said}, but the entries name another commit", rule=Ground.OPTION),
                    *evidence,
                ],
            )
        return option, "option", [Evidence(text=said, rule=Ground.OPTION), *evidence]
    if told:
        return told[0].commit, told[0].source, evidence
    if known is not None and known.commit and known.source not in _NOT_INHERITED:
        text = f"the baseline saw the same revision, and its {known.source} names {known.commit}"
        return known.commit, known.source, [Evidence(text=text, rule=Ground.BASELINE)]
    return None, None, [Evidence(text="no entry names its commit", rule=Ground.NO_COMMIT)]


def _deploy_evidence(deploy: Step | None, bound: Bound) -> list[Evidence]:
    how = bound.how.get(deploy.entry_id) if deploy else None
    return [Evidence(text=how, entry_ids=(deploy.entry_id,))] if deploy and how else []


def _undecided(deploys: Sequence[Step]) -> Evidence:
    names = list(_commits(deploys))
    which = f" ({' or '.join(names)})" if names else ""
    ids = tuple(step.entry_id for step in deploys)[:_CITED]
    if len(deploys) == 1:
        return Evidence(text=f"a deploy{which} may have made it or another revision", entry_ids=ids)
    return Evidence(text=f"which of {len(deploys)} deploys made it is not told{which}", entry_ids=ids)


def _commits(deploys: Sequence[Step]) -> Iterator[str]:
    yield from dict.fromkeys(step.commit for step in deploys[:_CITED] if step.commit)
