"""Whether a saved report is true: its digest, its sums, what it cites; with logs and repository also the substance.

Takes the report as a dict, as saved, and what the caller read again; gives the false claims and what was not checked.
Reads nothing itself.
"""

from analyzer.reports.verifying.checking import Checking, FalseClaim, Verification
from analyzer.reports.verifying.code import Source, check_code
from analyzer.reports.verifying.knowing import Decided, Rulebook
from analyzer.reports.verifying.logs import Again, check_logs
from analyzer.reports.verifying.whole import check_report

__all__ = [
    "Again",
    "Checking",
    "Decided",
    "FalseClaim",
    "Rulebook",
    "Source",
    "Verification",
    "check_code",
    "check_logs",
    "check_report",
]
