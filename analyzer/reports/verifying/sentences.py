"""Sentences of evidence that say what other parts of the report say too: computed again, or compared word by word.

The forms are those that `causes`, `fixes` and `deploys` write. A sentence of no known form is left to what it cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.knowing import Rulebook
from analyzer.reports.verifying.parts import Report, names_of

Cluster = Mapping[str, Any]
_OCCURRENCES = re.compile(r"[\d,]{1,20} occurrences? in [\d,]{1,20} entr(?:y|ies)\b")
_PRINTINGS = re.compile(r"none of ([\d,]{1,20}) printings? holds a stack trace")
_INNERMOST = "the innermost exception is "
_WRAPPED = "the text is wrapped: "
_CHANGE = "against the baseline it is "
_FAILURE = "the text stands in the failure of "
_UNLOCATED = "no code path: "
_TIMES = re.compile(r"the claimed error occurred (once|([\d,]{1,20}) times) on (.+)", re.DOTALL)
_GONE = re.compile(r"(s\d{1,4}:[0-9a-f]{16}), which was claimed too, is gone", re.ASCII)
_THERE = re.compile(
    r"(?:new where the claimed error stood|the same innermost error, from another place): (s\d{1,4}:[0-9a-f]{16})",
    re.ASCII,
)
_TESTS = re.compile(
    r"(.+?) (?:failed with the error before and )(pass|passes|fail|fails)(?: with another one)? now", re.DOTALL
)
_RUNS = re.compile(r"(\S{1,300}) runs ([0-9a-f]{4,64}) \((\w{1,30})\): ", re.ASCII)
_OPTION = re.compile(r"--revision names ([0-9a-f]{7,64})\b", re.ASCII)
_FIT = re.compile(r"its logs fit ([0-9a-f]{7,64})(?: alone|\.\.([0-9a-f]{7,64}))", re.ASCII)
_CUT = 200


def check_sentences(report: Report, rulebook: Rulebook, checking: Checking) -> None:
    """Every sentence whose form is known says what the report says elsewhere."""
    named = names_of(report)
    for number, cause in enumerate(report["causes"]):
        with checking.part(f"causes/{number}"):
            _cause(cause, f"causes/{number}", named, report, checking)
    for number, fix in enumerate(report["fixes"]):
        with checking.part(f"fixes/{number}"):
            _fix(fix, f"fixes/{number}", named, report, rulebook, checking)
    for number, revision in enumerate(report["deploys"].get("revisions") or ()):
        with checking.part(f"deploys/revisions/{number}"):
            _revision(revision, f"deploys/revisions/{number}", checking)


def _cause(
    cause: Mapping[str, Any], where: str, named: Mapping[str, Cluster], report: Report, checking: Checking
) -> None:
    clusters = [named[f] for f in cause["fingerprints"] if f in named]
    if cause["code_paths"]:
        path = cause["code_paths"][0]
        place = f"{path['file']}:{path['line']}"
        found = re.search(r"(?:, from|, written by) (\S+:\d+)(?= in |;|$)", cause["summary"])
        if found is not None:
            any_path = {f"{p['file']}:{p['line']}" for p in cause["code_paths"]}
            fits = found[1] in any_path
            checking.holds(fits, f"{where}/summary", cause["summary"], f"its first place is {place}", "sentence")
    for number, evidence in enumerate(cause["evidence"]):
        here, text, ids = f"{where}/evidence/{number}", evidence["text"], evidence["entry_ids"]
        expected = list(_expected(text, clusters, report))
        if not expected:
            continue
        fits = any(text == wanted and (of is None or list(ids) in of) for wanted, of in expected)
        wanted, of = expected[0]
        said = f"it is “{wanted}”" if text != wanted else f"that is in entries {of[0] if of else []}"
        checking.holds(fits, here, text if text != wanted else list(ids), said, "sentence")


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
        elif found := _PRINTINGS.fullmatch(text):
            printings = int(found[1].replace(",", ""))
            if exception is None and cluster["count"] <= printings <= cluster["entries"]:
                yield text, ids
            else:
                yield f"none of {cluster['count']} to {cluster['entries']} printings holds a stack trace", ids


def _failing(cluster: Cluster, report: Report) -> str:
    """Names of the failed tests that the error stands in, as evidence lists them."""
    tests = [
        result["test"]
        for result in (report["tests"] or {}).get("results") or ()
        if result["status"] in ("failed", "error") and cluster["fingerprint"] in result["clusters"]
    ]
    more = f" and {len(tests) - 3} more" if len(tests) > 3 else ""
    return ", ".join(sorted(tests)[:3]) + more


def _fix(
    fix: Mapping[str, Any],
    where: str,
    named: Mapping[str, Cluster],
    report: Report,
    rulebook: Rulebook,
    checking: Checking,
) -> None:
    claimed = {named[c]["fingerprint"]: named[c] for c in fix["claims"] if c in named}
    cells = [e["rule"] for e in fix["evidence"] if isinstance(e, Mapping) and e.get("rule") in rulebook.cells]
    if rulebook.cells:
        verdicts = [rulebook.cells[rule][0] for rule in cells]
        said = f"the decision table gives {verdicts} for {cells}"
        checking.holds(verdicts == [fix["verdict"]], f"{where}/verdict", fix["verdict"], said, "sentence")
    for number, evidence in enumerate(fix["evidence"]):
        if not isinstance(evidence, Mapping):
            continue
        here, text = f"{where}/evidence/{number}", evidence["text"]
        if evidence["rule"] in rulebook.cells:
            checking.equals(text, rulebook.cells[evidence["rule"]][1], f"{here}/text", "sentence")
        elif found := _TIMES.fullmatch(text):
            times = 1 if found[1] == "once" else int(found[2].replace(",", ""))
            rows = [row for cluster in claimed.values() for row in cluster.get("seen_on") or ()]
            counts = [
                sum(
                    r["count"]
                    for r in rows
                    if r["revision"] == found[3] or (not r["revision"] and r["service"] == found[3])
                )
            ]
            if len(claimed) == len(fix["claims"]) and found[3] != "the program":
                checking.holds(
                    times in counts, here, text, f"its clusters occurred {counts[0]} times there", "sentence"
                )
                ids = {i for row in rows for i in row["entry_ids"]}
                strange = sorted(set(evidence["entry_ids"]) - ids)
                checking.holds(not strange, f"{here}/entry_ids", strange, "they are of other errors", "sentence")
        elif found := _GONE.fullmatch(text):
            fits = found[1] in fix["claims"] and not (named[found[1]]["count"] if found[1] in named else 0)
            checking.holds(fits, here, text, "it is no claim, or it occurs here", "sentence")
        elif found := _THERE.fullmatch(text):
            fits = found[1] in named and named[found[1]]["count"] > 0
            checking.holds(fits, here, text, "it does not occur here", "sentence")
            exemplars = named[found[1]]["exemplars"] if found[1] in named else []
            fits = not exemplars or set(evidence["entry_ids"]) <= set(exemplars[0]["entry_ids"])
            checking.holds(fits, f"{here}/entry_ids", evidence["entry_ids"], "they are of another error", "sentence")
        elif found := _TESTS.fullmatch(text):
            _named_tests(found[1], found[2].startswith("pass"), here, report, checking)
        elif found := _RUNS.match(text):
            _runs(found, here, report, checking)


def _named_tests(names: str, passing: bool, where: str, report: Report, checking: Checking) -> None:
    listed = re.sub(r" and [\d,]{1,20} more$", "", names)
    status = {r["test"]: r["status"] for r in (report["tests"] or {}).get("results") or ()}
    # a name may hold a comma: what is not a test by itself is tried with what follows
    left = listed
    while left:
        name = max((t for t in status if left == t or left.startswith(f"{t}, ")), key=len, default=None)
        if not checking.holds(name is not None, where, left, "there is no such test", "sentence") or name is None:
            return
        ended = status[name]
        fits = (ended == "passed") is passing and ended != "skipped"
        checking.holds(fits, where, f"{name} {'passes' if passing else 'fails'}", f"it is {ended}", "sentence")
        left = left[len(name) + 2 :]


def _runs(found: re.Match[str], where: str, report: Report, checking: Checking) -> None:
    rows = [r for r in report["deploys"].get("revisions") or () if found[1] in (r["revision"], r["service"])]
    if rows:
        fits = any(str(r["commit"]).startswith(found[2]) and (r["source"] or "told") == found[3] for r in rows)
        said = [f"{r['revision']}: {r['commit']} ({r['source']})" for r in rows]
        checking.holds(fits, where, found[0], said, "sentence")


def _revision(revision: Mapping[str, Any], where: str, checking: Checking) -> None:
    for number, evidence in enumerate(revision["evidence"]):
        here, text = f"{where}/evidence/{number}", evidence["text"]
        if found := _OPTION.match(text):
            checking.equals(found[1], revision["commit"], here, "sentence")
            checking.equals(revision["source"], "option", f"{where}/source", "sentence")
        elif found := _FIT.fullmatch(text):
            checking.equals(
                [found[1], found[2] or found[1]], [revision["oldest"], revision["newest"]], here, "sentence"
            )


def _many(count: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count:,} {noun if count == 1 else plural}"
