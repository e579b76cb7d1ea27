"""What a sentence can rest on besides log entries and a line of code: the rules that are not in a pack.

A sentence of evidence cites entry ids, a file with a line, or a rule. A rule is the id of one in `patterns/` (or in a
project's own packs), `fix/<cell>` of the decision table of fixes, or one of these grounds.
"""

from __future__ import annotations

from enum import StrEnum

FIX_RULE = "fix/"
"""how the rule of a cell of the decision table begins"""


class Ground(StrEnum):
    """What was looked at as a whole, where no single entry or line says it."""

    NO_PATH = "code.no-path"
    NO_ORIGIN = "code.no-origin"
    OPTION = "deploys.option"
    BASELINE = "deploys.baseline"
    NO_COMMIT = "deploys.no-commit"
    LOGS_FIT = "deploys.logs-fit"
    NO_TRAFFIC = "deploys.no-traffic"
    EFFECT = "fixes.effect"
    ROLLOUT = "fixes.rollout"
    SILENCE = "fixes.silence"
    CLAIMS = "fixes.claims"
    TESTS = "fixes.tests"
    EARLIER = "fixes.earlier-cycles"

    @property
    def says(self) -> str:
        """What a sentence under this rule rests on."""
        return _SAYS[self]


_SAYS = {
    Ground.NO_PATH: "why a cluster has no code path: its kind, or that no repository was given or none of its "
    "statements fits",
    Ground.NO_ORIGIN: "the search of the whole repository at the commit, which found no place that raises the text",
    Ground.OPTION: "the option --revision of the run",
    Ground.BASELINE: "what the baseline's report says of the same revision",
    Ground.NO_COMMIT: "all entries of the revision: none names a commit",
    Ground.LOGS_FIT: "the facts of the revision's logs, compared with the commits of the repository",
    Ground.NO_TRAFFIC: "all requests of the window: none reached the revision",
    Ground.EFFECT: "the changes of the commit as a whole, compared with the places of the error",
    Ground.ROLLOUT: "the commit of the revision, compared with the fix in the history of the repository",
    Ground.SILENCE: "occurrences and exposure on the revisions with the fix, and before it",
    Ground.CLAIMS: "the clusters that the claim names, here and in the cycle that had them last",
    Ground.TESTS: "the results of the tests here and in the cycle that had the error last",
    Ground.EARLIER: "the reports of earlier cycles in the history",
}
