"""Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): places in the code with a reason each.

A pure function from findings to a dict. What is harmless is a suppressed result: viewers hide it, nobody loses it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from analyzer.reports.hostile import clean_values

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifRule:
    """What results are instances of."""

    id: str
    name: str
    """words without blanks, as `SerializationDefect`"""
    text: str
    """one sentence"""
    help: str = ""
    """what to do; plain text"""


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
    harmless: str = ""
    """why it is none after all: the result is suppressed with this reason"""
    confidence: float | None = None
    related: tuple[tuple[str, int, str], ...] = ()
    """(file, line, what it has to do with it)"""


def sarif(
    rules: Sequence[SarifRule],
    findings: Sequence[SarifFinding],
    *,
    version: str,
    commit: str | None = None,
    properties: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A SARIF log of one run, results in the order given. `commit` is what was read."""
    index = {rule.id: n for n, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "analyzer",
                "semanticVersion": version,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [_result(finding, index[finding.rule]) for finding in findings],
    }
    more = {**({"commit": commit} if commit else {}), **(properties or {})}
    if more:
        run["properties"] = more
    log: dict[str, Any] = clean_values({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]})
    return log


def _rule(rule: SarifRule) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.text},
        "defaultConfiguration": {"level": "error"},
    }
    if rule.help:
        found["help"] = {"text": rule.help}
    return found


def _result(finding: SarifFinding, rule_index: int) -> dict[str, Any]:
    location = _location(finding.file, finding.line, finding.end_line, finding.snippet)
    if finding.function:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.function, "kind": "function"}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"placeAndText/v1": _fingerprint(finding)},
    }
    if finding.harmless:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": finding.harmless},
        ]
    if finding.confidence is not None:
        result["rank"] = round(finding.confidence * 100, 1)
    if finding.related:
        result["relatedLocations"] = [
            {"id": n, **_location(file, line, line, ""), "message": {"text": text}}
            for n, (file, line, text) in enumerate(finding.related, 1)
        ]
    return result


def _location(file: str, line: int, end_line: int, snippet: str) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": max(line, 1), "endLine": max(end_line, line, 1)}
    if snippet:
        region["snippet"] = {"text": snippet}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file, safe="/"), "uriBaseId": _ROOT},
            "region": region,
        }
    }


def _fingerprint(finding: SarifFinding) -> str:
    """The same while lines move: rule, file, function and text, without the line."""
    parts = (finding.rule, finding.file, finding.function or "", finding.snippet or finding.message)
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
