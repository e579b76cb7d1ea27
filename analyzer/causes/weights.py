"""The one home of written weights: what each piece of evidence adds, in log-odds, and why that much.

A weight of 0.7 doubles the odds, 1.1 makes them three times, 2.3 ten times as good. They are reasoned and checked
against made incidents (`benchmarks/made_cascades.py`), not fitted: few enough to be read, and none decides alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log2

_MOST_DOUBLINGS = 3.0


@dataclass(frozen=True, slots=True)
class Weight:
    """What a piece of evidence adds to the odds."""

    log_odds: float
    why: str


LINK: dict[str, Weight] = {
    "link": Weight(-3.0, "two clusters of a cycle seldom have to do with each other"),
    "every request": Weight(2.6, "nearly every request that shows the one shows the other"),
    "some requests": Weight(1.6, "a good part of the requests that show the one show the other"),
    "no request": Weight(-3.0, "both have request ids, and none is shared"),
    "names service": Weight(2.6, "it says that a call of that service failed"),
    "names host": Weight(2.2, "it speaks of a host whose name is that service's"),
    "quotes": Weight(3.4, "it holds the other's innermost text word by word"),
    "same text": Weight(1.2, "both print one innermost text in two services"),
    "shares name": Weight(1.8, "both speak of one rare name: a variable, a table, a path, a host"),
    "in step": Weight(2.4, "without ids: it is printed at one distance from the other, too often for chance"),
    "together": Weight(1.2, "without ids: it is printed when the other is, and seldom else"),
    "untied": Weight(-0.8, "without ids: neither the requests nor the times tie the two"),
    "apart": Weight(-2.0, "without ids: it is mostly printed when the other is not"),
    "adjacent": Weight(1.6, "the same instance prints it right after the other, every time"),
    "headline": Weight(3.2, "it is printed right above the other's trace, every time"),
    "request log": Weight(
        3.2, "a request fails with the status of a server error, and inside it the application failed"
    ),
    "speaks of a call": Weight(0.8, "its own words say that something that it called failed"),
    "same service": Weight(-1.2, "it speaks of a call, and the other, of its own service, speaks of none"),
    "root speaks of a call": Weight(-0.8, "the other one also only says that a call failed"),
    "gives status": Weight(0.4, "it repeats the status with which the other ended"),
    "below": Weight(0.8, "other texts show that its service calls the other's, directly or by way of a third"),
    "above": Weight(-2.0, "other texts show that its service is called by the other's"),
    "own exception": Weight(-1.4, "it has an exception of its own that speaks of nobody else"),
    "has exception": Weight(1.0, "in the same request the other one has a trace, and it has none"),
    "before": Weight(0.3, "the other one was first; clocks differ and time-outs come early, so this hardly counts"),
    "after": Weight(-0.3, "the other one was later"),
    "death": Weight(4.2, "the instance ended within seconds after that error"),
    "dead instance": Weight(4.2, "the platform could not reach an instance that had just failed"),
    "dead service": Weight(2.4, "the service could not start or was killed, and this began afterwards"),
    "survived": Weight(-2.2, "the service said that it goes on without"),
    "inner": Weight(3.4, "the other one prints the same failure with the exception behind it"),
    "cancelled": Weight(3.6, "a cancelled task was cancelled by what the other one reports"),
    "gave up": Weight(-2.0, "the other one only says that its caller went away"),
}
"""for “this cluster follows from that one”"""

ROOT: dict[str, Weight] = {
    "root": Weight(-0.5, "an error that is seen is more often a symptom than an origin"),
    "trace": Weight(1.2, "its trace ends in the service's own code"),
    "library trace": Weight(0.6, "it has a trace, which ends in no code of the service"),
    "text only": Weight(-0.3, "no trace shows where it was raised"),
    "other services": Weight(1.7, "errors of other services follow from it"),
    "own service": Weight(0.8, "other errors of its service follow from it"),
    "fatal": Weight(1.0, "the service could not start, or was killed, with it"),
    "outside": Weight(0.6, "it names something that writes no log here, and so is the last that is visible"),
    "speaks of a call": Weight(-3.0, "by its own words it comes from something else, which is not visible here"),
    "front": Weight(-2.5, "a request log or the platform says that something failed, never why"),
    "cancelled": Weight(-1.5, "a cancelled task has been stopped by something else"),
    "survived": Weight(-1.2, "the service said that it goes on without"),
    "harmless before": Weight(-2.0, "the baseline had it as often, and its tests passed"),
    "warning": Weight(-1.0, "it is no error by its own severity"),
    "weak link": Weight(-0.7, "the way from the symptoms to it has a doubtful link"),
    "rival": Weight(-2.0, "another error stands in the same requests and is as likely"),
    "silent callee": Weight(-1.2, "it names a service that is known here and logs no error of its own"),
}
"""for “the cluster called root is the true origin”"""


ORIGIN: dict[str, Weight] = {
    "origin": Weight(0.2, "the place that a search names first, before its proof is weighed"),
    "flows": Weight(2.4, "a value that makes it raise exactly this text is shown to reach it"),
    "can raise": Weight(0.7, "an operation stands there that can raise exactly this text"),
    "names": Weight(-1.2, "it only has the names that the message speaks of"),
    "own raise": Weight(-1.8, "the program raises it on purpose: what made it do so may lie outside of it"),
    "near": Weight(0.5, "it stands in the try body that caught the error, or two calls below"),
    "far": Weight(0.0, "it is reached over more than two calls"),
    "no way": Weight(-0.6, "no way from the statement that wrapped the text was found, or none was looked for"),
    "always runs": Weight(0.6, "it runs whenever its function is called"),
    "masking": Weight(-0.5, "it runs only after another error"),
    "breadcrumb": Weight(1.2, "the last line before the error was logged right before it"),
    "traced": Weight(0.6, "the stack trace passes it"),
    "rival": Weight(-0.9, "one other function has a place with the same proof"),
    "rivals": Weight(-1.6, "several other functions have"),
    "no rule": Weight(-0.3, "no rule knows the innermost text"),
    "unproved wrapper": Weight(-0.3, "only the words tell where the innermost text begins"),
}
"""for “this place has to be changed”"""


def probability(evidence: Iterable[str], weights: dict[str, Weight]) -> float:
    """The chance that a claim is true, from the names of what speaks for and against it.

    The first name of a table is its prior and is always counted. Raises KeyError for a name without a weight.
    """
    prior = next(iter(weights))
    total = weights[prior].log_odds + sum(weights[name].log_odds for name in evidence)
    return round(1 / (1 + exp(-max(-30.0, min(30.0, total)))), 6)


def worth(confidence: float, occurrences: int) -> float:
    """What reading a cause promises: its chance, times the first doublings of what it explains."""
    return round(confidence * min(log2(1 + occurrences), _MOST_DOUBLINGS), 6)
