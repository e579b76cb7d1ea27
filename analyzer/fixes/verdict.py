"""Facts about one claimed fix to its verdict, by the decision table, with the evidence that its cell cites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from analyzer.fixes.decision import Answers, decide
from analyzer.model import FIX_RULE, Effect, Evidence, Fix, FixFacts, Ground, Rollout

_UNLIKELY = 0.05
_IDLE = ("no_traffic", "refused")
_MAX_SHOWN = 3


def judge_fix(facts: FixFacts) -> Fix:
    """The verdict on one claim, its evidence and what to do next."""
    answers = answers_of(facts)
    cell = decide(answers)
    evidence = [Evidence(text=cell.says, rule=f"{FIX_RULE}{cell.name}")]
    for name in cell.cites:
        evidence += _CITING[name](facts)
    return Fix(
        commit=facts.commit,
        claims=facts.claims,
        claim_text=facts.text,
        verdict=cell.verdict.value,
        evidence=tuple(dict.fromkeys(evidence)),
        origin=facts.origin,
        effect=facts.relevance.effect.value if facts.relevance else None,
        committed_ns=facts.committed_ns,
        next_step=cell.next_step,
    )


def answers_of(facts: FixFacts) -> Answers:
    """What the facts answer to each question of the table."""
    rows = facts.rollouts
    effect = facts.relevance.effect.value if facts.relevance else Effect.UNKNOWN.value
    if any(r.contains and r.errors for r in rows):
        errors = "on_fix"
    else:
        errors = "unclear" if any(r.contains is None and r.errors for r in rows) else "not_on_fix"
    if facts.verified_in is not None:
        past = "verified"
    else:
        past = "failed" if facts.failed_on_fix else "nothing"
    after = "elsewhere" if facts.elsewhere else "unmasked" if facts.unmasked or facts.tests_changed else "nothing"
    return {
        "claim": "known" if facts.claims else "unknown",
        "rollout": _rollout(rows),
        "errors": errors,
        "effect": effect,
        "sites": _other_places(facts),
        "past": past,
        "exposure": _exposure(facts),
        "next": after,
    }


def _other_places(facts: FixFacts) -> str:
    """Whether another place still raises the error. One is cured where it is resolved here: gone by more than luck."""
    if facts.here and facts.resolved:
        return "one_cured"
    remaining = facts.relevance.remaining if facts.relevance else ()
    return "remain" if remaining or facts.elsewhere or (facts.gone and facts.here) else "unknown"


def live(rows: Sequence[Rollout]) -> tuple[Rollout, ...]:
    """The revisions that take traffic at the end of the window; where all are being replaced, those that served last.

    A revision that drains or was rolled back has no say in whether a fix is out.
    """
    served = [r for r in rows if r.state not in _IDLE and r.first_ns is not None]
    now = [r for r in served if not r.draining and r.state == "served"]
    if now or not served:
        return tuple(now)
    last = max(r.last_ns or 0 for r in served)
    return tuple(r for r in served if (r.last_ns or 0) == last)


def _rollout(rows: Sequence[Rollout]) -> str:
    answers = {r.contains for r in live(rows)}
    if not answers:
        return "nothing"
    if answers == {True}:
        return "all"
    if {True, False} <= answers:
        return "split"
    if None in answers:
        return "unknown"
    if any(r.contains and r.state == "rolled_back" for r in rows):
        return "rolled_back"
    return "idle" if any(r.contains and r.state in _IDLE for r in rows) else "none"


def _exposure(facts: FixFacts) -> str:
    """Whether silence on the revisions with the fix proves anything.

    Tests that failed with the error and pass now do, unless the rate per request is known and says that they may have
    been lucky; else the chance of so much silence at the rate of before must be small.
    """
    asked = _asked(facts)
    tests = bool(facts.tests_passing or facts.tests_changed) and not facts.tests_failing
    if not asked:
        return "none"
    if not facts.baseline_errors or not facts.baseline_exposure:
        return "enough" if tests else "baseless"
    if facts.chance is not None and facts.chance <= _UNLIKELY:
        return "enough"
    lucky = max(0.0, 1 - facts.baseline_errors / facts.baseline_exposure) ** asked
    if tests and (not facts.routes or facts.per != "request" or lucky <= _UNLIKELY):
        return "enough"
    return "little"


def _asked(facts: FixFacts) -> float:
    """Requests to (else minutes of) the revisions with the fix."""
    rows = [r for r in facts.rollouts if r.contains]
    return sum(r.requests for r in rows) if facts.per == "request" else sum(r.minutes for r in rows)


# ---- evidence, by the names that cells cite ----


def _with(facts: FixFacts) -> Iterator[Evidence]:
    yield from (r.why for r in facts.rollouts if r.contains)


def _without(facts: FixFacts) -> Iterator[Evidence]:
    yield from (r.why for r in facts.rollouts if r.contains is False)


def _unclear(facts: FixFacts) -> Iterator[Evidence]:
    yield from (r.why for r in facts.rollouts if r.contains is None)


def _errors(facts: FixFacts, contains: bool) -> Iterator[Evidence]:
    for r in facts.rollouts:
        if r.contains is contains and r.errors:
            times = "once" if r.errors == 1 else f"{r.errors:,} times"
            yield Evidence(text=f"the claimed error occurred {times} on {_name(r)}", entry_ids=r.error_ids)


def _errors_on_fix(facts: FixFacts) -> Iterator[Evidence]:
    yield from _errors(facts, True)


def _errors_without(facts: FixFacts) -> Iterator[Evidence]:
    yield from _errors(facts, False)


def _draining(facts: FixFacts) -> Iterator[Evidence]:
    for r in facts.rollouts:
        if r.contains is False and r.errors and r not in live(facts.rollouts):
            yield Evidence(
                text=f"{r.errors:,} on {_name(r)}, which is without the fix and takes no new traffic, do not count",
                entry_ids=r.error_ids,
            )


def _relevance(facts: FixFacts) -> Iterator[Evidence]:
    if facts.relevance is not None:
        yield from facts.relevance.evidence


def _cannot(facts: FixFacts) -> Iterator[Evidence]:
    if facts.relevance is not None and facts.relevance.effect is Effect.CANNOT:
        text = "once deployed it would not help: no line that it changed can raise or prevent the error"
        yield Evidence(text=text, rule=Ground.EFFECT)
        yield from facts.relevance.evidence


def _sites(facts: FixFacts) -> Iterator[Evidence]:
    for path in (facts.relevance.remaining if facts.relevance else ())[:_MAX_SHOWN]:
        yield Evidence(text=f"{path.file}:{path.line} still stands as it was", file=path.file, line=path.line)
    for fingerprint in facts.gone[:_MAX_SHOWN] if facts.here else ():
        yield Evidence(text=f"{fingerprint}, which was claimed too, is gone", rule=Ground.CLAIMS)
    for fingerprint in sorted(set(facts.resolved) - set(facts.gone))[:_MAX_SHOWN]:
        text = f"{fingerprint}, requests that failed with the error before, is resolved"
        yield Evidence(text=text, rule=Ground.CLAIMS)


def _clusters(facts: FixFacts, which: Sequence[str], what: str) -> Iterator[Evidence]:
    entries = dict(facts.cited)
    for fingerprint in which[:_MAX_SHOWN]:
        yield Evidence(text=f"{what}: {fingerprint}", entry_ids=entries.get(fingerprint, ()), rule=Ground.CLAIMS)


def _elsewhere(facts: FixFacts) -> Iterator[Evidence]:
    yield from _clusters(facts, facts.elsewhere, "the same innermost error, from another place")


def _unmasked(facts: FixFacts) -> Iterator[Evidence]:
    yield from _clusters(facts, facts.unmasked, "new where the claimed error stood")


def _tests(facts: FixFacts) -> Iterator[Evidence]:
    for tests, what in (
        (facts.tests_passing, "failed with the error before and {} now"),
        (facts.tests_changed, "failed with the error before and {} with another one now"),
    ):
        if tests:
            verb = "pass" if tests is facts.tests_passing else "fail"
            named = ", ".join(tests[:_MAX_SHOWN]) + (f" and {len(tests) - _MAX_SHOWN} more" * (len(tests) > _MAX_SHOWN))
            text = f"{named} " + what.format(verb + ("es" if len(tests) == 1 and verb == "pass" else ""))
            yield Evidence(text=text, rule=Ground.TESTS)


def _past(facts: FixFacts) -> Iterator[Evidence]:
    if facts.verified_in is not None:
        yield Evidence(text=f"cycle {facts.verified_in} verified it", rule=Ground.EARLIER)
    for name in facts.failed_on_fix[:_MAX_SHOWN]:
        text = f"in cycle {name} the error occurred on a revision with the fix"
        yield Evidence(text=text, rule=Ground.EARLIER)


def _numbers(facts: FixFacts) -> Iterator[Evidence]:
    """Occurrences on the revisions with the fix for the exposure there, against the rate of before."""
    asked = _asked(facts)
    unit = "requests" if facts.per == "request" else "minutes"
    where = f" on {', '.join(facts.routes[:2])}" if facts.routes else ""
    if sum(r.errors for r in facts.rollouts if r.contains):
        return
    text = f"0 occurrences in {asked:,.6g} {unit}{where} with the fix"
    if facts.baseline_errors and facts.baseline_exposure:
        text += f"; before {facts.baseline_errors:,} in {facts.baseline_exposure:,.6g}"
    if asked:  # rule of three
        text += f"; by 95 % fewer than {min(1.0, 3 / asked) if facts.per == 'request' else 3 / asked:.3g} each"
    if facts.chance is not None and asked:
        text += f"; chance of that without a cure {facts.chance:.2g}"
    yield Evidence(text=text, rule=Ground.SILENCE)


def _name(row: Rollout) -> str:
    return row.revision or row.service or "the program"


_CITING: Mapping[str, Callable[[FixFacts], Iterator[Evidence]]] = {
    "with": _with,
    "without": _without,
    "unclear": _unclear,
    "errors_on_fix": _errors_on_fix,
    "errors_without": _errors_without,
    "draining": _draining,
    "relevance": _relevance,
    "cannot": _cannot,
    "sites": _sites,
    "elsewhere": _elsewhere,
    "unmasked": _unmasked,
    "tests": _tests,
    "past": _past,
    "numbers": _numbers,
}
