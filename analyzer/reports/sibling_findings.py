"""The answer of `siblings` as SARIF: one rule, an error at each sibling, a suppressed note at each look-alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.reports.sarif import SarifFinding, SarifPlace, SarifRule, sarif


def sibling_sarif(answer: Mapping[str, Any], *, version: str, commit: str | None) -> dict[str, Any]:
    """A SARIF log of the dict that `siblings --json` prints."""
    query = answer["query"]
    rule = _rule(query)
    origin = answer.get("origin")
    related = (
        (SarifPlace(file=origin["file"], line=origin["line"], end_line=origin["line"], text="fails like this"),)
        if origin
        else ()
    )
    findings = [
        SarifFinding(
            rule=rule.id,
            level="error",
            message="; ".join(path["evidence"]) or "has the same defect",
            file=path["file"],
            line=path["line"],
            end_line=path["end_line"],
            function=path["function"],
            snippet="\n".join(line["text"] for line in path["excerpt"] if line["marked"]),
            confidence=path["confidence"],
            related=related,
        )
        for path in answer["siblings"]
    ]
    findings += [
        SarifFinding(
            rule=rule.id,
            level="note",
            message=f"looks like the defect and is harmless: {item['why_not']}",
            file=item["file"],
            line=item["line"],
            end_line=item["line"],
            harmless=item["why_not"],
        )
        for item in answer["look_alikes"]
    ]
    properties = {"reason": answer["reason"]} if answer["reason"] else {}
    return sarif([rule], findings, version=version, commit=commit, properties=properties)


def _rule(query: Mapping[str, Any]) -> SarifRule:
    if "fix" in query:
        commit = str(query["fix"])
        texts = [shape["text"] for shape in query["shapes"]]
        text = "; ".join(texts) or "nothing that can be searched for"
        return SarifRule(
            id=f"unrepaired/{commit[:10]}",
            name="UnrepairedSibling",
            text=f"A form that commit {commit[:10]} repaired elsewhere.",
            help=f"The commit repaired: {text}. Repair this place alike, or see why it cannot fail.",
        )
    return SarifRule(
        id=f"same-defect/{query['kind']}",
        name="SiblingOfCluster",
        text=f"Would fail like cluster {query['cluster']}.",
        help=f"The cluster says: {query['text']}",
    )
