"""What each verdict on a fix asks for.

| verdict | action | command |
|---|---|---|
| verified | none | |
| regressed | look at what changed since | `git show` of the first suspect commit, else the entries |
| not_rolled_out | deploy the commit, see which revision serves | `gcloud run services describe`, else `fix verify` |
| not_rolled_out, cannot work | look at the place that does raise the error | as wrong_path |
| partially_rolled_out | give the fixed revision all the traffic | `gcloud run services update-traffic` |
| wrong_path | look at the place that does raise the error | `git show COMMIT:FILE`, else the entries |
| other_sites_remain | repair the other places | `analyzer siblings --from-fix` |
| unmasked_next | look at the next error | as wrong_path |
| inconclusive | what would settle it | `analyzer fix verify`, or see which revision serves |
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.fixes.commands import describe_traffic, find_siblings, move_traffic, show_code, show_commit, verify_fix
from analyzer.fixes.proposals import Proposal, Situation, Tier, place_of, short
from analyzer.model import Cause, CodePath, Effect, Fix, Verdict

_MAX_PLACES = 5


def propose_for_fixes(situation: Situation) -> Iterator[Proposal]:
    """One proposal a fix at most; a verified one asks for nothing, nor one whose error was not where it went wrong."""
    for fix in sorted(situation.fixes, key=lambda f: (f.commit, f.claim_text)):
        if fix.verdict == Verdict.REGRESSED:
            yield _returned(fix, situation)
        elif fix.verdict == Verdict.NOT_ROLLED_OUT:
            if fix.effect == Effect.CANNOT and situation.here(fix.claims):
                # to deploy what cannot work costs a cycle
                found = [c.fingerprint for c in situation.here(fix.claims)]
                yield _look(fix, situation, found, "is not deployed, and once it is it does not change what raises")
            else:
                yield _deploy(fix, situation)
        elif fix.verdict == Verdict.PARTIALLY_ROLLED_OUT:
            yield _traffic(fix, situation)
        elif fix.verdict == Verdict.WRONG_PATH and situation.here(fix.claims):
            yield _look(
                fix, situation, [c.fingerprint for c in situation.here(fix.claims)], "does not change what raises"
            )
        elif fix.verdict == Verdict.OTHER_SITES_REMAIN:
            yield _siblings(fix, situation)
        elif fix.verdict == Verdict.UNMASKED_NEXT:
            yield _next_error(fix, situation)
        elif fix.verdict == Verdict.INCONCLUSIVE:
            yield _settle(fix, situation)


def _returned(fix: Fix, situation: Situation) -> Proposal:
    claimed = tuple(sorted(map(situation.canonical, fix.claims)))
    here = [c.fingerprint for c in situation.here(claimed)]
    first = (here or [*claimed, ""])[0]
    cause = situation.cause_of(here)
    suspect = cause.suspect_commits[0] if cause and cause.suspect_commits else None
    text = f"The error that {short(fix.commit)} had cured is back: {situation.title(first, fix.claim_text)}"
    if suspect is not None:
        text += f"; look at {short(suspect.commit)}: {suspect.why}"
        command = show_commit(suspect.commit)
    else:
        command = situation.logs_of(first)
    path = cause.code_paths[0] if cause and cause.code_paths else None
    return _proposal(
        fix,
        Tier.RETURNED,
        f"returned:{fix.commit}:{first}",
        _with_step(text, fix),
        command,
        path,
        _covered(here, cause),
    )


def _deploy(fix: Fix, situation: Situation) -> Proposal:
    services = situation.services_of(fix.claims)
    command = describe_traffic(services, situation.resources, situation.project) or verify_fix(fix.commit)
    serving = sorted(
        {
            r.revision
            for r in (situation.deploys.revisions if situation.deploys else ())
            if r.service in services and _serves(r.state)
        }
        or {r for c in situation.here(fix.claims) for r in c.revisions}
    )
    text = f"Deploy {short(fix.commit)}, then see that its revision serves"
    if serving:
        text += f"; now it is {', '.join(serving[:_MAX_PLACES])}"
    return _proposal(
        fix, Tier.ROLLOUT, f"deploy:{fix.commit}", _with_step(text, fix), command, None, _all_claimed(fix, situation)
    )


def _traffic(fix: Fix, situation: Situation) -> Proposal:
    services = situation.services_of(fix.claims)
    newest = None
    for revision in situation.deploys.revisions if situation.deploys else ():
        if services and revision.service == services[0] and revision.state == "served":
            newest = revision.revision  # they stand oldest first
    command = move_traffic(services, situation.resources, situation.project, newest) or verify_fix(fix.commit)
    text = f"Give a revision with {short(fix.commit)} all the traffic: a part still goes to one without it"
    return _proposal(
        fix, Tier.ROLLOUT, f"traffic:{fix.commit}", _with_step(text, fix), command, None, _all_claimed(fix, situation)
    )


def _siblings(fix: Fix, situation: Situation) -> Proposal:
    others = situation.told_by(fix.evidence, but=())
    concerned = sorted({*others, *(c.fingerprint for c in situation.here(fix.claims))})
    cause = situation.cause_of(concerned)
    found = [*cause.code_paths[:1], *cause.siblings] if cause else []
    places = [place_of(path) for path in found]
    if not places:
        places = sorted({f"{e.file}:{e.line}" for e in fix.evidence if e.file and e.line})
    listed = f": {', '.join(places[:_MAX_PLACES])}" if places else ""
    more = f" and {len(places) - _MAX_PLACES} more" if len(places) > _MAX_PLACES else ""
    text = f"Repair the places that {short(fix.commit)} left as they were{listed}{more}"
    path = found[0] if found else None
    return _proposal(
        fix,
        Tier.FIX_FAILED,
        f"siblings:{fix.commit}",
        text if places else _with_step(text, fix),
        find_siblings(fix.commit),
        path,
        _covered(concerned, cause),
    )


def _next_error(fix: Fix, situation: Situation) -> Proposal:
    found = situation.told_by(fix.evidence, but=fix.claims)
    return _look(fix, situation, found, "worked and uncovered")


def _look(fix: Fix, situation: Situation, fingerprints: list[str], what: str) -> Proposal:
    """At the place behind clusters; the same action as that of their cause, with what the fix says about it."""
    cause = situation.cause_of(fingerprints)
    first = situation.canonical(cause.fingerprints[0]) if cause else (fingerprints or [""])[0]
    paths = cause.code_paths if cause else ()
    if not paths and first in situation.clusters:
        paths = situation.clusters[first].code_paths
    said = f"{short(fix.commit)} {what} {situation.title(first, 'an error')}"
    if paths:
        text, command, path = f"Look at {place_of(paths[0])}: {said}", show_code(paths[0]), paths[0]
    else:
        text, command, path = _with_step(f"Find the origin: {said}", fix), situation.logs_of(first), None
        if not first:
            command = verify_fix(fix.commit)
    key = f"look:{first}" if first else f"look:{fix.commit}"
    return _proposal(fix, Tier.FIX_FAILED, key, text, command, path, _covered(fingerprints, cause))


def _settle(fix: Fix, situation: Situation) -> Proposal:
    services = situation.services_of(fix.claims)
    text = f"Settle whether {short(fix.commit)} works"
    command = verify_fix(fix.commit)
    if fix.next_step:
        text = _with_step(text, fix)
    elif not fix.claims:
        text += f": no known error holds “{situation.title('', fix.claim_text)}”; claim one by its fingerprint"
        command = "analyzer fix list"
    else:
        text += ": give its revision the label commit-sha, and exercise what failed"
        command = describe_traffic(services, situation.resources, situation.project) or command
    return _proposal(fix, Tier.UNSETTLED, f"settle:{fix.commit}", text, command, None, ())


def _proposal(
    fix: Fix, tier: Tier, key: str, text: str, command: str, path: CodePath | None, covers: tuple[str, ...]
) -> Proposal:
    return Proposal(
        tier=tier,
        order=(0, f"{fix.commit} {fix.claim_text}"),
        key=key,
        covers=covers,
        text=text,
        command=command,
        file=path.file if path else None,
        line=path.line if path else None,
    )


def _covered(fingerprints: list[str], cause: Cause | None) -> tuple[str, ...]:
    return tuple(sorted({*fingerprints, *(cause.fingerprints if cause else ())}))


def _all_claimed(fix: Fix, situation: Situation) -> tuple[str, ...]:
    """The claimed clusters and all that their cause explains: what the fix may well cure once it runs."""
    return _covered([situation.canonical(f) for f in fix.claims], situation.cause_of(fix.claims))


def _with_step(text: str, fix: Fix) -> str:
    step = " ".join(fix.next_step.split())
    return f"{text}: {step}" if step else text


def _serves(state: str) -> bool:
    return state in ("served", "draining")
