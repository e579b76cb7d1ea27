"""What SARIF results of a report are instances of: a rule for every kind of cause, and one for siblings."""

from __future__ import annotations

from analyzer.reports.sarif import SarifRule

SIBLING = "sibling"
_KINDS = {
    "code": ("CauseInCode", "A statement of the program is behind an error of this cycle."),
    "configuration": ("CauseInConfiguration", "A line of the configuration is behind an error of this cycle."),
    "packaging": ("CauseInPackaging", "What the image or package holds is behind an error of this cycle."),
    "dependency": ("CauseInDependency", "A service or library that is used is behind an error of this cycle."),
    "infrastructure": ("CauseInInfrastructure", "The platform is behind an error of this cycle."),
    "test": ("CauseInTest", "A test itself is behind an error of this cycle."),
    "unknown": ("CauseUnknown", "An error of this cycle comes from here; what is behind it is not known."),
}
_FULL = (
    "Found by clustering the error logs of one deploy-and-test cycle and mapping them to the code at the deployed "
    "commit. `rank` is the probability, in percent, that this is the origin."
)
_HELP = "See the evidence in the result's properties, and the HTML report for the log entries it cites."

RULES = (
    *(
        SarifRule(id=f"cause-{kind}", name=name, text=text, full=f"{text} {_FULL}", help=_HELP)
        for kind, (name, text) in _KINDS.items()
    ),
    SarifRule(
        id=SIBLING,
        name="SameDefectElsewhere",
        text="This place has the same defect as one that failed in this cycle.",
        full="This place has the same defect as one that failed in this cycle; no error of it was seen here yet.",
        help="Repair it together with the place that failed, or see why it cannot fail.",
        level="warning",
    ),
)

UNPLACED = SarifRule(
    id="cause-without-place",
    name="CauseWithoutPlace",
    text="A cause that no line of the code is named for.",
    help=_HELP,
    level="note",
)
UNREAD = SarifRule(
    id="not-read",
    name="LogsNotRead",
    text="Logs of this cycle that were not read, or say nothing.",
    help="See the ledger of the report. Causes that only those logs show are not among the results.",
    level="warning",
)


def cause_rule(kind: str) -> str:
    """The rule's id for a kind of cause; one this version does not know counts as unknown."""
    return f"cause-{kind if kind in _KINDS else 'unknown'}"
