"""The evidence of a fix against the rest of the report: the cell of the table, occurrences, tests, revisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.model import Ground
from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.knowing import Rulebook
from analyzer.reports.verifying.parts import Report

Cluster = Mapping[str, Any]
_PRINT = r"(s\d{1,4}:[0-9a-f]{16})"
_TIMES = re.compile(r"the claimed error occurred (?:(once)|([\d,]{1,20}) times) on (.+)", re.DOTALL)
_GONE = re.compile(rf"{_PRINT}, which was claimed too, is gone", re.ASCII)
_RESOLVED = re.compile(rf"{_PRINT}, requests that failed with the error before, is resolved", re.ASCII)
_THERE = re.compile(
    rf"(?:new where the claimed error stood|the same innermost error, from another place): {_PRINT}", re.ASCII
)
_TESTS = re.compile(
    r"(.+) failed with the error before and (pass|passes|fail|fails)( with another one)? now", re.DOTALL
)
_RUNS = re.compile(r"(\S{1,300}) runs ([0-9a-f]{4,64}) \((\w{1,30})\): ", re.ASCII)
_SILENCE = re.compile(
    r"0 occurrences in ([\d.,e+]{1,30}) (?:requests|minutes)(?: on .+)? with the fix"
    r"(?:; before [\d,]{1,20} in [\d.,e+]{1,30})?(?:; by 95 % fewer than ([\d.e+-]{1,30}) each)?"
    r"(?:; chance of that without a cure [\d.e+-]{1,30})?",
    re.DOTALL,
)
_EFFECTS = ("can", "cannot", "unknown", None)
_EARLIER = re.compile(r"cycle (.+) verified it|in cycle (.+) the error occurred on a revision with the fix", re.DOTALL)


def check_fix(
    fix: Mapping[str, Any],
    where: str,
    named: Mapping[str, Cluster],
    report: Report,
    rulebook: Rulebook,
    checking: Checking,
) -> None:
    """The verdict is that of the cell that is cited, and every sentence of a known form holds."""
    evidence = [item for item in fix["evidence"] if isinstance(item, Mapping)]
    cells = [item["rule"] for item in evidence if item.get("rule") in rulebook.cells]
    if rulebook.cells:
        said = f"the decision table gives {[rulebook.cells[rule].verdict for rule in cells]} for {cells}"
        fits = len(cells) == 1 and rulebook.cells[cells[0]].verdict == fix["verdict"]
        checking.holds(fits, f"{where}/verdict", fix["verdict"], said, "sentence")
        if len(cells) == 1:
            cell, effect = rulebook.cells[cells[0]], fix.get("effect")
            if fix.get("next_step"):
                checking.equals(fix["next_step"], cell.next_step, f"{where}/next_step", "sentence")
            fits = effect in _EFFECTS and (cell.effects is None or (effect or "unknown") in cell.effects)
            checking.holds(fits, f"{where}/effect", effect, f"the table asks for {cell.effects}", "sentence")
    for number, item in enumerate(fix["evidence"]):
        if isinstance(item, Mapping):
            with checking.part(f"{where}/evidence/{number}"):
                _sentence(item, f"{where}/evidence/{number}", fix, named, report, rulebook, checking)


def _sentence(
    evidence: Mapping[str, Any],
    where: str,
    fix: Mapping[str, Any],
    named: Mapping[str, Cluster],
    report: Report,
    rulebook: Rulebook,
    checking: Checking,
) -> None:
    text, rule = evidence["text"], evidence.get("rule")
    if rule in rulebook.cells:
        checking.equals(text, rulebook.cells[str(rule)].says, f"{where}/text", "sentence")
    elif found := _TIMES.fullmatch(text):
        _times(found, evidence, where, fix, named, checking)
    elif found := _RUNS.match(text):
        _runs(found, where, report, checking)
    elif rule == Ground.CLAIMS:
        _claimed(evidence, where, fix, named, checking)
    elif rule == Ground.TESTS:
        found = _TESTS.fullmatch(text)
        if checking.holds(found is not None, where, text, f"no sentence of {rule}", "sentence") and found is not None:
            _named_tests(found[1], found[2].startswith("pass"), where, report, checking)
    elif rule == Ground.SILENCE:
        found = _SILENCE.fullmatch(text)
        if checking.holds(found is not None, where, text, f"no sentence of {rule}", "sentence") and found is not None:
            _silence(found, where, checking)
    elif rule == Ground.EARLIER:
        found = _EARLIER.fullmatch(text)
        cycles = [point["cycle"] for point in report["trend"]]
        fits = found is not None and (found[1] or found[2]) in cycles
        checking.holds(fits, where, text, f"earlier cycles are {cycles}", "sentence")
    elif rule is not None and rule not in tuple(Ground) and rulebook.knows(rule):
        checking.holds(False, where, text, f"{rule} says nothing of fixes", "sentence")


def _times(
    found: re.Match[str],
    evidence: Mapping[str, Any],
    where: str,
    fix: Mapping[str, Any],
    named: Mapping[str, Cluster],
    checking: Checking,
) -> None:
    """Occurrences of the claimed clusters on a revision; nothing where not all of them are in the report."""
    clusters = {named[claim]["fingerprint"]: named[claim] for claim in fix["claims"] if claim in named}
    if found[3] == "the program":
        return
    times = 1 if found[1] else int(found[2].replace(",", ""))
    rows = [
        row
        for cluster in clusters.values()
        for row in cluster.get("seen_on") or ()
        if (row["revision"] or row["service"]) == found[3]
    ]
    count = sum(row["count"] for row in rows)
    checking.holds(times == count, where, evidence["text"], f"it occurred {count:,} times there", "sentence")
    strange = sorted(set(evidence["entry_ids"]) - {i for row in rows for i in row["entry_ids"]})
    checking.holds(not strange, f"{where}/entry_ids", strange, "they are of other errors", "sentence")


def _runs(found: re.Match[str], where: str, report: Report, checking: Checking) -> None:
    rows = [r for r in report["deploys"].get("revisions") or () if found[1] in (r["revision"], r["service"])]
    if rows:
        fits = any(str(r["commit"]).startswith(found[2]) and (r["source"] or "told") == found[3] for r in rows)
        said = [f"{r['revision']}: {r['commit']} ({r['source']})" for r in rows]
        checking.holds(fits, where, found[0], said, "sentence")


def _claimed(
    evidence: Mapping[str, Any],
    where: str,
    fix: Mapping[str, Any],
    named: Mapping[str, Cluster],
    checking: Checking,
) -> None:
    text = evidence["text"]
    if found := _GONE.fullmatch(text):
        # a name of the error that the baseline had, and no cluster here, need not be among the claims
        fits = found[1] not in named or (found[1] in fix["claims"] and not named[found[1]]["count"])
        checking.holds(fits, where, text, "it is no claim, or it occurs here", "sentence")
    elif found := _RESOLVED.fullmatch(text):
        fits = found[1] not in named or not named[found[1]]["count"]
        checking.holds(fits, where, text, "it occurs here", "sentence")
    elif found := _THERE.fullmatch(text):
        fits = found[1] in named and named[found[1]]["count"] > 0
        checking.holds(fits, where, text, "it does not occur here", "sentence")
        exemplars = named[found[1]]["exemplars"] if found[1] in named else []
        fits = not exemplars or set(evidence["entry_ids"]) <= set(exemplars[0]["entry_ids"])
        checking.holds(fits, f"{where}/entry_ids", evidence["entry_ids"], "they are of another error", "sentence")
    else:
        checking.holds(False, where, text, f"no sentence of {Ground.CLAIMS}", "sentence")


def _named_tests(names: str, passing: bool, where: str, report: Report, checking: Checking) -> None:
    """Every test that is named ended as it is said; names can hold commas, so the longest that fits is taken."""
    left = re.sub(r" and [\d,]{1,20} more$", "", names)
    status = {result["test"]: result["status"] for result in (report["tests"] or {}).get("results") or ()}
    while left:
        name = max((t for t in status if left == t or left.startswith(f"{t}, ")), key=len, default=None)
        if not checking.holds(name is not None, where, left, "there is no such test", "sentence") or name is None:
            return
        fits = status[name] != "skipped" and (status[name] == "passed") is passing
        checking.holds(fits, where, f"{name} {'passes' if passing else 'fails'}", f"it is {status[name]}", "sentence")
        left = left[len(name) + 2 :]


def _silence(found: re.Match[str], where: str, checking: Checking) -> None:
    """The bound after so many tries (rule of three) is that of the exposure."""
    asked = float(found[1].replace(",", ""))
    if found[2] is not None and asked:
        bounds = (f"{3 / asked:.3g}", f"{min(1.0, 3 / asked):.3g}")
        checking.holds(
            found[2] in bounds, where, f"fewer than {found[2]}", f"after {found[1]}: {bounds[1]}", "sentence"
        )
