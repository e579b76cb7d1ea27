"""Sentences of causes and deploys that say what other parts of the report say too, computed again word by word.

The forms are those that the stages write. A sentence of no known form is left to what it cites, unless its rule admits
known forms only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzer.model import Ground
from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.fix_sentences import check_fix
from analyzer.reports.verifying.knowing import Rulebook
from analyzer.reports.verifying.parts import Report, names_of

Cluster = Mapping[str, Any]
_OCCURRENCES = re.compile(r"[\d,]{1,20} occurrences? in [\d,]{1,20} entr(?:y|ies)\b")
_PRINTINGS = re.compile(r"none of ([\d,]{1,20}) printings?\b")
_PLACE = re.compile(r"(?:, from|, written by) (\S{1,1000}:\d{1,9})(?= in |;|$)")
_MESSAGE = re.compile(r"“(.{1,200})” is a message of the runtime(?:: (.*))?", re.DOTALL)
_OPTION = re.compile(r"--revision names ([0-9a-f]{7,64})(?:, but the entries name another commit)?", re.ASCII)
_BASELINE = re.compile(r"the baseline saw the same revision, and its (\w{1,30}) names ([0-9a-f]{7,64})", re.ASCII)
_FIT = re.compile(r"its logs fit ([0-9a-f]{7,64})(?: alone|\.\.([0-9a-f]{7,64}))", re.ASCII)
_NO_FIT = re.compile(r"its logs do not fit ([0-9a-f]{4,64}), which the (\w{1,30}) names", re.ASCII)
_INNERMOST = "the innermost exception is "
_WRAPPED = "the text is wrapped: "
_CHANGE = "against the baseline it is "
_FAILURE = "the text stands in the failure of "
_UNLOCATED = "no code path: "
_CUT = 200


def check_sentences(report: Report, rulebook: Rulebook, checking: Checking) -> None:
    """Every sentence whose form is known says what the report says elsewhere."""
    named = names_of(report)
    for number, cause in enumerate(report["causes"]):
        with checking.part(f"causes/{number}"):
            clusters = [named[f] for f in cause["fingerprints"] if f in named]
            _summary(cause, f"causes/{number}/summary", checking)
            for place, evidence in enumerate(cause["evidence"]):
                _cause(evidence, f"causes/{number}/evidence/{place}", clusters, report, rulebook, checking)
    for number, fix in enumerate(report["fixes"]):
        with checking.part(f"fixes/{number}"):
            check_fix(fix, f"fixes/{number}", named, report, rulebook, checking)
    for number, revision in enumerate(report["deploys"].get("revisions") or ()):
        with checking.part(f"deploys/revisions/{number}"):
            for place, evidence in enumerate(revision["evidence"]):
                _revision(evidence, f"deploys/revisions/{number}/evidence/{place}", revision, checking)


def _summary(cause: Mapping[str, Any], where: str, checking: Checking) -> None:
    found = _PLACE.search(cause["summary"])
    if found is not None and cause["code_paths"]:
        places = [f"{path['file']}:{path['line']}" for path in cause["code_paths"]]
        checking.holds(found[1] in places, where, cause["summary"], f"its places are {places}", "sentence")


def _cause(
    evidence: Mapping[str, Any],
    where: str,
    clusters: Sequence[Cluster],
    report: Report,
    rulebook: Rulebook,
    checking: Checking,
) -> None:
    text, ids, rule = evidence["text"], list(evidence["entry_ids"]), evidence.get("rule")
    expected = list(_expected(text, clusters, report))
    if expected:
        fits = any(text == wanted and (of is None or ids in of) for wanted, of in expected)
        wanted, of = expected[0]
        said = f"it is “{wanted}”" if text != wanted else f"that is in the entries {of[0] if of else []}"
        checking.holds(fits, where, text if text != wanted else ids, said, "sentence")
    elif rule == Ground.NO_PATH:
        checking.holds(False, where, text, f"no sentence of {rule}", "sentence")
    elif rule is not None and rulebook.knows(rule) and rule not in tuple(Ground):
        _message(text, where, rule, clusters, rulebook, checking)


def _message(
    text: str, where: str, rule: str, clusters: Sequence[Cluster], rulebook: Rulebook, checking: Checking
) -> None:
    """A message of a runtime: the rule knows it, it stands in an error of the cause, and means what is said."""
    found = _MESSAGE.fullmatch(text)
    if not checking.holds(found is not None, where, text, f"no sentence of {rule}", "sentence") or found is None:
        return
    quoted = found[1]
    if len(quoted) == _CUT:
        return  # the rest of the message is not there to ask the rule about
    classes = [(cluster.get("exception") or {}).get("type") for cluster in clusters]
    meant = [rulebook.means(rule, quoted, name) for name in classes or [None]]
    fits = (found[2] or "") in meant
    checking.holds(fits, where, text, f"{rule} says of it {meant}", "sentence")


def _expected(
    text: str, clusters: Sequence[Cluster], report: Report
) -> Iterator[tuple[str, Sequence[Sequence[str]] | None]]:
    """(what a sentence of this form must be, the entries it can cite) for each cluster; nothing for other forms."""
    for cluster in clusters:
        first = cluster["exemplars"][0] if cluster["exemplars"] else {"entry_ids": [], "roles": {}}
        ids = [list(first["entry_ids"])]
        exception = (cluster.get("exception") or {}).get("type")
        if _OCCURRENCES.match(text):
            when = f", from {cluster['first_seen']} to {cluster['last_seen']}" if cluster["first_seen"] else ""
            count, entries = cluster["count"], cluster["entries"]
            yield f"{_many(count, 'occurrence')} in {_many(entries, 'entry')}{when}", ids
        elif text.startswith(_INNERMOST):
            raising = [i for i in first["entry_ids"] if (first.get("roles") or {}).get(i) == "raise"]
            yield f"{_INNERMOST}{exception}", [raising, *ids]
        elif text.startswith(_WRAPPED):
            inside = " around ".join(f"“{w}”" for w in cluster["wrappers"])
            yield f"{_WRAPPED}{inside} around “{cluster['core'][:_CUT]}”", ids
        elif text.startswith(_CHANGE):
            yield f"{_CHANGE}{cluster['change']}", ids
        elif text.startswith(_UNLOCATED):
            yield f"{_UNLOCATED}{cluster['unlocated']}", None
        elif text.startswith(_FAILURE):
            yield f"{_FAILURE}{_failing(cluster, report)}", ids
        elif found := _PRINTINGS.match(text):
            printings = max(cluster["count"], min(int(found[1].replace(",", "")), cluster["entries"]))
            if exception is None:
                yield f"none of {_many(printings, 'printing')} holds a stack trace", ids
            else:
                yield f"{_INNERMOST}{exception}", ids


def _failing(cluster: Cluster, report: Report) -> str:
    """Names of the failed tests that the error stands in, as evidence lists them."""
    tests = [
        result["test"]
        for result in (report["tests"] or {}).get("results") or ()
        if result["status"] in ("failed", "error") and cluster["fingerprint"] in result["clusters"]
    ]
    more = f" and {len(tests) - 3} more" if len(tests) > 3 else ""
    return ", ".join(sorted(tests)[:3]) + more


def _revision(evidence: Mapping[str, Any], where: str, revision: Mapping[str, Any], checking: Checking) -> None:
    """How a revision's commit is known, against what is said to be its commit."""
    text, rule = evidence["text"], evidence.get("rule")
    commit, source = revision["commit"], revision["source"]
    if rule == Ground.OPTION:
        found = _OPTION.fullmatch(text)
        fits = found is not None and (found[1], "option") == (commit, source)
        checking.holds(fits, where, text, f"its commit is {commit} ({source})", "sentence")
    elif rule == Ground.BASELINE:
        found = _BASELINE.fullmatch(text)
        fits = found is not None and (found[2], found[1]) == (commit, source)
        checking.holds(fits, where, text, f"its commit is {commit} ({source})", "sentence")
    elif rule == Ground.NO_COMMIT:
        fits = text == "no entry names its commit" and source in (None, "inferred")
        checking.holds(fits, where, text, f"its commit is {commit} ({source})", "sentence")
    elif rule == Ground.NO_TRAFFIC:
        fits = text == "no request reached it in this window" and revision["state"] == "no_traffic"
        checking.holds(fits, where, text, f"its state is {revision['state']}", "sentence")
    elif found := _FIT.fullmatch(text):
        checking.equals([found[1], found[2] or found[1]], [revision["oldest"], revision["newest"]], where, "sentence")
    elif found := _NO_FIT.fullmatch(text):
        checking.equals([found[1], found[2]], [commit, source], where, "sentence")


def _many(count: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count:,} {noun if count == 1 else plural}"
