"""The decision table of fixes: what is asked of the facts, and which verdict the answers give.

The first cell whose conditions all hold decides. The table is data: `table_lines` prints it for the docs, and a test
walks every combination of answers through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analyzer.model import Verdict

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "claim": ("known", "unknown"),
    "rollout": ("all", "split", "idle", "rolled_back", "none", "unknown", "nothing"),
    "errors": ("on_fix", "unclear", "not_on_fix"),
    "effect": ("can", "cannot", "unknown"),
    "sites": ("one_cured", "remain", "unknown"),
    "past": ("verified", "failed", "nothing"),
    "exposure": ("enough", "little", "none", "baseless"),
    "next": ("elsewhere", "unmasked", "nothing"),
}
"""what is asked → the answers that there are"""

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the table: it holds where every question in `when` has one of the answers given."""

    name: str
    verdict: Verdict
    says: str
    """what it means, a sentence of the evidence"""
    next_step: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cites: tuple[str, ...] = ()
    """which evidence is shown, see `verdict.py`"""

    def holds(self, answers: Answers) -> bool:
        """Whether the answers fall into this cell, if no earlier one took them."""
        return all(answers[question] in wanted for question, wanted in self.when.items())


_ALL = ("all",)
_QUIET = {"rollout": _ALL, "errors": ("not_on_fix",)}
_RUN = ("with", "errors_on_fix")

CELLS: tuple[Cell, ...] = (
    Cell(
        name="unseen-text",
        verdict=Verdict.INCONCLUSIVE,
        when={"claim": ("unknown",)},
        says="claimed text seen in no known cycle",
        next_step="Claim a part of an error's text as the report shows it, or its fingerprint.",
    ),
    Cell(
        name="returned",
        verdict=Verdict.REGRESSED,
        when={"errors": ("on_fix",), "past": ("verified",)},
        says="the error is back on a revision that runs the fix, after an earlier cycle verified it",
        next_step="See what changed since the cycle that verified it.",
        cites=(*_RUN, "past"),
    ),
    Cell(
        name="runs-beside-the-path",
        verdict=Verdict.WRONG_PATH,
        when={"errors": ("on_fix",), "effect": ("cannot",)},
        says="the fix runs and the error still occurs: no line that it changed can raise or prevent it",
        next_step="Change what does raise the error: the report's causes name the places.",
        cites=(*_RUN, "relevance"),
    ),
    Cell(
        name="others-still-fail",
        verdict=Verdict.OTHER_SITES_REMAIN,
        when={"errors": ("on_fix",), "effect": ("can",), "sites": ("one_cured", "remain")},
        says="the fix runs and changes a place of the error, which still occurs from another place",
        next_step="Repair the remaining places too.",
        cites=(*_RUN, "relevance", "sites"),
    ),
    Cell(
        name="runs-and-still-fails",
        verdict=Verdict.INCONCLUSIVE,
        when={"errors": ("on_fix",), "effect": ("can",)},
        says="the fix runs, is on the path of the error, and the error still occurs: no other place is known",
        next_step="Look at a failing request on the revision with the fix: the change is not enough, or another "
        "place raises the same error.",
        cites=(*_RUN, "relevance"),
    ),
    Cell(
        name="one-place-cured",
        verdict=Verdict.OTHER_SITES_REMAIN,
        when={"errors": ("on_fix",), "sites": ("one_cured",)},
        says="since the fix runs the error is gone from one place, with occasion to show, and goes on at another",
        next_step="Repair the remaining places too.",
        cites=(*_RUN, "relevance", "sites"),
    ),
    Cell(
        name="runs-unrelated-or-not",
        verdict=Verdict.INCONCLUSIVE,
        when={"errors": ("on_fix",)},
        says="the fix runs and the error still occurs; whether a changed line can raise it is not known",
        next_step="Ask `analyzer fix verify --before-deploy` which place of the error the commit changes.",
        cites=(*_RUN, "relevance"),
    ),
    Cell(
        name="nothing-served",
        verdict=Verdict.INCONCLUSIVE,
        when={"rollout": ("nothing",)},
        says="no revision of the services with this error served in the window",
        next_step="Analyze a window in which the services were asked.",
    ),
    Cell(
        name="not-in-any-revision",
        verdict=Verdict.NOT_ROLLED_OUT,
        when={"rollout": ("none",)},
        says="no revision that served has the fix in it",
        next_step="Deploy the fix, then run the tests again.",
        cites=("without", "errors_without", "cannot"),
    ),
    Cell(
        name="rolled-back",
        verdict=Verdict.NOT_ROLLED_OUT,
        when={"rollout": ("rolled_back",)},
        says="the revision with the fix was rolled back: what serves now is without it",
        next_step="Give the traffic back to a revision with the fix.",
        cites=("with", "without", "errors_without", "cannot"),
    ),
    Cell(
        name="deployed-without-traffic",
        verdict=Verdict.NOT_ROLLED_OUT,
        when={"rollout": ("idle",)},
        says="the revision with the fix gets no traffic: what serves is without it",
        next_step="Give the revision with the fix traffic, then run the tests again.",
        cites=("with", "without", "errors_without", "cannot"),
    ),
    Cell(
        name="shared-traffic",
        verdict=Verdict.PARTIALLY_ROLLED_OUT,
        when={"rollout": ("split",), "errors": ("not_on_fix", "unclear")},
        says="a part of the traffic still goes to a revision without the fix",
        next_step="Give the revision with the fix all the traffic.",
        cites=("with", "without", "errors_without", "numbers", "cannot"),
    ),
    Cell(
        name="commit-unknown",
        verdict=Verdict.INCONCLUSIVE,
        when={"rollout": ("unknown",)},
        says="which commit serves is not known, so neither is whether the fix runs",
        next_step="Deploy with the label commit-sha on the revision (gcloud run deploy --labels=commit-sha=…).",
        cites=("unclear", "with", "without"),
    ),
    Cell(
        name="errors-of-unknown-code",
        verdict=Verdict.INCONCLUSIVE,
        when={"errors": ("unclear",)},
        says="the error occurred on a revision whose commit is not known",
        next_step="Deploy with the label commit-sha on the revision (gcloud run deploy --labels=commit-sha=…).",
        cites=("unclear", "with"),
    ),
    Cell(
        name="still-verified",
        verdict=Verdict.VERIFIED,
        when={**_QUIET, "past": ("verified",)},
        says="an earlier cycle verified the fix, and the error has not occurred on a revision with it since",
        next_step="Nothing: keep the test that would catch it.",
        cites=("with", "past", "numbers", "draining"),
    ),
    Cell(
        name="never-asked",
        verdict=Verdict.INCONCLUSIVE,
        when={**_QUIET, "exposure": ("none",)},
        says="deployed, unproven: 0 requests on the path of the error",
        next_step="Exercise what failed before, on the revision with the fix.",
        cites=("with", "numbers", "draining"),
    ),
    Cell(
        name="nothing-to-compare-with",
        verdict=Verdict.INCONCLUSIVE,
        when={**_QUIET, "exposure": ("baseless",)},
        says="the error does not occur, and how often it did before is not known",
        next_step="Compare with a cycle that has the error: --baseline FILE, or a history.",
        cites=("with", "numbers", "draining"),
    ),
    Cell(
        name="too-little",
        verdict=Verdict.INCONCLUSIVE,
        when={**_QUIET, "exposure": ("little",)},
        says="the error did not occur, in too few requests to tell",
        next_step="Exercise what failed before more often, on the revision with the fix.",
        cites=("with", "numbers", "draining"),
    ),
    Cell(
        name="cured-by-another",
        verdict=Verdict.WRONG_PATH,
        when={**_QUIET, "effect": ("cannot",), "past": ("failed",)},
        says="the error is gone, and not by this fix: it occurred on a revision with it, and no changed line can raise "
        "or prevent it",
        next_step="Nothing for the error; drop the claim.",
        cites=("with", "past", "relevance", "numbers"),
    ),
    Cell(
        name="gone-unexplained",
        verdict=Verdict.INCONCLUSIVE,
        when={**_QUIET, "effect": ("cannot",)},
        says="the error is gone, but none of the changed lines can have done it",
        next_step="Look for what else changed in the same deploy.",
        cites=("with", "relevance", "numbers"),
    ),
    Cell(
        name="failed-before",
        verdict=Verdict.INCONCLUSIVE,
        when={**_QUIET, "past": ("failed",)},
        says="the error is gone, but it occurred on an earlier revision with this fix: something later helped",
        next_step="Look for what changed after the fix.",
        cites=("with", "past", "numbers"),
    ),
    Cell(
        name="same-error-elsewhere",
        verdict=Verdict.OTHER_SITES_REMAIN,
        when={**_QUIET, "next": ("elsewhere",)},
        says="the claimed error is gone; the same innermost error occurs from another place",
        next_step="Repair the remaining places too.",
        cites=("with", "numbers", "elsewhere", "sites"),
    ),
    Cell(
        name="next-error",
        verdict=Verdict.UNMASKED_NEXT,
        when={**_QUIET, "next": ("unmasked",)},
        says="the claimed error is gone, and where it stood another one is new",
        next_step="Look at the error that stands there now.",
        cites=("with", "numbers", "unmasked", "tests"),
    ),
    Cell(
        name="gone",
        verdict=Verdict.VERIFIED,
        when=dict(_QUIET),
        says="the error is gone where the fix runs, with occasion enough to show it",
        next_step="Nothing: keep the test that would catch it.",
        cites=("with", "tests", "numbers", "relevance", "draining"),
    ),
)


def decide(answers: Answers) -> Cell:
    """The first cell that holds. Every combination of answers has one."""
    return next(cell for cell in CELLS if cell.holds(answers))


def table_lines() -> Iterator[str]:
    """The table as Markdown."""
    yield "| cell | where | verdict | means |"
    yield "|---|---|---|---|"
    for cell in CELLS:
        where = "; ".join(f"{question}: {' or '.join(wanted)}" for question, wanted in cell.when.items())
        yield f"| {cell.name} | {where} | `{cell.verdict.value}` | {cell.says} |"
