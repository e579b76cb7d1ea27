"""The written schemas: every table's columns with dtype, meaning and unit. docs/notebooks.md is generated from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STRING, INTEGER, FLOAT, BOOLEAN = "string", "Int64", "Float64", "boolean"
TIME = "datetime64[ns, UTC]"
LIST = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    dtype: str
    """as pandas names it; `object` columns hold Python lists, an empty one where there is nothing"""
    meaning: str


Schema = Mapping[str, Column]


def _text(meaning: str) -> Column:
    return Column(dtype=STRING, meaning=meaning)


def _whole(meaning: str) -> Column:
    return Column(dtype=INTEGER, meaning=meaning)


def _real(meaning: str) -> Column:
    return Column(dtype=FLOAT, meaning=meaning)


def _flag(meaning: str) -> Column:
    return Column(dtype=BOOLEAN, meaning=meaning)


def _time(meaning: str) -> Column:
    return Column(dtype=TIME, meaning=meaning)


def _many(meaning: str) -> Column:
    return Column(dtype=LIST, meaning=meaning)


CLUSTERS: Schema = {
    "fingerprint": _text("stable id, `s2:` and 16 hexadecimal digits"),
    "title": _text("the line a person would quote"),
    "template": _text("the message with what varies masked"),
    "exception_type": _text("type of the root exception; NA without a stack trace"),
    "core": _text("innermost message, as printed"),
    "severity": _text("highest level: WARNING, ERROR, CRITICAL …"),
    "kind": _text("who says it: application, platform, request, dependency, deploy"),
    "noise": _text("id of the noise rule that sets it apart; NA for an error of its own"),
    "count": _whole("occurrences in this cycle; 0 for what is not here any more"),
    "entries": _whole("log entries of these occurrences"),
    "first_seen": _time("earliest occurrence"),
    "last_seen": _time("latest occurrence"),
    "services": _many("services it occurred in, sorted"),
    "revisions": _many("revisions it occurred on, sorted"),
    "change": _text("against the baseline: new, ongoing, regressed, resolved, not_seen; NA without a baseline"),
    "location": _text("unique, ambiguous or unmapped: how well the code is known"),
    "file": _text("of the first code path, relative to the repository's root"),
    "line": _whole("of the first code path, from 1"),
    "function": _text("of the first code path, `Class.method`"),
    "aliases": _many("other fingerprints that were judged the same error"),
    "known": _text("why the error is accepted; NA where it is not"),
    "change_reason": _text("why the change is called so, where the name does not say it"),
    "exception_message": _text("message of the root exception"),
    "wrappers": _many("texts around the core, outermost first"),
    "related": _many("fingerprints of clusters that look alike or share a place"),
    "unlocated": _text("why there is no code path"),
}
"""one row a cluster, in the report's order: errors, then warnings, noise last"""

EVENTS: Schema = {
    "timestamp": _time("of the first entry of the printing"),
    "severity": _text("given, else inferred; WARNING or above"),
    "service": _text("that printed it"),
    "revision": _text("that printed it"),
    "instance": _text("pod, task or the like that printed it"),
    "message": _text("the human text, without decorations and without the stack trace"),
    "trace": _text("id of the request trace"),
    "truncated": _flag("whether a part of the text is missing"),
    "entry_ids": _many("log entries it was joined from, in printed order"),
    "fingerprint": _text("of its cluster"),
    "title": _text("of its cluster"),
    "template": _text("of its cluster"),
    "stack_traces": _many("the stack traces in it, as `StackTrace.to_dict()` writes them"),
}
"""one row a printed error or warning, by time; after load the exemplars only, without times and traces of their own"""

EXEMPLARS: Schema = {
    "fingerprint": _text("of the cluster"),
    "number": _whole("from 1, earliest first"),
    "message": _text("as it was printed"),
    "entry_ids": _many("log entries of the occurrence"),
    "roles": _many("what each of these entries did, same order: raise, wrap, handle, access"),
}
"""one row a real occurrence that is kept for a cluster, at most three each"""

TESTS: Schema = {
    "test": _text("name of the test case"),
    "status": _text("passed, failed, error or skipped"),
    "seconds": _real("wall time, in seconds"),
    "message": _text("of the failure"),
    "clusters": _many("fingerprints of the errors that explain the failure"),
    "suspicious": _text("why a pass is doubted"),
    "started": _time("where the results tell it"),
    "ended": _time("where the results tell it"),
    "attempts": _whole("runs of the test, reruns included"),
    "file": _text("of the test"),
}
"""one row a test case, in the report's order"""

TRANSITIONS: Schema = {
    "test": _text("name of the test case"),
    "from": _text("status in the baseline: passed, failed, skipped; NA where it was not there"),
    "to": _text("status in this cycle; NA where it is not there"),
    "change": _text("same_error, error_changed, fixed, broken, new, removed, flaky"),
    "clusters": _many("fingerprints of the errors it fails with"),
}
"""one row a test whose status or error changed, or that failed in both cycles; empty without a baseline"""

CODE_PATHS: Schema = {
    "fingerprint": _text("of the cluster"),
    "rank": _whole("1 is the best"),
    "role": _text("cause, raise, wrap, author, emit or frame"),
    "file": _text("relative to the repository's root"),
    "line": _whole("first line, from 1"),
    "end_line": _whole("last line, inclusive"),
    "function": _text("`Class.method`; `<module>` at top level; NA outside code"),
    "commit": _text("at which the lines were read"),
    "confidence": _real("probability that file and function are right for that role, 0 to 1"),
    "unique": _flag("whether no rival is close"),
    "owner": _text("by CODEOWNERS, else who changed it last"),
    "link": _text("to the code host"),
}
"""one row a code path of a cluster"""

CAUSES: Schema = {
    "rank": _whole("1 is the best"),
    "kind": _text("code, configuration, packaging, dependency, infrastructure, test or unknown"),
    "confidence": _real("probability that this is the true origin, 0 to 1"),
    "summary": _text("the cause in a sentence"),
    "fingerprints": _many("clusters that it explains"),
    "file": _text("of the culprit"),
    "line": _whole("of the culprit, from 1"),
    "function": _text("of the culprit"),
    "would_confirm": _text("what would settle it"),
}
"""one row a cause, best first"""

EVIDENCE: Schema = {
    "rank": _whole("of the cause"),
    "text": _text("the fact, a sentence"),
    "entry_ids": _many("log entries that show it"),
    "file": _text("that shows it"),
    "line": _whole("that shows it, from 1"),
    "rule": _text("id of the rule that says so"),
}
"""one row a fact for a cause"""

CHAINS: Schema = {
    "rank": _whole("of the cause"),
    "step": _whole("from 1, in the report's order"),
    "fingerprint": _text("of the cluster"),
    "role": _text("symptom, wrapper or root"),
    "evidence": _text("why it stands there"),
}
"""one row a link of a cause's chain, from what was seen to the root"""

SIBLINGS: Schema = {
    "rank": _whole("of the cause"),
    "kind": _text("sibling: has the same defect; look_alike: looks like it and is harmless"),
    "file": _text("relative to the repository's root"),
    "line": _whole("from 1"),
    "function": _text("that holds it; NA for look-alikes"),
    "confidence": _real("that it would fail the same way, 0 to 1; NA for look-alikes"),
    "why_not": _text("why a look-alike is harmless"),
}
"""one row another place like the cause's"""

DEPLOYS: Schema = {
    "time": _time("of the event"),
    "service": _text("that was deployed"),
    "revision": _text("that was deployed"),
    "commit": _text("it was built from, where known"),
    "event": _text("deployed, ready, serving, rolled_back, refused"),
    "share": _real("of the traffic, 0 to 1"),
    "entry_ids": _many("log entries that say so"),
}
"""one row an event of the deploy timeline"""

FIXES: Schema = {
    "commit": _text("40 digits"),
    "verdict": _text(
        "verified, inconclusive, not_rolled_out, partially_rolled_out, wrong_path, other_sites_remain, "
        "unmasked_next, regressed"
    ),
    "claim_text": _text("the error that it is claimed to cure"),
    "claims": _many("fingerprints that the text names"),
    "effect": _text("what the changed lines can do about it: can, cannot, unknown"),
    "origin": _text("who claims it: option, ledger, trailer"),
    "committed": _time("of the commit"),
    "next_step": _text("what to do now"),
    "evidence": _many("the facts behind the verdict, sentences"),
}
"""one row a claimed fix"""

IMPACT: Schema = {
    "area": _text("as impact.toml names it"),
    "value": _real("a configured assumption, in `unit`"),
    "unit": _text("of the value"),
    "status": _text("at_risk, protected or unknown"),
    "reason": _text("why it has this status"),
    "tests": _many("that decide the status"),
    "clusters": _many("fingerprints of errors on its paths"),
    "delta": _text("against the last cycle that knew the area"),
    "pool": _text("areas of one pool share a value: it counts once"),
    "cap": _real("the most that the area, or its pool, counts, in `unit`"),
}
"""one row an area; the values are configured, not found"""

ACTIONS: Schema = {
    "priority": _whole("1 is the most urgent"),
    "text": _text("what to do, a sentence"),
    "command": _text("that does it or shows how"),
    "file": _text("to look at"),
    "line": _whole("to look at, from 1"),
    "from_cycle": _text("in which it first stood; NA where it is new"),
    "age": _whole("how many cycles ago it first stood"),
}
"""one row a next action, most urgent first"""

TREND: Schema = {
    "cycle": _text("name"),
    "pass_rate": _real("passed / (passed + failed), 0 to 1"),
    "clusters": _whole("clusters of errors"),
    "failed": _whole("tests that failed"),
    "new": _whole("error clusters that were new"),
    "resolved": _whole("error clusters that were found resolved"),
    "current": _flag("whether it is the cycle of this report"),
}
"""one row a cycle that is known, oldest first, this one last"""

LEDGER: Schema = {
    "what": _text("`entries` and what became of them; `dropped: REASON` for what was not used"),
    "count": _whole("entries, or for *_events, clustered and noise: printings"),
}
"""one row a sum: what was read and what became of it"""

HISTOGRAM: Schema = {
    "time": _time("start of the bin"),
    "fingerprint": _text("of the cluster"),
    "title": _text("of the cluster"),
    "severity": _text("of the cluster"),
    "count": _whole("occurrences in the bin"),
    "seconds": _real("width of the bin, in seconds"),
}
"""one row a bin of a cluster with something in it; by time, then in the report's order"""

MESSAGES: Schema = {
    "fingerprint": _text("of the template"),
    "template": _text("the message with what varies as `<*>`"),
    "parameters": _many("the values behind the wildcards, in order; only where asked for"),
}
"""one row a message, same order as given: `analyzer.cluster_messages`"""

SIGNATURES: Schema = {
    "fingerprint": _text("of the row's cluster; NA for a row without text"),
    "template": _text("of the row's cluster: the message with what varies masked"),
    "exception_type": _text("type of the root exception of the row's cluster; NA without one"),
    "severity": _text("given, else inferred; NA where neither"),
}
"""one row a row of the frame, same index: `frame.incident.signature()`"""

GROUPS: Schema = {
    "fingerprint": _text(
        "stable id: the report's own for errors and warnings, that of `cluster_messages` for all else"
    ),
    "title": _text("the line a person would quote"),
    "template": _text("the message with what varies masked"),
    "severity": _text("highest level; NA where none is known"),
    "noise": _text("id of the noise rule that sets it apart"),
    "rows": _whole("rows of the frame"),
    "count": _whole("occurrences: lines of one traceback, and twins within a second, count once"),
    "first_seen": _time("earliest row"),
    "last_seen": _time("latest row"),
    "services": _many("services it occurred in, sorted"),
    "example": _text("message of the earliest occurrence"),
}
"""one row a cluster of the frame's rows, errors first: `frame.incident.cluster()`"""

BINS: Schema = {
    "time": _time("start of the bin"),
    "fingerprint": _text("of the cluster"),
    "title": _text("of the cluster"),
    "severity": _text("of the cluster"),
    "count": _whole("printings in the bin: the lines of one traceback count once"),
}
"""one row a bin of a cluster with something in it; by time, then as `cluster()` orders: `frame.incident.timeline()`"""

TABLES: Mapping[str, tuple[Schema, str]] = {
    "clusters": (CLUSTERS, "One row a cluster, in the report's order: errors, then warnings, noise last."),
    "events": (
        EVENTS,
        "One row a printed error or warning, by time. After `load`: the exemplars only, most without a time.",
    ),
    "exemplars": (EXEMPLARS, "One row a real occurrence that is kept for a cluster, at most three each."),
    "histogram": (HISTOGRAM, "When the occurrences happened: one row a bin of a cluster with something in it."),
    "code_paths": (CODE_PATHS, "One row a code path of a cluster, the best first."),
    "causes": (CAUSES, "One row a cause, best first."),
    "evidence": (EVIDENCE, "One row a fact for a cause."),
    "chains": (CHAINS, "One row a link of a cause's chain, from what was seen to the root."),
    "siblings": (SIBLINGS, "One row another place like the cause's."),
    "tests": (TESTS, "One row a test case; empty without test results."),
    "transitions": (
        TRANSITIONS,
        "One row a test whose status or error changed, or that failed in both; empty without a baseline.",
    ),
    "fixes": (FIXES, "One row a claimed fix."),
    "deploys": (DEPLOYS, "One row an event of the deploy timeline."),
    "impact": (IMPACT, "One row an area of impact.toml; the values are configured, not found."),
    "actions": (ACTIONS, "One row a next action, most urgent first."),
    "trend": (TREND, "One row a cycle that is known, oldest first, this one last."),
    "ledger": (LEDGER, "One row a sum: what was read and what became of it."),
}
"""attribute of `Analysis` → its columns, and what a row is"""

FRAME_TABLES: Mapping[str, tuple[Schema, str]] = {
    "signature": (SIGNATURES, "One row a row of the frame, with its index."),
    "cluster": (GROUPS, "One row a cluster of the frame's rows, errors first, noise last."),
    "timeline": (BINS, "One row a bin of a cluster with something in it, by time."),
}
"""method of `frame.incident` → its columns, and what a row is"""
