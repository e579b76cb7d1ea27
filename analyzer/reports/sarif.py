"""Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): places in the code with a reason each.

Pure functions from findings to a dict. What is harmless is a suppressed result: viewers hide it, nobody loses it. What
has no place is a notification: code scanning refuses a whole file for one result without a location.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from analyzer.reports.hostile import clean, clean_values

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 5_000
"""What GitHub shows of a run; it refuses more than 25,000."""
MAX_BYTES = 10_000_000
"""Of the results as text. GitHub takes 10 MB compressed; others count what is on disk."""

_ROOT = "SRCROOT"
_SEGMENTS = re.compile(r"[/\\]")
_ACTIVE = re.compile(r"\](?=\()|\{(?=\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifRule:
    """What results are instances of."""

    id: str
    name: str
    """words without blanks, as `SerializationDefect`"""
    text: str
    """one sentence"""
    full: str = ""
    """what it means and how it was found; `text` where there is no more to say"""
    help: str = ""
    """what to do; plain text"""
    level: str = "error"
    """error, warning or note: what a result has as a rule"""


_LEFT_OUT = SarifRule(
    id="left-out", name="ResultsLeftOut", text="Results that this file does not hold.", level="warning"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifPlace:
    """Lines of a file. `file` is relative to the repository's root, with `/`; lines are 1-based and inclusive."""

    file: str
    line: int
    end_line: int
    text: str = ""
    """what it has to do with the finding"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifFinding:
    """One place. `file` is relative to the repository's root, with `/`; lines are 1-based and inclusive."""

    rule: str
    level: str
    """error, warning or note"""
    message: str
    file: str
    line: int
    end_line: int
    function: str | None = None
    snippet: str = ""
    """the text of the lines, or of the first of them"""
    harmless: str = ""
    """why it is none after all: the result is suppressed with this reason"""
    confidence: float | None = None
    related: tuple[SarifPlace, ...] = ()
    flow: tuple[SarifPlace, ...] = ()
    """how the error went through the code, in order of time"""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    """besides the one of place and text"""
    occurrences: int = 0
    """how often it was seen; 0 where it was not counted"""
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifNote:
    """Something to tell that has no place in the code."""

    about: SarifRule
    """what the notification is an instance of"""
    level: str
    message: str
    rule: str = ""
    """the rule it would be a result of"""
    properties: Mapping[str, Any] = field(default_factory=dict)


def sarif(
    rules: Sequence[SarifRule],
    findings: Sequence[SarifFinding],
    *,
    version: str | None,
    commit: str | None = None,
    notes: Sequence[SarifNote] = (),
    category: str = "",
    sources: Sequence[tuple[str, str]] = (),
    properties: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A SARIF log of one run, results in the order given, the last ones left out where there are too many.

    `commit` is what was read; `category` identifies the run (`analyzer/cycle-4`: code scanning replaces the alerts of
    the part before the last `/`); `sources` are pairs of a repository's https address, without credentials, and commit.
    """
    index = {rule.id: n for n, rule in enumerate(rules)}
    results = [_result(finding, index[finding.rule]) for finding in findings if inside(finding.file)]
    kept = _fitting(results)
    told = [*notes, *_left_out(len(findings) - len(results), len(results) - len(kept))]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "analyzer",
                **({"semanticVersion": version} if version else {}),
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": kept,
    }
    if told:
        kinds = {note.about.id: note.about for note in told}
        ids = sorted(kinds)
        run["tool"]["driver"]["notifications"] = [_rule(kinds[id_]) for id_ in ids]
        run["invocations"] = [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(note, ids.index(note.about.id), index) for note in told],
            }
        ]
    if category:
        run["automationDetails"] = {"id": category}
    if sources:
        mapped = {"mappedTo": {"uriBaseId": _ROOT}} if len(sources) == 1 else {}
        run["versionControlProvenance"] = [
            {"repositoryUri": address, "revisionId": revision, **mapped} for address, revision in sources
        ]
    more = {**({"commit": commit} if commit else {}), **(properties or {})}
    if more:
        run["properties"] = more
    log: dict[str, Any] = clean_values({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]})
    return log


def sarif_text(log: Mapping[str, Any]) -> str:
    """The log as a file: the same log gives the same bytes."""
    return json.dumps(log, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def inside(file: str) -> bool:
    """Whether the path names a file below the root it is relative to, on any system."""
    return bool(file) and not {"", ".", ".."}.intersection(_SEGMENTS.split(file))


def _fitting(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept, size = results[:MAX_RESULTS], 0
    for number, result in enumerate(kept):
        size += len(sarif_text(result).encode("utf-8", "replace"))
        if size > MAX_BYTES:
            return kept[:number]
    return kept


def _left_out(outside: int, too_many: int) -> list[SarifNote]:
    notes = []
    if outside:
        text = f"{outside} results lie outside the repository and are left out."
        notes.append(SarifNote(about=_LEFT_OUT, level="warning", message=text))
    if too_many:
        text = f"{too_many} results are left out: a run holds at most {MAX_RESULTS}, and {MAX_BYTES} bytes of them."
        notes.append(SarifNote(about=_LEFT_OUT, level="warning", message=text))
    return notes


def _rule(rule: SarifRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.text},
        "fullDescription": {"text": rule.full or rule.text},
        "help": {"text": rule.help or rule.full or rule.text},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(finding: SarifFinding, rule_index: int) -> dict[str, Any]:
    location = _location(finding.file, finding.line, finding.end_line, finding.snippet)
    if finding.function:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.function, "kind": "function"}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.level,
        "message": _message(finding.message),
        "locations": [location],
        "partialFingerprints": {"placeAndText/v1": _fingerprint(finding), **finding.fingerprints},
    }
    if finding.harmless:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": finding.harmless},
        ]
    if finding.confidence is not None:
        result["rank"] = round(finding.confidence * 100, 1)
    if finding.occurrences:
        result["occurrenceCount"] = finding.occurrences
    related = [place for place in finding.related if inside(place.file)]
    if related:
        result["relatedLocations"] = [{"id": n, **_place(place)} for n, place in enumerate(related, 1)]
    flow = [place for place in finding.flow if inside(place.file)]
    if len(flow) > 1:
        result["codeFlows"] = [{"threadFlows": [{"locations": [{"location": _place(place)} for place in flow]}]}]
    if finding.properties:
        result["properties"] = dict(finding.properties)
    return result


def _notification(note: SarifNote, number: int, rules: Mapping[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "descriptor": {"id": note.about.id, "index": number},
        "level": note.level,
        "message": _message(note.message),
    }
    if note.rule:
        found["associatedRule"] = {"id": note.rule, "index": rules[note.rule]}
    if note.properties:
        found["properties"] = dict(note.properties)
    return found


def _message(text: str) -> dict[str, str]:
    """A plain message. A blank breaks what SARIF would take for a link `[text](target)` or a placeholder `{0}`."""
    return {"text": _ACTIVE.sub(lambda found: f"{found[0]} ", clean(text))}


def _place(place: SarifPlace) -> dict[str, Any]:
    return {**_location(place.file, place.line, place.end_line, ""), "message": _message(place.text)}


def _location(file: str, line: int, end_line: int, snippet: str) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": max(line, 1), "endLine": max(end_line, line, 1)}
    if snippet:
        region["snippet"] = {"text": snippet}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file, safe="/", errors="replace"), "uriBaseId": _ROOT},
            "region": region,
        }
    }


def _fingerprint(finding: SarifFinding) -> str:
    """The same while lines move: rule, file, function and text, without the line."""
    parts = (finding.rule, finding.file, finding.function or "", finding.snippet or finding.message)
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
