"""An analysis of a made incident against its truth: one row of what was right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.incidents import Place, Truth

NEAR = 3
"""lines between a place named and the true one"""
_BLAMES_CODE = frozenset({"code", "packaging", "configuration", "test"})
_OUTSIDE = frozenset({"infrastructure", "dependency"})
Row = dict[str, Any]


def judge(report: Mapping[str, Any], truth: Truth) -> Row:
    """What the first cause says, and whether it is right.

    `right` is what the confidence of a cause is held against: its root is the cluster of the true error, and the first
    code path names a culprit's file and function. Where nothing in the repository is to blame, a cause is right if it
    says so by its kind, and `unknown` claims nothing: it is never right and costs what confidence it has.
    """
    causes = report["causes"]
    first = causes[0] if causes else None
    paths = first["code_paths"] if first else []
    row: Row = {
        "seed": truth.seed, "defect": truth.defect, "class": truth.family, "truth_kind": truth.kind,
        "decidable": truth.decidable, "control": truth.kind == "control", "shape": truth.shape, "hops": truth.hops,
        "position": truth.position, "traced": truth.traced, "async": truth.is_async, "decoy": truth.decoy,
        "causes": len(causes), "kind": first["kind"] if first else None,
        "confidence": first["confidence"] if first else 0.0,
        "paths": len(paths), "path_confidence": paths[0]["confidence"] if paths else 0.0,
        "role": paths[0]["role"] if paths else None, "unique": bool(paths and paths[0]["unique"]),
        "place": f"{paths[0]['file']}:{paths[0]['line']}" if paths else None,
        "rules": sorted({e["rule"] for e in first["evidence"] if e.get("rule")}) if first else [],
        "evidence": [e["text"] for e in first["evidence"]] if first else [],
    }  # fmt: skip
    row["root"] = first is not None and _root(first) in _prints(report, truth)
    row["line1"] = _hits_line(paths[:1], truth.culprits)
    row["line3"] = _hits_line(paths[:3], truth.culprits)
    row["function1"] = _hits_function(paths[:1], truth.culprits)
    row["function3"] = _hits_function(paths[:3], truth.culprits)
    row["raised1"] = bool(truth.raised) and _hits_line(paths[:1], [p for p in (truth.raised,) if p])
    row |= _siblings(first["siblings"] if first else [], truth)
    row["blames_code"] = any(c["kind"] in _BLAMES_CODE and c["confidence"] > 0.5 for c in causes)
    row["abstained"] = not row["blames_code"]
    if truth.decidable:
        row["right"] = row["root"] and row["function1"]
    else:
        row["right"] = row["root"] and truth.kind in _OUTSIDE and row["kind"] in _OUTSIDE
    return row


def brier(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """Mean squared difference between a confidence and what came true."""
    costs = [(confidence - right) ** 2 for confidence, right in pairs]
    return sum(costs) / len(costs) if costs else None


def reliability(pairs: Iterable[tuple[float, bool]]) -> list[tuple[float, int, float, float]]:
    """(lower end of a bin of 0.1, count, mean confidence, share right), bins without a row left out."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        bins.setdefault(min(9, int(confidence * 10 + 1e-9)), []).append((confidence, right))
    return [
        (n / 10, len(held), sum(c for c, _ in held) / len(held), sum(r for _, r in held) / len(held))
        for n, held in sorted(bins.items())
    ]


def _root(cause: Mapping[str, Any]) -> str:
    return next((link["fingerprint"] for link in cause["chain"] if link["role"] == "root"), cause["fingerprints"][0])


def _prints(report: Mapping[str, Any], truth: Truth) -> set[str]:
    """The clusters that hold entries of the true error."""
    ids = set(truth.error_ids)
    return {c["fingerprint"] for c in report["clusters"] if ids & set(c.get("members") or ())}


def _hits_line(paths: Sequence[Mapping[str, Any]], places: Iterable[Place]) -> bool:
    return any(_meets(path, place, NEAR) for path in paths for place in places)


def _hits_function(paths: Sequence[Mapping[str, Any]], places: Iterable[Place]) -> bool:
    """File and function; of a place outside Python, or at the top of a module, the line has to be near instead."""
    return any(
        _meets(path, place, NEAR)
        if place.function in (None, "<module>")
        else path["file"] == place.file and _tail(path["function"]) == _tail(place.function)
        for path in paths
        for place in places
    )


def _meets(path: Mapping[str, Any], place: Place, slack: int) -> bool:
    near: bool = path["line"] - slack <= place.line <= (path["end_line"] or path["line"]) + slack
    return near and path["file"] == place.file


def _tail(function: str | None) -> list[str]:
    return (function or "<module>").replace(".<locals>", "").split(".")[-2:]


def _siblings(said: Sequence[Mapping[str, Any]], truth: Truth) -> Row:
    def same(path: Mapping[str, Any], place: Place) -> bool:
        return _meets(path, place, NEAR) and _tail(path["function"]) == _tail(place.function)

    alike: dict[tuple[str, str | None], list[Place]] = {}
    for place in truth.siblings:
        alike.setdefault((place.file, place.function), []).append(place)
    failing = [*truth.siblings, *truth.culprits, *([truth.raised] if truth.raised else [])]
    wrong = [p for p in said if not any(same(p, place) for place in failing)]
    harmless = [p for p in wrong if any(_meets(p, place, 0) for place in truth.harmless)]
    return {
        "siblings": len(alike),
        "siblings_found": sum(any(same(p, place) for p in said for place in held) for held in alike.values()),
        "siblings_said": len(said),
        "siblings_wrong": len(wrong),
        "harmless_said": len(harmless),
    }
